"""Function views: they parse, authorise by calling the rooms, and show. No rule is decided here."""
