"""YAML as bundles hold it: plain data a person can read, the same bytes for the same data, bounded when it is received."""

from __future__ import annotations

import re
from typing import Any

import yaml
from django.utils.translation import gettext as _

from forms_config.bundle.errors import BundleRefused

NODE_LIMIT = 500_000
DEPTH_LIMIT = 40
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
"""Characters that no text of ours has, and that databases and XML refuse."""
_TAGS = frozenset({None, "!"})


class Inline(list[Any]):
    """A list written on one line."""


class _Dumper(yaml.CSafeDumper):
    """Writes everything in full: an anchor would hide a repeated part, and is refused when read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(Inline, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True))


def dump(data: Any) -> bytes:
    """Plain data as YAML, keys in the order given."""
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


class _Loader(yaml.CSafeLoader):
    """Safe YAML less dates (a text that looks like one stays a text) and with each key once."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _value in node.value]
        if len(set(keys)) != len(keys):
            raise yaml.YAMLError("une clé est donnée deux fois")
        return super().construct_mapping(node, deep=deep)


def load(content: bytes, name: str) -> Any:
    """The data of a received YAML member; raises :class:`BundleRefused`, naming it, for anything but bounded plain data."""
    try:
        text = content.decode("utf-8")
        _check_events(text, name)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # nosec B506  (a safe loader, made stricter)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as error:
        if isinstance(error, BundleRefused):
            raise
        raise BundleRefused(_("« %(name)s » est illisible") % {"name": name}) from None


def _check_events(text: str, name: str) -> None:
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise BundleRefused(_("« %(name)s » : les renvois YAML (&, *) ne sont pas admis") % {"name": name})
        if getattr(event, "tag", None) not in _TAGS:
            raise BundleRefused(_("« %(name)s » : les types YAML (!) ne sont pas admis") % {"name": name})
        if isinstance(event, yaml.ScalarEvent) and _CONTROL.search(event.value):
            raise BundleRefused(_("« %(name)s » contient des caractères de commande") % {"name": name})
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT or nodes > NODE_LIMIT:
            raise BundleRefused(_("« %(name)s » est trop grand ou trop profond") % {"name": name})
