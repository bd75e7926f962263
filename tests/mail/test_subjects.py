from __future__ import annotations

import pytest

from wagtail_ecp.mail.subjects import base_subject, is_reply_subject


@pytest.mark.parametrize(
    "subject",
    [
        "Your  Order", "Re: your order", "RE: AW: Re[2]: Your order", "Fwd: your order",
        "SV: VS: Antw: Odp: your order", "回复\uff1ayour order", "转发: Re: your order",
        "Re : your order", "R: I: your order", "Re: your order (fwd)", "Re(3): your order",
        "\uff32\uff25\uff1ayour order", "Ответ: your order", "Trả lời: your order",
    ],
)  # fmt: skip
def test_prefixes_of_many_languages_do_not_count(subject):
    assert base_subject(subject) == "your order"


@pytest.mark.parametrize(
    "subject", ["[list] Hi", "Re: [list] Hi", "[list] AW: [list] Hi"]
)
def test_a_list_tag_counts_once(subject):
    assert base_subject(subject) == "[list] hi"


@pytest.mark.parametrize(
    "subject", ["Ref 12: parts", "Reception: Friday", "Resume", "[a] b", "Advice: none"]
)
def test_words_that_look_like_prefixes_stay(subject):
    assert base_subject(subject) == subject.lower()


def test_only_answers_are_replies():
    assert is_reply_subject("[list] Re: Hi")
    assert is_reply_subject("AW: Hi")
    assert not is_reply_subject("Fwd: Hi")
    assert not is_reply_subject("Hi")
    assert not is_reply_subject("")
