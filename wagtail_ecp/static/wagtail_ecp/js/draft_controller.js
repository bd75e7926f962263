(() => {
  // Saves what is written as it is written. What the server does not have yet is kept
  // in this browser, and offered again on the next visit.
  const PAUSE = 1500; // milliseconds after the last key
  const EDITOR_NEEDS = 400; // Draftail writes into the form a quarter of a second late.
  const SECOND = 1000;
  const MINUTE = 60;

  // Files go when the form goes; buttons and tokens are no text.
  const LEFT_OUT = [
    'csrfmiddlewaretoken',
    'attachments',
    'confirmed',
    'drop',
    'version',
    'send_at',
    'library_document',
    'library_image',
  ];

  class DraftController extends window.StimulusModule.Controller {
    static targets = ['status', 'news', 'newsWords', 'lost', 'switch'];

    static values = { saveUrl: String, scope: String, saved: String, words: Object };

    connect() {
      this.savedAt = this.savedValue ? new Date(this.savedValue) : null;
      this.known = this.content();
      this.clock = window.setInterval(() => this.tell(), 5 * SECOND);
      this.tell();
      if (this.isReceived()) this.forget();
      this.lostTarget.hidden = this.kept() === null;
    }

    // The server names in a cookie what it saved lately.
    isReceived() {
      const [, saved = ''] = document.cookie.match(/(?:^|; )ecp_saved=([^;]*)/) ?? [];
      const [, key] = this.kept()?.find(([name]) => name === 'key') ?? [];
      return saved.split('.').includes(key);
    }

    disconnect() {
      window.clearInterval(this.clock);
      window.clearTimeout(this.timer);
      window.clearTimeout(this.keeper);
    }

    // What would be saved.
    pairs() {
      const pairs = [...new FormData(this.element).entries()];
      return pairs.filter(([name]) => !LEFT_OUT.includes(name));
    }

    // The same as text that can be compared.
    content() {
      const said = this.pairs().map(([name, value]) => [
        name,
        name === 'body' ? this.saidIn(value) : value,
      ]);
      return JSON.stringify(said);
    }

    // The editor writes its state anew, in other words, when it is merely touched.
    saidIn(body) {
      if (this.element.elements.is_plain.value === 'True') return body;
      // An editor that nothing was written in says "null".
      const { blocks = [], entityMap = {} } = JSON.parse(body || '{}') ?? {};
      // One that was merely touched holds an empty paragraph.
      const isEmpty = blocks.every(({ text, type }) => !text && type === 'unstyled');
      const entities = Object.values(entityMap).map(({ type, data }) => [type, data]);
      return [
        (isEmpty ? [] : blocks).map((block) => [
          block.type,
          block.text,
          block.depth,
          block.inlineStyleRanges.map(({ style, offset, length }) => [
            style,
            offset,
            length,
          ]),
          block.entityRanges.map(({ offset, length }) => [offset, length]),
        ]),
        entities,
      ];
    }

    get storageKey() {
      return `ecp-draft:${this.scopeValue}`;
    }

    kept() {
      try {
        return JSON.parse(window.localStorage.getItem(this.storageKey));
      } catch {
        return null;
      }
    }

    keep() {
      try {
        window.localStorage.setItem(this.storageKey, JSON.stringify(this.pairs()));
      } catch {
        // A full or forbidden store keeps nobody from saving on the server.
      }
    }

    forget() {
      window.localStorage.removeItem(this.storageKey);
      this.lostTarget.hidden = true;
    }

    note() {
      if (this.isLeaving) return;
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.save(), PAUSE);
      window.clearTimeout(this.keeper);
      this.keeper = window.setTimeout(() => this.keepChange(), EDITOR_NEEDS);
    }

    // A tab may crash before the server has it.
    keepChange() {
      const content = this.content();
      if (content !== this.known && !this.isLeaving) this.keep();
    }

    flush() {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.save(), EDITOR_NEEDS);
    }

    // The page goes: what was typed last goes to the server on its own.
    part() {
      window.clearTimeout(this.timer);
      if (!this.isLeaving) this.save({ keepalive: true });
    }

    // Back from the browser's cache, with an old version: read the page anew.
    back(event) {
      if (event.persisted) window.location.reload();
    }

    async save(options = {}) {
      const content = this.content();
      if (content === this.known) return;
      this.keep();
      if (this.isSaving) {
        this.isAskedAgain = true;
        return;
      }
      this.isSaving = true;
      this.say(this.wordsValue.saving);
      try {
        await this.post(content, options);
      } catch {
        this.say(this.wordsValue.failed);
      }
      this.isSaving = false;
      this.element.dispatchEvent(new CustomEvent('ecp-draft:settled'));
      if (this.isAskedAgain) {
        this.isAskedAgain = false;
        this.save();
      }
    }

    async post(content, options) {
      const body = new FormData(this.element);
      body.delete('attachments');
      body.delete('drop');
      body.delete('library_document');
      body.delete('library_image');
      const response = await this.ask(body, options);
      if (response.redirected || response.status === 403) {
        this.say(this.wordsValue.out);
        return;
      }
      const answer = await response.json();
      if (!response.ok) {
        this.say(answer.words);
        return;
      }
      this.known = content;
      this.forget();
      this.element.elements.version.value = answer.version;
      this.savedAt = new Date();
      this.tell();
      this.announce(answer.news);
      if (answer.body !== undefined && this.content() === content) this.sign(answer);
    }

    // Another mailbox was chosen, and its signature is put below the text.
    sign({ body, signed }) {
      const { body: field, signed: mark } = this.element.elements;
      mark.value = signed;
      const editor = field.draftailEditor;
      if (editor) {
        const { EditorState, convertFromRaw } = window.DraftJS;
        const content = convertFromRaw(JSON.parse(body));
        const state = editor.getEditorState();
        editor.onChange(EditorState.push(state, content, 'change-block-data'));
      } else {
        field.value = body;
      }
      this.flush();
    }

    ask(body, options) {
      return window.fetch(this.saveUrlValue, {
        method: 'POST',
        body,
        headers: { Accept: 'application/json' },
        ...options,
      });
    }

    announce(news) {
      if (news.length === 0) return;
      this.newsWordsTarget.textContent = news.join(' ');
      this.newsTarget.hidden = false;
    }

    tell() {
      if (this.savedAt === null || this.isSaving) return;
      const seconds = Math.max(1, Math.round((Date.now() - this.savedAt) / SECOND));
      const ago =
        seconds < MINUTE ? `${seconds} s` : `${Math.round(seconds / MINUTE)} min`;
      if (seconds < MINUTE * MINUTE) {
        this.say(this.wordsValue.saved.replace('%(ago)s', ago));
      }
    }

    say(words) {
      this.statusTarget.textContent = words;
    }

    // A form that is sent while a save is on its way would have an old version.
    leave(event) {
      if (event.defaultPrevented) return;
      window.clearTimeout(this.timer);
      this.isLeaving = true;
      this.keep();
      if (!this.isSaving) {
        this.left = true;
        return;
      }
      event.preventDefault();
      const button = event.submitter;
      this.element.addEventListener(
        'ecp-draft:settled',
        () => this.element.requestSubmit(button),
        { once: true },
      );
    }

    // What this browser kept becomes a draft of its own, and is opened.
    async takeOver() {
      this.isLeaving = true;
      const body = new FormData();
      const token = this.element.elements.csrfmiddlewaretoken.value;
      body.append('csrfmiddlewaretoken', token);
      const fresh = window.crypto.getRandomValues(new Uint32Array(4));
      const key = [...fresh].map((part) => part.toString(16)).join('');
      for (const [name, value] of this.kept() ?? []) {
        if (name !== 'key') body.append(name, value);
      }
      body.append('key', key);
      body.append('version', '0');
      try {
        const response = await this.ask(body, {});
        const answer = await response.json();
        if (!response.ok) throw new Error(answer.words);
        this.forget();
        window.location.assign(answer.url);
      } catch (error) {
        this.isLeaving = false;
        this.say(error.message || this.wordsValue.failed);
      }
    }

    // Only formatting that there is can be lost.
    warn(event) {
      if (this.element.elements.is_plain.value === 'True') return;
      const written = JSON.parse(this.element.elements.body.value || '{}');
      const { blocks = [], entityMap = {} } = written ?? {};
      const isPlain = blocks.every(
        (block) => block.type === 'unstyled' && block.inlineStyleRanges.length === 0,
      );
      if (isPlain && Object.keys(entityMap).length === 0) return;
      if (!window.confirm(this.wordsValue.plain)) event.preventDefault();
    }
  }

  window.wagtail.app.register('ecp-draft', DraftController);
})();
