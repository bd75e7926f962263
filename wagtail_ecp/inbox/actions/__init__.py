"""What people do with conversations: every write that somebody asks for.

A module for each idea; callers say ``actions.assign(...)`` and need not know which.
"""

from wagtail_ecp.inbox.actions.answering import reply
from wagtail_ecp.inbox.actions.arranging import merge, unmerge
from wagtail_ecp.inbox.actions.assigning import assign
from wagtail_ecp.inbox.actions.contacts import (
    add_contact,
    add_contact_address,
    forget_contact,
    keep_contact,
    merge_contacts,
    remove_contact,
    remove_contact_address,
    rename_contact,
    write_down_contact,
)
from wagtail_ecp.inbox.actions.filing import mark_read, move_to
from wagtail_ecp.inbox.actions.judging import mark, take_back_mark, undo_mark
from wagtail_ecp.inbox.actions.transport import (
    DECLARED_A_COPY,
    TRANSPORT_RESUMED,
    process_again,
    resume_transport,
    send_again,
    settle_as_sent,
    stay_paused,
)
from wagtail_ecp.inbox.actions.undoing import UNDOERS, Undoer, can_undo, undo

__all__ = [
    "DECLARED_A_COPY",
    "TRANSPORT_RESUMED",
    "UNDOERS",
    "Undoer",
    "add_contact",
    "add_contact_address",
    "assign",
    "can_undo",
    "forget_contact",
    "keep_contact",
    "mark",
    "mark_read",
    "merge",
    "merge_contacts",
    "move_to",
    "process_again",
    "remove_contact",
    "remove_contact_address",
    "rename_contact",
    "reply",
    "resume_transport",
    "send_again",
    "settle_as_sent",
    "stay_paused",
    "take_back_mark",
    "undo",
    "undo_mark",
    "unmerge",
    "write_down_contact",
]
