"""Parts of a filled form, for pages that are already open: one field, one group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcc.web.formpage.compiled import CompiledForm
from dcc.web.formpage.page import Filler, Filling


def field_html(form: CompiledForm, path: str, value: Any, origin: Mapping[str, Any] | None = None) -> str:
    """One field holding ``value``, nothing for a path that is not typed; the open page decides again whether it is shown."""
    key, _sep, rest = path.partition("/")
    row_id, _sep, column = rest.partition("/")
    field = form.fields.get(column or key)
    if field is None:
        return ""
    filler = Filler(form, Filling({}, {path: origin} if origin else {}))
    filler.missing.clear()
    return filler.field(field, path, value, row_id=row_id)


def group_html(form: CompiledForm, filling: Filling, group_key: str) -> str:
    """A whole group as the answers have it, nothing when there is no such group."""
    group = form.groups.get(group_key)
    return Filler(form, filling).group(group) if group else ""
