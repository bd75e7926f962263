"""A log to tell a history from, without a database: rows as actions write them."""

from datetime import UTC, datetime, timedelta

from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics.history import facts_of
from wagtail_ecp.metrics.models import Fact

Kind = Action.Kind
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
SUPPORT, SALES = 1, 2
ALICE, BOB = 11, 12


def at(hours):
    """Return the time so many hours after the beginning."""
    return MONDAY + timedelta(hours=hours)


class Log:
    """Rows of one account; each method adds one, at an hour of its own."""

    def __init__(self):
        self.actions = []

    def add(
        self, kind, hour, /, *, within=1, message=None, by=None, box=SUPPORT, **data
    ):
        self.actions.append(
            Action(
                pk=len(self.actions) + 1,
                at=at(hour),
                kind=kind,
                mailbox_number=box,
                conversation_number=within,
                message_number=message,
                user_id=by,
                user_name={ALICE: "alice", BOB: "bob"}.get(by, ""),
                data=data,
            )
        )
        return self.actions[-1].pk

    def received(self, hour, message, *, folder="inbox", written=None, **more):
        times = {"at": at(hour if written is None else written), "stored": at(hour)}
        return self.add(
            Kind.RECEIVED,
            more.pop("recorded", hour),
            message=message,
            folder=folder,
            **{name: time.isoformat() for name, time in times.items()},
            **more,
        )

    def replied(self, hour, message, *, by=ALICE, folder="inbox", **more):
        return self.add(
            Kind.REPLIED, hour, message=message, by=by, folder=folder, **more
        )

    def moved(self, hour, before, after, *, by=ALICE, **more):
        return self.add(
            Kind.CHANGED_FOLDER, hour, by=by, before=before, after=after, **more
        )

    def found(self, *kinds):
        """Return the facts of these kinds."""
        return [fact for fact in facts_of(self.actions) if fact.kind in kinds]

    def hours(self, kind):
        """Return how many hours what was measured took."""
        return [
            (fact.at - fact.began).total_seconds() / 3600
            for fact in self.found(kind)
            if fact.began
        ]

    def number(self, kind):
        return len(self.found(kind))


FIRST, RESPONSE = Fact.Kind.FIRST_RESPONSE, Fact.Kind.RESPONSE
