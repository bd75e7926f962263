"""Why a message has its score, in words and small pictures for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.inbox.models import Message
from wagtail_ecp.spam.models import Mark, Score
from wagtail_ecp.spam.reasons import Reason, reasons

Standing = Score.Standing

#: At 100 nothing is spam.
NOTHING: Final = 100

#: Who the sender is to us, and what follows from it.
STANDINGS: Final = {
    Standing.STRANGER: gettext_lazy("The sender is not a contact."),
    Standing.CONTACT: gettext_lazy(
        "The sender is a contact and authenticated, so this is never spam."
    ),
    Standing.UNVERIFIED: gettext_lazy(
        "The sender is a contact, so this is never spam. Nothing in this mail proves"
        " that it comes from them."
    ),
    Standing.DOUBTED: gettext_lazy(
        "The sender claims to be a contact, so this was judged like anybody's mail."
    ),
    Standing.HISTORY: gettext_lazy(
        "This was in the mailbox before it was read here, so it was not judged."
    ),
}

#: By ``mail.verdicts.Reason``; they end "… claims to be from a contact, but".
DOUBTS: Final = {
    "trusted-result": gettext_lazy("our own mail server says that it is not."),
    "signature-broken": gettext_lazy(
        "its signature does not fit this mail: it was changed on its way, or forged."
    ),
    "signature-weak": gettext_lazy("its signature is too weak to prove anything."),
    "key-missing": gettext_lazy(
        "the key of its signature was taken back, or never published."
    ),
    "spf-failed": gettext_lazy(
        "it was sent by a server that may not send mail of this domain."
    ),
    "not-aligned": gettext_lazy("nobody but others signed or sent it."),
    "policy": gettext_lazy(
        "nothing vouches for it, and its domain wants such mail to be refused."
    ),
    "several-senders": gettext_lazy("it names more than one sender."),
    "malformed": gettext_lazy("its header is far larger than any honest mail's."),
    "signature-expired": gettext_lazy("its signature has expired."),
    "dns-failed": gettext_lazy("its signature could not be checked when it arrived."),
    "no-sender": gettext_lazy("it names no sender that could be checked."),
    "nothing-to-check": gettext_lazy(
        "nothing in it can be checked, as earlier mail of this contact could."
    ),
    "dkim-aligned": gettext_lazy("its signature could not be used."),
}

#: Where the sender passed the check.
VOUCHERS: Final = {
    "trusted-result": gettext_lazy("Our own mail server has checked the sender."),
    "dkim-aligned": gettext_lazy("The sender's domain has signed this mail."),
}

#: What a mark says, by its verdict; a weak one is an answer.
MARKED: Final = {
    Mark.Verdict.SPAM: gettext_lazy("%(name)s marked it as spam"),
    Mark.Verdict.WANTED: gettext_lazy("%(name)s marked it as not spam"),
    Mark.Verdict.WITHDRAWN: gettext_lazy("%(name)s took the mark back"),
}


@dataclass(frozen=True, slots=True)
class ShownReason:
    """One reason: its words, signed points, and a bar to the right for spam."""

    words: str
    points: str
    x: str
    width: str
    is_for_spam: bool


@dataclass(frozen=True, slots=True)
class ShownMark:
    """What somebody said of the message, and when."""

    words: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ShownScore:
    """A message's score, ready for the template."""

    score: Score
    reasons: list[ShownReason]
    marks: list[ShownMark]

    @property
    def value(self) -> str:
        """The score with one decimal."""
        return in_words(self.score.value)

    @property
    def width(self) -> str:
        """The score as a length in a picture, whatever the reader's decimal comma."""
        return f"{self.score.value:.1f}"

    @property
    def threshold(self) -> str:
        """What the threshold made of scores when this one arrived."""
        if self.score.threshold >= NOTHING:
            return _("Nothing counted as spam then: the threshold was 100.")
        return _("From %(threshold)s on a message was spam then.") % {
            "threshold": self.score.threshold
        }

    @property
    def standing(self) -> str:
        """Who the sender is to us."""
        return str(STANDINGS[Standing(self.score.standing)])

    @property
    def check(self) -> str:
        """What was found out about a contact's address; "" for a stranger's."""
        reason, standing = self.score.check_reason, self.score.standing
        if standing == Standing.CONTACT:
            return str(VOUCHERS.get(reason, ""))
        return self.doubt

    @property
    def doubt(self) -> str:
        """Why the sender only claims to be a contact; "" if that is not in doubt."""
        if self.score.standing != Standing.DOUBTED:
            return ""
        doubt = DOUBTS.get(self.score.check_reason, DOUBTS["no-sender"])
        return _("It claims to be from a contact, but %(doubt)s") % {"doubt": doubt}

    @property
    def is_authenticated(self) -> bool:
        """Whether it surely comes from a contact."""
        return self.score.standing == Standing.CONTACT

    @property
    def is_unverified(self) -> bool:
        """Whether nothing proves that it comes from the contact."""
        return self.score.standing == Standing.UNVERIFIED

    @property
    def is_marked(self) -> bool:
        """Whether a member's mark holds, which can be taken back."""
        return self.score.decision in (Score.Decision.SPAM, Score.Decision.WANTED)


def shown_score(message: Message) -> ShownScore | None:
    """Return the score of ``message``, read with its marks; None if it has none."""
    score: Score | None = getattr(message, "score", None)
    if score is None or message.is_ours:
        return None
    marks = sorted(message.marks.all(), key=lambda mark: mark.pk)
    return ShownScore(score, _shown_reasons(reasons(score)), [*map(_marked, marks)])


def heading_score(message: Message) -> ShownScore | None:
    """Return what a message's heading says of its score, read without its marks."""
    score: Score | None = getattr(message, "score", None)
    if score is None or message.is_ours:
        return None
    return ShownScore(score, [], [])


def in_words(value: float) -> str:
    """Return a score as people read it; less than 100 is never rounded to it."""
    rounded = round(value, 1)
    return number_format(min(rounded, 99.9) if value < NOTHING else rounded, 1)


def _shown_reasons(found: Sequence[Reason]) -> list[ShownReason]:
    most = max((abs(reason.points) for reason in found), default=0) or 1
    return [_shown_reason(reason, most=most) for reason in found]


def _shown_reason(reason: Reason, *, most: float) -> ShownReason:
    """Draw it from the middle of a picture that is 100 wide, to its side."""
    width = abs(reason.points) / most * 50
    sign = "+" if reason.points > 0 else "\N{MINUS SIGN}"
    return ShownReason(
        words=reason.words,
        points=f"{sign}{number_format(abs(round(reason.points, 1)), 1)}",
        x=f"{50 if reason.points > 0 else 50 - width:.1f}",
        width=f"{width:.1f}",
        is_for_spam=reason.points > 0,
    )


def _marked(mark: Mark) -> ShownMark:
    words = MARKED[Mark.Verdict(mark.verdict)]
    if mark.is_weak:
        words = gettext_lazy("%(name)s answered it")
    return ShownMark(str(words) % {"name": mark.user_name or _("Somebody")}, mark)
