(() => {
  const DIALOG = '#keyboard-shortcuts-dialog';

  // Puts our keys before Wagtail's in its dialog of shortcuts, which takes none by hook.
  class ShortcutsController extends window.StimulusModule.Controller {
    connect() {
      this.rows = [...this.element.content.cloneNode(true).children];
      this.table?.querySelector('thead').after(...this.rows);
    }

    disconnect() {
      for (const row of this.rows) row.remove();
    }

    // The dialog waits in a template until Wagtail puts it at the end of the page.
    get table() {
      const moved = document.querySelector(`${DIALOG} table`);
      if (moved) return moved;
      const templates = [...document.querySelectorAll('template')];
      const places = templates.map((template) =>
        template.content.querySelector(`${DIALOG} table`),
      );
      return places.find(Boolean);
    }
  }

  // Wagtail's own switch, in the profile of each member.
  const areShortcutsOn = () =>
    JSON.parse(document.getElementById('wagtail-config')?.textContent ?? '{}')
      .KEYBOARD_SHORTCUTS_ENABLED;

  window.ecp = { ...window.ecp, areShortcutsOn };
  window.wagtail.app.register('ecp-shortcuts', ShortcutsController);
})();
