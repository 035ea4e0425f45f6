"""What the tests of the bank share: people signed in, rows, favourites, a PDF."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest

if TYPE_CHECKING:
    from dcc.accounts.models import User


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
