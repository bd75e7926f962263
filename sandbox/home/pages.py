"""Makes the site's pages in two languages."""

from typing import Any

from wagtail.models import Locale, Page, Site

from sandbox.home.models import ContactField, ContactPage, HomePage, StandardPage
from sandbox.home.texts import CONTACT, HOME, STANDARD, Text


def make_pages(port: int) -> None:
    """Make what is missing of the site; the pages that exist are left as they are."""
    if not HomePage.objects.exists():
        english = _home(Locale.objects.get_or_create(language_code="en")[0])
        _make_site(english)
        german = _home(Locale.objects.get_or_create(language_code="de")[0], english)
        for text in STANDARD:
            _pair(StandardPage, text, english, german)
        _pair(ContactPage, CONTACT, english, german)
    Site.objects.filter(is_default_site=True).update(hostname="127.0.0.1", port=port)


def _home(locale: Locale, english: HomePage | None = None) -> HomePage:
    fields = HOME.fields(locale.language_code)
    page = HomePage(locale=locale, slug=HOME.slug(locale.language_code), **fields)
    if english:
        page.translation_key = english.translation_key
    root = Page.get_first_root_node()
    root.add_child(instance=page)
    return page


def _make_site(home: HomePage) -> None:
    """Make ``home`` the front page instead of the one that Wagtail brought."""
    welcome = Page.objects.filter(depth=2).exclude(pk=home.pk)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"root_page": home, "site_name": "Alder & Finch"}
    )
    for page in welcome:
        page.delete()


def _pair(
    model: type[StandardPage | ContactPage],
    text: Text,
    english: HomePage,
    german: HomePage,
) -> None:
    first = _child(model, text, english)
    _child(model, text, german, translation_key=first.translation_key)


def _child(
    model: type[StandardPage | ContactPage],
    text: Text,
    parent: HomePage,
    **key: Any,
) -> StandardPage | ContactPage:
    language = parent.locale.language_code
    page = model(
        locale=parent.locale,
        slug=text.slug(language),
        show_in_menus=True,
        **text.fields(language),
        **key,
    )
    if isinstance(page, ContactPage):
        page.form_fields = [ContactField(**f) for f in text.form_fields(language)]
    parent.add_child(instance=page)
    return page
