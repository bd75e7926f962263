"""A quick, bounded look at a mail: its fields and the first bytes of its body.

The real parser (``wagtail_ecp.mail``) reads all of a mail; a score needs a
thousandth of the time and may look at the first bytes only.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MAX_HEAD: Final = 65_536
MAX_BODY: Final = 49_152
MAX_FIELDS: Final = 300
LOOKED_AT: Final = MAX_HEAD + MAX_BODY

# What an upstream filter found out, or a sender pretends that one did.  A filter
# that learned them would copy another's mistakes, and a spammer could write them.
_VERDICT: Final = re.compile(
    rb"^(?:"
    rb"X-[\w-]*(?:Spam|Virus|Phish|Malware|Bogosity|Rspamd|Rbl|Scanned|Scanner|Antivir"
    rb"|Ham-Report|Hamscore|Reputation)[\w-]*"
    rb"|X-(?:DSPAM|CRM114|SA|SpamProbe|Barracuda|Proofpoint|IronPort|Forefront"
    rb"|MailScanner|MS-Exchange|Microsoft-Antispam|Exchange|OlkEid|Bogofilter"
    rb"|Amavis|ClamAV|AVK|AntiAbuse|Mailcleaner|Cloudmark|CNFS|CanIt|ASF|PMX|EOP"
    rb"|Sophos|Mimecast|FEAS|TMASE|TM-AS|Cisco|Brightmail|Greylist|Policyd|DMARC"
    rb"|DKIM|SPF|Pyzor|Razor|DCC|Junk|Gm-Spam|HE-Spam|SG-EID|Authentication"
    rb"|Authenticated|Auth)(?:-[\w-]*)?"
    rb"|(?:ARC-)?Authentication-Results|Received-SPF|ARC-Seal"
    rb"|ARC-Message-Signature|SpamDiagnostic[\w-]*|Spam[\w-]*"
    rb")[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
_SUBJECT_MARK: Final = re.compile(
    rb"^(Subject[ \t]*:[ \t]*)(?:(?:\*{2,}|\[|\{|<)[ \t]*"
    rb"(?:(?:possible|probable|suspected|likely)[ _-]?)?(?:spam|junk|virus|bulk)"
    rb"[?!]*(?:[ \t:]*[\d.]+)?[ \t]*(?:\*{2,}|\]|\}|>)[ \t]*)+",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD_START: Final = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_FOLD: Final = re.compile(rb"\n(?![ \t])")


class Field(NamedTuple):
    """One header field; its value is unfolded, its bytes are as they came."""

    name: str
    value: str


class Glance(NamedTuple):
    """What a look at a mail saw; lines end in a single newline."""

    head: bytes
    body: bytes

    def fields(self) -> list[Field]:
        """Return the header fields in their order."""
        return read_fields(self.head)


def glance(raw: bytes) -> Glance:
    """Return the start of ``raw`` without verdicts of other filters; never raises."""
    text = _plain_lines(raw[:LOOKED_AT])
    if text.startswith(b"From "):  # An mbox's separator.
        text = text[text.find(b"\n") + 1 :]
    if not _FIELD_START.match(text):
        return Glance(b"", text[:MAX_BODY])
    end = text.find(b"\n\n", 0, MAX_HEAD)
    if end < 0:
        end = min(len(text), MAX_HEAD)
    body = text[end + 2 : end + 2 + MAX_BODY]
    return Glance(without_verdicts(text[:end] + b"\n"), body)


def without_verdicts(head: bytes) -> bytes:
    """Return ``head`` without the fields and marks that filters add."""
    return _SUBJECT_MARK.sub(rb"\1", _VERDICT.sub(b"", head))


def read_fields(head: bytes) -> list[Field]:
    """Split a block of header fields, at most MAX_FIELDS of them."""
    fields = []
    for line in _FOLD.split(head, MAX_FIELDS)[:MAX_FIELDS]:
        name, colon, value = line.partition(b":")
        if colon:
            fields.append(Field(name.strip().decode("latin-1"), _one_line(value)))
    return fields


def _one_line(value: bytes) -> str:
    if value.isascii():
        return " ".join(value.decode("ascii").split())
    return " ".join(value.decode("utf-8", "surrogateescape").split())


def _plain_lines(data: bytes) -> bytes:
    if b"\r" not in data:
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
