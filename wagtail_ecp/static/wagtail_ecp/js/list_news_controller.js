(() => {
  const PAUSE = 30000; // milliseconds
  const WISH = 'ecp-list-notices';

  // Says what came into the list, and shows it when asked: rows are put above those
  // that are there, which keep their ticks and their place.
  class ListNewsController extends window.StimulusModule.Controller {
    static targets = ['told', 'list', 'ask'];

    static values = { url: String, after: String, all: String, since: String };

    connect() {
      this.title = document.title;
      this.number = 0;
      this.offer();
      this.wait();
    }

    disconnect() {
      window.clearTimeout(this.timer);
      document.title = this.title;
    }

    wait() {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.look(), PAUSE);
    }

    async look() {
      // Silent while nobody looks; who comes back is told at once.
      if (document.visibilityState === 'hidden') return;
      const and = this.urlValue.includes('?') ? '&' : '?';
      try {
        const response = await window.fetch(
          `${this.urlValue}${and}after=${this.afterValue}&since=${this.sinceValue}`,
          { cache: 'no-cache', redirect: 'error' },
        );
        if (response.ok) this.tell(await response.json());
      } catch {
        // The network is away for a moment, or the member logged out.
      }
      this.wait();
    }

    tell({ number, words, replying, joined = [], gone = [], stamp }) {
      this.news = { joined, gone, stamp };
      if (replying && this.hasListTarget) this.mark(replying);
      const isMore = number > this.number;
      this.number = number;
      this.toldTarget.hidden = !number;
      this.toldTarget.textContent = words;
      document.title = number ? `(${number}) ${this.title}` : this.title;
      if (isMore && !document.hasFocus() && this.isWished) {
        // The tag replaces a notice that nobody has looked at yet.
        new window.Notification(this.title, { body: words, tag: WISH });
      }
    }

    // Say in the rows who is replying to which, and no longer of the others.
    mark(replying) {
      for (const old of this.listTarget.querySelectorAll('.ecp-replying')) {
        if (replying[old.parentElement.querySelector('a').id.slice(1)]) continue;
        old.remove();
      }
      for (const [number, words] of Object.entries(replying)) {
        const link = document.getElementById(`c${number}`);
        const [known] =
          link?.parentElement.getElementsByClassName('ecp-replying') ?? [];
        if (known) known.textContent = words;
        else link?.after(' ', this.saying(words));
      }
    }

    saying(words) {
      const said = document.createElement('b');
      said.className = 'ecp-replying';
      said.textContent = words;
      return said;
    }

    async show() {
      if (!this.hasListTarget) {
        window.location.reload(); // It was empty: there is no place to lose.
        return;
      }
      const response = await window.fetch(window.location.href, {
        redirect: 'error',
      });
      if (!response.ok) return;
      const html = await response.text();
      const found = new window.DOMParser().parseFromString(html, 'text/html');
      const fresh = found.querySelector('[data-controller~="ecp-list-news"]');
      const rows = [...fresh.querySelectorAll('tbody tr')];
      this.put(rows);
      this.join(rows);
      this.afterValue = fresh.getAttribute('data-ecp-list-news-after-value');
      this.tell({ number: 0, words: '' });
      document.getElementById(rows[0]?.querySelector('a').id)?.focus();
    }

    put(rows) {
      const body = this.listTarget.tBodies[0];
      const known = [...body.rows];
      const top = known[0];
      const first = rows.findIndex((row) => row.querySelector('a').id === idOf(top));
      for (const row of first < 0 ? rows : rows.slice(0, first)) {
        const old = known.find((one) => idOf(one) === idOf(row));
        const isTicked = old?.querySelector('[name="row"]')?.checked;
        const added = document.adoptNode(row);
        old?.remove();
        if (isTicked) added.querySelector('[name="row"]').checked = true;
        body.insertBefore(added, top);
      }
    }

    // Rows that got messages by a merge are put where they belong now, and what became
    // part of another goes.
    join(rows) {
      const { joined, gone, stamp } = this.news;
      const body = this.listTarget.tBodies[0];
      for (const number of gone)
        document.getElementById(`c${number}`)?.closest('tr').remove();
      for (const [at, row] of rows.entries()) {
        if (!joined.includes(Number(idOf(row).slice(1))) || body.contains(row))
          continue;
        const isOf = (one) => [...body.rows].find((known) => idOf(known) === idOf(one));
        const next = rows
          .slice(at + 1)
          .map(isOf)
          .find(Boolean);
        const old = isOf(row);
        const added = document.adoptNode(row);
        added
          .querySelector('[name="row"]')
          ?.toggleAttribute(
            'checked',
            Boolean(old?.querySelector('[name="row"]')?.checked),
          );
        old?.remove();
        body.insertBefore(added, next === old ? null : (next ?? null));
      }
      this.sinceValue = stamp ?? this.sinceValue;
    }

    // Only a button asks for leave to notify, never the page by itself.
    offer() {
      const isPossible =
        'Notification' in window && window.Notification.permission !== 'denied';
      this.askTarget.hidden = !isPossible;
      this.askTarget.setAttribute('aria-pressed', String(this.isWished));
    }

    async ask() {
      if (this.isWished) {
        window.localStorage.removeItem(WISH);
      } else if ((await window.Notification.requestPermission()) === 'granted') {
        window.localStorage.setItem(WISH, 'yes');
      }
      this.offer();
    }

    get isWished() {
      return (
        'Notification' in window &&
        window.Notification.permission === 'granted' &&
        window.localStorage.getItem(WISH) === 'yes'
      );
    }
  }

  const idOf = (row) => row?.querySelector('a')?.id;

  window.wagtail.app.register('ecp-list-news', ListNewsController);
})();
