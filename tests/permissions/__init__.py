"""Every address and every service, tried by every kind of person; what must come out is read from the table of policies."""
