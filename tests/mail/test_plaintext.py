from __future__ import annotations

import pytest

from wagtail_ecp.mail.plaintext import html_to_text, snippet


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One\n two</p><p>Three</p>", "One two\n\nThree"),
        ("<h1>Title</h1>Text<div>a</div><div>b</div>", "Title\n\nText\na\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>d", "- a\n- b\n  - c\n\nd"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<a href="https://x.org/a">here</a>', "here <https://x.org/a>"),
        ('<a href="https://x.org/">x.org</a>', "x.org"),
        ('<a href="mailto:a@x.org">a@x.org</a>', "a@x.org"),
        ('<a href="javascript:x">here</a>', "here"),
        ("<blockquote><p>a</p><p>b<br>c</p></blockquote>d", "> a\n>\n> b\n> c\n\nd"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<style>b</style><script>c</script><!-- d --><title>e</title>", "a"),
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c\xa0d"),
        ('<img src="x" alt="Logo">', "Logo"),
        ("a<hr>b", f"a\n{'-' * 20}\nb"),
        ("", ""),
    ],
)
def test_html_becomes_readable_text(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello\n\nthere", "Hello there"),
        ("Yes.\n\nOn Mon, 1 Jan 2024, Jane wrote:\n> really?\n", "Yes."),
        (
            "Yes.\n\nOn Mon, 1 Jan 2024 at 10:00\nJane Doe <j@x.org> wrote:\n\n> no",
            "Yes.",
        ),
        ("Am 1.1.2024 um 10:00 schrieb Jane:\n> Und?\n\nGut.\n", "Gut."),
        ("> one\nto one\n> two\nto two", "to one to two"),
        ("Bye\n-- \nJane\nACME", "Bye"),
        ("Ok\n-----Original Message-----\nFrom: x", "Ok"),
        ("Ok\n\nVon: Jane\nGesendet: heute\nAn: x\n\nalt", "Ok"),
        ("Le lun. 1 janv. 2024, Jane a écrit :\n> oui ?\nNon.", "Non."),
        ("Ok\n\nSent from my telephone", "Ok"),
        ("> only\n> a quote", "only a quote"),
        ("-- \nonly a signature", "-- only a signature"),
        ("", ""),
    ],
)
def test_a_snippet_shows_what_is_new(text, expected):
    assert snippet(text) == expected


def test_a_snippet_has_a_length():
    assert snippet("word " * 100, length=20) == "word word word word…"
    assert len(snippet("x" * 1_000)) == 200
