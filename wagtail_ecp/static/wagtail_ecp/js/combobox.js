(() => {
  // A text field with a list of what it may become (WAI-ARIA Authoring Practices,
  // "editable combobox with list autocomplete"): the cursor stays in the field, arrows
  // choose, Enter takes, Escape closes. What is in the list is the controllers' business.
  class Combobox {
    constructor(field, list, { take, takesByTab = false }) {
      Object.assign(this, { field, list, take, takesByTab, options: [], index: -1 });
      list.setAttribute('role', 'listbox');
      field.setAttribute('aria-autocomplete', 'list');
      field.setAttribute('aria-controls', list.id);
      field.setAttribute('autocomplete', 'off');
      // A text area with a list is no combobox for screen readers; an input is.
      if (field.matches('input')) field.setAttribute('role', 'combobox');
      this.hide();
    }

    // A line of the list; id is what is behind the list's own.
    option(id, text) {
      const option = document.createElement(this.list.matches('ul') ? 'li' : 'div');
      option.id = `${this.list.id}-${id}`;
      option.setAttribute('role', 'option');
      option.textContent = text;
      // Before the field loses its focus.
      option.addEventListener('mousedown', (event) => {
        event.preventDefault();
        this.choose(option);
      });
      return option;
    }

    // Show options, or groups of options; none closes the list.
    show(nodes, chosen = -1) {
      this.list.replaceChildren(...nodes);
      this.options = [...this.list.querySelectorAll('[role=option]')];
      this.isOpen = this.options.length > 0;
      this.list.hidden = !this.isOpen;
      if (this.field.matches('input')) {
        this.field.setAttribute('aria-expanded', String(this.isOpen));
      }
      this.select(chosen);
    }

    hide() {
      this.show([]);
    }

    select(index) {
      this.index = index;
      for (const [at, option] of this.options.entries()) {
        option.setAttribute('aria-selected', String(at === index));
      }
      const chosen = this.options[index];
      chosen?.scrollIntoView({ block: 'nearest' });
      if (chosen) this.field.setAttribute('aria-activedescendant', chosen.id);
      else this.field.removeAttribute('aria-activedescendant');
    }

    key(event) {
      if (!this.isOpen || event.isComposing) return;
      const { length } = this.options;
      const chosen = this.options[this.index];
      const keys = {
        ArrowDown: () => this.select((this.index + 1) % length),
        ArrowUp: () => this.select(this.index <= 0 ? length - 1 : this.index - 1),
        Escape: () => this.hide(), // The field keeps its text, and a dialog stays open.
      };
      if (chosen) keys.Enter = () => this.choose(chosen);
      if (chosen && this.takesByTab) keys.Tab = keys.Enter;
      if (!keys[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    }

    choose(option) {
      this.take(option);
      this.hide();
    }
  }

  window.ecp = { ...window.ecp, Combobox };
})();
