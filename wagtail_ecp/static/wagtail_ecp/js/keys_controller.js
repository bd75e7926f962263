(() => {
  const KEY = 'data-ecp-key';

  // A key presses the button or link that names it, and Wagtail's dialog of shortcuts
  // lists them all under a heading: whoever adds a button has nothing else to do.
  class KeysController extends window.StimulusModule.Controller {
    static values = { heading: String };

    static get shouldLoad() {
      return window.ecp.areShortcutsOn();
    }

    connect() {
      this.press = this.press.bind(this);
      document.addEventListener('keydown', this.press);
      this.tell();
    }

    disconnect() {
      document.removeEventListener('keydown', this.press);
      this.told?.remove();
    }

    press(event) {
      if (event.defaultPrevented || this.isElsewhere(event)) return;
      const button = document.querySelector(
        `[${KEY}="${window.CSS.escape(event.key)}"]`,
      );
      if (!button) return;
      event.preventDefault();
      this.use(button);
    }

    use(button) {
      button.click();
      if (!button.matches('summary')) return;
      const field = 'input:not([type="hidden"]), select, textarea, button, a';
      if (button.parentElement.open) {
        button.parentElement.querySelector(field)?.focus();
      }
    }

    // Keys that belong to a field, a dialog or the browser.
    isElsewhere({ target, ctrlKey, metaKey, altKey }) {
      return (
        ctrlKey ||
        metaKey ||
        altKey ||
        target.isContentEditable ||
        target.matches('input, textarea, select') ||
        document.querySelector('.w-dialog[aria-hidden="false"], dialog[open]')
      );
    }

    tell() {
      this.told = document.createElement('template');
      const heading = document.createElement('tbody');
      const row = heading.insertRow();
      row.className = 'w-keyboard-shortcuts__category';
      const title = document.createElement('th');
      title.className = 'w-h4';
      title.scope = 'rowgroup';
      title.textContent = this.headingValue;
      row.append(title);
      for (const button of document.querySelectorAll(`[${KEY}]`)) {
        this.tellOf(button, heading);
      }
      this.told.content.append(heading);
      this.told.dataset.controller = 'ecp-shortcuts';
      this.element.append(this.told);
    }

    tellOf(button, body) {
      const row = body.insertRow();
      row.className = 'w-keyboard_shortcuts__key';
      const words = document.createElement('th');
      words.scope = 'row';
      words.textContent = (button.ariaLabel ?? button.textContent)
        .replaceAll(/\s+/g, ' ')
        .trim();
      const key = document.createElement('kbd');
      key.textContent = button.getAttribute(KEY);
      row.append(words);
      row.insertCell().append(key);
    }
  }

  window.wagtail.app.register('ecp-keys', KeysController);
})();
