"""What people do with conversations: every write that somebody asks for.

A module for each idea; callers say ``actions.assign(...)`` and need not know which.
"""

from wagtail_ecp.inbox.actions.answering import reply
from wagtail_ecp.inbox.actions.arranging import merge, split, unmerge
from wagtail_ecp.inbox.actions.assigning import assign
from wagtail_ecp.inbox.actions.attaching import GivenFile, attach, detach, put_beside
from wagtail_ecp.inbox.actions.attention import follow, star
from wagtail_ecp.inbox.actions.contacts import (
    add_contact,
    add_contact_address,
    forget_contact,
    keep_contact,
    merge_contacts,
    remove_contact,
    remove_contact_address,
    rename_contact,
    unmerge_contacts,
    write_down_contact,
)
from wagtail_ecp.inbox.actions.dashboards import (
    add_panel,
    move_panel,
    remove_panel,
    reset_dashboard,
    tell_panel,
)
from wagtail_ecp.inbox.actions.drafting import (
    discard_draft,
    restore_draft,
    save_draft,
    schedule_draft,
    unschedule_draft,
)
from wagtail_ecp.inbox.actions.filing import mark_read, move_to
from wagtail_ecp.inbox.actions.images import distrust_images, trust_images
from wagtail_ecp.inbox.actions.judging import mark, take_back_mark
from wagtail_ecp.inbox.actions.noting import add_note, change_note, delete_note
from wagtail_ecp.inbox.actions.searching import (
    change_search,
    delete_search,
    save_search,
)
from wagtail_ecp.inbox.actions.sending import (
    Afterwards,
    TooLateError,
    send_draft,
    unsend,
)
from wagtail_ecp.inbox.actions.snoozing import snooze, wake, wake_in_time
from wagtail_ecp.inbox.actions.subscribing import (
    Choices,
    renew_subscription,
    revoke_subscription,
    subscribe,
)
from wagtail_ecp.inbox.actions.switching import switch
from wagtail_ecp.inbox.actions.tagging import (
    delete_tag,
    merge_tags,
    rename_tag,
    tag,
    untag,
)
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
    "Afterwards",
    "Choices",
    "GivenFile",
    "TooLateError",
    "Undoer",
    "add_contact",
    "add_contact_address",
    "add_note",
    "add_panel",
    "assign",
    "attach",
    "can_undo",
    "change_note",
    "change_search",
    "delete_note",
    "delete_search",
    "delete_tag",
    "detach",
    "discard_draft",
    "distrust_images",
    "follow",
    "forget_contact",
    "keep_contact",
    "mark",
    "mark_read",
    "merge",
    "merge_contacts",
    "merge_tags",
    "move_panel",
    "move_to",
    "process_again",
    "put_beside",
    "remove_contact",
    "remove_contact_address",
    "remove_panel",
    "rename_contact",
    "rename_tag",
    "renew_subscription",
    "reply",
    "reset_dashboard",
    "restore_draft",
    "resume_transport",
    "revoke_subscription",
    "save_draft",
    "save_search",
    "schedule_draft",
    "send_again",
    "send_draft",
    "settle_as_sent",
    "snooze",
    "split",
    "star",
    "stay_paused",
    "subscribe",
    "switch",
    "tag",
    "take_back_mark",
    "tell_panel",
    "trust_images",
    "undo",
    "unmerge",
    "unmerge_contacts",
    "unschedule_draft",
    "unsend",
    "untag",
    "wake",
    "wake_in_time",
    "write_down_contact",
]
