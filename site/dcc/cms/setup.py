"""What a platform needs before its first document, brought to what ships with the product; repeatable."""

from __future__ import annotations

from collections.abc import Iterator

from dcc.cms.groups import ensure_groups
from dcc.cms.workflows import ensure_workflows
from dcc.trust import api as trust
from forms_config import api as forms
from forms_config.legal import api as legal
from forms_config.terminology import api as terminology


def set_up_configuration() -> Iterator[str]:
    """Value sets, patient-rights texts, standard forms, groups, workflows, in this order; says in French what was done."""
    changes = terminology.load_shipped()
    kept = sum(change.status in ("unchanged", "older") for change in changes)
    yield f"Jeux de valeurs : {len(changes) - kept} chargés, {kept} déjà à jour"
    yield "Droits des patients : " + ", ".join(str(version) for version in legal.ensure_national_texts())
    yield "Conditions d'utilisation : " + str(trust.ensure_default_terms()) + " (brouillon à relire et approuver, ou déjà là)"
    for form in forms.ensure_default_forms():
        yield f"Formulaire : {form.title}, version {form.number} ({form.sha256[:12]})"
    yield "Groupes : " + ", ".join(ensure_groups())
    yield "Circuits de relecture : " + ", ".join(ensure_workflows())
