(() => {
  // A side panel that is read when it is first opened.
  class SideController extends window.StimulusModule.Controller {
    static values = { src: String };

    connect() {
      this.panel = this.element.closest('[data-side-panel]');
      this.show = () => this.load();
      this.panel?.addEventListener('show', this.show);
      if (this.panel && !this.panel.hidden) this.load();
    }

    disconnect() {
      this.panel?.removeEventListener('show', this.show);
    }

    async load() {
      if (this.isLoaded) return;
      this.isLoaded = true;
      this.element.ariaBusy = 'true';
      try {
        const response = await window.fetch(this.srcValue, { redirect: 'error' });
        this.isLoaded = response.ok;
        if (response.ok) this.element.innerHTML = await response.text();
      } catch {
        this.isLoaded = false; // Opening it again tries again.
      }
      this.element.ariaBusy = 'false';
    }
  }

  window.wagtail.app.register('ecp-side', SideController);
})();
