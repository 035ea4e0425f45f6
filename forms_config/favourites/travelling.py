"""Favourites of the region that travel with a form, as plain data, and those that arrive with one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from forms_config.favourites.content import Content, FavouriteRefused, checked_rows, free_texts, group_of
from forms_config.favourites.models import Favourite, Status
from forms_config.favourites.policies import Scope
from forms_config.favourites.services import Place, save_favourite
from forms_config.schema.model import FormSchema

_WORDS = ("name", "document_type", "group_key", "organ", "intention", "protocol", "follow_up", "sheet")


def regional_favourites(document_type: str, group_keys: Collection[str]) -> list[dict[str, Any]]:
    """The approved favourites of the region for some groups, in order of name; no person is named."""
    rows = Favourite.objects.filter(
        status=Status.APPROVED, scope=Scope.REGION.value, document_type=document_type, group_key__in=list(group_keys)
    )
    found = [_as_data(favourite) for favourite in rows]
    return sorted(found, key=lambda data: (data["group_key"], data["name"], str(data)))


def _as_data(favourite: Favourite) -> dict[str, Any]:
    words = {name: value for name in _WORDS if (value := getattr(favourite, name))}
    cycles = {"cycles": favourite.cycles} if favourite.cycles is not None else {}
    return {**words, **cycles, "rows": favourite.rows}


def receive_favourite(*, actor: accounts.User, data: Mapping[str, Any], schema: FormSchema) -> bool:
    """Propose a favourite that came with a form to the region; answers whether it was not there yet, whatever became of it.

    The person who approves it reads its texts. Raises :class:`FavouriteRefused` and ``PermissionDenied``.
    """
    content = _content(data)
    rows = checked_rows(schema, content.group_key, content.rows)
    wanted = {**_plain(content), "rows": rows}
    known = Favourite.objects.filter(scope=Scope.REGION.value, document_type=content.document_type, group_key=content.group_key)
    if any(_as_data(favourite) == wanted for favourite in known):
        return False
    texts = free_texts(group_of(schema, content.group_key), rows)
    save_favourite(actor=actor, content=content, schema=schema, place=Place(Scope.REGION), confirmed=texts, for_approval=True)
    return True


def _plain(content: Content) -> dict[str, Any]:
    words = {name: value for name in _WORDS if (value := getattr(content, name))}
    return words | ({"cycles": content.cycles} if content.cycles is not None else {})


def _content(data: Mapping[str, Any]) -> Content:
    """The data as content; raises :class:`FavouriteRefused` for another shape."""
    rows, cycles = data.get("rows"), data.get("cycles")
    words = {name: data.get(name, "") for name in _WORDS}
    fits = (
        set(data) <= {*_WORDS, "rows", "cycles"}
        and all(isinstance(word, str) for word in words.values())
        and isinstance(rows, list)
        and all(isinstance(row, dict) for row in rows)
        and (cycles is None or (isinstance(cycles, int) and not isinstance(cycles, bool) and 0 <= cycles < 1_000))
    )
    if not fits:
        raise FavouriteRefused(_("Le favori est mal formé"))
    return Content(**words, rows=rows or [], cycles=cycles)
