"""What a session remembers of the terms, so that a request costs one query: the stamp."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.http import HttpRequest

from dcc.trust import stamp
from dcc.trust.standing import asked_of, standings

if TYPE_CHECKING:
    from dcc.accounts.models import User

CLEAR, LATER = "dcc_terms_clear", "dcc_terms_later"


def is_due(request: HttpRequest, user: User) -> bool:
    """Whether terms are asked of ``user`` now.

    A session that owes nothing remembers it (stamp, and the moment from which time alone may change it); one that owes something
    looks again at each request.
    """
    number = stamp.current()
    if number is None:
        return False
    known = request.session.get(CLEAR)
    if known and known[0] == number and (known[1] is None or time.time() < known[1]):
        return False
    found, turning = standings(user)
    if any(asked.standing.due for asked in found):
        return True
    request.session[CLEAR] = [number, turning.timestamp() if turning is not None else None]
    return False


def put_off(request: HttpRequest, user: User) -> None:
    """Remember that the person saw what is asked and does not accept it now."""
    request.session[LATER] = _ids(user)


def is_later(request: HttpRequest, user: User) -> bool:
    """Whether she put off all that is asked now, in this session."""
    return set(_ids(user)) <= set(request.session.get(LATER, []))


def _ids(user: User) -> list[int]:
    return [asked.version.pk for asked in asked_of(user)]
