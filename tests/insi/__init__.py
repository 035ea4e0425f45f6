"""INSi, client against the stand-in of the sandbox over real TLS sockets, and both against the published files."""
