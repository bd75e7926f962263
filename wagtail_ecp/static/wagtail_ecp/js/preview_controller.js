(() => {
  const PAUSE = 150; // milliseconds

  // Shows what an option would do, before it is saved, as soon as its field changes.
  class PreviewController extends window.StimulusModule.Controller {
    static targets = ['input', 'output', 'said'];

    static values = { url: String, name: String, shown: String };

    connect() {
      this.latest = 0;
      if (this.inputTarget.value !== this.shownValue) this.changed();
    }

    disconnect() {
      this.forget();
    }

    // No answer to an earlier question is shown any more.
    forget() {
      window.clearTimeout(this.timer);
      this.latest += 1;
    }

    changed() {
      this.forget();
      this.outputTarget.setAttribute('aria-busy', 'true');
      this.timer = window.setTimeout(() => this.refresh(), PAUSE);
    }

    async refresh() {
      this.forget();
      const { value, validity } = this.inputTarget;
      if (value === '' || !validity.valid) return;
      const asked = this.latest;
      const url = new URL(this.urlValue, window.location.href);
      url.searchParams.set(this.nameValue, value);
      try {
        const response = await window.fetch(url, {
          redirect: 'error', // Logged out: leave the page as it is.
        });
        const html = response.ok ? await response.text() : null;
        if (html !== null && asked === this.latest) this.show(html);
      } catch {
        // The network is away for a moment; the next change asks again.
      }
    }

    show(html) {
      const found = new window.DOMParser().parseFromString(html, 'text/html');
      for (const list of this.outputTarget.querySelectorAll('details[open]')) {
        const same = `details[data-list="${list.dataset.list}"]`;
        found.querySelector(same)?.setAttribute('open', '');
      }
      this.outputTarget.replaceChildren(...found.body.childNodes);
      this.outputTarget.removeAttribute('aria-busy');
      if (this.hasSaidTarget) {
        const sentence = this.outputTarget.querySelector('[data-sentence]');
        this.saidTarget.textContent = sentence?.textContent ?? '';
      }
    }
  }

  window.wagtail.app.register('ecp-preview', PreviewController);
})();
