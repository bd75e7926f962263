"""What a domain says about mail in its name (DMARC, RFC 9989, once RFC 7489).

Organisational domains are found by RFC 9989's walk up the DNS tree, not by a list of
public suffixes: nothing has to be shipped or kept fresh, and a domain without any
record aligns with itself alone, so that neighbours under co.uk or github.io are
strangers.  One rule is stricter than the RFC's: a record of a top-level domain only
counts with ``psd=y``, and never makes all domains below it one organisation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wagtail_ecp.mail.dns import Questions

Policy = Literal["", "none", "quarantine", "reject"]
Mode = Literal["adkim", "aspf"]

ENFORCED: Final[frozenset[Policy]] = frozenset({"quarantine", "reject"})
MAX_STEPS: Final = 8  # RFC 9989, section 4.10
MAX_TAGS: Final = 50

_VERSION: Final = re.compile(rb"\s*v\s*=\s*DMARC1\s*(?:;|\Z)")
_POLICIES: Final[dict[str, Policy]] = {"quarantine": "quarantine", "reject": "reject"}
_WHILE_TESTING: Final[dict[Policy, Policy]] = {
    "reject": "quarantine",
    "quarantine": "none",
}


@dataclass(frozen=True, slots=True)
class Record:
    """The one DMARC record of ``domain``, its tags in lower case."""

    domain: str
    tags: Mapping[str, str]

    @property
    def is_public_suffix(self) -> bool:
        """Whether the domain says that those below it belong to others."""
        return self.tags.get("psd") == "y"


def is_aligned(
    identifier: str, domain: str, questions: Questions, *, mode: Mode
) -> bool:
    """Whether who signed (or sent) may speak for the From header's ``domain``.

    Strict where the domain's record says so, else by organisational domain; without
    any record only the very same name will do.  May raise LookupFailedError.
    """
    if identifier == domain:
        return True
    if not _share_two_labels(identifier, domain):
        return False  # Whatever DNS says: saves a walk for each stranger's signature.
    record = _applicable(domain, questions)
    if record is None or record.tags.get(mode) == "s":
        return False
    return organisational_domain(identifier, questions) == organisational_domain(
        domain, questions
    )


def policy(domain: str, questions: Questions) -> Policy:
    """Return what ``domain`` wants done with mail that fails; "" if it has no record.

    ``np`` is not read: whether a name exists at all is not asked for.  May raise
    LookupFailedError.
    """
    record = _applicable(domain, questions)
    if record is None:
        return ""
    wanted = record.tags.get("p", "")
    if record.domain != domain:
        wanted = record.tags.get("sp", wanted)
    found = _POLICIES.get(wanted, "none")
    return _WHILE_TESTING.get(found, found) if record.tags.get("t") == "y" else found


def organisational_domain(domain: str, questions: Questions) -> str:
    """Return the top of the organisation that ``domain`` belongs to (section 4.10.2)."""
    records = _walk(domain, questions)
    if not records:
        return domain
    last = records[-1]
    if last.is_public_suffix and last.domain != domain:
        labels = last.domain.count(".") + 2
        return ".".join(domain.split(".")[-labels:])
    return last.domain


def _applicable(domain: str, questions: Questions) -> Record | None:
    """Return the record that rules ``domain``: its own, its organisation's, its suffix's."""
    records = _walk(domain, questions)
    by_domain = {record.domain: record for record in records}
    top = organisational_domain(domain, questions)
    suffix = records[-1] if records and records[-1].is_public_suffix else None
    return by_domain.get(domain) or by_domain.get(top) or suffix


def _walk(domain: str, questions: Questions) -> list[Record]:
    """Return the records from ``domain`` upwards, until one says that it is the top."""
    found: list[Record] = []
    for name in _steps(domain):
        record = _record(name, questions.txt(f"_dmarc.{name}"))
        if record is None or ("." not in name and not record.is_public_suffix):
            continue
        found.append(record)
        if record.tags.get("psd") in {"y", "n"}:
            break
    return found


def _steps(domain: str) -> Iterator[str]:
    yield domain
    labels = domain.split(".")[1:][-(MAX_STEPS - 1) :]
    for start in range(len(labels)):
        yield ".".join(labels[start:])


def _record(domain: str, texts: Sequence[bytes]) -> Record | None:
    records = [text for text in texts if _VERSION.match(text)]
    if len(records) != 1:  # Several are as good as none (section 4.10).
        return None
    tags: dict[str, str] = {}
    for tag in records[0].decode("ascii", "replace").lower().split(";")[:MAX_TAGS]:
        name, _equals, value = tag.partition("=")
        tags.setdefault(name.strip(), value.strip())
    return Record(domain, tags)


def _share_two_labels(one: str, other: str) -> bool:
    ends = [name.split(".")[-2:] for name in (one, other)]
    return ends[0] == ends[1] and len(ends[0]) == 2  # noqa: PLR2004
