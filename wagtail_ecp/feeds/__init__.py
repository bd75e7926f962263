"""What feed readers fetch: mailboxes, conversations and saved searches as feeds."""
