(() => {
  // Asks whether mail has come until it has; the page's own link does it by hand.
  const PAUSE = 3000; // milliseconds

  class ArrivalController extends window.StimulusModule.Controller {
    static values = { url: String, done: Boolean };

    connect() {
      this.wait();
    }

    disconnect() {
      window.clearTimeout(this.timer);
    }

    wait() {
      if (!this.doneValue) this.timer = window.setTimeout(() => this.ask(), PAUSE);
    }

    async ask() {
      try {
        const answer = await window.fetch(this.urlValue);
        if (answer.ok) this.show(await answer.json());
      } catch {
        // The site can't be reached just now.
      }
      if (this.element.isConnected) this.wait();
    }

    show({ arrived, html }) {
      // A screen reader would read out what has not changed.
      if (html !== this.shown) this.element.innerHTML = html;
      this.shown = html;
      this.doneValue = arrived;
    }
  }

  window.wagtail.app.register('ecp-arrival', ArrivalController);
})();
