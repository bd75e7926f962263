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
      const take = (option) => this.take(option);
      const how = { take, takesByTab: true };
      this.combobox = new window.ecp.Combobox(field, this.listTarget, how);
      this.onInput = () => this.later();
      this.onKey = (event) => this.combobox.key(event);
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
      const options = items.map(({ value, label }, index) => {
        const option = this.combobox.option(index, label);
        option.dataset.value = value;
        if (label !== value) {
          const small = document.createElement('small');
          small.textContent = ` ${value}`;
          option.append(small);
        }
        return option;
      });
      this.combobox.show(options);
    }

    hide() {
      window.clearTimeout(this.timer);
      this.combobox.hide();
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
      field.focus();
    }
  }

  window.wagtail.app.register('ecp-complete', CompleteController);
})();
