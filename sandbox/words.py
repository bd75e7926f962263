"""What the sandbox tells its user when it is up."""

from collections.abc import Mapping
from pathlib import Path

from sandbox.place import Place

LOG_INS = {
    "owner": "holds the account; all three mailboxes",
    "administrator": "manages mailboxes, users and rights; all three mailboxes",
    "member": "answers support@ and sales@",
    "colleague": "answers support@ and press@",
    "outsider": "may enter the admin, but has no mailbox",
}
EMPTY_LOG_INS = {
    "administrator": "superuser; sets up the account in the Mail menu's wizard",
    "owner, member, colleague, outsider": "may enter the admin",
}
TRY = """\
  * Log in as member: Mail > Support. Open a conversation and answer it.
    Nothing leaves this machine; read what was sent at {site}/caught/
  * Send a mail and watch it arrive (in another terminal, python3):

      import smtplib
      text = "From: you@example.org\\nTo: support@sandbox.test\\nSubject: Hello\\n\\nHi!"
      smtplib.SMTP("127.0.0.1", {smtp_port}).sendmail("you@example.org", \
["support@sandbox.test"], text)

  * See what member and colleague have been doing: tags, notes that mention each other,
    Drafts, Snoozed, Starred, Alerts and saved searches in the Mail menu.
  * Look into the Spam folder: "Why this score?" says why. Mark what is wrong, send
    something alike, and see what the filter has learned.
  * Write through the contact form: {site}/contact/
  * Log in as owner: Mail > Account Options. Change the time zone and look at the
    dates; move the spam threshold and read what it would do to the last month's
    mail; under Billing change the level, see the invoices, hand the account over."""
TRY_EMPTY = """\
  * Log in as administrator and open the Mail menu: a wizard sets up the account
    and a first mailbox. Take an address at sandbox.test, "It is delivered to this
    site" and "By the e-mail settings of this site".
  * Then send a mail to that address and watch it arrive (another terminal, python3):

      import smtplib
      smtplib.SMTP("127.0.0.1", {smtp_port}).sendmail("you@example.org", \
["support@sandbox.test"], "Subject: Hello\\n\\nHi!")

    What the sandbox sends can be read at {site}/caught/"""


def welcome(place: Place, home: Path, pids: Mapping[str, int]) -> str:
    """Return addresses, log-ins and what to try; its last line begins "Ready:"."""
    people = EMPTY_LOG_INS if place.empty else LOG_INS
    width = max(map(len, people))
    return "\n".join(
        [
            "",
            f"Site     {place.site}/",
            f"Admin    {place.site}/admin/",
            f"Sent     {place.site}/caught/",
            f"SMTP     127.0.0.1:{place.smtp_port}  (support@, sales@, press@sandbox.test)",
            f"Data     {home}",
            "Running  " + ", ".join(f"{name} {pid}" for name, pid in pids.items()),
            "",
            "Log in with the password sandbox as",
            *(f"  {name:<{width}}  {what}" for name, what in people.items()),
            "",
            "What to try",
            (TRY_EMPTY if place.empty else TRY).format(
                site=place.site, smtp_port=place.smtp_port
            ),
            "",
            "Ctrl-C stops everything.",
            f"Ready: {place.site}/admin/",
        ]
    )
