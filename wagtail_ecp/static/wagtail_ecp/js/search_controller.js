(() => {
  // A combobox (WAI-ARIA Authoring Practices, "editable combobox with list
  // autocomplete") for the word at the cursor. The server knows what it may become;
  // without an answer the box is a plain one.
  class SearchController extends window.StimulusModule.Controller {
    static targets = ['box', 'list'];

    static values = { url: String };

    connect() {
      this.options = [];
      this.current = -1;
      const box = this.boxTarget;
      box.setAttribute('role', 'combobox');
      box.setAttribute('aria-autocomplete', 'list');
      box.setAttribute('aria-controls', this.listTarget.id);
      box.setAttribute('aria-expanded', 'false');
    }

    disconnect() {
      clearTimeout(this.timer);
    }

    get word() {
      const { value, selectionStart } = this.boxTarget;
      // A quotation mark that is open belongs to the word, with its blanks.
      return value.slice(0, selectionStart).match(/(?:[^\s"]|"[^"]*"?)*$/)[0];
    }

    type() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), 120);
    }

    async ask() {
      const word = this.word;
      if (!word) {
        this.close();
        return;
      }
      try {
        const query = new URLSearchParams({ word });
        const answer = await fetch(`${this.urlValue}?${query}`);
        if (answer.ok && word === this.word) this.open(await answer.json());
      } catch {
        this.close();
      }
    }

    open(found) {
      this.options = found.map(({ text, label }, index) => {
        const option = document.createElement('li');
        option.setAttribute('role', 'option');
        option.id = `${this.listTarget.id}-${index}`;
        option.dataset.text = text;
        option.textContent = label;
        return option;
      });
      this.listTarget.replaceChildren(...this.options);
      this.listTarget.hidden = !found.length;
      this.boxTarget.setAttribute('aria-expanded', String(found.length > 0));
      this.highlight(-1);
    }

    highlight(index) {
      this.current = index;
      for (const [i, option] of this.options.entries()) {
        option.setAttribute('aria-selected', String(i === index));
      }
      const option = this.options[index];
      if (option) {
        this.boxTarget.setAttribute('aria-activedescendant', option.id);
        option.scrollIntoView({ block: 'nearest' });
      } else {
        this.boxTarget.removeAttribute('aria-activedescendant');
      }
    }

    key(event) {
      if (event.isComposing || !this.options.length) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        const step = event.key === 'ArrowDown' ? 1 : -1;
        const number = this.options.length;
        const next = this.current < 0 && step < 0 ? number : this.current + step;
        this.highlight((next + number) % number);
      } else if (event.key === 'Enter' && this.current >= 0) {
        event.preventDefault();
        this.choose(this.options[this.current]);
      } else if (event.key === 'Escape') {
        event.preventDefault(); // Would empty the box.
        event.stopPropagation();
        this.close();
      }
    }

    take(event) {
      event.preventDefault(); // The box keeps the focus.
      const option = event.target.closest('[role=option]');
      if (option) this.choose(option);
    }

    choose(option) {
      const box = this.boxTarget;
      const end = box.selectionStart;
      const start = end - this.word.length;
      box.setRangeText(option.dataset.text, start, end, 'end');
      this.close();
      this.type(); // After a key come its values.
    }

    leave(event) {
      if (!this.element.contains(event.relatedTarget)) this.close();
    }

    close() {
      clearTimeout(this.timer);
      this.open([]);
    }
  }

  window.wagtail.app.register('ecp-search', SearchController);
})();
