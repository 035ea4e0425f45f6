"""Files that came in, kept in the store: they leave it again when the transaction that records them fails."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store; ``storage_name`` is empty for one too heavy to be kept."""

    filename: str
    sha256: str
    size: int
    storage_name: str


def name_of(filename: str) -> str:
    """The name of a file without the folders that its sender gave it."""
    return PurePath(filename.replace("\\", "/")).name[:200] or "document"


@contextmanager
def kept(files: Sequence[tuple[str, bytes]]) -> Iterator[list[Kept]]:
    """Around a transaction: the files, in the store; none of them stays when it fails."""
    stored: list[Kept] = []
    try:
        for filename, content in files:
            stored.append(_keep(filename, content))
        yield stored
    except BaseException:
        for file in stored:
            if file.storage_name:
                storages["artifacts"].delete(file.storage_name)
        raise


def _keep(filename: str, content: bytes) -> Kept:
    digest = hashlib.sha256(content).hexdigest()
    name = ""
    if content and len(content) <= settings.DCC_INTAKE_LIMIT:
        name = storages["artifacts"].save(f"recus/{digest[:2]}/{uuid.uuid4()}", ContentFile(content))
    return Kept(name_of(filename), digest, len(content), name)
