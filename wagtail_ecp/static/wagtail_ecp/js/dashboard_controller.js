(() => {
  // Asks for the live panels every half minute while somebody looks at the page, and
  // shows what has changed. The browser may keep nothing of the admin, so the last
  // answer's ETag is kept here.
  class DashboardController extends window.StimulusModule.Controller {
    static targets = ['panel'];

    static values = { url: String, pause: Number };

    connect() {
      this.shown = {};
      this.wait();
    }

    disconnect() {
      window.clearTimeout(this.timer);
    }

    wait() {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.look(), this.pauseValue * 1000);
    }

    async look() {
      window.clearTimeout(this.timer);
      // Silent while nobody looks; who comes back is told at once.
      if (document.visibilityState === 'hidden') return;
      try {
        const answer = await window.fetch(this.urlValue, {
          headers: this.tag ? { 'If-None-Match': this.tag } : {},
          redirect: 'error', // Logged out: leave the page as it is.
        });
        if (answer.ok) {
          this.tag = answer.headers.get('ETag');
          this.show(await answer.json());
        }
      } catch {
        // The site can't be reached just now.
      }
      this.wait();
    }

    show(bodies) {
      for (const panel of this.panelTargets) {
        const html = bodies[panel.dataset.slot];
        // What is the same, or has the focus, stays as it is.
        if (html === undefined || html === this.shown[panel.dataset.slot]) continue;
        if (panel.contains(document.activeElement)) continue;
        panel.innerHTML = html;
        this.shown[panel.dataset.slot] = html;
      }
    }
  }

  window.wagtail.app.register('ecp-dashboard', DashboardController);
})();
