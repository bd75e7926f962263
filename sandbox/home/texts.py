"""The words on the site's pages, in English and German."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Text:
    """One page's words: each field in each language."""

    slugs: dict[str, str]
    words: dict[str, dict[str, str]]
    form: tuple[tuple[str, str, dict[str, str]], ...] = ()

    def slug(self, language: str) -> str:
        """Return the page's part of the URL in ``language``."""
        return self.slugs[language]

    def fields(self, language: str) -> dict[str, str]:
        """Return the page's fields in ``language``."""
        return self.words[language]

    def form_fields(self, language: str) -> list[dict[str, Any]]:
        """Return a form page's fields; their names are the same in every language."""
        return [
            {
                "clean_name": name,
                "label": labels[language],
                "field_type": kind,
                "required": True,
                "sort_order": number,
            }
            for number, (name, kind, labels) in enumerate(self.form)
        ]


HOME = Text(
    slugs={"en": "alder-and-finch", "de": "alder-and-finch-de"},
    words={
        "en": {
            "title": "Printed by hand since 1894",
            "intro": "A letterpress printing house, a small museum of type, and a shop.",
            "body": (
                "<p>We print cards, posters and books from metal and wood type on"
                " presses that are older than anybody who works here. On Thursdays to"
                " Sundays the composing room is open to visitors, and once a month"
                " you may set and print a page of your own.</p>"
                "<h2>This week</h2><p>The exhibition <i>Letters that travelled</i>"
                " shows punches and matrices from four countries.</p>"
            ),
        },
        "de": {
            "title": "Von Hand gedruckt seit 1894",
            "intro": "Eine Buchdruckerei, ein kleines Museum der Schrift und ein Laden.",
            "body": (
                "<p>Wir drucken Karten, Plakate und Bücher aus Blei- und Holzlettern"
                " auf Pressen, die älter sind als alle, die hier arbeiten. Von"
                " Donnerstag bis Sonntag steht die Setzerei Besuchern offen, und"
                " einmal im Monat setzen und drucken Sie selbst eine Seite.</p>"
                "<h2>Diese Woche</h2><p>Die Ausstellung <i>Lettern auf Reisen</i>"
                " zeigt Stempel und Matrizen aus vier Ländern.</p>"
            ),
        },
    },
)

STANDARD = (
    Text(
        slugs={"en": "visit", "de": "besuch"},
        words={
            "en": {
                "title": "Visit",
                "body": (
                    "<p>Thursday to Sunday, 10 am to 5 pm. Adults £7, students £4,"
                    " children under 12 free. The ground floor has no steps; the"
                    " type store upstairs can be reached by a narrow staircase"
                    " only.</p><p>Groups of more than ten: please write to"
                    " support@sandbox.test two weeks ahead.</p>"
                ),
            },
            "de": {
                "title": "Besuch",
                "body": (
                    "<p>Donnerstag bis Sonntag, 10 bis 17 Uhr. Erwachsene 7 £,"
                    " Studierende 4 £, Kinder unter 12 frei. Das Erdgeschoss ist"
                    " stufenlos; das Schriftlager im ersten Stock erreicht man nur"
                    " über eine schmale Treppe.</p><p>Gruppen über zehn Personen:"
                    " bitte zwei Wochen vorher an support@sandbox.test schreiben.</p>"
                ),
            },
        },
    ),
    Text(
        slugs={"en": "shop-and-delivery", "de": "laden-und-versand"},
        words={
            "en": {
                "title": "Shop and delivery",
                "body": (
                    "<p>Cards, notebooks and posters leave the house within three"
                    " working days. A parcel takes two to four days in Britain, five"
                    " to ten to the rest of Europe, and up to three weeks beyond."
                    "</p><p>What does not please you may come back within 30 days."
                    " Wedding invitations and other printing to order:"
                    " sales@sandbox.test.</p>"
                ),
            },
            "de": {
                "title": "Laden und Versand",
                "body": (
                    "<p>Karten, Notizbücher und Plakate verlassen das Haus binnen drei"
                    " Werktagen. Ein Paket braucht in Großbritannien zwei bis vier"
                    " Tage, im übrigen Europa fünf bis zehn und darüber hinaus bis zu"
                    " drei Wochen.</p><p>Was nicht gefällt, nehmen wir 30 Tage lang"
                    " zurück. Hochzeitskarten und andere Drucksachen nach Auftrag:"
                    " sales@sandbox.test.</p>"
                ),
            },
        },
    ),
)

CONTACT = Text(
    slugs={"en": "contact", "de": "kontakt"},
    words={
        "en": {
            "title": "Contact",
            "intro": "<p>Write to us; we answer within two working days.</p>",
            "thanks": "<p>Thank you. Your message has reached us.</p>",
        },
        "de": {
            "title": "Kontakt",
            "intro": "<p>Schreiben Sie uns; wir antworten in zwei Werktagen.</p>",
            "thanks": "<p>Vielen Dank. Ihre Nachricht ist angekommen.</p>",
        },
    },
    form=(
        ("name", "singleline", {"en": "Your name", "de": "Ihr Name"}),
        ("email", "email", {"en": "Your e-mail address", "de": "Ihre E-Mail-Adresse"}),
        ("subject", "singleline", {"en": "Subject", "de": "Betreff"}),
        ("message", "multiline", {"en": "Message", "de": "Nachricht"}),
    ),
)
