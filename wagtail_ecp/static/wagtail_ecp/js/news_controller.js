(() => {
  const PAUSE = 30000; // milliseconds

  // Tells of messages that come in while somebody reads, and shows them when asked.
  class NewsController extends window.StimulusModule.Controller {
    static targets = ['list', 'told'];

    static values = {
      newest: Number,
      newestFirst: Boolean,
      one: String,
      read: String,
      since: String,
      several: String,
      url: String,
    };

    connect() {
      this.title = document.title;
      this.lines = [];
      this.timer = window.setInterval(() => this.look(), PAUSE);
    }

    disconnect() {
      window.clearInterval(this.timer);
      document.title = this.title;
    }

    // Nobody is told of anything on a page that they do not see.
    async look() {
      if (document.visibilityState !== 'visible' || this.isLooking) return;
      this.isLooking = true;
      try {
        const response = await window.fetch(
          `${this.urlValue}?after=${this.newestValue}&since=${this.sinceValue}`,
          { redirect: 'error' }, // Logged out: leave the page as it is.
        );
        if (response.ok) this.tell(await response.text());
      } catch {
        // The network is away for a moment; the next look may succeed.
      }
      this.isLooking = false;
    }

    tell(html) {
      const found = new window.DOMParser().parseFromString(html, 'text/html');
      this.become(found.querySelector('.ecp-became'));
      this.lines = [...found.querySelectorAll('li')].filter(
        (line) => !document.getElementById(line.id),
      );
      const number = this.lines.length;
      this.toldTarget.hidden = number === 0;
      if (number === 0) return;
      this.toldTarget.textContent =
        number === 1 ? this.oneValue : this.severalValue.replace('{number}', number);
      document.title = `(${number}) ${this.title}`;
    }

    // The conversation is part of another one now, which has all of it.
    become(link) {
      const told = this.toldTarget.parentElement;
      if (link && !told.querySelector('.ecp-became')) told.append(link);
    }

    show() {
      const lines = this.lines.splice(0);
      if (!lines.length) return;
      for (const line of lines) {
        if (this.newestFirstValue) this.listTarget.prepend(line);
        else this.listTarget.append(line);
        line.querySelector('details').open = true;
        this.newestValue = Math.max(this.newestValue, Number(line.id.slice(8)));
      }
      lines[0].querySelector('summary').focus();
      this.toldTarget.hidden = true;
      document.title = this.title;
      this.dispatch('shown', { detail: { newest: this.newestValue } });
      this.noteRead();
    }

    // The team has seen it now.
    noteRead() {
      const token = this.element.querySelector('[name=csrfmiddlewaretoken]');
      window
        .fetch(this.readValue, {
          method: 'POST',
          headers: { 'X-CSRFToken': token.value },
          redirect: 'error',
        })
        .catch(() => {}); // It stays unread, which loses nothing.
    }
  }

  window.wagtail.app.register('ecp-news', NewsController);
})();
