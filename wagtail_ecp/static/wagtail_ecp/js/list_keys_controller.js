(() => {
  const CURRENT = 'ecp-current';

  // Moves in a list by keys: j and k or arrows, Enter opens, x ticks. Another key is
  // added by an attribute: it presses the button with data-ecp-row-key, for the rows
  // that are ticked, else for the one that has the focus.
  class ListKeysController extends window.StimulusModule.Controller {
    static get shouldLoad() {
      return window.ecp.areShortcutsOn();
    }

    connect() {
      this.press = this.press.bind(this);
      document.addEventListener('keydown', this.press);
      const number = window.history.state?.ecpCurrent;
      if (number) this.mark(document.getElementById(number)?.closest('tr'));
    }

    disconnect() {
      document.removeEventListener('keydown', this.press);
    }

    press(event) {
      if (event.defaultPrevented || this.isElsewhere(event)) return;
      const action = this.actionOf(event.key);
      if (!action) return;
      event.preventDefault();
      action();
    }

    actionOf(key) {
      if (key === 'j' || key === 'ArrowDown') return () => this.move(1);
      if (key === 'k' || key === 'ArrowUp') return () => this.move(-1);
      if (key === 'x' && this.current) return () => this.tick();
      if (key === '*' && this.current) return () => this.star();
      const button = document.querySelector(
        `[data-ecp-row-key="${window.CSS.escape(key)}"]`,
      );
      return button && this.current ? () => this.use(button) : null;
    }

    // Keys that belong to a field, a dialog or the browser.
    isElsewhere({ target, ctrlKey, metaKey, altKey }) {
      return (
        ctrlKey ||
        metaKey ||
        altKey ||
        target.isContentEditable ||
        target.matches('input:not([type="checkbox"]), textarea, select') ||
        document.querySelector('.w-dialog[aria-hidden="false"], dialog[open]')
      );
    }

    get rows() {
      return [...this.element.tBodies].flatMap((body) => [...body.rows]);
    }

    get current() {
      const focused = document.activeElement?.closest('tr');
      if (focused && this.element.contains(focused)) return focused;
      return this.element.querySelector(`.${CURRENT}`);
    }

    move(by) {
      const rows = this.rows;
      const at = rows.indexOf(this.current);
      const row = rows[at < 0 ? 0 : at + by];
      if (!row) return;
      this.mark(row);
      row.querySelector('a').focus();
      this.dispatch('moved', { target: row });
    }

    mark(row) {
      this.element.querySelector(`.${CURRENT}`)?.classList.remove(CURRENT);
      row?.classList.add(CURRENT);
      const id = row?.querySelector('a').id;
      window.history.replaceState({ ...window.history.state, ecpCurrent: id }, '');
    }

    tick() {
      this.current.querySelector('input[type="checkbox"]')?.click();
    }

    star() {
      this.current.querySelector('td button')?.click();
    }

    use(button) {
      const isAnyTicked = this.element.querySelector('[name="row"]:checked');
      if (!isAnyTicked) this.tick();
      button.click();
    }
  }

  window.wagtail.app.register('ecp-list-keys', ListKeysController);
})();
