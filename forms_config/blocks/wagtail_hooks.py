"""Shared blocks in the admin, to look at: what they hold, their versions, and « utilisé dans ». They are changed from a form."""

from __future__ import annotations

import json
from typing import Any

from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import InspectView, SnippetViewSet

from dcc.accounts.viewing import ViewOnlyPolicy
from forms_config.blocks.models import Block, BlockVersion
from forms_config.blocks.queries import uses
from forms_config.schema.model import section_from_json

register_permission_policy(Block, ViewOnlyPolicy(Block))


class BlockInspectView(InspectView):  # type: ignore[misc]  # Wagtail ships no types
    """A block: the forms that show it, its versions, its questions."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        versions = list(BlockVersion.objects.filter(block=self.object).select_related("published_by"))
        section = section_from_json({"key": "bloc", **json.loads(versions[0].canonical)}) if versions else None
        found = [(use, bool(versions) and use.reference.number < versions[0].number) for use in uses(self.object.key)]
        return {**context, "versions": versions, "section": section, "uses": found}


class BlockViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = Block
    icon = "copy"
    inspect_view_enabled = True
    inspect_view_class = BlockInspectView
    inspect_view_fields = ["title", "key", "document_type"]
    inspect_template_name = "blocks/inspect_block.html"
    list_display = ["title", "document_type"]
    list_filter = ["document_type"]
    search_fields = ["title", "key"]
    search_backend_name = None
