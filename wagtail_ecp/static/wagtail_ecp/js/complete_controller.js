(() => {
  const PAUSE = 150; // milliseconds
  let lists = 0;

  // Completes a word while one types it, from an address that answers {items: […]}:
  // tags between commas, or colleagues behind an @. The field works without it.
  class CompleteController extends window.StimulusModule.Controller {
    static targets = ['input', 'list'];

    static values = { url: String, trigger: { type: String, default: ',' } };

    connect() {
      lists += 1;
      const field = this.inputTarget;
      this.listTarget.id ||= `ecp-options-${lists}`;
      this.listTarget.setAttribute('role', 'listbox');
      field.setAttribute('aria-autocomplete', 'list');
      field.setAttribute('aria-controls', this.listTarget.id);
      field.setAttribute('autocomplete', 'off');
      // A text area with a list is no combobox for screen readers; an input is.
      if (field.matches('input')) {
        field.setAttribute('role', 'combobox');
        field.setAttribute('aria-expanded', 'false');
      }
      this.onInput = () => this.later();
      this.onKey = (event) => this.key(event);
      this.onBlur = () => this.hide();
      field.addEventListener('input', this.onInput);
      field.addEventListener('keydown', this.onKey);
      field.addEventListener('blur', this.onBlur);
    }

    disconnect() {
      window.clearTimeout(this.timer);
      this.inputTarget.removeEventListener('input', this.onInput);
      this.inputTarget.removeEventListener('keydown', this.onKey);
      this.inputTarget.removeEventListener('blur', this.onBlur);
    }

    // Where the word begins that the cursor is in, and the word; null for none.
    get word() {
      const field = this.inputTarget;
      const before = field.value.slice(0, field.selectionStart);
      if (this.triggerValue === ',') {
        const begin = before.lastIndexOf(',') + 1;
        const text = before.slice(begin).trimStart();
        return text && { begin: before.length - text.length, text };
      }
      const found = before.match(/(?:^|[^\w.@+-])@([\w.@+-]*)$/u);
      return found && { begin: before.length - found[1].length, text: found[1] };
    }

    later() {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.look(), PAUSE);
    }

    async look() {
      const word = this.word;
      if (!word) {
        this.hide();
        return;
      }
      try {
        const url = `${this.urlValue}?q=${encodeURIComponent(word.text)}`;
        const response = await window.fetch(url, { redirect: 'error' });
        const { items } = await response.json();
        if (word.text === this.word?.text) this.show(items);
      } catch {
        this.hide(); // The network is away for a moment: one can type on.
      }
    }

    show(items) {
      this.listTarget.replaceChildren(
        ...items.map(({ value, label }, index) => {
          const option = document.createElement('li');
          option.id = `${this.listTarget.id}-${index}`;
          option.setAttribute('role', 'option');
          option.setAttribute('aria-selected', 'false');
          option.dataset.value = value;
          option.textContent = label;
          if (label !== value) {
            const small = document.createElement('small');
            small.textContent = ` ${value}`;
            option.append(small);
          }
          // Before the field loses its focus.
          option.addEventListener('mousedown', (event) => {
            event.preventDefault();
            this.take(option);
          });
          return option;
        }),
      );
      this.listTarget.hidden = !items.length;
      this.expanded = items.length > 0;
      this.select(-1);
    }

    hide() {
      window.clearTimeout(this.timer);
      this.listTarget.hidden = true;
      this.expanded = false;
      this.select(-1);
    }

    set expanded(is) {
      if (this.inputTarget.matches('input')) {
        this.inputTarget.setAttribute('aria-expanded', String(is));
      }
    }

    select(index) {
      const options = [...this.listTarget.children];
      this.index = index;
      options.forEach((option, at) => {
        option.setAttribute('aria-selected', String(at === index));
      });
      const chosen = options[index];
      chosen?.scrollIntoView({ block: 'nearest' });
      if (chosen) this.inputTarget.setAttribute('aria-activedescendant', chosen.id);
      else this.inputTarget.removeAttribute('aria-activedescendant');
    }

    key(event) {
      if (this.listTarget.hidden) return;
      const last = this.listTarget.children.length - 1;
      const keys = {
        ArrowDown: () => this.select(this.index >= last ? 0 : this.index + 1),
        ArrowUp: () => this.select(this.index <= 0 ? last : this.index - 1),
        Escape: () => this.hide(),
      };
      const chosen = this.listTarget.children[this.index];
      if (chosen) {
        keys.Enter = () => this.take(chosen);
        keys.Tab = () => this.take(chosen);
      }
      if (!keys[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    }

    take(option) {
      const field = this.inputTarget;
      const word = this.word;
      if (word) {
        const end = this.triggerValue === ',' ? ', ' : ' ';
        field.setRangeText(
          option.dataset.value + end,
          word.begin,
          field.selectionStart,
          'end',
        );
      }
      this.hide();
      field.focus();
    }
  }

  window.wagtail.app.register('ecp-complete', CompleteController);
})();
