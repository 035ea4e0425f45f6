"""The door of the trust room: under which commitment people work here (CDC §2.3.1, R-111 to R-122)."""

from dcc.trust.terms import ensure_default_terms, publish_default_terms

__all__ = ["ensure_default_terms", "publish_default_terms"]
