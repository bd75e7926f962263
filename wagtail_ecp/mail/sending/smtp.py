"""One mail to one SMTP server (RFC 5321), with every answer kept."""

import re
from collections.abc import Callable, Sequence

from wagtail_ecp.mail.sending import errors
from wagtail_ecp.mail.sending.connection import Connection, SmtpSettings, connected
from wagtail_ecp.mail.sending.outcome import Delivery, Refusal, refusal
from wagtail_ecp.mail.wire import wire_address

__all__ = ["Delivery", "Refusal", "SmtpSettings", "deliver"]

BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
FIRST_DOT = re.compile(rb"^\.", re.MULTILINE)

START_MAIL_INPUT = 354
NO_LONGER_SERVING = 421

NOT_AN_ADDRESS = "5.1.3 This is not an e-mail address"
NO_SMTPUTF8 = "5.6.7 The mail server takes no address that is not ASCII (SMTPUTF8)"


def deliver(
    settings: SmtpSettings,
    *,
    envelope_from: str,
    recipients: Sequence[str],
    data: bytes,
    before_data: Callable[[], None],
) -> Delivery:
    """Hand ``data`` over, byte for byte, to those recipients that the server takes.

    ``before_data`` is called once a recipient is accepted and before the server gets
    anything of the mail. Raises ``TemporaryDeliveryError`` or
    ``PermanentDeliveryError`` if the mail was certainly not taken over, and
    ``UncertainDeliveryError`` if all of it was sent and no answer came. The lines of
    ``data`` end in CRLF, else ``ValueError``; ``envelope_from`` may be empty.
    """
    if BARE_LINE_END.search(data):  # Would let a mail smuggle in a second one.
        raise ValueError("every line of a mail must end in CRLF")
    with connected(settings) as connection:
        can_utf8 = _begin(connection, envelope_from, recipients=recipients, data=data)
        accepted, refused = _offer(connection, recipients, can_utf8=can_utf8)
        before_data()
        _hand_over(connection, data, refused=refused)
    return Delivery(accepted=accepted, refused=refused)


def _begin(
    connection: Connection,
    envelope_from: str,
    *,
    recipients: Sequence[str],
    data: bytes,
) -> bool:
    """Send MAIL; return whether addresses that are not ASCII may follow."""
    try:
        sender = wire_address(envelope_from) if envelope_from else ""
    except ValueError as error:
        raise errors.PermanentDeliveryError(str(error)) from error
    header = data.partition(b"\r\n\r\n")[0]
    wants_utf8 = not (header.isascii() and all(map(_is_ascii, (sender, *recipients))))
    can_utf8 = wants_utf8 and connection.has_extn("smtputf8")
    if not can_utf8 and not sender.isascii():
        raise errors.PermanentDeliveryError(NO_SMTPUTF8)
    options = [f"FROM:<{sender}>"]
    if connection.has_extn("size"):
        options.append(f"SIZE={len(data)}")
    if not data.isascii() and connection.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if can_utf8:
        connection.command_encoding = "utf-8"
        options.append("SMTPUTF8")
    code, text = connection.ask("MAIL", " ".join(options))
    if not _is_yes(code):
        raise errors.error_for(code, text)
    return can_utf8


def _is_ascii(address: str) -> bool:
    try:
        return wire_address(address).isascii()
    except ValueError:
        return True  # It will be refused in any case.


def _offer(
    connection: Connection, recipients: Sequence[str], *, can_utf8: bool
) -> tuple[tuple[str, ...], dict[str, Refusal]]:
    accepted: list[str] = []
    refused: dict[str, Refusal] = {}
    for recipient in recipients:
        answer = _offer_one(connection, recipient, can_utf8=can_utf8)
        if answer is None:
            accepted.append(recipient)
        else:
            refused[recipient] = answer
    if accepted:
        return tuple(accepted), refused
    first = next(iter(refused.values()), refusal(554, "5.5.1 No recipients"))
    worth_a_try = (one for one in refused.values() if not one.is_permanent)
    decisive = next(worth_a_try, first)
    raise errors.error_for(decisive.code, decisive.text, refused=refused)


def _offer_one(
    connection: Connection, recipient: str, *, can_utf8: bool
) -> Refusal | None:
    try:
        address = wire_address(recipient)
    except ValueError:
        return refusal(553, NOT_AN_ADDRESS)
    if not address.isascii() and not can_utf8:
        return refusal(553, NO_SMTPUTF8)
    code, text = connection.ask("RCPT", f"TO:<{address}>")
    if code == NO_LONGER_SERVING:
        raise errors.error_for(code, text)
    return None if _is_yes(code) else refusal(code, text)


def _hand_over(
    connection: Connection, data: bytes, *, refused: dict[str, Refusal]
) -> None:
    code, text = connection.ask("DATA")
    if code != START_MAIL_INPUT:
        raise errors.error_for(code, text, refused=refused)
    ending = b"" if data.endswith(b"\r\n") else b"\r\n"
    # A server must not deliver what lacks the final dot (RFC 5321 4.1.1.4): until
    # that is sent, a broken connection is a temporary failure.
    connection.send(FIRST_DOT.sub(b"..", data) + ending)
    try:
        connection.send(b".\r\n")
        code, text = connection.read_answer()
    except OSError as error:
        raise errors.UncertainDeliveryError(
            f"No answer after the mail was sent: {error}", refused=refused
        ) from error
    if code < 200:  # noqa: PLR2004 - no such answer exists here.
        raise errors.UncertainDeliveryError(
            f"An answer that is none: {code} {text}", code=code, refused=refused
        )
    if not _is_yes(code):
        raise errors.error_for(code, text, refused=refused)


def _is_yes(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 - RFC 5321 4.2.1
