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
      this.list = document.createElement('ul');
      this.list.id = `ecp-recipients-${number}`;
      this.list.className = 'ecp-people';
      this.list.setAttribute(
        'aria-label',
        this.inputTarget.labels[0]?.textContent ?? '',
      );
      this.inputTarget.after(this.list);
      const take = (option) => this.take(option.dataset);
      const how = { take, takesByTab: true };
      this.combobox = new window.ecp.Combobox(this.inputTarget, this.list, how);
      this.listeners = [
        ['input', () => this.wait()],
        ['keydown', (event) => this.combobox.key(event)],
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

    // The first one is chosen already: Enter and Tab take it.
    show(found) {
      const options = found.map(({ name, address }, index) => {
        const text = name ? `${name} <${address}>` : address;
        const option = this.combobox.option(index, text);
        Object.assign(option.dataset, { name, address });
        return option;
      });
      this.combobox.show(options, 0);
    }

    take({ name, address }) {
      const { value, selectionStart } = this.inputTarget;
      const before = value.slice(0, this.start()).trimEnd();
      const after = value.slice(selectionStart).replace(/^[\s,;]+/, '');
      const head = `${before}${before ? ' ' : ''}${this.written(name, address)}, `;
      this.inputTarget.value = head + after;
      this.inputTarget.setSelectionRange(head.length, head.length);
      this.inputTarget.dispatchEvent(new Event('change', { bubbles: true }));
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
      this.combobox.hide();
    }
  }

  window.wagtail.app.register('ecp-recipients', RecipientsController);
})();
