"""The rows of the table: which mail, taught how, against whom, and the bound."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.spam.bogofilter import BOGOFILTER
from benchmarks.spam.filters import Contestant
from benchmarks.spam.rspamd import rspamd
from benchmarks.spam.spamassassin import spamassassin
from benchmarks.spam.streams import Sets, Stream
from benchmarks.spam.teaching import Teaching, at_once, late, on_errors, on_misplaced

EARLY = 20  # Marks of each kind; fewer do both peers no good.
WRONG_SHARE = 0.05


@dataclass(frozen=True)
class Bound:
    """Ours has to be at most ``factor`` times the best of the rivals."""

    factor: float
    rivals: tuple[str, ...]

    def is_met(self, ours: float, best: float) -> bool:
        """Whether it holds; "better" is a factor of 1, and excludes equality."""
        return ours < best if self.factor == 1 else ours <= self.factor * best

    def __str__(self) -> str:
        """Return it in words."""
        rivals = " and ".join(self.rivals)
        best = f"the better of {rivals}" if len(self.rivals) > 1 else rivals
        return f"below {best}" if self.factor == 1 else f"≤ {self.factor:g} x {best}"


@dataclass(frozen=True)
class Row:
    """One line of the table; every filter starts empty and sees the same."""

    key: str
    title: str
    stream: Callable[[Sets], Stream]
    peers: tuple[Contestant, ...]
    bound: Bound | None = None
    teach: Teaching = at_once
    seeds: tuple[int | None, ...] = (None,)
    """One pass for each; a seed turns 5 % of the marks round."""


ALONE = (BOGOFILTER,)
ALL = (BOGOFILTER, spamassassin(), rspamd())
ALL_EARLY = (BOGOFILTER, spamassassin(EARLY), rspamd(EARLY))
AGAINST_BOGOFILTER = Bound(1, ("bogofilter",))
AGAINST_RULES = Bound(0.5, ("SpamAssassin", "rspamd"))
PART = Sets.spamassassin_part
THIRD = Sets.every_third

ROWS = (
    Row("clean", "every mark right", PART, ALONE, Bound(0.65, ("bogofilter",))),
    Row(
        "wrong",
        "5 % of the marks wrong, mean of 5 seeds",
        PART,
        ALONE,
        AGAINST_BOGOFILTER,
        seeds=(1, 2, 3, 4, 5),
    ),
    Row(
        "misplaced",
        "marks only on what lies in the wrong folder",
        PART,
        ALONE,
        AGAINST_BOGOFILTER,
        teach=on_misplaced,
    ),
    Row(
        "errors",
        "the same, and on what bogofilter is unsure of",
        PART,
        ALONE,
        AGAINST_BOGOFILTER,
        teach=on_errors,
    ),
    Row("late", "marks 100 messages late", PART, ALONE, AGAINST_BOGOFILTER, teach=late),
    Row("third", "every third message, peers as shipped", THIRD, ALL, AGAINST_RULES),
    Row(
        "third-early",
        f"the same, peers' Bayes from {EARLY} marks of each kind",
        THIRD,
        ALL_EARLY,
        AGAINST_RULES,
    ),
    Row("mixed", "list-ham and recent-spam, shuffled", Sets.list_and_recent, ALONE),
)
