"""Renditions and their artifacts (immutable bytes), transmissions, and intake of received documents."""
