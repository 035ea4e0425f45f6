"""From bytes to the Data Matrix codes in them, through a process apart (:mod:`.child`): a hostile file kills that one only."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import kind_of, too_heavy

MOST_BYTES = 20_000_000
"""A photograph of a telephone, or a scan of a few pages."""
ACCEPTED = "PDF, JPEG, PNG, TIFF, WebP"
SECONDS, SECONDS_OF_A_FRAME = 25, 5
CHILD = Path(__file__).with_name("child.py")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")

Kind = Literal["image", "pdf"]


@dataclass(frozen=True, slots=True)
class Code:
    """A Data Matrix found: its bytes, the page (from 1), the decoder that read it."""

    content: bytes
    page: int
    by: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen in a file; ``pages`` it has, ``read`` of them looked at, ``stopped`` when time ran out or the reader died."""

    codes: Sequence[Code]
    pages: int = 1
    read: int = 1
    stopped: bool = False


def media_of(content: bytes) -> Kind:
    """Picture or PDF, by the first bytes; raises :class:`Refused` for anything else, nothing or too much."""
    if not content:
        raise Refused(_("Le fichier est vide."))
    if len(content) > MOST_BYTES:
        raise too_heavy(len(content), MOST_BYTES)
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(_IMAGES) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        return "image"
    what = kind_of(content)
    said = _(" : c'est %(what)s") % {"what": what} if what else ""
    raise Refused(_("Ce fichier n'est ni une image ni un PDF%(said)s. Formats lus : %(accepted)s.") % {
        "said": said, "accepted": ACCEPTED,
    })  # fmt: skip


def see(content: bytes, *, kind: Kind | None = None, quick: bool = False) -> Sight:
    """Every Data Matrix of a picture or a PDF, read with the time and memory that :mod:`.child` allows.

    ``quick`` is for one frame of a camera. Raises :class:`Refused` in French when the file cannot be opened.
    """
    command = [sys.executable, "-I", "-W", "ignore", str(CHILD), kind or media_of(content), *(["quick"] if quick else [])]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS_OF_A_FRAME if quick else SECONDS, check=False
        )
        said, died = done.stdout, done.returncode != 0
    except subprocess.TimeoutExpired as late:
        said, died = late.stdout or b"", True
    return _sight([json.loads(line) for line in said.splitlines() if line.endswith(b"}")], died)


def _sight(facts: Sequence[Mapping[str, object]], died: bool) -> Sight:
    codes: dict[tuple[bytes, int], Code] = {}
    pages = read = 1
    for fact in facts:
        if "problem" in fact:
            raise Refused(_problem(str(fact["problem"])))
        if "pages" in fact:
            pages, read = int(str(fact["pages"])), int(str(fact["read"]))
        if "hex" in fact:
            content, page = bytes.fromhex(str(fact["hex"])), int(str(fact["page"]))
            codes.setdefault((content, page), Code(content, page, str(fact["by"])))
    return Sight(tuple(codes.values()), pages, read, stopped=died)


def _problem(code: str) -> str:
    return {
        "too_many_pixels": _(
            "L'image a trop de points (50 millions au plus) : la réduire, ou photographier le code de plus près."
        ),
        "password": _("Ce PDF est protégé par un mot de passe : l'enregistrer sans protection, ou photographier le code."),
        "damaged": _("Ce fichier est abîmé ou incomplet : il ne s'ouvre pas."),
    }.get(code, _("Ce fichier ne se lit pas."))
