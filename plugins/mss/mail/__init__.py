"""A mail as MSSanté wants it: subject, names, headers, attachments; and the check of one. Pure, no network."""
