"""The applicative mailbox, read by IMAP: reports, refusals, documents; nothing is deleted before it is kept."""
