(() => {
  // Narrower than this there is no room beside a list.
  const ROOM = window.matchMedia('(min-width: 1000px)');
  const PAUSE = 250; // milliseconds; who runs down the list does not fetch every row

  // Shows a conversation beside the list; a second click, or Enter, opens it.
  class PaneController extends window.StimulusModule.Controller {
    static targets = ['pane', 'open'];

    static values = { url: String };

    disconnect() {
      window.clearTimeout(this.timer);
    }

    choose(event) {
      const link = event.target.closest('td a');
      const isPlain =
        event.detail > 0 && // Enter clicks without a pointer.
        !event.ctrlKey &&
        !event.metaKey &&
        !event.shiftKey;
      if (!link || !isPlain || !ROOM.matches || link.id === this.shown) return;
      event.preventDefault();
      this.show(link);
    }

    follow(event) {
      window.clearTimeout(this.timer);
      if (!ROOM.matches) return;
      const link = event.target.querySelector('a');
      this.timer = window.setTimeout(() => this.show(link), PAUSE);
    }

    async show(link) {
      this.shown = link.id;
      link.focus();
      const number = link.id.slice(1);
      const response = await window
        .fetch(this.urlValue.replace('/0/', `/${number}/`), { redirect: 'error' })
        .catch(() => null);
      if (!response?.ok || this.shown !== link.id) return;
      const html = await response.text();
      const found = new window.DOMParser().parseFromString(html, 'text/html');
      this.paneTarget.replaceChildren(...found.body.childNodes);
      this.paneTarget.scrollTop = 0;
      this.openTarget.href = link.href;
    }
  }

  window.wagtail.app.register('ecp-pane', PaneController);
})();
