"""Small sets of mail, made from a seed, as the comparison reads them."""

import random
from pathlib import Path

WANTED = ["proof", "invoice", "poster", "binding", "sample", "thanks", "tomorrow"]
OFFER = ["winner", "casino", "loan", "pills", "cheap", "urgent", "million"]
SIZES = {
    "spamassassin-part": ("ham", "spam", "spam", "ham") * 30,
    "list-ham": ("ham",) * 60,
    "recent-spam": ("spam",) * 40,
}


def write_sets(folder: Path) -> Path:
    """Write all three sets and return their folder."""
    dice = random.Random(4)  # noqa: S311
    for name, labels in SIZES.items():
        lines = []
        for number, label in enumerate(labels):
            path = folder / name / label / f"{number:05}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(a_message(dice, is_spam=label == "spam"))
            lines.append(f"{label} {label}/{number:05}\n")
        (folder / name / "index").write_text("".join(lines))
    return folder


def a_message(dice: random.Random, *, is_spam: bool) -> bytes:
    """Return a message whose words tell what it is."""
    words = OFFER if is_spam else WANTED
    text = " ".join(dice.choices(words, k=40))
    subject = " ".join(dice.choices(words, k=3))
    return (
        f"From: person{dice.randrange(99)}@example.org\nTo: support@example.com\n"
        f"Subject: {subject}\n\n{text}\n"
    ).encode()
