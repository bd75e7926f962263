(() => {
  const PAUSE = 120; // milliseconds

  // Completes the word at the cursor. The server knows what it may become; without an
  // answer the box is a plain one.
  class SearchController extends window.StimulusModule.Controller {
    static targets = ['box', 'list'];

    static values = { url: String };

    connect() {
      const take = (option) => this.choose(option);
      this.combobox = new window.ecp.Combobox(this.boxTarget, this.listTarget, {
        take,
      });
    }

    disconnect() {
      clearTimeout(this.timer);
    }

    get word() {
      const { value, selectionStart } = this.boxTarget;
      // A quotation mark that is open belongs to the word, with its blanks.
      return value.slice(0, selectionStart).match(/(?:[^\s"]|"[^"]*"?)*$/)[0];
    }

    type() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    }

    async ask() {
      const word = this.word;
      if (!word) {
        this.close();
        return;
      }
      try {
        const query = new URLSearchParams({ word });
        const answer = await fetch(`${this.urlValue}?${query}`);
        if (answer.ok && word === this.word) this.open(await answer.json());
      } catch {
        this.close();
      }
    }

    open(found) {
      const options = found.map(({ text, label }, index) => {
        const option = this.combobox.option(index, label);
        option.dataset.text = text;
        return option;
      });
      this.combobox.show(options);
    }

    key(event) {
      this.combobox.key(event);
    }

    choose(option) {
      const box = this.boxTarget;
      const end = box.selectionStart;
      const start = end - this.word.length;
      box.setRangeText(option.dataset.text, start, end, 'end');
      this.type(); // After a key come its values.
    }

    leave(event) {
      if (!this.element.contains(event.relatedTarget)) this.close();
    }

    close() {
      clearTimeout(this.timer);
      this.combobox.hide();
    }
  }

  window.wagtail.app.register('ecp-search', SearchController);
})();
