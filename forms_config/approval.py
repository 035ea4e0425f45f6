"""The step of a workflow that another person than the authors approves; the rule itself is :mod:`dcc.accounts.approval`.

It sits in ``publish()`` of the models (``check_other_person``), where every path ends, and in this task, which offers its authors
nothing to approve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import AbstractGroupApprovalTask, TaskState

from dcc.accounts.approval import check_other_person, is_author

if TYPE_CHECKING:
    from dcc.accounts.models import User


class OtherPersonTask(AbstractGroupApprovalTask):  # type: ignore[misc]  # Wagtail ships no types
    """A step of a workflow that somebody of the groups approves who is no author of the draft, superuser or not."""

    class Meta:
        app_label = "forms_config"
        verbose_name = gettext_lazy("approbation par une autre personne")
        verbose_name_plural = gettext_lazy("approbations par une autre personne")

    @classmethod
    def get_description(cls) -> str:
        return _("Une personne des groupes choisis approuve, qui n'a rien écrit dans le brouillon")

    def user_can_access_editor(self, obj: Any, user: User) -> bool:
        return bool(self._user_in_groups(user))

    def locked_for_user(self, obj: Any, user: User) -> bool:
        """Authors do not change what they submitted; they take it back first."""
        return not self._user_in_groups(user) or is_author(user, obj)

    def get_actions(self, obj: Any, user: User) -> list[tuple[str, str, bool]]:
        """Authors see nothing to do; the others of the groups ask for changes or approve."""
        if not self._user_in_groups(user) or is_author(user, obj):
            return []
        return [
            ("reject", _("Demander des changements"), True),
            ("approve", _("Approuver"), False),
            ("approve", _("Approuver avec un commentaire"), True),
        ]

    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> Any:
        """Raises ``OwnChange`` when an author approves, ``PermissionDenied`` for who is in none of the groups."""
        if not self._user_in_groups(user):
            raise PermissionDenied
        if action_name == "approve":
            check_other_person(task_state.revision, user)
        return super().on_action(task_state, user, action_name, **kwargs)
