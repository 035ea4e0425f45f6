"""The form of a draft as a physician would see it, for the preview of the admin: the defaults are in, nobody is behind it."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcc.exchange.api import FICTITIOUS_PATIENT
from dcc.web import trials
from dcc.web.formpage.compiled import compile_form
from dcc.web.formpage.page import Filling, fill_page
from dcc.web.identity import FLAGS, identity_words
from forms_config import api as forms
from forms_config.schema.calculated import with_calculations
from forms_config.schema.model import FormSchema


def preview_page(request: HttpRequest, schema: FormSchema) -> HttpResponse:
    """A page that keeps nothing: neither trial, nor answers, nor the compiled form (each gesture of the editor makes another)."""
    answers = with_calculations(schema, forms.default_answers(schema), trials.FACTS)
    page = fill_page(compile_form(schema, with_favourites=False), Filling(answers))
    banner = replace(identity_words(FICTITIOUS_PATIENT, flags=[FLAGS["fictitious"]]), patient_id=None)
    return render(request, "web/trial/preview.html", {"title": schema.title, "banner": banner, "page": page})
