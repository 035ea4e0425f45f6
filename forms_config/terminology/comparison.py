"""What changes from one version of a list to another. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from forms_config.terminology.concept import Concept


@dataclass(frozen=True, slots=True)
class Comparison:
    """Codes that a newer version adds, retires, words otherwise (former, newer), or whose synonyms it changes."""

    added: tuple[Concept, ...] = ()
    retired: tuple[Concept, ...] = ()
    relabelled: tuple[tuple[Concept, Concept], ...] = ()
    resynonymed: tuple[tuple[Concept, Concept], ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        return any((self.added, self.retired, self.relabelled, self.resynonymed, self.reordered))

    @property
    def retired_keys(self) -> frozenset[tuple[str, str]]:
        """Code and system of what can no longer be chosen."""
        return frozenset((c.code, c.system) for c in self.retired)


def compared(former: Iterable[Concept], newer: Iterable[Concept]) -> Comparison:
    """The change between two versions; codes that a version keeps only to be read (retired) do not count as there."""
    old = {(c.code, c.system): c for c in former if c.valid_to is None}
    new = {(c.code, c.system): c for c in newer if c.valid_to is None}
    kept = [(old[key], concept) for key, concept in new.items() if key in old]
    return Comparison(
        added=tuple(concept for key, concept in new.items() if key not in old),
        retired=tuple(concept for key, concept in old.items() if key not in new),
        relabelled=tuple((a, b) for a, b in kept if a.label != b.label),
        resynonymed=tuple((a, b) for a, b in kept if a.synonyms != b.synonyms),
        reordered=[key for key in old if key in new] != [key for key in new if key in old],
    )
