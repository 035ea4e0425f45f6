"""Identifiers as somebody typed them: what cannot stand as a root is kept in the extension, under a root of ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote, unquote

from plugins.cda.codecs.writing import document_oid

OID_OR_UUID = re.compile(r"[0-2](\.(0|[1-9]\d*))+\Z|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\Z")
"""What an identifier root may be: the structure wants UUIDs in capitals."""
OWN_ROOT = document_oid("identifiants locaux")
"""Root of identifiers whose own root is no OID, or is kept for others: both parts stand in the extension."""


def typed_id(root: str, extension: str, *, kept_for_others: Collection[str] = ()) -> dict[str, str]:
    """An identifier of any root and extension."""
    if OID_OR_UUID.match(root) and root not in kept_for_others:
        return {"root": root, "extension": extension}
    return {"root": OWN_ROOT, "extension": f"{quote(root, safe=' ')}^{extension}"}


def typed_parts(identifier: Mapping[str, str]) -> tuple[str, str]:
    """The reverse of :func:`typed_id`: root and extension."""
    root, extension = identifier["root"], identifier.get("extension", "")
    if root == OWN_ROOT:
        quoted, _, extension = extension.partition("^")
        root = unquote(quoted)
    return root, extension
