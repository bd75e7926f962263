(() => {
  // Proposes the browser's time zone, as long as nobody has chosen one.
  class OwnZoneController extends window.StimulusModule.Controller {
    static targets = ['hint'];
    static values = { chosen: Boolean };

    connect() {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const input = this.element.querySelector('input');
      if (this.chosenValue || !zone || !input) return;
      input.value = zone;
      this.chosenValue = true;
      this.hintTarget.hidden = false;
      input.addEventListener(
        'input',
        () => {
          this.hintTarget.hidden = true;
        },
        { once: true },
      );
    }
  }

  window.wagtail.app.register('ecp-own-zone', OwnZoneController);
})();
