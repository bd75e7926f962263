(() => {
  // Pasted pictures and tables, as blocks of their own in Wagtail's editor.
  const PICTURE = 'ECP_PICTURE';
  const TABLE = 'ECP_TABLE';
  const MOST_ROWS = 500;
  const MOST_COLUMNS = 50;
  // What the editor itself puts on the clipboard, and reads back better than we could.
  const OWN = 'data-draftjs-conductor-fragment';
  const HANDLED = 'handled';
  const NOT_HANDLED = 'not-handled';

  const make = (...given) => window.React.createElement(...given);

  // Both can be taken out by a button; the Backspace key does so too.
  const block = (inside, { blockProps, block: own }) => {
    const { entityKey, onRemoveEntity } = blockProps;
    const remove = window.gettext('Remove');
    return make(
      'div',
      { className: 'ecp-block', contentEditable: false },
      inside,
      make(
        'button',
        {
          type: 'button',
          className: 'button button-small button-secondary',
          onClick: () => onRemoveEntity(entityKey, own.getKey()),
        },
        remove,
      ),
    );
  };

  const Picture = (props) => {
    const { id, src, alt } = props.blockProps.entity.getData();
    const waits = id ? {} : { 'aria-busy': true, className: 'ecp-block-waits' };
    return block(make('img', { src, alt, ...waits }), props);
  };

  const cells = (row, name) =>
    // A cell has no name of its own: its place is its key.
    row.map((cell, at) => make(name, { key: at }, cell));

  const Table = (props) => {
    const { rows, head } = props.blockProps.entity.getData();
    const lines = rows.map((row, at) =>
      make('tr', { key: at }, cells(row, head && at === 0 ? 'th' : 'td')),
    );
    const table = make('table', {}, make('tbody', {}, lines));
    return block(make('div', { className: 'ecp-block-table' }, table), props);
  };

  // Nobody chooses them in a dialog.
  const Source = () => null;

  const textOf = (cell) => {
    for (const end of cell.querySelectorAll('br')) end.replaceWith('\n');
    const lines = cell.textContent.split('\n').map((line) => line.trim());
    return lines.join('\n').trim();
  };

  // What a table says; null for one that merely lays out a page.
  const read = (table) => {
    const lines = [...table.rows].filter((line) => line.cells.length);
    const width = Math.max(0, ...lines.map((line) => line.cells.length));
    if (width < 2 || table.querySelector('table')) return null;
    const rows = lines
      .slice(0, MOST_ROWS)
      .map((line) => [...line.cells].slice(0, MOST_COLUMNS).map(textOf))
      .filter((row) => row.some((text) => text));
    const head = [...(lines[0]?.cells ?? [])].every((cell) => cell.matches('th'));
    return rows.length ? { rows, head } : null;
  };

  // One block of the editor's that shows an entity.
  const atomic = (content, kind, data) => {
    const { CharacterMetadata, ContentBlock, genKey } = window.DraftJS;
    const made = content.createEntity(kind, 'IMMUTABLE', data);
    const entity = made.getLastCreatedEntityKey();
    const empty = new ContentBlock({ key: genKey(), type: 'unstyled', text: '' });
    return empty.merge({
      type: 'atomic',
      text: ' ',
      characterList: empty
        .getCharacterList()
        .push(CharacterMetadata.create({ entity })),
    });
  };

  const line = () => {
    const { ContentBlock, genKey } = window.DraftJS;
    return new ContentBlock({ key: genKey(), type: 'unstyled', text: '' });
  };

  // Put blocks where the cursor is, with a line before and behind them to write in.
  const insert = (state, blocks) => {
    const { ContentState, EditorState, Modifier } = window.DraftJS;
    const padded = [...blocks];
    if (blocks[0].getType() === 'atomic') padded.unshift(line());
    if (blocks.at(-1).getType() === 'atomic') padded.push(line());
    const fragment = ContentState.createFromBlockArray(padded).getBlockMap();
    const content = Modifier.replaceWithFragment(
      state.getCurrentContent(),
      state.getSelection(),
      fragment,
    );
    return EditorState.push(state, content, 'insert-fragment');
  };

  // The editor drops tables: ours stand in their places, the rest as it reads it.
  const onPaste = (_text, html, state, { setEditorState }) => {
    if (!html || html.includes(OWN)) return NOT_HANDLED;
    const page = new window.DOMParser().parseFromString(html, 'text/html');
    const found = [];
    for (const table of page.querySelectorAll('table')) {
      const data = read(table);
      if (!data) continue;
      const mark = page.createElement('p');
      mark.textContent = `ecp-table-${found.length}`;
      table.replaceWith(mark);
      found.push(data);
    }
    if (found.length === 0) return NOT_HANDLED;
    for (const other of page.querySelectorAll('style, title, script')) other.remove();
    const { contentBlocks } = window.DraftJS.convertFromHTML(page.body.innerHTML);
    const content = state.getCurrentContent();
    const blocks = contentBlocks.map((read) => {
      const [, at] =
        read
          .getText()
          .trim()
          .match(/^ecp-table-(\d+)$/) ?? [];
      return found[at] ? atomic(content, TABLE, found[at]) : read;
    });
    setEditorState(insert(state, blocks));
    return HANDLED;
  };

  // The block of a picture, by what it shows; it may be gone meanwhile.
  const blockOf = (content, src) =>
    content.getBlocksAsArray().find((one) => {
      const entity = one.getEntityAt(0);
      return entity && content.getEntity(entity).getData().src === src;
    });

  // A picture on its way: shown at once, then by the server's address, or not at all.
  class PictureOnItsWay {
    constructor(editor, file) {
      this.editor = editor;
      this.src = window.URL.createObjectURL(file);
      const state = editor.getEditorState();
      const data = { src: this.src, alt: file.name };
      editor.onChange(
        insert(state, [atomic(state.getCurrentContent(), PICTURE, data)]),
      );
    }

    // The server has it: data is its number, address and name.
    arrived(data) {
      const { EditorState, Modifier, SelectionState } = window.DraftJS;
      const state = this.editor.getEditorState();
      const content = state.getCurrentContent();
      const own = blockOf(content, this.src);
      if (own) {
        const made = content.createEntity(PICTURE, 'IMMUTABLE', data);
        const whole = SelectionState.createEmpty(own.getKey()).set('focusOffset', 1);
        const entity = made.getLastCreatedEntityKey();
        const after = Modifier.applyEntity(made, whole, entity);
        const kept = after.merge({
          selectionBefore: content.getSelectionBefore(),
          selectionAfter: content.getSelectionAfter(),
        });
        this.editor.onChange(EditorState.set(state, { currentContent: kept }));
      }
      window.URL.revokeObjectURL(this.src);
    }

    failed() {
      const own = blockOf(this.editor.getEditorState().getCurrentContent(), this.src);
      if (own) this.editor.onRemoveEntity(own.getEntityAt(0), own.getKey());
      window.URL.revokeObjectURL(this.src);
    }
  }

  window.ecp = { ...window.ecp, PictureOnItsWay };
  window.draftail.registerPlugin(
    { type: PICTURE, source: Source, block: Picture },
    'entityTypes',
  );
  window.draftail.registerPlugin(
    { type: TABLE, source: Source, block: Table, onPaste },
    'entityTypes',
  );
})();
