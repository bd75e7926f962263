"""Sends the demo's mails to the sandbox's listener."""

import smtplib
import time
from pathlib import Path

from sandbox.demo import progress
from sandbox.demo.mails import DemoMail, demo_mails
from sandbox.ports import HOST

LINE_EVERY = 50
TRIES = 60
PAUSE = 2.0  # seconds between tries while the listener asks to come again later
TEMPORARY = range(400, 500)


def load(home: Path, smtp_port: int) -> None:
    """Send what was not sent yet, in order of its dates; then let the team decide."""
    state = progress.read(home)
    mails = demo_mails(state.now)
    state.total = len(mails)
    with smtplib.SMTP(HOST, smtp_port, timeout=60) as server:
        for mail in mails[state.sent :]:
            send(server, mail)
            state.sent += 1
            progress.write(home, state)
            if state.sent % LINE_EVERY == 0 or state.sent == state.total:
                print(f"{state.sent} of {state.total} demo mails sent", flush=True)
    if not state.is_decided:
        # These need Django, which is set up by now.
        from sandbox.demo import decisions, teamwork, visitors

        visitors.write()
        decisions.make()
        teamwork.do()
        state.is_decided = True
        progress.write(home, state)
        print("The demo's team has worked on some of them.", flush=True)


def send(server: smtplib.SMTP, mail: DemoMail) -> None:
    """Send one mail as its sender's server would: again, if asked to come later."""
    for _ in range(TRIES):
        try:
            server.sendmail(
                mail.sender, mail.recipients, mail.content, ["BODY=8BITMIME"]
            )
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            _wait_if_temporary(codes, error)
        except smtplib.SMTPResponseException as error:
            _wait_if_temporary([error.smtp_code], error)
        else:
            return
    raise TimeoutError("the listener did not take the mail in two minutes")


def _wait_if_temporary(codes: list[int], error: smtplib.SMTPException) -> None:
    if any(code not in TEMPORARY for code in codes):
        raise error
    time.sleep(PAUSE)
