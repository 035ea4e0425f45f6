"""A register of nobody: people with names as French registers hold them, and what others type when they look for them."""
