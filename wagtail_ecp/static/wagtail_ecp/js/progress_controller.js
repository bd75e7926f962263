(() => {
  const PAUSE = 2000; // milliseconds

  // Shows how far something is that a worker does, until it is done.
  class ProgressController extends window.StimulusModule.Controller {
    static targets = ['bar', 'facts', 'list', 'said'];

    static values = { url: String };

    connect() {
      this.wait();
    }

    disconnect() {
      window.clearTimeout(this.timer);
    }

    wait() {
      window.clearTimeout(this.timer);
      if (this.hasBarTarget) {
        this.timer = window.setTimeout(() => this.look(), PAUSE);
      }
    }

    async look() {
      try {
        const response = await window.fetch(this.urlValue, {
          redirect: 'error', // Logged out: leave the page as it is.
        });
        if (response.ok) this.show(await response.text());
      } catch {
        // The network is away for a moment; the next look may succeed.
      }
      this.wait();
    }

    show(html) {
      const found = new window.DOMParser().parseFromString(html, 'text/html');
      const bar = found.querySelector('progress');
      if (bar) {
        // In place, so that nobody loses the button that they are about to press.
        this.barTarget.value = bar.value;
        this.factsTarget.textContent = found.querySelector(
          '[data-ecp-progress-target="facts"]',
        ).textContent;
      } else if (!this.isTyping) {
        this.replace(found);
      }
    }

    // A password that is being typed stays.
    get isTyping() {
      const active = document.activeElement;
      return this.listTarget.contains(active) && active.matches('input');
    }

    replace(found) {
      const hadFocus = this.listTarget.contains(document.activeElement);
      this.listTarget.replaceChildren(...found.body.childNodes);
      this.saidTarget.textContent = this.saidTarget.dataset.done;
      this.dispatch('done');
      if (hadFocus) this.listTarget.querySelector('button')?.focus();
    }
  }

  window.wagtail.app.register('ecp-progress', ProgressController);
})();
