(() => {
  // Wagtail's editor writes what was typed into the form a quarter of a second later
  // (Draftail's stateSaveInterval); who sends at once would lose the last words.
  const EDITOR_NEEDS = 400; // milliseconds

  class SettleController extends window.StimulusModule.Controller {
    hold(event) {
      if (this.isSettled) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.isWaiting) return;
      this.isWaiting = true;
      window.setTimeout(() => {
        this.isSettled = true;
        this.element.requestSubmit(event.submitter);
      }, EDITOR_NEEDS);
    }
  }

  window.wagtail.app.register('ecp-settle', SettleController);
})();
