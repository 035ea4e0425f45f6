"""The pages of signing in, of re-signing in place, and of one's own security. They parse, ask the room and show."""
