"""The transport « mss »: SMTP over TLS with the certificate of the applicative mailbox, and what its failures mean."""
