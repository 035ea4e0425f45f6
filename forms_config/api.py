"""Door of the forms.

A document is written in the version of a form that was live when it was created, and keeps it::

    [best, *others] = forms_for("frcp", "27011113")         # those of the RCP, else those for all
    form = published_form(best.key)
    document.form_version_id = form.version_id
    ...
    schema = schema_of(document.form_version_id)            # parsed once per process
    value = parse_posted(schema.find(key), raw, value_sets=schema.value_sets, current=former)

What answers mean under a schema (visible, missing, exported) is pure and public: :mod:`forms_config.schema.answers`. Names of
form fields and their parts: :mod:`forms_config.rendering`. Value sets and patient-rights texts have their own doors,
:mod:`forms_config.terminology.api` and :mod:`forms_config.legal.api`.

A form is edited as a draft (:func:`save_draft`) and published (:func:`publish_form`) through the gate, which raises
:class:`GateRefused`; rooms above add their checks with :func:`add_gate_check`, their proofs with
:func:`forms_config.control.proofs.add_proof`, and hand over what draws a previewed form with :func:`draw_previews_with`.
A command publishes inside :func:`patiently`.
"""

from forms_config.comparison import version_differences
from forms_config.control.patience import patiently
from forms_config.defaults import default_answers, default_row
from forms_config.drafts import DraftForm, draft_form
from forms_config.gate import GateRefused, add_gate_check, remove_gate_check
from forms_config.listing import Listing, listing_of
from forms_config.offering import OfferedForm, forms_for
from forms_config.preview import draw_previews_with
from forms_config.queries import PublishedForm, UnknownForm, form_page, form_version, gate_page, live_keys, schema_of
from forms_config.queries import latest_version as published_form
from forms_config.queries import latest_versions as published_forms
from forms_config.rendering import check_answer, collect, field_name, parse_posted, split_name, to_posted
from forms_config.rendering.sayings import calculation_words, condition_words
from forms_config.services import duplicate_form, ensure_default_forms, publish_form, save_draft

__all__ = [
    "DraftForm",
    "GateRefused",
    "Listing",
    "OfferedForm",
    "PublishedForm",
    "UnknownForm",
    "add_gate_check",
    "calculation_words",
    "check_answer",
    "collect",
    "condition_words",
    "default_answers",
    "default_row",
    "draft_form",
    "draw_previews_with",
    "duplicate_form",
    "ensure_default_forms",
    "field_name",
    "form_page",
    "form_version",
    "forms_for",
    "gate_page",
    "listing_of",
    "live_keys",
    "parse_posted",
    "patiently",
    "publish_form",
    "published_form",
    "published_forms",
    "remove_gate_check",
    "save_draft",
    "schema_of",
    "split_name",
    "to_posted",
    "version_differences",
]
