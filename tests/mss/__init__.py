"""MSSanté with servers that answer: an embedded one of many moods, and those of Debian."""
