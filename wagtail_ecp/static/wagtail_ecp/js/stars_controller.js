(() => {
  // The stars of a list, pressed without leaving the page.
  class StarsController extends window.StimulusModule.Controller {
    async toggle(event) {
      const star = event.target.closest('td button');
      if (!star || this.isGivenUp) return;
      event.preventDefault();
      const body = new window.FormData(star.form, star);
      const isOn = star.name === 'on';
      this.show(star, isOn); // At once: what fails is told by a page.
      try {
        const response = await window.fetch(star.form.action, {
          method: 'POST',
          body,
          headers: { Accept: 'application/json' },
          redirect: 'error', // Logged out.
        });
        this.show(star, (await response.json()).on);
      } catch {
        this.show(star, !isOn);
        this.isGivenUp = true; // As without a script, with a page that says what is wrong.
        star.click();
      }
    }

    show(star, isOn) {
      star.name = isOn ? 'off' : 'on';
      star.setAttribute('aria-pressed', String(isOn));
    }
  }

  window.wagtail.app.register('ecp-stars', StarsController);
})();
