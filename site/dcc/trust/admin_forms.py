"""The forms of the admin: roles that are ticked, a signed scan that is controlled before it is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from dcc.accounts.models import Role
from dcc.trust import scans


class TermsForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail ships no types
    """Terms, whose roles are ticked."""

    roles = forms.MultipleChoiceField(
        label=_("Rôles concernés"),
        choices=Role,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun coché : tous les rôles."),
    )


class ConventionForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail ships no types
    """A convention, whose scan is a PDF by its content and gets a name of ours."""

    scan = forms.FileField(
        label=_("Pièce signée (PDF)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_("PDF, 20 Mo au plus. Une nouvelle pièce remplace celle qui est déposée."),
    )

    def clean_scan(self) -> Any:
        """Control what was sent; without a new file the one that is there stays."""
        sent = self.cleaned_data.get("scan")
        self.content = scans.check_scan(sent) if isinstance(sent, UploadedFile) else None
        return self.instance.scan

    def save(self, commit: bool = True) -> Any:
        """Keep the scan with its hash, then the convention."""
        if self.content is not None:
            scans.keep(self.instance, self.content)
        return super().save(commit=commit)
