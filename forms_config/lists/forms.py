"""What the admin asks of a person who changes lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcc.accounts.api import User
from forms_config.rights import Content, Deed, may
from forms_config.terminology.models import ValueSet
from forms_config.terminology.staging import content_of


class DayInput(forms.DateInput):
    """A day by the browser's own picker, which needs no script."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ImportForm(forms.Form):
    """One file, the list it is for, and from when it holds."""

    file = forms.FileField(
        label=_("Fichier"),
        help_text=_(
            "Un jeu de valeurs SVS (.xml) ou un tableau (.csv), ou une archive .zip de plusieurs. Colonnes d'un tableau : "
            "code, libelle, systeme, synonymes (séparés par « | »), valide_du, valide_au ; les deux premières suffisent."
        ),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.zip"}),
    )
    title = forms.CharField(
        label=_("Titre"), required=False, max_length=200, help_text=_("Pour une liste nouvelle ; sinon le nom du fichier.")
    )
    reason = forms.CharField(
        label=_("Raison d'être"),
        required=False,
        max_length=500,
        help_text=_("Pour une liste nouvelle de la région : à quoi elle sert et d'où viennent ses codes."),
    )
    national = forms.BooleanField(label=_("Une liste nouvelle est nationale"), required=False)
    revision = forms.DateField(
        label=_("Date de révision"), widget=DayInput, help_text=_("Pour un tableau ; un fichier SVS porte la sienne.")
    )
    effective_from = forms.DateField(label=_("En vigueur à partir du"), widget=DayInput)

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"revision": timezone.localdate(), "effective_from": timezone.localdate()}
        allowed = [row for row in ValueSet.objects.order_by("title") if may(actor, Deed.EDIT, content_of(row.name))]
        by_name = [(row.name, f"{row.title} ({row.name})") for row in allowed]
        self.fields["target"] = forms.ChoiceField(
            choices=[("", _("D'après le fichier")), *by_name],
            label=_("Liste"),
            required=False,
            help_text=_("Le nom ou l'OID du fichier désigne la liste, sauf si elle est choisie ici."),
        )
        self.order_fields(["file", "target"])
        if not may(actor, Deed.EDIT, Content.NATIONAL_LIST):
            del self.fields["national"]

    def clean_effective_from(self) -> Any:
        """A version holds from today or later: what held yesterday cannot be changed any more."""
        day = self.cleaned_data["effective_from"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Une date passée ne convient pas : des formulaires ont été publiés depuis."))
        return day
