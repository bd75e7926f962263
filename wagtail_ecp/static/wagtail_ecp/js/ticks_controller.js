(() => {
  // Says how many rows of a list are ticked.
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
  }

  window.wagtail.app.register('ecp-ticks', TicksController);
})();
