(() => {
  const LOADS = '[data-message], [data-src]';

  // Folded messages, and reasons that nobody asked for yet, come when they are opened.
  class ThreadController extends window.StimulusModule.Controller {
    static values = { body: String };

    connect() {
      this.follow();
    }

    // The address names a message: open it.
    follow() {
      const { hash } = window.location;
      if (hash === '#write') this.write();
      if (!/^#(message|note)-\d+$/.test(hash)) return;
      const item = document.getElementById(hash.slice(1));
      const folded = item?.querySelector(':scope > details');
      if (folded) folded.open = true;
    }

    // The editor comes after the page, by Wagtail's own script.
    write() {
      const field = '#write [contenteditable="true"], #write textarea[name="body"]';
      document.querySelector(field)?.focus();
    }

    open({ target }) {
      if (target.open && target.matches(LOADS)) this.load(target);
    }

    async load(details) {
      const place = details.querySelector(':scope > div');
      if (place.ariaBusy === 'true' || details.dataset.loaded) return;
      place.ariaBusy = 'true';
      try {
        const response = await window.fetch(this.sourceOf(details), {
          redirect: 'error', // Logged out: the link in its place leads there.
        });
        if (response.ok) this.fill(details, place, await response.text());
      } catch {
        // The network is away: the link stays, and so does the next try.
      }
      place.ariaBusy = 'false';
    }

    sourceOf(details) {
      const { src, message } = details.dataset;
      return src ?? this.bodyValue.replace('/0/', `/${message}/`);
    }

    fill(details, place, html) {
      details.dataset.loaded = 'true';
      place.innerHTML = html;
      const item = details.closest('li');
      if (item && window.location.hash === `#${item.id}`) item.scrollIntoView();
    }

    // Escape closes an open menu and goes back to its button.
    close() {
      const menu = this.element.querySelector('.ecp-menu[open]');
      if (!menu) return;
      menu.open = false;
      menu.querySelector('summary').focus();
    }

    leave({ target }) {
      for (const menu of this.element.querySelectorAll('.ecp-menu[open]')) {
        if (!menu.contains(target)) menu.open = false;
      }
    }

    next() {
      this.step(1);
    }

    previous() {
      this.step(-1);
    }

    // To the message or note after the one that has the focus, as they are on the page.
    step(by) {
      const items = [...this.element.querySelectorAll('.ecp-messages > li')];
      const here = items.findIndex((item) => item.contains(document.activeElement));
      const there = here < 0 ? this.nearest(items, by) : here + by;
      const item = items[Math.min(Math.max(there, 0), items.length - 1)];
      if (!item) return;
      const target = item.querySelector(':scope > details > summary') ?? item;
      if (target === item) item.tabIndex = -1;
      target.focus();
      item.scrollIntoView({ block: 'nearest' });
    }

    // Nothing has the focus: begin with what one sees.
    nearest(items, by) {
      const seen = items.findIndex((item) => item.getBoundingClientRect().bottom > 100);
      return by > 0 ? Math.max(seen, 0) : Math.max(seen - 1, 0);
    }
  }

  window.wagtail.app.register('ecp-thread', ThreadController);
})();
