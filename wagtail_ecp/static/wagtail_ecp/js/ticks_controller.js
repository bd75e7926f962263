(() => {
  const TYPING = 'input:not([type="checkbox"]), textarea, select, [contenteditable]';

  // Says how many rows of a list are ticked, and ticks the row in focus by "x".
  class TicksController extends window.StimulusModule.Controller {
    static targets = ['said'];

    get boxes() {
      return [...this.element.querySelectorAll('input[name="row"]')];
    }

    connect() {
      this.say();
    }

    say() {
      const number = this.boxes.filter((box) => box.checked).length;
      this.saidTarget.textContent = number
        ? `${this.saidTarget.dataset.words} ${number}`
        : '';
    }

    tick(event) {
      const isPlain = !(event.ctrlKey || event.metaKey || event.altKey);
      if (event.key !== 'x' || !isPlain || event.target.closest(TYPING)) return;
      const box = event.target.closest('tr, li')?.querySelector('input[name="row"]');
      if (!box || !this.element.contains(box)) return;
      event.preventDefault();
      box.click();
    }
  }

  window.wagtail.app.register('ecp-ticks', TicksController);
})();
