"""What a site may listen to; every signal is sent after the commit.

``mail_received``       sender=IncomingMail: raw mail is safe and waits for processing
``message_stored``      sender=Message, message=…: an incoming message is readable
``message_queued``      sender=Message, message=…: an answer waits to be sent
``message_sent``        sender=Message, message=…: a mail server took an answer
``conversation_assigned``  sender=Conversation, conversation=…, by=…
``note_written``         sender=Note, note=…, by=…: written or changed; it mentions people
``messages_marked``     sender=Score: members said what is spam, or answered
``rejudging_changed``    sender=Rejudging, run=…: asked for, or to be undone
``export_changed``      sender=Export, export=…: asked for or cancelled
``bulk_change_asked``   sender=BulkChange, change=…: to be gone on with, or undone
``letter_written``      sender=Letter, letter=…: a notice to one of our own waits
``invoice_issued``      sender=Invoice, invoice=…: an invoice or a credit note
``business_hours_changed``  sender=Mailbox, mailbox=…
``options_changed``     sender=Account, account=…, names=[…], by=…
``owner_changed``       sender=Account, account=…, before=…, by=…; users or None
"""

from django.dispatch import Signal

mail_received = Signal()
message_stored = Signal()
message_queued = Signal()
message_sent = Signal()
conversation_assigned = Signal()
note_written = Signal()
business_hours_changed = Signal()
options_changed = Signal()
invoice_issued = Signal()
owner_changed = Signal()
messages_marked = Signal()
rejudging_changed = Signal()
export_changed = Signal()
bulk_change_asked = Signal()
letter_written = Signal()
