"""The rules of Atom, RFC 4287: its grammar, and what no grammar can say."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

ATOM = {"a": "http://www.w3.org/2005/Atom"}
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def problems(document: bytes) -> list[str]:
    """Say what is wrong with an Atom feed."""
    root = etree.fromstring(document)
    GRAMMAR.validate(root)
    return [*(str(error) for error in GRAMMAR.error_log), *_beyond_grammar(root)]


def _beyond_grammar(root: etree._Element) -> Iterator[str]:
    entries = root.findall("a:entry", ATOM)
    for entry in entries:
        yield from _entry(entry)
    # 4.1.1, 4.1.2: one alternate link of the same type and language.
    if any(_rels(parent).count("alternate") > 1 for parent in (root, *entries)):
        yield "two alternate links"
    if _rels(root).count("self") != 1:
        yield "not one link to itself"
    yield from _ids([found.text or "" for found in root.iterfind(".//a:id", ATOM)])
    for name in ("updated", "published"):
        # 3.3: xsd:dateTime allows a time without a zone, RFC 3339 doesn't.
        moments = (found.text or "" for found in root.iterfind(f".//a:{name}", ATOM))
        yield from (f"{m!r} is not UTC" for m in moments if not m.endswith("+00:00"))


def _entry(entry: etree._Element) -> Iterator[str]:
    # 4.1.2: an author, or one of the feed, which ours never have.
    if not (entry.findtext("a:author/a:name", "", ATOM)).strip():
        yield "an entry without an author"
    if entry.find("a:content", ATOM) is None and "alternate" not in _rels(entry):
        yield "an entry without content or alternate link"


def _ids(ids: list[str]) -> Iterator[str]:
    if len(ids) != len(set(ids)):
        yield "the same id twice"
    # 4.2.6: an IRI, never a relative one.
    yield from (f"{name!r} is no URI" for name in ids if not urlsplit(name).scheme)


def _rels(parent: etree._Element) -> list[str]:
    # 4.2.7.2: a link without rel is an alternate one.
    return [link.get("rel", "alternate") for link in parent.iterfind("a:link", ATOM)]
