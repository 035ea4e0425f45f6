"""Which forms a document may be started on: those of its RCP, else those for all."""

from __future__ import annotations

from dataclasses import dataclass

from forms_config.models import FormDefinition


@dataclass(frozen=True, slots=True)
class OfferedForm:
    """A form a new document may be written on."""

    key: str
    title: str
    organ: str


def forms_for(document_type: str, rcp_national_id: str = "") -> list[OfferedForm]:
    """The published forms that apply to an RCP (its national identifier, empty while it is not known), the best one first.

    A form that names RCP is for these only. When the RCP has forms of its own they are the only ones; otherwise those that name
    no RCP apply, the standard one last; with none of these, all.
    """
    rows = list(FormDefinition.objects.filter(document_type=document_type, live=True, versions__isnull=False).distinct())
    own = [row for row in rows if rcp_national_id and rcp_national_id in row.rcps]
    found = own or [row for row in rows if not row.rcps] or rows
    standard = f"{document_type}_standard"
    return [OfferedForm(r.key, r.title, r.organ) for r in sorted(found, key=lambda r: (r.key == standard, r.title.casefold()))]
