"""What the tests of the bank share: people signed in, rows, favourites, a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pikepdf
import pytest
from django.test import Client

from tests.fixtures import sign_in

if TYPE_CHECKING:
    from dcc.accounts.models import User

Visit = Callable[["User"], Client]


@pytest.fixture
def visit(db: None) -> Visit:
    """A browser in which somebody signed in."""

    def browser(user: User) -> Client:
        client = Client()
        sign_in(client, user)
        return client

    return browser


@pytest.fixture
def people(alice: User, bob: User, sonia: User, lea: User, charlie: User, edith: User, adrien: User) -> dict[str, User]:
    """Everybody, by name."""
    return {user.username: user for user in (alice, bob, sonia, lea, charlie, edith, adrien)}


@pytest.fixture(scope="session")
def pdf() -> bytes:
    """A PDF of one page."""
    document = pikepdf.new()
    document.add_blank_page()
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
