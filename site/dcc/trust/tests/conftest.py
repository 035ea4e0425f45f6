"""Clients of the people, and the terms that ship, published."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from dcc.accounts.models import User
from dcc.trust.api import publish_default_terms
from dcc.trust.models import TermsVersion
from tests.fixtures import sign_in

Visit = Callable[[User], Client]


@pytest.fixture
def terms(db: None) -> TermsVersion:
    """The terms of the platform, published: everybody is asked."""
    return publish_default_terms()


@pytest.fixture
def visit(db: None) -> Visit:
    """A browser in which somebody signed in."""

    def browser(user: User) -> Client:
        client = Client()
        sign_in(client, user)
        return client

    return browser
