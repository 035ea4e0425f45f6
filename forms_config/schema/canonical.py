"""Canonical JSON and hash: the same content gives the same bytes on every machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from forms_config.schema.model import FormSchema, schema_to_json


def canonical_json(data: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no white space and no NaN."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256_of(data: Any) -> str:
    """Hexadecimal SHA-256 of the canonical JSON of ``data``."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


def schema_hash(schema: FormSchema) -> str:
    """The hash that names a form version."""
    return sha256_of(schema_to_json(schema))
