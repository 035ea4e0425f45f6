"""Forms in which a favourite is written, the same for clinicians and in the admin: its description, its place, its rows.

The rows' form is built on the columns of the group: lists as lists, texts as texts, nothing that a favourite never keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from dcc.accounts import api as accounts
from forms_config.favourites.content import KEPT_TYPES, ROW_LIMIT, Content
from forms_config.favourites.places import RCP_LIMIT, PlaceFields, place_of, places, service_names
from forms_config.favourites.policies import Scope
from forms_config.favourites.services import Place
from forms_config.favourites.sheets import sheet_subjects
from forms_config.rendering import parse_posted, to_posted
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import NULL_LABELS
from forms_config.terminology import api as terminology
from rcp_directory import api as directory

LISTED = 800
"""Up to how many codes a list is a menu; beyond, a code or a label is typed."""

NOTHING = ("", "---------")


def edition_in(posted: Mapping[str, Any]) -> int | None:
    """The edition that a page was made of, from its hidden field."""
    text = str(posted.get("edition", ""))
    return int(text) if text.isdecimal() and len(text) < 9 else None


@dataclass(frozen=True, slots=True)
class TextToRead:
    """A typed text to be read again: ``mark`` stands for it in the page, where browsers change line ends."""

    text: str
    mark: str
    ticked: bool


def texts_to_read(texts: Iterable[str], ticked: Collection[str]) -> list[TextToRead]:
    """Texts for a page, and which of them were ticked (``request.POST.getlist("confirmed")``)."""
    marks = {text: hashlib.sha256(text.encode()).hexdigest()[:20] for text in texts}
    return [TextToRead(text, mark, mark in ticked) for text, mark in marks.items()]


class DescriptionForm(forms.Form):
    """What a favourite is called, and what it is for."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    organ = forms.CharField(label=_("Organe"), max_length=80, required=False)
    protocol = forms.CharField(label=_("Protocole"), max_length=80, required=False)
    intention = forms.CharField(label=_("Intention"), max_length=80, required=False)
    cycles = forms.IntegerField(label=_("Nombre de cycles"), min_value=1, max_value=200, required=False)
    follow_up = forms.CharField(
        label=_("Suivi"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Jamais le nom ni la situation d'un patient : un favori se partage."),
    )  # fmt: skip

    sheet = forms.ChoiceField(label=_("Fiche d'effets secondaires"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        held = str(self.initial.get("sheet") or "")
        subjects = sheet_subjects()
        gone = [(held, _("%(subject)s (plus proposée)") % {"subject": held})] if held and held not in subjects else []
        self.fields["sheet"].choices = [NOTHING, *gone, *((s, s) for s in subjects)]  # type: ignore[attr-defined]  # it is the ChoiceField above

    def content(self, document_type: str, group_key: str, rows: Sequence[Mapping[str, Any]]) -> Content:
        """What was written, with the rows; the form must be valid."""
        return Content(document_type=document_type, group_key=group_key, rows=rows, **self.cleaned_data)


class PlaceForm(forms.Form):
    """For whom a favourite is kept."""

    key = forms.ChoiceField(label=_("Pour qui"))
    service = forms.CharField(label=_("Nom du service"), max_length=120, required=False)
    rcp = forms.ChoiceField(label=_("RCP"), required=False)

    def __init__(self, *args: Any, actor: accounts.User, wider_than: Scope | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.wider_than = actor, wider_than
        offered = places(actor, wider_than=wider_than)
        proposed = _("%(place)s (proposé : une autre personne décide)")
        self.fields["key"].choices = [  # type: ignore[attr-defined]  # it is the ChoiceField above
            (p.key, p.label if p.direct else proposed % {"place": p.label}) for p in offered
        ]
        known = service_names(actor)
        if not any(p.scope is Scope.SERVICE for p in offered):
            del self.fields["service"]
        elif known:
            self.fields["service"].help_text = lazystr(_("Déjà nommés : %(names)s")) % {"names": ", ".join(known)}
        if any(p.scope is Scope.RCP for p in offered):
            rcps = [(row.national_id, row.denomination) for row in directory.search_rcps("", limit=RCP_LIMIT)]
            self.fields["rcp"].choices = [NOTHING, *rcps]  # type: ignore[attr-defined]  # it is the ChoiceField above
        else:
            del self.fields["rcp"]
        self.place = Place()

    def clean(self) -> dict[str, Any]:
        """Find the place that was named."""
        data = super().clean() or {}
        fields = PlaceFields(data.get("key", ""), data.get("service", ""), data.get("rcp", ""))
        if "key" in data:
            try:
                self.place = place_of(self.actor, fields, wider_than=self.wider_than)
            except ValueError as error:
                raise forms.ValidationError(str(error)) from None
        return data


class RowForm(forms.Form):
    """One row of a favourite; ``value`` is the row once the form is valid, empty for a blank one."""

    def __init__(
        self, *args: Any, columns: Sequence[Question], pins: Mapping[str, str], row: Mapping[str, Any], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.columns, self.pins, self.row = columns, pins, row
        self.value: dict[str, Any] = {}
        for column in columns:
            raw = to_posted(column, row.get(column.key)) if row.get(column.key) is not None else {}
            for part, field in _fields(column, pins, raw).items():
                self.fields[f"{column.key}:{part}" if part else column.key] = field

    def clean(self) -> dict[str, Any]:
        """Read the row as the form of a document is read."""
        data = super().clean() or {}
        for column in self.columns:
            named = {part: f"{column.key}:{part}" if part else column.key for part in _PARTS}
            raw = {part: _texts(data[name], lines=column.multiple) for part, name in named.items() if name in data}
            try:
                answer = parse_posted(column, raw, value_sets=self.pins, current=self.row.get(column.key))
            except ValueError as error:
                self.add_error(column.key if column.key in self.fields else f"{column.key}:search", str(error))
                continue
            if answer is not None:
                self.value[column.key] = answer
        return data


_PARTS = ("", "search", "text", "null")


def _texts(value: Any, *, lines: bool) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [text for text in (str(value).splitlines() if lines else [str(value)]) if text.strip()]


def _fields(column: Question, pins: Mapping[str, str], raw: Mapping[str, Sequence[str]]) -> dict[str, forms.Field]:
    """The fields of a column, by part, as :mod:`forms_config.rendering` names them."""
    shown: dict[str, Any] = {"label": column.label, "required": False, "initial": next(iter(raw.get("", ())), "")}
    if column.datatype == "coded":
        return _coded_fields(column, pins, raw)
    if column.datatype == "boolean":
        return {"": forms.ChoiceField(choices=[NOTHING, ("true", _("Oui")), ("false", _("Non"))], **shown)}
    area = forms.Textarea(attrs={"rows": 2}) if column.datatype == "text" or column.multiple else forms.TextInput()
    if column.multiple:
        shown["initial"] = "\n".join(raw.get("", ()))
    found: dict[str, forms.Field] = {"": forms.CharField(widget=area, **shown)}
    if column.nulls:
        choices = [NOTHING, *((null, NULL_LABELS[null]) for null in column.nulls)]
        initial = next(iter(raw.get("null", ())), "")
        label = _("%(label)s : sans réponse") % {"label": column.label}
        found["null"] = forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)
    return found


def _coded_fields(column: Question, pins: Mapping[str, str], raw: Mapping[str, Sequence[str]]) -> dict[str, forms.Field]:
    options = options_of(column, pins)
    held = [text for text in raw.get("", ()) if text]
    if column.multiple:
        return {"": forms.MultipleChoiceField(label=column.label, required=False, choices=options, initial=held)}
    labels = raw.get("label", ()) or raw.get("search", ())
    kept = [(text, str(label)) for text, label in zip(held, labels, strict=False) if text not in dict(options)]
    field: forms.Field = forms.ChoiceField(
        label=column.label, required=False, choices=[NOTHING, *kept, *options], initial=held[0] if held else ""
    )
    found = {"": field}
    if not options:
        found = {"search": forms.CharField(label=column.label, required=False, initial=next(iter(labels), ""))}
    if column.free or raw.get("text"):
        label = _("%(label)s : mots employés") % {"label": column.label}
        found["text"] = forms.CharField(label=label, required=False, initial=next(iter(raw.get("text", ())), ""), max_length=500)
    return found


def options_of(column: Question, pins: Mapping[str, str]) -> list[tuple[str, str]]:
    """The values of a coded column as choices, in the form's order; nothing when the list is too long for a menu."""
    if not column.values or not terminology.exists(column.values):
        return []
    concepts = terminology.concepts(column.values, version=pins.get(column.values) or None)
    wanted = {choice.code: choice.label for choice in column.choices}
    if wanted:
        order = list(wanted)
        concepts = sorted((c for c in concepts if c.code in wanted), key=lambda c: order.index(c.code))
    return [(f"{c.code}|{c.system}", wanted.get(c.code) or c.label) for c in concepts] if len(concepts) <= LISTED else []


class RowsForm(BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    """Rows of a favourite: each form knows the row it started from."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The columns, and the row that is edited."""
        options = dict(super().get_form_kwargs(index))
        rows = options.pop("rows")
        return {**options, "row": rows[index] if index is not None and index < len(rows) else {}}

    @property
    def values(self) -> list[dict[str, Any]]:
        """The rows that were written, blank and deleted ones left out; the forms must be valid."""
        return [form.value for form in self.forms if form.value and form not in self.deleted_forms]


def rows_form(schema: FormSchema, group: Question, *, rows: Sequence[Mapping[str, Any]] = (), data: Any = None) -> RowsForm:
    """The rows of a favourite as a set of forms, one more than there are rows when the group admits several."""
    extra = 1 if group.multiple or not rows else 0
    made = formset_factory(
        RowForm, formset=RowsForm, extra=extra, can_delete=True, max_num=ROW_LIMIT, absolute_max=ROW_LIMIT + extra
    )
    columns = [column for column in group.columns if column.datatype in KEPT_TYPES]
    options = {"columns": columns, "pins": schema.value_sets, "rows": rows}
    return made(data, initial=[{} for _row in rows], form_kwargs=options, prefix="rows")  # type: ignore[return-value]  # made from RowsForm
