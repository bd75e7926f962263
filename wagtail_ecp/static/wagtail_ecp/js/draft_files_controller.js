(() => {
  const CONFLICT = 409;
  const EDITOR_NEEDS = 400; // Draftail writes into the form a quarter of a second late.

  const isPicture = ({ type }) =>
    ['image/png', 'image/jpeg', 'image/gif', 'image/webp'].includes(type);

  // Uploads files as soon as they are chosen, dropped on the form or pasted into it.
  // Without it they go when the form goes.
  class DraftFilesController extends window.StimulusModule.Controller {
    static targets = ['list', 'libraries', 'library', 'progress', 'status'];

    static values = { url: String, words: Object };

    connect() {
      this.form = this.element.closest('form');
      this.input = this.form.elements.attachments;
      this.queue = Promise.resolve();
      this.listeners = [
        [this.input, 'change', () => this.chosen()],
        [this.form, 'dragover', (event) => this.over(event)],
        [this.form, 'drop', (event) => this.drop(event)],
        [this.form, 'paste', (event) => this.paste(event)],
      ];
      for (const [target, name, listener] of this.listeners) {
        target.addEventListener(name, listener, true);
      }
      this.librariesTarget.hidden = false;
      for (const element of this.libraryTargets) this.begin(element);
    }

    disconnect() {
      for (const [target, name, listener] of this.listeners) {
        target.removeEventListener(name, listener, true);
      }
    }

    // One of Wagtail's own choosers: what is chosen goes into the draft at once.
    begin(element) {
      const { name, constructor: _own, ...data } = element.dataset;
      const input = this.form.elements[name];
      const Chooser = window[element.dataset.constructor];
      if (!Chooser || !input) return;
      const chooser = new Chooser(input.id, { modalUrl: data.url });
      input.addEventListener('change', () => {
        if (input.value === '') return;
        const extra = [[name, input.value]];
        chooser.clear();
        this.send(extra);
      });
    }

    chosen() {
      const files = [...this.input.files];
      this.input.value = '';
      this.upload(files);
    }

    over(event) {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    }

    drop(event) {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      event.stopPropagation();
      this.upload(files);
    }

    // A screenshot goes into the text where that can hold it, else beside it. What has
    // text as well is text: spreadsheets put a picture of their cells beside them.
    paste(event) {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || event.clipboardData.getData('text/plain')) return;
      event.preventDefault();
      event.stopPropagation();
      const editor = this.form.elements.body.draftailEditor;
      const isInText = editor && event.target.closest('.Draftail-Editor');
      const shown = isInText ? files.filter(isPicture) : [];
      for (const file of shown) this.putIn(editor, file);
      this.upload(
        files.filter((file) => !shown.includes(file)),
        this.wordsValue.pasted,
      );
    }

    putIn(editor, file) {
      const picture = new window.ecp.PictureOnItsWay(editor, file);
      this.send([['pasted', file]], this.wordsValue.inText, picture);
    }

    remove(event) {
      if (!event.target.checked) return;
      this.send([['drop', event.target.value]]);
    }

    upload(files, words = '') {
      if (files.length === 0) return;
      this.send(
        files.map((file) => ['attachments', file]),
        words,
      );
    }

    // One after the other, and never while the text is being saved.
    send(pairs, words = '', picture = null) {
      this.queue = this.queue.then(() => this.post(pairs, words, picture));
    }

    async post(pairs, words, picture) {
      const draft = this.application.getControllerForElementAndIdentifier(
        this.form,
        'ecp-draft',
      );
      if (draft?.isSaving) {
        await new Promise((resolve) => {
          this.form.addEventListener('ecp-draft:settled', resolve, { once: true });
        });
      }
      if (draft) draft.isSaving = true;
      try {
        const answer = await this.request(pairs);
        const [shown] = answer.pictures;
        this.show(answer, picture && !shown ? this.wordsValue.pasted : words);
        if (shown) picture?.arrived(shown);
        else picture?.failed();
        if (picture) await new Promise((done) => window.setTimeout(done, EDITOR_NEEDS));
      } catch (error) {
        picture?.failed();
        this.say(error.message || this.wordsValue.failed);
      }
      this.progressTarget.hidden = true;
      if (draft) draft.isSaving = false;
      this.form.dispatchEvent(new CustomEvent('ecp-draft:settled'));
      if (picture) draft?.note();
    }

    body(pairs) {
      const body = new FormData(this.form);
      const own = ['attachments', 'drop', 'library_document', 'library_image'];
      for (const name of own) body.delete(name);
      for (const [name, value] of pairs) body.append(name, value);
      return body;
    }

    // Only this old way tells how much of an upload is done.
    request(pairs) {
      const request = new XMLHttpRequest();
      this.progressTarget.hidden = false;
      this.progressTarget.value = 0;
      this.say(this.wordsValue.sending);
      return new Promise((resolve, reject) => {
        request.upload.addEventListener('progress', ({ loaded, total }) => {
          this.progressTarget.value = (100 * loaded) / (total || 1);
        });
        request.addEventListener('error', () => reject(new Error('')));
        request.addEventListener('load', () => {
          const answer = this.answer(request);
          if (answer.html === undefined) reject(new Error(answer.words ?? ''));
          else resolve(answer);
        });
        request.open('POST', this.urlValue);
        request.setRequestHeader('Accept', 'application/json');
        request.send(this.body(pairs));
      });
    }

    answer(request) {
      try {
        return JSON.parse(request.responseText);
      } catch {
        return { words: request.status === CONFLICT ? '' : this.wordsValue.failed };
      }
    }

    show(answer, words) {
      const found = new window.DOMParser().parseFromString(answer.html, 'text/html');
      this.listTarget.replaceChildren(...found.body.childNodes);
      this.form.elements.version.value = answer.version;
      this.say(words || this.wordsValue.done);
    }

    say(words) {
      this.statusTarget.textContent = words;
    }
  }

  window.wagtail.app.register('ecp-draft-files', DraftFilesController);
})();
