"""Why two identities are not merged, linked or parted, in French."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused


class MergeRefused(Refused):
    """These identities are not merged, or not parted, like this; the words say why. Nothing was changed."""


class MergeConflict(MergeRefused):
    """The identities contradict each other in ``fields`` (``ins`` among them): somebody must say which one is right."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(_("Les deux identités se contredisent : dire laquelle est la bonne avant de les fusionner"))
        self.fields = tuple(fields)
