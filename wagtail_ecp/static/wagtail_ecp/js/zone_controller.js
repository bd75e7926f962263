(() => {
  // A combobox (WAI-ARIA Authoring Practices, "editable combobox with list
  // autocomplete"): the zones by region, narrowed down by what is typed. What is typed
  // counts as it is, so names that are not in the list, the aliases, can be given too.
  class ZoneController extends window.StimulusModule.Controller {
    static targets = ['input', 'list'];

    connect() {
      this.zones = [...this.element.querySelectorAll('datalist option')].map(
        (option) => ({
          name: option.value,
          label: option.textContent,
          region: option.dataset.region,
          key: `${option.value} ${option.textContent}`.toLowerCase(),
        }),
      );
      // The browser's own suggestions would lie above ours.
      this.inputTarget.removeAttribute('list');
      this.inputTarget.setAttribute('role', 'combobox');
      this.inputTarget.setAttribute('aria-autocomplete', 'list');
      this.inputTarget.setAttribute('aria-controls', this.listTarget.id);
      this.close();
    }

    search() {
      this.open(this.inputTarget.value);
    }

    offer() {
      this.inputTarget.select();
      this.open('');
    }

    open(typed) {
      const words = typed.toLowerCase().replaceAll('_', ' ').split(/\s+/);
      const found = this.zones.filter(({ key }) =>
        words.every((word) => key.replaceAll('_', ' ').includes(word)),
      );
      this.listTarget.replaceChildren(...this.groups(found));
      this.options = [...this.listTarget.querySelectorAll('[role=option]')];
      this.isOpen = found.length > 0;
      this.listTarget.hidden = !this.isOpen;
      this.inputTarget.setAttribute('aria-expanded', String(this.isOpen));
      this.highlight(
        this.options.findIndex((o) => o.dataset.zone === this.inputTarget.value),
      );
    }

    groups(found) {
      const regions = Map.groupBy
        ? Map.groupBy(found, ({ region }) => region)
        : this.grouped(found);
      return [...regions].map(([region, zones]) => {
        const group = document.createElement('div');
        group.setAttribute('role', 'group');
        group.setAttribute('aria-label', region);
        const heading = document.createElement('div');
        heading.className = 'ecp-zone__region';
        heading.textContent = region;
        group.append(heading, ...zones.map((zone) => this.option(zone)));
        return group;
      });
    }

    grouped(found) {
      const regions = new Map();
      for (const zone of found) {
        regions.set(zone.region, [...(regions.get(zone.region) ?? []), zone]);
      }
      return regions;
    }

    option({ name, label }) {
      const option = document.createElement('div');
      option.setAttribute('role', 'option');
      option.id = `${this.listTarget.id}-${name.replaceAll('/', '-')}`;
      option.dataset.zone = name;
      option.textContent = label;
      return option;
    }

    highlight(index) {
      this.current = index;
      for (const [i, option] of this.options.entries()) {
        option.setAttribute('aria-selected', String(i === index));
      }
      const option = this.options[index];
      if (option) {
        this.inputTarget.setAttribute('aria-activedescendant', option.id);
        option.scrollIntoView({ block: 'nearest' });
      } else {
        this.inputTarget.removeAttribute('aria-activedescendant');
      }
    }

    key(event) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (!this.isOpen) this.open('');
        const step = event.key === 'ArrowDown' ? 1 : -1;
        const last = this.options.length - 1;
        this.highlight(Math.min(Math.max(this.current + step, 0), last));
      } else if (event.key === 'Enter' && this.isOpen && this.current >= 0) {
        event.preventDefault();
        this.choose(this.options[this.current]);
      } else if (event.key === 'Escape' && this.isOpen) {
        event.stopPropagation();
        this.close();
      }
    }

    take(event) {
      event.preventDefault(); // The input keeps the focus.
      const option = event.target.closest('[role=option]');
      if (option) this.choose(option);
    }

    choose(option) {
      this.inputTarget.value = option.dataset.zone;
      this.inputTarget.dispatchEvent(new Event('change', { bubbles: true }));
      this.close();
    }

    close() {
      this.isOpen = false;
      this.listTarget.hidden = true;
      this.inputTarget.setAttribute('aria-expanded', 'false');
      this.inputTarget.removeAttribute('aria-activedescendant');
    }
  }

  window.wagtail.app.register('ecp-zone', ZoneController);
})();
