(() => {
  // A form with one button that is on or off, such as a star: without leaving the page.
  class ToggleController extends window.StimulusModule.Controller {
    static targets = ['on', 'button'];

    async toggle(event) {
      event.preventDefault();
      const form = this.element;
      try {
        const response = await window.fetch(form.action, {
          method: 'POST',
          body: new window.FormData(form),
          headers: { Accept: 'application/json' },
          redirect: 'error', // Logged out.
        });
        this.show((await response.json()).on);
      } catch {
        form.submit(); // As without a script, with a page that says what is wrong.
      }
    }

    show(isOn) {
      this.onTarget.value = isOn ? '0' : '1';
      this.buttonTarget.setAttribute('aria-pressed', String(isOn));
      this.element.classList.toggle('ecp-on', isOn);
    }
  }

  window.wagtail.app.register('ecp-toggle', ToggleController);
})();
