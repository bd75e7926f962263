"""Mail in mboxrd files: the form of RFC 4155 whose quoting can be undone exactly."""

import re
from datetime import UTC, datetime

MUST_BE_QUOTED = re.compile(rb"^(>*From )", re.MULTILINE)
NOT_IN_SENDER = re.compile(r"[^!-~]")


def entry(raw: bytes, *, sender: str, at: datetime) -> bytes:
    """Return ``raw`` as a file's next mail, received at ``at``.

    A reader takes the lines after "From ", removes one ">" where ">" and "From " begin
    a line, and cuts the rest to the length of ``raw``: the bytes are the same again.
    """
    envelope = NOT_IN_SENDER.sub("-", sender) or "MAILER-DAEMON"
    begin = f"From {envelope} {at.astimezone(UTC).ctime()}\n".encode()
    end = b"\n" if raw.endswith(b"\n") else b"\n\n"
    return begin + MUST_BE_QUOTED.sub(rb">\1", raw) + end
