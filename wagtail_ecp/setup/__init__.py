"""The New Account Wizard: from an installed app to a first mailbox."""
