(() => {
  const COMPOSER = '[data-edit-form]';

  // Says every few seconds that somebody looks at the page, or answers in it, and
  // shows who else does; says nothing while the page is hidden.
  class PresenceController extends window.StimulusModule.Controller {
    static targets = ['list'];

    static values = { here: String, gone: String, pause: Number };

    connect() {
      this.hasWritten = false;
      this.look();
    }

    disconnect() {
      window.clearTimeout(this.timer);
    }

    // The page has come into sight or is no longer in it.
    look() {
      window.clearTimeout(this.timer);
      if (document.visibilityState === 'visible') this.tell();
    }

    // Something is done in the page: is it an answer that is begun?
    write(event) {
      if (!event.target.closest?.(COMPOSER)) return;
      this.hasWritten ||= event.type === 'input';
      if (!this.saidReplying) this.look();
    }

    // What is sent is not being written any more.
    send(event) {
      if (event.target.matches(COMPOSER)) this.hasWritten = false;
    }

    get isReplying() {
      return this.hasWritten || Boolean(document.activeElement?.closest(COMPOSER));
    }

    async tell() {
      try {
        const answer = await window.fetch(this.hereValue, {
          method: 'POST',
          body: this.said,
          redirect: 'error', // Logged out: leave the page as it is.
        });
        if (answer.ok) this.show(await answer.text());
      } catch {
        // The site can't be reached just now.
      }
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.look(), this.pauseValue * 1000);
    }

    leave() {
      window.clearTimeout(this.timer);
      window.navigator.sendBeacon(this.goneValue, this.said);
    }

    get said() {
      const said = new window.FormData();
      const token = this.element.querySelector('[name=csrfmiddlewaretoken]');
      said.set(token.name, token.value);
      this.saidReplying = this.isReplying;
      if (this.saidReplying) said.set('is_replying', '1');
      return said;
    }

    show(html) {
      // A screen reader would read out what has not changed.
      if (html !== this.shown) this.listTarget.innerHTML = html;
      this.shown = html;
    }
  }

  window.wagtail.app.register('ecp-presence', PresenceController);
})();
