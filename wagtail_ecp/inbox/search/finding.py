"""From rules to conversations: what a member may read, by date or by relevance.

The index gives the latest conversations with the words, up to a number, and the database
what else must hold of them. If that fills no page, the index is asked for more, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from django.db.models import Q

from wagtail_ecp.inbox.models import Folder
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.search import indexes
from wagtail_ecp.inbox.search.expressions import (
    ASKING,
    AllOf,
    AnyOf,
    Expression,
    Without,
    ask,
    begins_a_word,
)
from wagtail_ecp.inbox.search.narrowing import (
    ANYWHERE,
    TEXTS,
    WANTED,
    GoneError,
    is_of_the_index,
    narrow,
)
from wagtail_ecp.inbox.search.viewing import Viewer
from wagtail_ecp.inbox.search.vocabulary import NEGATIVE, Operator, Rule, Trouble

#: So many of the latest with the words are looked at: at first, and at most.
LATEST: Final = (5_000, 50_000)
#: So many of the latest are put in order of relevance: at first, and at most.
RANKED: Final = (1_000, 10_000)


class Problem(NamedTuple):
    """Why a rule finds nothing: what is wrong with it, or what is gone."""

    rule: Rule
    trouble: Trouble | None = None
    gone: str = ""
    value: str = ""


@dataclass
class Search:
    """Rules, as one member asks them."""

    rules: Sequence[Rule]
    viewer: Viewer
    #: With any of these nothing is found: never more than was asked for.
    problems: list[Problem] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._where = self._narrowed()

    def _narrowed(self) -> Q:
        where = Q()
        for rule in self.rules:
            if rule.trouble:
                self.problems.append(Problem(rule, trouble=rule.trouble))
            elif not is_of_the_index(rule):
                where &= self._narrow(rule)
        if ANYWHERE.isdisjoint(rule.type for rule in self.rules):
            where &= Q(folder__in=WANTED)
        return where

    def _narrow(self, rule: Rule) -> Q:
        try:
            return narrow(rule, self.viewer)
        except GoneError as error:
            self.problems.append(Problem(rule, gone=error.what, value=error.value))
            return Q()

    def folders(self, found: ConversationQuerySet) -> list[ConversationQuerySet]:
        """Return parts of what was found, each of which one index has in its order."""
        if not self.is_possible:
            return []
        folders = WANTED if self.leaves_out_junk else tuple(Folder)
        of_mailboxes = [found.filter(mailbox=number) for number in self._mailboxes]
        return [
            *(
                part.awake().filter(folder=folder)
                for part in of_mailboxes
                for folder in folders
            ),
            *(part.filter(snoozed_until__isnull=False) for part in of_mailboxes),
        ]

    @property
    def leaves_out_junk(self) -> bool:
        """Whether Spam and Trash were not looked at."""
        return ANYWHERE.isdisjoint(rule.type for rule in self.rules)

    @property
    def is_possible(self) -> bool:
        """Whether there is something to look for, and somewhere to look."""
        return bool(self.rules and not self.problems and self.viewer.mailboxes)

    @cached_property
    def words(self) -> Expression | None:
        """What the index is asked for; None if nothing is."""
        parts = [_expression(rule) for rule in self._of_the_index(negative=False)]
        if not parts:
            return None
        wanted = AllOf(tuple(parts))
        return Without(wanted, self._unwanted) if self._unwanted else wanted

    @cached_property
    def _unwanted(self) -> AnyOf | None:
        parts = [_expression(rule) for rule in self._of_the_index(negative=True)]
        possible = tuple(filter(_can_be, parts))
        return AnyOf(possible) if possible else None

    def _of_the_index(self, *, negative: bool) -> list[Rule]:
        return [
            rule
            for rule in self.rules
            if rule.trouble is None
            and is_of_the_index(rule)
            and (rule.operator in NEGATIVE) == negative
        ]

    def conversations(self, *, latest: int = LATEST[-1]) -> ConversationQuerySet:
        """Return what is found among so many of the latest with the words."""
        found = self._without_the_words()
        if self.words is None or not self.is_possible:
            return found
        if not _can_be(self.words):
            return found.none()
        mailboxes = self._mailboxes
        numbers = self._index.find(self.words, mailboxes=mailboxes, limit=latest)
        return found.filter(pk__in=numbers)

    def _without_the_words(self) -> ConversationQuerySet:
        """Return what all the other rules leave of what the viewer may read."""
        found = self.candidates()
        if self._unwanted and self.words is None:
            found = found.filter(~self._index.has(self._unwanted))
        return found

    @property
    def is_of_absent_words(self) -> bool:
        """Whether the index is asked for nothing but words that may not be there."""
        return self.words is None and self._unwanted is not None

    def candidates(self) -> ConversationQuerySet:
        """Return what all rules leave but those for words."""
        visible = self.viewer.conversations().whole()
        return visible.filter(self._where) if self.is_possible else visible.none()

    def rejected(self, numbers: Sequence[int]) -> set[int]:
        """Return which of these conversations have words that may not be there."""
        unwanted = self._unwanted
        return self._index.among(unwanted, numbers) if unwanted else set()

    def by_relevance(self, *, enough: int) -> tuple[list[int], bool]:
        """Return numbers, the best first, and whether not all were looked at.

        If few of the latest are not ``enough``, more are looked at; no more than a
        thousand are returned.
        """
        found: list[int] = []
        is_cut = False
        if self.words is None or not self.is_possible or not _can_be(self.words):
            return found, is_cut
        for limit in RANKED:
            scores = self._scores(self.words, limit)
            among = self._without_the_words().filter(pk__in=list(scores))
            found = list(among.order_by().values_list("pk", flat=True))
            is_cut = len(scores) == limit and self._goes_on(limit)
            if len(found) >= enough or not is_cut:
                break
        found.sort(key=lambda number: (-scores[number], -number))
        return found[: RANKED[0]], is_cut

    def _scores(self, words: Expression, limit: int) -> dict[int, float]:
        return dict(self._index.rank(words, mailboxes=self._mailboxes, limit=limit))

    def _goes_on(self, limit: int) -> bool:
        assert self.words is not None  # noqa: S101 - asked only if there are some.
        return self._index.has_more(self.words, mailboxes=self._mailboxes, than=limit)

    def reaches_beyond(self, limit: int) -> bool:
        """Whether more than so many conversations have the words."""
        if self.words is None or not self.is_possible or not _can_be(self.words):
            return False
        return self._goes_on(limit)

    @cached_property
    def _index(self) -> indexes.Index:
        return indexes.chosen()

    @property
    def _mailboxes(self) -> list[int]:
        return list(self.viewer.mailboxes)


def _expression(rule: Rule) -> Expression:
    asking = ASKING[Operator(rule.operator)]
    if rule.type == "words" and rule.operator == Operator.STARTS_WITH:
        asking = begins_a_word
    return ask(TEXTS[rule.type], rule.values, asking)


def _can_be(expression: Expression) -> bool:
    """Whether anything can match: signs alone are in no index."""
    if isinstance(expression, Without):
        return _can_be(expression.wanted)
    if isinstance(expression, AllOf):
        return all(map(_can_be, expression.parts))
    if isinstance(expression, AnyOf):
        return any(map(_can_be, expression.parts))
    return True
