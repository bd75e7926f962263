"""Scores, what people decided, and the model that learns from it."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.models import THE_ONE, one_row_only


class ScoreQuerySet(models.QuerySet["Score"]):
    """Reads of scores."""

    def undecided(self) -> "ScoreQuerySet":
        """Find verdicts that are the machine's own, and may change."""
        return self.filter(decision=Score.Decision.NONE, standing__in=JUDGED)

    def highest(self, conversations: Iterable[int]) -> dict[int, float]:
        """Return the highest score in each of these conversations, by their numbers."""
        rows = self.filter(message__conversation__in=list(conversations)).order_by()
        by_conversation = rows.values_list("message__conversation")
        return dict(by_conversation.annotate(models.Max("value")))


class Score(models.Model):
    """What the machine thinks of one incoming message, and what came of it."""

    class Decision(models.TextChoices):
        """What people did, which no machine overrules."""

        NONE = "", _("nobody decided")
        ANSWERED = "answered", _("answered by the team")
        SPAM = "spam", _("marked as spam")
        WANTED = "wanted", _("marked as not spam")

    class Standing(models.TextChoices):
        """Who the sender is to us."""

        STRANGER = "", _("not a contact")
        CONTACT = "contact", _("a contact")
        UNVERIFIED = "unverified", _("a contact, unverified sender")
        DOUBTED = "doubted", _("claims to be a contact")
        HISTORY = "history", _("was here before us")

    message = models.OneToOneField(
        "wagtail_ecp.Message",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="score",
    )
    # 0 to 100, never rounded: whole numbers rank four times worse.
    value = models.FloatField()
    is_spam = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    standing = models.CharField(max_length=10, choices=Standing, blank=True)
    # Why the sender's check ended as it did: a code of ``mail.authentication``.
    check_reason = models.CharField(max_length=32, blank=True)
    # The strongest reasons: [["kind", "value", points], …]; see ``reasons``.
    clues = models.JSONField(default=list)
    # The threshold that held then, and the model's version; 0: the shipped prior.
    threshold = models.PositiveSmallIntegerField()
    model_version = models.PositiveIntegerField(default=0)
    # When the message arrived.
    at = models.DateTimeField()
    # Counted in the tallies; see ``tally``.
    is_tallied = models.BooleanField(default=False)
    scored_at = models.DateTimeField(default=timezone.now)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            # Lists what another threshold would move, without reading the rest.
            models.Index(fields=["is_spam", "value"], name="ecp_score_verdict"),
            models.Index(fields=["at"], name="ecp_score_at"),
            models.Index(
                fields=["message"],
                condition=Q(is_tallied=False),
                name="ecp_score_untallied",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:.1f}"

    @property
    def is_exempt(self) -> bool:
        """Whether no threshold makes it spam."""
        return self.standing not in JUDGED

    @property
    def may_be_judged(self) -> bool:
        """Whether its verdict is the machine's own, and may change."""
        return not (self.decision or self.is_exempt)


#: Whose mail is judged by its score.
JUDGED = (Score.Standing.STRANGER, Score.Standing.DOUBTED)


class ScoreTally(models.Model):
    """How many messages of a day are alike: see ``tally``.

    So the effect of any threshold on a month of mail costs two small queries.
    """

    day = models.DateField()  # UTC
    # The score's whole number.
    bucket = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=8, choices=Score.Decision, blank=True)
    is_spam = models.BooleanField()
    is_exempt = models.BooleanField()
    number = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "bucket", "decision", "is_spam", "is_exempt"],
                name="ecp_one_tally_of_alike",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.bucket}: {self.number}"


class MarkQuerySet(models.QuerySet["Mark"]):
    """Reads of marks."""

    def waiting(self) -> "MarkQuerySet":
        """Find what the model has yet to learn, in order."""
        return self.filter(applied_at=None).order_by("pk")

    def lessons(self) -> "MarkQuerySet":
        """Find what the model has learned and could unlearn, in order."""
        return self.filter(weight__gt=0, features__isnull=False).order_by("pk")


class Mark(models.Model):
    """A member said what a message is; never changed, the last one holds.

    ``weight`` and ``features`` are the training's own notes of what it made of it.
    """

    class Verdict(models.TextChoices):
        """What they said."""

        SPAM = "spam", _("spam")
        WANTED = "wanted", _("not spam")
        WITHDRAWN = "withdrawn", _("taken back")

    # The number outlives the message, which may be purged.
    message_number = models.BigIntegerField(db_index=True)
    message = models.ForeignKey(
        "wagtail_ecp.Message",
        null=True,
        on_delete=models.SET_NULL,
        related_name="marks",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user_name = models.CharField(max_length=255, blank=True)
    verdict = models.CharField(max_length=9, choices=Verdict)
    # An answer says "not spam" without being asked.
    is_weak = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    # How much it counts; None before the training, 0: not at all.
    weight = models.FloatField(null=True, blank=True)
    # Whether the model was sure of the opposite.
    is_against = models.BooleanField(default=False)
    # What the model sees of the mail, so that other marks can be unlearned when the
    # mail is gone.
    features = models.BinaryField(null=True, blank=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(applied_at=None), name="ecp_mark_waiting"
            ),
            models.Index(fields=["user", "at"], name="ecp_mark_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.message_number}: {self.verdict}"


class SpamModel(models.Model):
    """What was learned; one row, written by one training at a time."""

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=THE_ONE, editable=False
    )
    version = models.PositiveIntegerField(default=0)
    blob = models.BinaryField(null=True, editable=False)
    # The one before, should this one be damaged.
    previous_blob = models.BinaryField(null=True, editable=False)
    # What was learned from marks so old that they can't be unlearned any more.
    base_blob = models.BinaryField(null=True, editable=False)
    # Marks learned so far.
    marks = models.PositiveIntegerField(default=0)
    trained_at = models.DateTimeField(null=True, blank=True)
    # A model that could not be read, and an outside scorer that did not answer.
    damaged_at = models.DateTimeField(null=True, blank=True)
    backend_down_since = models.DateTimeField(null=True, blank=True)
    backend_error = models.TextField(blank=True)
    # Until then it is not asked again: workers forget, each job is a process.
    backend_rests_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [one_row_only("ecp_one_spam_model")]

    def __str__(self) -> str:
        return str(self.version)

    @classmethod
    def locked(cls) -> "SpamModel":
        """Return the row, made if there is none, locked until the commit."""
        cls.objects.get_or_create(pk=THE_ONE)
        return cls.objects.select_for_update().get()

    @classmethod
    def note(cls, **columns: Any) -> None:
        """Write down a trouble, or that it is over."""
        cls.objects.get_or_create(pk=THE_ONE)
        cls.objects.filter(pk=THE_ONE).update(**columns)
