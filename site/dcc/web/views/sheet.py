"""The questions of a form on a page, and where the page sends what is entered: the same for a document and for a trial."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from dcc.web.formpage.page import Filling, FormPage
from dcc.web.formpage.posted import question_at
from forms_config.schema.model import FormSchema

HOLE = mark_safe("<!-- \ue000 -->")
"""Stands for the questions while the page around them is rendered: nested templates would copy some 400 kB at each level."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """What ``web/form/sheet.html`` is given beside the page.

    ``action`` takes a plain post, ``missing`` lists what is missing, ``addresses`` are those of the scripts by name (``save``,
    ``rows``, ``codes``, ``people``…), ``form`` names the form to them, ``revision`` is what the page was made of.
    """

    action: str
    missing: str
    addresses: Mapping[str, str]
    form: str
    revision: int


def sheet_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], page: FormPage, sheet: Sheet, *, status: int = 200
) -> HttpResponse:
    """A page that holds a filled form."""
    around = render(
        request,
        template,
        {
            **context,
            "sheet": sheet,
            "page": dataclasses.replace(page, parts=HOLE),
            "editor": request.POST.get("editor") or str(uuid.uuid4()),
        },
        status=status,
    )
    around.content = around.content.replace(HOLE.encode(), page.parts.encode(), 1)
    return around


def problem_links(schema: FormSchema, filling: Filling) -> list[dict[str, str]]:
    """The summary of what is wrong, each with the address of its field."""
    found = []
    for path in (*filling.problems, *filling.clashes):
        question = question_at(schema, path)
        said = filling.problems.get(path) or _("modifié aussi par %(who)s") % {"who": filling.clashes[path].by}
        found.append({"path": path, "label": question.label if question else path, "message": said})
    return found
