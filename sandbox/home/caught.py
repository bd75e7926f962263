"""Pages that show what the catcher has kept; for this machine's user alone."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 200
LISTED_HEADERS = ("From", "To", "Subject", "Date")
THREADING_HEADERS = ("Message-ID", "In-Reply-To", "References")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what was caught, newest first."""
    files = sorted(_directory().glob("*.eml"), reverse=True)
    mails = [_summary(file) for file in files[:SHOWN]]
    context = {"mails": mails, "total": len(files)}
    return render(request, "sandbox/caught.html", context)


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail's headers and text."""
    file = _file(name)
    message = _parse(file)
    body = message.get_body(("plain", "html"))
    attachments = [part.get_filename() for part in message.iter_attachments()]
    context = {
        "name": name,
        "headers": message.items(),
        "subject": message["Subject"],
        "text": body.get_content() if body else "",
        "attachments": attachments,
    }
    return render(request, "sandbox/caught_mail.html", context)


@require_safe
def source(_request: HttpRequest, name: str) -> HttpResponse:
    """Hand out one mail's source as it came over the wire, below its envelope."""
    content = _file(name).read_bytes()
    return HttpResponse(content, content_type="text/plain; charset=utf-8")


def _directory() -> Path:
    return Path(settings.HOME) / "caught"


def _file(name: str) -> Path:
    file = _directory() / f"{name}.eml"
    if not file.is_file():
        raise Http404("This mail was not caught, or it was deleted.")
    return file


def _parse(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=default)


def _summary(file: Path) -> dict[str, object]:
    message = _parse(file)
    return {
        "name": file.stem,
        "listed": [str(message[name] or "") for name in LISTED_HEADERS],
        "envelope_to": str(message["X-Envelope-To"] or ""),
        "threading": [(n, message[n]) for n in THREADING_HEADERS if message[n]],
    }
