(() => {
  // Opens previews of a message's files in a dialog instead of on a page of their own.
  class AttachmentsController extends window.StimulusModule.Controller {
    static targets = ['dialog', 'content'];

    async open(event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const link = event.currentTarget;
      const url = new URL(link.href);
      url.searchParams.set('fragment', '1');
      try {
        const response = await window.fetch(url, { redirect: 'error' });
        if (!response.ok) throw new Error(response.statusText);
        this.show(await response.text());
      } catch {
        window.location.assign(link.href); // Its own page says what is wrong.
      }
    }

    show(html) {
      const found = new window.DOMParser().parseFromString(html, 'text/html');
      this.contentTarget.replaceChildren(...found.body.childNodes);
      this.dialogTarget.showModal();
    }

    close() {
      this.dialogTarget.close();
      this.contentTarget.replaceChildren();
    }
  }

  window.wagtail.app.register('ecp-attachments', AttachmentsController);
})();
