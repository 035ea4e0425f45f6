"""Generated forms against the publication gate: what may be arranged is always written right, what is hostile never goes live."""
