"""Mails and fragments that others collected; see CONTRIBUTING on where they are."""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.mail.mails import CORPORA, needs_corpora
from wagtail_ecp.mail.html import has_remote_images, sanitise, sanitise_outgoing
from wagtail_ecp.mail.parsing import attachment_data, parse
from wagtail_ecp.mail.plaintext import snippet
from wagtail_ecp.mail.quoting import split
from wagtail_ecp.mail.tnef import open_tnef

pytestmark = needs_corpora

LINK = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
IMAGE = re.compile(r"data:image/(png|jpe?g|gif|webp);|https?://|cid:", re.IGNORECASE)
STYLE = re.compile(r"url|expression|position|\\|var\(|behavior|@|/\*", re.IGNORECASE)


@pytest.mark.parametrize("folder", ["parsing", "bounces", "quotes"])
def test_every_mail_of_others_can_be_read_and_stored(folder):
    paths = [path for path in (CORPORA / folder).rglob("*") if path.is_file()]

    for path in paths:
        raw = path.read_bytes()
        message = parse(raw)
        assert message.is_readable, path
        for attachment in message.attachments:
            assert len(attachment_data(raw, attachment.index)[1]) == attachment.size
        stored = (message.text, message.html, snippet(message.text), *message.headers)
        assert "\0" not in str(stored).encode("utf-8").decode("utf-8")
        sanitise(message.html, cid_urls={})
    assert paths


def test_hostile_fragments_have_nothing_forbidden_left():
    fragments = json.loads((CORPORA / "html" / "dompurify.json").read_text())

    for fragment in fragments:
        html = fragment["html"]
        has_remote_images(html)
        for result in (sanitise(html, cid_urls={}), sanitise_outgoing(html)):
            for tag in BeautifulSoup(result, "html.parser").find_all(True):
                assert not forbidden(tag), html


def forbidden(tag):
    names = {"id", "class", "name", "srcset", "action", "formaction"}
    return (
        tag.name in {"script", "style", "svg", "math", "form", "iframe", "object"}
        or names & set(tag.attrs)
        or any(name.startswith(("on", "data-", "aria-")) for name in tag.attrs)
        or not LINK.match(tag.get("href", "tel:"))
        or not IMAGE.match(tag.get("src", "cid:"))
        or STYLE.search(tag.get("style", ""))
    )


def test_quotes_are_found_as_a_person_judged_them():
    judged = json.loads(Path(__file__).with_name("quotes_judged.json").read_text())
    agreeing = 0

    for name, expected in judged.items():
        raw = (CORPORA / "quotes" / name).read_bytes()
        is_mail = name.endswith(".eml")
        text = parse(raw).text if is_mail else raw.decode("utf-8", "replace")
        segments = split(text)
        assert "".join(segment.text for segment in segments) == text
        agreeing += written_lines(segments) == expected

    assert len(judged) == 198
    assert agreeing >= 191


def written_lines(segments):
    """Return how many lines in a row are Own, Quoted or a Signature: "O2 Q7"."""
    kinds = [
        segment.kind.value[0].upper()
        for segment in segments
        for line in segment.text.splitlines()
        if line.strip()
    ]
    return " ".join(f"{kind}{len(list(run))}" for kind, run in groupby(kinds))


def test_quotes_in_html_are_folded_below_what_is_new():
    folder = CORPORA / "quotes" / "talon"
    mails = [parse(path.read_bytes()).html for path in folder.rglob("*.eml")]
    replies = [
        *filter(None, mails),
        *(p.read_text("utf-8", "replace") for p in folder.rglob("*.html")),
    ]
    folded = 0

    for html in replies:
        soup = BeautifulSoup(
            sanitise(html, cid_urls={}, quote_label="Quote"), "html.parser"
        )
        quotes = soup.select("details.ecp-quote")
        text = "".join(quote.extract().text for quote in quotes)
        folded += len(text) > 20 and bool(soup.text.strip())

    assert len(replies) == 19
    assert folded >= 17


def test_winmail_dat_gives_the_files_that_are_in_it():
    pytest.importorskip("tnefparse", reason="the extra tnef is not installed")
    agreeing = 0
    for path in sorted((CORPORA / "tnef").glob("*.tnef")):
        expected = path.with_suffix(".list").read_text().split("\n")
        wanted = {name.strip() for name in expected if not name.startswith("body.")}
        found = {name for name, _data in open_tnef(path.read_bytes())}
        agreeing += found == wanted - {""}

    assert agreeing >= 16
