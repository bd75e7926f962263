(() => {
  // Completes the address that one types. The field stays plain text with commas.
  const PAUSE = 150; // milliseconds
  const LEAST = 2; // characters

  let number = 0;

  class RecipientsController extends window.StimulusModule.Controller {
    static targets = ['input'];

    static values = { url: String };

    connect() {
      number += 1;
      this.found = [];
      this.chosen = -1;
      this.list = document.createElement('ul');
      this.list.id = `ecp-recipients-${number}`;
      this.list.className = 'ecp-people';
      this.list.setAttribute('role', 'listbox');
      this.list.setAttribute(
        'aria-label',
        this.inputTarget.labels[0]?.textContent ?? '',
      );
      this.list.hidden = true;
      this.inputTarget.after(this.list);
      for (const [name, value] of [
        ['role', 'combobox'],
        ['aria-autocomplete', 'list'],
        ['aria-expanded', 'false'],
        ['aria-controls', this.list.id],
      ]) {
        this.inputTarget.setAttribute(name, value);
      }
      this.listeners = [
        ['input', () => this.wait()],
        ['keydown', (event) => this.press(event)],
        ['blur', () => this.close()],
      ];
      for (const [name, listener] of this.listeners) {
        this.inputTarget.addEventListener(name, listener);
      }
    }

    disconnect() {
      window.clearTimeout(this.timer);
      for (const [name, listener] of this.listeners) {
        this.inputTarget.removeEventListener(name, listener);
      }
      this.list.remove();
    }

    // Where the address at the cursor begins: behind the last comma outside of quotes.
    start() {
      const before = this.inputTarget.value.slice(0, this.inputTarget.selectionStart);
      let start = 0;
      let isQuoted = false;
      for (const [index, character] of [...before].entries()) {
        if (character === '"') isQuoted = !isQuoted;
        if (!isQuoted && ',;'.includes(character)) start = index + 1;
      }
      return start;
    }

    typed() {
      const { value, selectionStart } = this.inputTarget;
      return value.slice(this.start(), selectionStart).trim();
    }

    wait() {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.complete(), PAUSE);
    }

    async complete() {
      const typed = this.typed();
      if (typed.length < LEAST) {
        this.close();
        return;
      }
      try {
        const response = await window.fetch(
          `${this.urlValue}?q=${encodeURIComponent(typed)}`,
          { headers: { Accept: 'application/json' } },
        );
        const found = response.ok ? await response.json() : [];
        if (typed === this.typed()) this.show(found);
      } catch {
        this.close(); // One can type all of it.
      }
    }

    show(found) {
      this.found = found;
      this.list.replaceChildren(...found.map((one, index) => this.option(one, index)));
      this.list.hidden = found.length === 0;
      this.inputTarget.setAttribute('aria-expanded', String(found.length > 0));
      this.choose(found.length > 0 ? 0 : -1);
    }

    option({ name, address }, index) {
      const option = document.createElement('li');
      option.id = `${this.list.id}-${index}`;
      option.setAttribute('role', 'option');
      option.textContent = name ? `${name} <${address}>` : address;
      // Before the field loses the focus.
      option.addEventListener('mousedown', (event) => {
        event.preventDefault();
        this.take(index);
      });
      return option;
    }

    choose(index) {
      this.chosen = index;
      [...this.list.children].forEach((option, place) => {
        option.setAttribute('aria-selected', String(place === index));
      });
      if (index < 0) {
        this.inputTarget.removeAttribute('aria-activedescendant');
      } else {
        this.inputTarget.setAttribute(
          'aria-activedescendant',
          `${this.list.id}-${index}`,
        );
      }
    }

    press(event) {
      if (this.list.hidden) return;
      const { length } = this.found;
      const steps = { ArrowDown: 1, ArrowUp: length - 1 };
      if (event.key in steps) {
        event.preventDefault();
        this.choose((this.chosen + steps[event.key]) % length);
      } else if (event.key === 'Enter' || event.key === 'Tab') {
        if (event.key === 'Enter') event.preventDefault();
        this.take(this.chosen);
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        this.close();
      }
    }

    take(index) {
      const { name, address } = this.found[index];
      const { value, selectionStart } = this.inputTarget;
      const before = value.slice(0, this.start()).trimEnd();
      const after = value.slice(selectionStart).replace(/^[\s,;]+/, '');
      const head = `${before}${before ? ' ' : ''}${this.written(name, address)}, `;
      this.inputTarget.value = head + after;
      this.inputTarget.setSelectionRange(head.length, head.length);
      this.inputTarget.dispatchEvent(new Event('change', { bubbles: true }));
      this.close();
    }

    // As a header has it (RFC 5322): a name with special characters in quotes.
    written(name, address) {
      if (!name) return address;
      const isSpecial = /[",;:<>@()[\]\\]/.test(name);
      const quoted = `"${name.replace(/[\\"]/g, '\\$&')}"`;
      return `${isSpecial ? quoted : name} <${address}>`;
    }

    close() {
      window.clearTimeout(this.timer);
      this.list.hidden = true;
      this.inputTarget.setAttribute('aria-expanded', 'false');
      this.choose(-1);
    }
  }

  window.wagtail.app.register('ecp-recipients', RecipientsController);
})();
