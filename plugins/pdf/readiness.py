"""What the paper will not show as it was typed, said before the document is validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dcc.contracts.datamatrix import payload_of
from dcc.contracts.snapshots import DocumentSnapshot, Finding
from plugins.pdf.glyphs import name_of, printable


class PrintReadiness:
    """Warns of an identity that no datamatrix can code and of characters that are printed as their code point."""

    def check(self, snapshot: DocumentSnapshot) -> Sequence[Finding]:
        """Warnings only: the document can be printed all the same."""
        return (*payload_of(snapshot.patient)[1], *_characters(snapshot.answers))


def _characters(answers: Mapping[str, Any]) -> Iterator[Finding]:
    for key, value in answers.items():
        _, replaced = printable("".join(_texts(value)))
        if replaced:
            names = ", ".join(name_of(character) for character in replaced)
            yield Finding(
                "pdf.caractere",
                "warning",
                f"Caractère sans dessin dans la police du PDF, imprimé sous forme de code : {names}.",
                question_key=key,
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
