(() => {
  // Menus of a toolbar: one is open at a time, Escape and a click elsewhere close it.
  // Without this they are Disclosure widgets that stay open, and work.
  class ToolsController extends window.StimulusModule.Controller {
    static targets = ['menu'];

    connect() {
      this.away = (event) => {
        if (!this.element.contains(event.target)) this.close();
      };
      document.addEventListener('click', this.away);
    }

    disconnect() {
      document.removeEventListener('click', this.away);
    }

    opened({ currentTarget }) {
      if (!currentTarget.open) return;
      this.close(currentTarget);
      this.keepInSight(currentTarget);
      currentTarget
        .querySelector(
          '.ecp-tool__content :is(input:not([type=hidden]), select, button)',
        )
        ?.focus();
    }

    // A menu that would leave the window opens towards the other side.
    keepInSight(menu) {
      menu.classList.remove('ecp-tool--end');
      const content = menu.querySelector('.ecp-tool__content');
      const { left, right } = content.getBoundingClientRect();
      const isOut = left < 0 || right > document.documentElement.clientWidth;
      menu.classList.toggle('ecp-tool--end', isOut);
    }

    escape(event) {
      const open = this.menuTargets.find((menu) => menu.open);
      if (!open) return;
      event.stopPropagation();
      open.open = false;
      open.querySelector('summary').focus();
    }

    close(except) {
      for (const menu of this.menuTargets) {
        if (menu !== except) menu.open = false;
      }
    }
  }

  window.wagtail.app.register('ecp-tools', ToolsController);
})();
