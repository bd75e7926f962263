"""What stands below a member's answers, in rich text and in plain."""

from typing import TYPE_CHECKING, Any

from wagtail_ecp.inbox import rich_text
from wagtail_ecp.inbox.models import Mailbox, MemberProfile
from wagtail_ecp.mail.plaintext import with_delimiter

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def signature_of(user: "User | Any", mailbox: Mailbox) -> str:
    """Return the member's own signature, else the mailbox's."""
    own: str = MemberProfile.objects.of(user).signature if user else ""
    return own or mailbox.signature


def signed(signature: str, *, is_plain: bool) -> str:
    """Return what a draft begins with: room to write, and ``signature`` below it."""
    if not is_plain:
        return rich_text.with_signature(signature)
    return f"\n\n{_plain(signature)}" if signature else ""


def is_bare(body: str, signature: str, *, is_plain: bool) -> bool:
    """Whether ``body`` holds nothing but the signature."""
    if not is_plain:
        return rich_text.is_untouched(body, signature=signature)
    return _stripped(body) in ("", _stripped(_plain(signature)))


def replaced(body: str, before: str, after: str, *, is_plain: bool) -> str:
    """Return ``body`` signed with ``after`` if ``before`` stands in it untouched."""
    if not before or before == after:
        return body
    if not is_plain:
        return rich_text.replace_signature(body, before, after)
    lines = "\n".join(line.rstrip() for line in body.splitlines())
    head, found, tail = lines.rpartition(_stripped(_plain(before)))
    if not found:
        return body
    return f"{head}{_plain(after) if after else ''}{tail}"


def exchanged(body: str, before: str, after: str, *, is_plain: bool) -> str:
    """Return ``body``, which was signed with ``before`` or not at all, with ``after``.

    A signature that somebody wrote over or took out stays as they want it.
    """
    if before or not after:
        return replaced(body, before, after, is_plain=is_plain)
    below = signed(after, is_plain=is_plain)
    return f"{body.rstrip()}{below}" if is_plain else f"{body}{below}"


def _plain(signature: str) -> str:
    lines = "\n".join(signature.splitlines())
    return with_delimiter(f"--\n{lines}")


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()
