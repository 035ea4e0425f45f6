"""Several platforms side by side, each with its database, its files and its keys: what goes from one to another."""
