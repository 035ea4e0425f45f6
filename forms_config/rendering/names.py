"""Names of form fields, and what was posted sorted by question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Raw = Mapping[str, Sequence[str]]
"""What was posted for one question: texts by part, ``""`` for its main field."""

SEPARATOR = ":"


def field_name(path: str, part: str = "") -> str:
    """Name of the field of a part of the question at ``path``."""
    return f"{path}{SEPARATOR}{part}" if part else path


def split_name(name: str) -> tuple[str, str]:
    """Path and part of a field's name; inverse of :func:`field_name`."""
    path, _, part = name.partition(SEPARATOR)
    return path, part


def collect(posted: Iterable[tuple[str, Sequence[str]]]) -> dict[str, dict[str, list[str]]]:
    """What was posted (``request.POST.lists()``), by path then by part."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, texts in posted:
        path, part = split_name(name)
        found.setdefault(path, {})[part] = list(texts)
    return found


def first(raw: Raw, part: str = "") -> str:
    """The first text of a part without outer white space, empty when there is none."""
    texts = raw.get(part) or ("",)
    return texts[0].strip()


def within(raw: Raw, prefix: str) -> dict[str, Sequence[str]]:
    """The parts under ``prefix.``, without it; the part named ``prefix`` itself becomes the main one."""
    inside = {part.removeprefix(f"{prefix}."): texts for part, texts in raw.items() if part.startswith(f"{prefix}.")}
    return {**({"": raw[prefix]} if prefix in raw else {}), **inside}


def prefixed(prefix: str, raw: Raw) -> dict[str, list[str]]:
    """Inverse of :func:`within`."""
    return {f"{prefix}.{part}" if part else prefix: list(texts) for part, texts in raw.items()}
