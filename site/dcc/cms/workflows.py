"""Which contents are approved by another person than their authors, and by whom: one table, model by model."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from dcc.cms.groups import ADMINISTRATORS, EDITORS
from forms_config.approval import OtherPersonTask

TABLE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # model: (name of the workflow, groups one of whose members approves)
    "forms_config.FormDefinition": ("Relecture des formulaires", (EDITORS, ADMINISTRATORS)),
    "legal.AdaptedText": ("Relecture des textes adaptés", (EDITORS, ADMINISTRATORS)),
    "legal.NationalText": ("Relecture des textes nationaux", (ADMINISTRATORS,)),
    "trust.TermsSet": ("Relecture des conditions d'utilisation", (EDITORS, ADMINISTRATORS)),
}


def ensure_workflows() -> list[str]:
    """Create the workflow of each model and attach it; repeatable. Names, groups and attachments are brought to the table."""
    return [_ensure(label, name, groups) for label, (name, groups) in TABLE.items()]


def _ensure(label: str, name: str, groups: tuple[str, ...]) -> str:
    task, _created = OtherPersonTask.objects.get_or_create(name=f"{name} : une autre personne", defaults={"active": True})
    task.groups.set(Group.objects.filter(name__in=groups))
    workflow, _created = Workflow.objects.get_or_create(name=name, defaults={"active": True})
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    content_type = ContentType.objects.get_for_model(apps.get_model(label), for_concrete_model=False)
    WorkflowContentType.objects.update_or_create(content_type=content_type, defaults={"workflow": workflow})
    return name
