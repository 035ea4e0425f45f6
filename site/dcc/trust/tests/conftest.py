"""Clients of the people, and the terms that ship, published."""

from __future__ import annotations

import pytest

from dcc.trust.api import publish_default_terms
from dcc.trust.models import TermsVersion


@pytest.fixture
def terms(db: None) -> TermsVersion:
    """The terms of the platform, published: everybody is asked."""
    return publish_default_terms()
