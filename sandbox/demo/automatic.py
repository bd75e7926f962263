"""Demo mail that machines write: the shop's orders, bookings, and bounces."""

import random
from collections.abc import Mapping

from sandbox.demo import mime
from sandbox.demo.story import Letter, Story

ORDERS = 34
BOOKINGS = 14

GOODS = (
    ("Note cards “Ampersand”, set of 8", 1200),
    ("Notebook, ruled, linen spine", 1450),
    ("Poster “Wood type alphabet”, 50 x 70 cm", 2800),
    ("Calendar 2027, letterpress", 3400),
    ("Type specimen “Caslon & Co.”", 1900),
    ("Postcards “Presses of the house”, set of 12", 900),
    ("Apron, indigo, with pocket for a composing stick", 3200),
    ("Composing stick, 10 inch, reconditioned", 6500),
    ("Gift voucher for a workshop", 8500),
    ("Ex libris labels, your name, 50 pieces", 4200),
)
BUYERS = (
    ("Imogen Hartley", "4 Quarry Steps, Bath BA2 6ND"),
    ("Declan Moroney", "17 Barrack Lane, Ennis, Co. Clare"),
    ("Anneliese Brandt", "Lindenallee 12, 14050 Berlin"),
    ("Théo Marchal", "8 rue des Teinturiers, 84000 Avignon"),
    ("Sunita Rao", "52 Ferncliffe Road, Leeds LS6 1QP"),
    ("Gwilym Prosser", "Ty Gwyn, Llandeilo SA19 6BA"),
    ("Kirsten Aagaard", "Vestergade 31, 8000 Aarhus C"),
    ("Matteo Ferri", "Via delle Orfane 9, 10122 Torino"),
    ("Rosalind Achebe", "Flat 3, 90 Peckham Rye, London SE15 4HA"),
    ("Jürgen Stöhr", "Am Markt 2, 99084 Erfurt"),
    ("Lucía Herrero", "Calle del Pez 14, 28004 Madrid"),
    ("Padma Venkatesan", "11 Mill Bank, Hebden Bridge HX7 8DB"),
)
COURSES = (
    ("One day at the press", 6),
    ("Wood type posters", 8),
    ("Bookbinding for beginners", 10),
    ("Composing by hand, two evenings", 6),
)
WISHES = (
    "",
    "Please wrap it as a present.",
    "Could you leave it with the neighbour at number 6?",
    "No plastic, please.",
    "I need it before the weekend if at all possible.",
)

# Whom our mail did not reach, and what the server said (RFC 3463 has the codes).
UNDELIVERED = (
    (
        "l.whitcombe@harbourmail.example",
        "5.1.1",
        "User unknown in virtual mailbox table",
    ),
    ("bestellung@papier-zander.example", "5.2.2", "The mailbox is full"),
    ("info@galerie-aurore.example", "5.7.1", "Message rejected by content filter"),
    ("t.nakagawa@insatsu.example", "5.1.2", "Host or domain name not found"),
    ("grace.o.malley@oldpost.example", "5.1.10", "Recipient address has null MX"),
    ("ventas@tinta-viva.example", "4.4.1", "Connection timed out; 4 days are over"),
    ("editor@lettersquarterly.example", "5.1.1", "No such person at this address"),
    ("j.vandermeer@drukwerk.example", "5.3.4", "Message size exceeds fixed limit"),
)


def stories(dice: random.Random) -> list[Story]:
    """Return one story for each mail that a machine wrote."""
    orders = [_order(dice, number) for number in range(4180, 4180 + ORDERS)]
    bookings = [_booking(dice, number) for number in range(BOOKINGS)]
    bounces = [_bounce(dice, *what) for what in UNDELIVERED]
    return [*orders, *bookings, *bounces]


def report(headers: Mapping[str, str], text: str, *, boundary: str) -> mime.Part:
    """Return the body of a delivery status notification (RFC 3464)."""
    failed, status = headers["Report"], headers["Report-Status"]
    action = "delayed" if status.startswith("4") else "failed"
    domain = failed.partition("@")[2]
    facts = (
        f"Reporting-MTA: dns; mx.{domain}\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} {headers['Report-Reason']}\r\n"
    )
    original = (
        f"From: Alder & Finch <{headers['To']}@sandbox.test>\r\nTo: {failed}\r\n"
        f"Subject: {headers['Report-Subject']}\r\nMessage-ID: {headers['Report-Id']}\r\n"
    )
    parts = [
        mime.text(text, charset="us-ascii"),
        mime.Part((("Content-Type", "message/delivery-status"),), facts.encode()),
        mime.Part((("Content-Type", "text/rfc822-headers"),), original.encode()),
    ]
    kind = "; report-type=delivery-status"
    return mime.multipart("report", parts, boundary=boundary, parameters=kind)


def _order(dice: random.Random, number: int) -> Story:
    name, where = dice.choice(BUYERS)
    lines, total = [], 0
    for goods, pence in dice.sample(GOODS, dice.randint(1, 3)):
        pieces = dice.choice((1, 1, 1, 2, 3))
        lines.append(f"  {pieces} x {goods}: £{pieces * pence / 100:.2f}")
        total += pieces * pence
    wish = dice.choice(WISHES)
    text = (
        f"Order {number} has come in.\n\n"
        + "\n".join(lines)
        + f"\n\n  Total with delivery: £{(total + 450) / 100:.2f}, paid by card\n\n"
        f"Deliver to:\n  {name}\n  {where}\n"
        + (f"\nThe customer wrote: {wish}\n" if wish else "")
        + "\nAnswer this mail to write to the customer.\n"
    )
    headers = {
        "From": "Shop of Alder & Finch <orders@webshop.example>",
        "To": "sales",
        "Subject": f"Order {number} from {name}",
        "Also-Reply-To": _address(name),
        "Also-Auto-Submitted": "auto-generated",
    }
    return Story("orders", [Letter(headers, text)])


def _booking(dice: random.Random, number: int) -> Story:
    name, _where = BUYERS[number % len(BUYERS)]
    course, places = dice.choice(COURSES)
    wanted = dice.randint(1, 3)
    left = max(places - wanted - dice.randint(0, places), 0)
    text = (
        f"{name} has booked {wanted} of {places} places in “{course}”.\n\n"
        f"Places left: {left}.\n"
        f"Paid: {'yes' if dice.random() > 0.3 else 'not yet, invoice wanted'}.\n"  # noqa: PLR2004
    )
    headers = {
        "From": "Bookings <no-reply@workshop-tickets.example>",
        "To": "support",
        "Subject": f"Booking: {course} ({name})",
        "Html": "yes",
        "Attach": "workshop-at-Alder-and-Finch.ics",
        "Also-Reply-To": _address(name),
        "Also-Auto-Submitted": "auto-generated",
    }
    return Story("bookings", [Letter(headers, text)])


def _bounce(dice: random.Random, failed: str, status: str, reason: str) -> Story:
    domain = failed.partition("@")[2]
    subject = dice.choice(
        ("Your order", "Re: Your enquiry", "Invoice", "Our programme")
    )
    text = (
        f"This is the mail system at host mx.{domain}.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n"
        f"<{failed}>: {status} {reason}\n"
    )
    headers = {
        "From": f"Mail Delivery System <MAILER-DAEMON@mx.{domain}>",
        "To": dice.choice(("support", "sales", "press")),
        "Subject": "Undelivered Mail Returned to Sender",
        "Return": "<>",
        "Report": failed,
        "Report-Status": status,
        "Report-Reason": reason,
        "Report-Subject": subject,
        "Report-Id": f"<{dice.getrandbits(64):016x}@sandbox.test>",
        "Also-Auto-Submitted": "auto-replied",
    }
    return Story("bounces", [Letter(headers, text)])


def _address(name: str) -> str:
    plain = name.casefold().replace("ü", "ue").replace("ö", "oe").replace(" ", ".")
    return f"{plain.encode('ascii', 'ignore').decode()}@example.org"
