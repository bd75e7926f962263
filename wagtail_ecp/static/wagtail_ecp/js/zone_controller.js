(() => {
  // The zones by region, narrowed down by what is typed. What is typed counts as it is,
  // so names that are not in the list, the aliases, can be given too.
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
      const take = (option) => this.choose(option);
      this.combobox = new window.ecp.Combobox(this.inputTarget, this.listTarget, {
        take,
      });
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
      const current = this.inputTarget.value;
      this.combobox.show(this.groups(found));
      this.combobox.select(
        this.combobox.options.findIndex(({ dataset }) => dataset.zone === current),
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
      const option = this.combobox.option(name.replaceAll('/', '-'), label);
      option.dataset.zone = name;
      return option;
    }

    key(event) {
      const isArrow = event.key === 'ArrowDown' || event.key === 'ArrowUp';
      if (isArrow && !this.combobox.isOpen) this.open('');
      this.combobox.key(event);
    }

    choose(option) {
      this.inputTarget.value = option.dataset.zone;
      this.inputTarget.dispatchEvent(new Event('change', { bubbles: true }));
    }

    close() {
      this.combobox.hide();
    }
  }

  window.wagtail.app.register('ecp-zone', ZoneController);
})();
