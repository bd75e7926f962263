"""What the demo's two members have done with their mail, one conversation at a time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth import get_user_model
from django.db import transaction

from sandbox.demo.doing import (
    ADMINISTRATOR,
    COLLEAGUE,
    MEMBER,
    People,
    Step,
    answered,
    archived,
    contact,
    drafted,
    followed,
    given,
    leaves_in,
    merged_with,
    note,
    read,
    snoozed,
    split_at,
    starred,
    tags,
)
from wagtail_ecp.inbox import actions, profiles
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    MemberProfile,
    SavedSearch,
)
from wagtail_ecp.inbox.search.vocabulary import Operator, Rule

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ALL = (ADMINISTRATOR, MEMBER, COLLEAGUE)


class Chapter(NamedTuple):
    """One conversation, and what was done to it; each begins with a tag."""

    subject: str
    steps: tuple[Step, ...]


CHAPTERS = (
    Chapter(
        "Notebook arrived with a bent corner",
        (
            tags("damaged", "order"),
            merged_with("2nd picture of the notebook"),
            given(MEMBER),
            read(),
            starred(),
            note(
                "Second one this month with a bent corner. @colleague, is the packer"
                " out of the stiff boards?"
            ),
            note("Two rolls came today. Send a new one, it's our fault.", by=COLLEAGUE),
            drafted(
                "Dear Ms Achebe,\n\nI am sorry. A new notebook leaves the house today by"
                " express, so it is with you on Saturday. Please keep the other one.\n",
            ),
        ),
    ),
    Chapter(
        "Apron and choir",
        (tags("order", "invoice"), split_at("While I have you"), read(), archived()),
    ),
    Chapter(
        "Re: Apron and choir",
        (
            tags("visit"),
            given(
                COLLEAGUE,
                note="22 singers in May: can the ground floor take them at once?",
            ),
        ),
    ),
    Chapter(
        "What Year 5 made of it",
        (
            tags("school", "visit"),
            contact(),
            starred(),
            starred(COLLEAGUE),
            note(
                "For the spring newsletter! @member, may I have the posters?",
                by=COLLEAGUE,
            ),
            drafted(
                "These came from the school. May they go on the front page?\n",
                kind=Draft.Kind.FORWARD,
                to="Olive Alder <owner@sandbox.test>",
            ),
        ),
    ),
    Chapter(
        "Hymn sheet for the anniversary",
        (
            tags("quote"),
            given(MEMBER),
            drafted(
                "Dear Mr Marsh,\n\nthank you; the price still holds. The comma will stay"
                " where it is.\n",
            ),
            leaves_in(timedelta(hours=20)),
        ),
    ),
    Chapter(
        "Menu cards - proof and delivery",
        (tags("order"), given(MEMBER), read(), followed(), snoozed("reply")),
    ),
    Chapter(
        "Photographer on Friday",
        (
            tags("press visit", by=COLLEAGUE),
            given(COLLEAGUE, by=COLLEAGUE),
            read(COLLEAGUE),
            note("Asked @administrator: he has inky hands on Friday.", by=COLLEAGUE),
            drafted(
                "Dear Robin,\n\nFriday at 9.30 suits us; Adam Finch will be at the door."
                " A ground plan is attached, the socket is marked.\n",
                by=COLLEAGUE,
                files=("ground-plan.pdf", "where-the-socket-is.png"),
            ),
        ),
    ),
    Chapter(
        "Order 4183: voucher instead of the poster?",
        (
            tags("order", "refund"),
            drafted(
                "Dear Imogen,\n\nof course. I have to ask what the difference is, and",
                is_private=True,
            ),
        ),
    ),
    Chapter(
        "Parcel never arrived",
        (tags("delivery", "order"), given(MEMBER), read(), archived()),
    ),
    Chapter(
        "Wheelchair access to the workshop",
        (
            tags("workshop", "access", by=COLLEAGUE),
            given(COLLEAGUE, by=COLLEAGUE),
            note(
                "The low bench is 74 cm, the door 81 cm. The toilet is accessible, the"
                " gallery is not. Let's say so.",
                by=COLLEAGUE,
            ),
            snoozed("tomorrow", by=COLLEAGUE),
        ),
    ),
    Chapter(
        "A box of matrices",
        (
            tags("collection"),
            given(ADMINISTRATOR),
            read(),
            starred(),
            snoozed("next week"),
        ),
    ),
    Chapter(
        "Voucher code not accepted",
        (tags("voucher", "shop"), given(MEMBER), followed()),
    ),
    Chapter("Delivery to Cyprus?", (tags("delivery"),)),
    Chapter("Type cabinet drawers", (tags("collection", by=COLLEAGUE),)),
    Chapter(
        "Wedding invitations, 120 pieces",
        (
            tags("quote", "wedding"),
            given(MEMBER),
            followed(),
            note("They come on Saturday at 11. Paper samples are in the blue box."),
        ),
    ),
    Chapter(
        "Memorial cards, urgent", (tags("order", "urgent"), given(MEMBER), starred())
    ),
    Chapter("Coffee labels - 2,000 per month", (tags("quote"), given(ADMINISTRATOR))),
    Chapter(
        "Fact check: founding year",
        (
            tags("fact check", by=COLLEAGUE),
            answered(
                "Dear Hana,\n\n1894 is right; the sign over the door is younger.\n\n"
                "Carl Lindqvist",
                by=COLLEAGUE,
            ),
        ),
    ),
    Chapter(
        "Filming request - period drama",
        (
            tags("press visit", by=COLLEAGUE),
            given(COLLEAGUE, by=COLLEAGUE),
            snoozed("next week", by=COLLEAGUE),
        ),
    ),
    Chapter(
        "Interview for our Saturday supplement", (tags("interview", by=COLLEAGUE),)
    ),
)


def _rule(kind: str, operator: Operator, *values: str) -> Rule:
    return Rule(kind, operator, values)


#: Name, whose it is, whether all members have it, and its rules.
SEARCHES = (
    (
        *("Mine, older than a day", MEMBER, False),
        (
            _rule("user", Operator.IS_ME),
            _rule("waiting", Operator.OLDER_THAN, "1d"),
            _rule("folder", Operator.EQUALS, "inbox"),
        ),
    ),
    (
        *("Orders and refunds", MEMBER, True),
        (
            _rule("tag", Operator.IN, "order", "refund", "damaged"),
            _rule("folder", Operator.NOT_EQUALS, "trash"),
        ),
    ),
    (
        *("Nobody's, with a file", COLLEAGUE, True),
        (
            _rule("user", Operator.IS_NOBODY),
            _rule("has-attachment", Operator.TRUE),
            _rule("folder", Operator.EQUALS, "inbox"),
        ),
    ),
    (
        *("Journalists this month", COLLEAGUE, False),
        (
            _rule("recipient", Operator.CONTAINS, "press@"),
            _rule("message-date", Operator.NEWER_THAN, "1m"),
        ),
    ),
)


def do() -> None:
    """Work on what is there; what somebody tagged before is left alone."""
    found = get_user_model()._default_manager.filter(username__in=ALL)
    people = {user.get_username(): user for user in found}
    for user in (people[MEMBER], people[COLLEAGUE]):
        _sign(user)
    for chapter in CHAPTERS:
        _work(chapter, people)
    _keep_searches(people)


def _work(chapter: Chapter, people: People) -> None:
    named = Conversation.objects.filter(subject=chapter.subject, merged_into=None)
    conversation = named.order_by("pk").first()
    if conversation is None or conversation.taggings.exists():
        return
    with transaction.atomic():  # Stopped between two steps it would never be finished.
        for step in chapter.steps:
            conversation.refresh_from_db()
            step(conversation, people)


def _sign(user: "User") -> None:
    if not MemberProfile.objects.of(user).signature:
        profiles.change(
            {"signature": f"{user.get_full_name()}\nAlder & Finch"}, by=user
        )


def _keep_searches(people: People) -> None:
    kept = set(SavedSearch.objects.values_list("name", flat=True))
    for name, who, is_shared, rules in _missing(kept):
        actions.save_search(name, rules, is_shared=is_shared, by=people[who])


def _missing(kept: set[str]) -> Iterable[tuple[str, str, bool, tuple[Rule, ...]]]:
    return (search for search in SEARCHES if search[0] not in kept)
