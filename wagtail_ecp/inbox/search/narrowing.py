"""What each type of rule means: which conversations of the database it leaves.

A function for each type, in one row. Types that the index answers are not among them:
those are in ``TEXTS``.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox.models import (
    Attachment,
    Conversation,
    ConversationTag,
    Draft,
    Folder,
    Follow,
    Mailbox,
    Message,
    MessageIdentifier,
    Note,
    Star,
    Tag,
)
from wagtail_ecp.inbox.nodes import id_hash
from wagtail_ecp.inbox.search.tokens import Zone
from wagtail_ecp.inbox.search.viewing import Viewer
from wagtail_ecp.inbox.search.vocabulary import (
    NEGATIVE,
    WORDS_OF,
    Operator,
    Rule,
    read_number,
    read_span,
)
from wagtail_ecp.inbox.tagging import key_of
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import address_key

Narrow = Callable[[Rule, Viewer], Q]

#: Types that are asked of the index, and where in a conversation their words stand.
TEXTS: Final[dict[str, tuple[Zone, ...]]] = {
    "words": tuple(Zone),
    "subject": (Zone.SUBJECT,),
    "from": (Zone.FROM,),
    "to": (Zone.TO,),
    "cc": (Zone.CC,),
    "recipient": (Zone.TO, Zone.CC),
    "attachment-name": (Zone.FILE,),
    "body": (Zone.BODY,),
    "note": (Zone.NOTE,),
}
#: Types that say themselves where to look; without one Spam and Trash are left out.
ANYWHERE: Final = frozenset({"folder", "conversation", "message"})
WANTED: Final = (Folder.INBOX, Folder.ARCHIVE)


class GoneError(EmailCentreError):
    """A rule names what is not there, or is not the viewer's to know of."""

    def __init__(self, what: str, value: str) -> None:
        super().__init__(f"{what}: {value}")
        self.what = what
        self.value = value


def is_of_the_index(rule: Rule) -> bool:
    """Whether a rule is asked of the index."""
    return rule.type in TEXTS and rule.operator not in WORDS_OF


def _in_sign(rule: Rule, positive: Q) -> Q:
    return ~positive if rule.operator in NEGATIVE else positive


def _flag(rule: Rule, _viewer: Viewer, *, when: Q) -> Q:
    return _in_sign(rule, when)


def _choice(rule: Rule, _viewer: Viewer, *, column: str) -> Q:
    return _in_sign(rule, Q(**{f"{column}__in": rule.values}))


def _range(rule: Rule, viewer: Viewer) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when; None for no bound."""
    clock = viewer.clock
    if rule.operator in (Operator.NEWER_THAN, Operator.OLDER_THAN):
        span = read_span(rule.values[0])
        assert span is not None  # noqa: S101 - the rule has no trouble.
        then = clock.ago(span)
        return (then, None) if rule.operator == Operator.NEWER_THAN else (None, then)
    words = rule.values or (WORDS_OF[Operator(rule.operator)],)
    days = sorted(map(clock.day, words))
    if rule.operator == Operator.BEFORE:
        return None, clock.begin(days[0])
    if rule.operator == Operator.AFTER:
        return clock.end(days[0]), None
    return clock.begin(days[0]), clock.end(days[-1])


def _date(rule: Rule, viewer: Viewer, *, column: str) -> Q:
    since, until = _range(rule, viewer)
    found = Q()
    if since:
        found &= Q(**{f"{column}__gte": since})
    if until:
        found &= Q(**{f"{column}__lt": until})
    return _in_sign(rule, found)


def _date_or_flag(rule: Rule, viewer: Viewer, *, column: str, when: Q) -> Q:
    is_flag = rule.operator in (Operator.TRUE, Operator.FALSE)
    return (
        _flag(rule, viewer, when=when)
        if is_flag
        else _date(rule, viewer, column=column)
    )


def _action_date(rule: Rule, viewer: Viewer) -> Q:
    actions = Action.objects.filter(conversation_number=OuterRef("pk"))
    last = Subquery(actions.order_by("-pk").values("at")[:1])
    since, until = _range(rule, viewer)
    found = Q()
    if since:
        found &= Q(GreaterThanOrEqual(last, since))
    if until:
        found &= Q(LessThan(last, until))
    return _in_sign(rule, found)


def _users(rule: Rule, viewer: Viewer) -> tuple[Any, Q]:
    """Return the keys of the users that a rule names, and that each is known.

    GoneError for an unknown one, unless the viewer asks once.
    """
    if rule.operator == Operator.IS_ME:
        return [viewer.user.pk], Q()
    members = viewer.members()
    name = members.model.USERNAME_FIELD
    keys, known, either = [], Q(), Q()
    for value in rule.values:
        is_named = Q(**{f"{name}__iexact": value})
        found = members.filter(is_named).values("pk")
        if viewer.asks_once:
            known &= Q(Exists(found))
            either |= is_named
        elif (row := found.first()) is None:
            raise GoneError("user", value)
        else:
            keys.append(row["pk"])
    return (members.filter(either).values("pk") if viewer.asks_once else keys), known


def _assignee(rule: Rule, viewer: Viewer) -> Q:
    if rule.operator == Operator.IS_NOBODY:
        return Q(assignee=None)
    users, known = _users(rule, viewer)
    return known & _in_sign(rule, Q(assignee__in=users))


def _creator(rule: Rule, viewer: Viewer) -> Q:
    first = Message.objects.filter(conversation=OuterRef("pk"), at=OuterRef("began_at"))
    if rule.operator == Operator.IS_NOBODY:
        return Q(Exists(first.filter(author=None)))
    users, known = _users(rule, viewer)
    return known & _in_sign(rule, Q(Exists(first.filter(author__in=users))))


def _mailbox(rule: Rule, viewer: Viewer) -> Q:
    keys = [address_key(value) for value in rule.values]
    if viewer.asks_once:
        readable = Mailbox.objects.visible_to(viewer.user)
        known = Q()
        for key in keys:
            known &= Q(Exists(readable.filter(address_key=key)))
        named = readable.filter(address_key__in=keys)
        return known & _in_sign(rule, Q(mailbox__in=named.values("pk")))
    numbers = []
    for key, value in zip(keys, rule.values, strict=True):
        number = viewer.addresses.get(key)
        if number is None:
            raise GoneError("mailbox", value)
        numbers.append(number)
    return _in_sign(rule, Q(mailbox__in=numbers))


#: How a value is compared with a column of text.
_LOOKUPS: Final = {
    Operator.CONTAINS: "contains",
    Operator.NOT_CONTAINS: "contains",
    Operator.STARTS_WITH: "startswith",
    Operator.ENDS_WITH: "endswith",
}


def _named(rule: Rule, column: str, values: list[str]) -> Q:
    """Compare a column, which holds small letters, as the operator says."""
    lookup = _LOOKUPS.get(Operator(rule.operator))
    if lookup is None:
        return Q(**{f"{column}__in": values})
    return Q(**{f"{column}__{lookup}": values[0]})


def _tag(rule: Rule, viewer: Viewer) -> Q:
    taggings = ConversationTag.objects.filter(conversation=OuterRef("pk"))
    if rule.operator in (Operator.TRUE, Operator.FALSE):
        return _in_sign(rule, Q(Exists(taggings)))
    keys = [key_of(" ".join(value.split())) for value in rule.values]
    known = Q()
    if rule.operator in (Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN):
        for key, value in zip(keys, rule.values, strict=True):
            known &= _tag_is_known(key, value, viewer)
    tags = Tag.objects.filter(_named(rule, "key", keys))
    tagged = Q(Exists(taggings.filter(tag__in=tags.values("pk"))))
    return known & _in_sign(rule, tagged)


def _tag_is_known(key: str, value: str, viewer: Viewer) -> Q:
    borne = ConversationTag.objects.filter(
        tag__key=key, conversation__mailbox__in=viewer.mailboxes
    )
    if viewer.asks_once:
        return Q(Exists(borne))
    if not borne.exists():
        raise GoneError("tag", value)
    return Q()


def _sender(rule: Rule, _viewer: Viewer) -> Q:
    exact = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN)
    fold = address_key if rule.operator in exact else str.casefold
    named = _named(rule, "sender_key", [fold(value) for value in rule.values])
    messages = Message.objects.filter(named, conversation=OuterRef("pk"))
    return _in_sign(rule, Q(Exists(messages)))


def _mime_type(rule: Rule, _viewer: Viewer) -> Q:
    named = _named(rule, "content_type", [value.lower() for value in rule.values])
    files = Attachment.objects.filter(named, message__conversation=OuterRef("pk"))
    return _in_sign(rule, Q(Exists(files)))


def _action(rule: Rule, _viewer: Viewer) -> Q:
    for value in rule.values:
        if value not in Action.Kind.values:
            raise GoneError("action", value)
    done = Action.objects.filter(
        conversation_number=OuterRef("pk"), kind__in=rule.values
    )
    return _in_sign(rule, Q(Exists(done)))


def _conversation(rule: Rule, _viewer: Viewer) -> Q:
    numbers = [read_number(value) or 0 for value in rule.values]
    merged = Conversation.objects.filter(pk__in=numbers).exclude(merged_into=None)
    found = Q(pk__in=numbers) | Q(pk__in=merged.values("merged_into"))
    return _in_sign(rule, found)


def _message(rule: Rule, _viewer: Viewer) -> Q:
    hashes = [id_hash(value.strip().strip("<>")) for value in rule.values]
    known = MessageIdentifier.objects.filter(id_hash__in=hashes, is_own=True)
    return _in_sign(rule, Q(pk__in=known.values("message__conversation")))


def _contact(rule: Rule, _viewer: Viewer) -> Q:
    if rule.operator in (Operator.TRUE, Operator.FALSE):
        return _in_sign(rule, Q(contact__origin=Contact.Origin.ADDED))
    keys = map(address_key, rule.values)
    contacts = ContactAddress.objects.filter(address_key__in=keys).values("contact")
    mails = Message.objects.filter(contact__in=contacts)
    return _in_sign(rule, Q(pk__in=mails.values("conversation")))


def _of(model: Any, **conditions: Any) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = model.objects.filter(
        conversation=OuterRef("pk"), **conditions
    )
    return found


def _note(rule: Rule, _viewer: Viewer) -> Q:
    return _in_sign(rule, Q(Exists(_of(Note))))


def _own(rule: Rule, viewer: Viewer, *, model: Any) -> Q:
    """Find what the viewer has a row of their own about, such as a star."""
    return _in_sign(rule, Q(Exists(_of(model, user=viewer.user.pk))))


def _draft(rule: Rule, viewer: Viewer) -> Q:
    drafts = Draft.objects.visible_to(viewer.user).open()
    return _in_sign(rule, Q(Exists(drafts.filter(conversation=OuterRef("pk")))))


_INBOX: Final = Q(folder=Folder.INBOX)
_AWAKE: Final = _INBOX & Q(snoozed_until=None)
_ANSWERED: Final = Q(last_answer_at__isnull=False, waiting_since=None)
STATUSES: Final = {
    Conversation.Status.OPEN: _AWAKE & ~_ANSWERED,
    Conversation.Status.PENDING: _AWAKE & _ANSWERED,
    Conversation.Status.SNOOZED: _INBOX & Q(snoozed_until__isnull=False),
    Conversation.Status.CLOSED: Q(folder=Folder.ARCHIVE),
}


def _status(rule: Rule, _viewer: Viewer) -> Q:
    found = Q()
    for value in rule.values:
        found |= STATUSES[Conversation.Status(value)]
    return _in_sign(rule, found)


#: By type: what it leaves.
NARROWING: Final[dict[str, Narrow]] = {
    "user": _assignee,
    "mailbox": _mailbox,
    "message-date": partial(_date, column="last_message_at"),
    "action-date": _action_date,
    "tag": _tag,
    "folder": partial(_choice, column="folder"),
    "has-attachment": partial(_flag, when=Q(has_attachments=True)),
    "action": _action,
    "note": _note,
    "sender": _sender,
    "unread": partial(_flag, when=Q(is_unread=True)),
    "starred": partial(_own, model=Star),
    "follow": partial(_own, model=Follow),
    "conversation": _conversation,
    "message": _message,
    "contact": _contact,
    "first-message": partial(_date_or_flag, column="began_at", when=Q(message_count=1)),
    "creator": _creator,
    "mime-type": _mime_type,
    "sent": partial(
        _date_or_flag, column="last_answer_at", when=Q(last_answer_at__isnull=False)
    ),
    "draft": _draft,
    "status": _status,
    "waiting": partial(
        _date_or_flag, column="waiting_since", when=Q(waiting_since__isnull=False)
    ),
}


def narrow(rule: Rule, viewer: Viewer) -> Q:
    """Return what a rule without trouble leaves; GoneError if it names what is gone."""
    return NARROWING[rule.type](rule, viewer)
