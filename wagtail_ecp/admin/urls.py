"""The addresses of our screens, below the admin's own."""

from django.urls import path

from wagtail_ecp.admin import (
    account_options,
    assignment_row,
    attachments,
    billing,
    contact_marks,
    contacts,
    conversations,
    drafting,
    export,
    filing,
    folders,
    health,
    incoming,
    invoices,
    message_parts,
    message_views,
    news,
    ownership,
    pause,
    reauthentication,
    refiling,
    remote_images,
    sending,
    setup,
    setup_ready,
    side_panels,
    spam_marks,
    spam_preview,
    undoing,
)

app_name = "wagtail_ecp"

urlpatterns = [
    path("", folders.start, name="start"),
    path("<int:mailbox_id>/<slug:name>/", folders.folder, name="folder"),
    path("all/<slug:name>/", folders.all_mailboxes, name="all_mailboxes"),
    path("<int:mailbox_id>/<slug:name>/mark/", spam_marks.mark_rows, name="mark_rows"),
    path(
        "<int:mailbox_id>/<slug:name>/undo-marks/",
        spam_marks.undo_marks,
        name="undo_marks",
    ),
    path(
        "<int:mailbox_id>/<slug:name>/add-contacts/",
        contact_marks.add_contacts,
        name="add_contacts",
    ),
    path(
        "conversations/<int:number>/", conversations.conversation, name="conversation"
    ),
    path(
        "conversations/<int:number>/order/",
        conversations.reading_order,
        name="reading_order",
    ),
    path("conversations/<int:number>/news/", news.news, name="news"),
    path("conversations/<int:number>/mark-read/", news.mark_read, name="mark_read"),
    path(
        "conversations/<int:number>/beside/<slug:name>/",
        side_panels.beside,
        name="beside",
    ),
    path("conversations/<int:number>/assign/", filing.assign, name="assign"),
    path("conversations/<int:number>/move/", filing.move, name="move"),
    path("conversations/<int:number>/mark/", spam_marks.mark, name="mark"),
    path(
        "conversations/<int:number>/mark-unread/",
        filing.mark_unread,
        name="mark_unread",
    ),
    path("actions/<int:action_id>/undo/", undoing.undo, name="undo"),
    path("compose/", drafting.compose, name="compose"),
    path("drafts/save/", drafting.save, name="save_draft"),
    path("drafts/send/", sending.send, name="send_draft"),
    path("drafts/<int:draft_id>/", drafting.draft, name="draft"),
    path("drafts/<int:draft_id>/discard/", drafting.discard, name="discard_draft"),
    path("drafts/<int:draft_id>/restore/", drafting.restore, name="restore_draft"),
    path(
        "drafts/<int:draft_id>/unschedule/",
        drafting.unschedule,
        name="unschedule_draft",
    ),
    path("drafts/<int:draft_id>/send-now/", sending.send_now, name="send_now"),
    path("messages/<int:message_id>/unsend/", sending.unsend, name="unsend"),
    path("merges/<int:merge_id>/undo/", filing.undo_merge, name="undo_merge"),
    path(
        "messages/<int:message_id>/body/",
        message_views.message_body,
        name="message_body",
    ),
    path(
        "messages/<int:message_id>/as/<slug:form>/",
        message_views.message_view,
        name="message_view",
    ),
    path("messages/<int:message_id>/html/", message_parts.html, name="message_html"),
    path(
        "messages/<int:message_id>/images/",
        remote_images.message_images,
        name="message_images",
    ),
    path(
        "messages/<int:message_id>/trust-images/",
        remote_images.trust_images,
        name="trust_images",
    ),
    path("messages/<int:message_id>/text/", message_parts.text, name="message_text"),
    path(
        "messages/<int:message_id>/source/",
        message_parts.source,
        name="message_source",
    ),
    path(
        "messages/<int:message_id>/attachments/<int:index>/",
        message_parts.attachment,
        name="attachment",
    ),
    path(
        "messages/<int:message_id>/attachments/<int:index>/thumbnail/",
        attachments.attachment_thumbnail,
        name="attachment_thumbnail",
    ),
    path(
        "messages/<int:message_id>/attachments/<int:index>/preview/",
        attachments.attachment_preview,
        name="attachment_preview",
    ),
    path(
        "messages/<int:message_id>/attachments.zip",
        attachments.attachments_zip,
        name="attachments_zip",
    ),
    path("messages/<int:message_id>/send-again/", filing.send_again, name="send_again"),
    path("messages/<int:message_id>/settle/", filing.settle, name="settle"),
    path(
        "messages/<int:message_id>/mark/", spam_marks.mark_message, name="mark_message"
    ),
    path(
        "messages/<int:message_id>/take-back-mark/",
        spam_marks.take_back_mark,
        name="take_back_mark",
    ),
    path(
        "messages/<int:message_id>/add-contact/",
        contact_marks.add_contact,
        name="add_contact",
    ),
    path(
        "messages/<int:message_id>/remove-contact/",
        contact_marks.remove_contact,
        name="remove_contact",
    ),
    path("contacts/complete/", contacts.complete_contacts, name="complete_contacts"),
    path("incoming/", incoming.incoming_mail, name="incoming_mail"),
    path(
        "incoming/<int:mail_id>/source/",
        incoming.incoming_source,
        name="incoming_source",
    ),
    path(
        "incoming/<int:mail_id>/process-again/",
        incoming.process_again,
        name="process_again",
    ),
    path("pause/", pause.pause, name="pause"),
    path("health/", health.health, name="health"),
    path("setup/", setup.begin, name="setup"),
    path("setup/take-over/", setup.take_over, name="setup_take_over"),
    path("setup/ready/", setup_ready.ready, name="setup_ready"),
    path("setup/arrived/", setup_ready.arrived, name="setup_arrived"),
    path("setup/<slug:name>/", setup.step, name="setup_step"),
    path("account/", account_options.account_options, name="account_options"),
    path("account/assignments/", assignment_row.assignments, name="assignments"),
    path("account/close/", account_options.close_account, name="close_account"),
    path("account/spam/preview/", spam_preview.spam_preview, name="spam_preview"),
    path(
        "account/spam/retention/",
        spam_preview.retention_preview,
        name="retention_preview",
    ),
    path("account/spam/refile/", refiling.refile, name="refile"),
    path("account/spam/rescore/", refiling.rescore, name="rescore"),
    path(
        "account/spam/progress/", refiling.refiling_progress, name="refiling_progress"
    ),
    path(
        "account/spam/<int:run_id>/undo/",
        refiling.undo_refiling,
        name="undo_refiling",
    ),
    path("account/owner/", ownership.transfer, name="transfer"),
    path("account/export/", export.export_data, name="export_data"),
    path("account/export/progress/", export.export_progress, name="export_progress"),
    path(
        "account/export/<int:export_id>/download/",
        export.export_download,
        name="export_download",
    ),
    path(
        "account/export/<int:export_id>/cancel/",
        export.export_cancel,
        name="export_cancel",
    ),
    path("log-in-again/", reauthentication.log_in_again, name="log_in_again"),
    path("billing/", billing.billing, name="billing"),
    path("billing/level/<str:key>/", billing.change_level, name="change_level"),
    path("billing/card/", billing.change_card, name="change_card"),
    path("billing/details/", billing.billing_details, name="billing_details"),
    path("billing/invoices/<int:number>/", invoices.invoice, name="invoice"),
    path(
        "billing/invoices/<int:number>/pdf/", invoices.invoice_pdf, name="invoice_pdf"
    ),
]
