"""Door of the value sets.

A value set is asked by its name, with or without a version::

    version = current_version("jdv-tumeur-cisis")          # "2021-09-22-…", what a form pins when it is published
    search("jdv-tumeur-cisis", "sein quad", version=version)
    lookup("jdv-tumeur-cisis", "C50.2", system="2.16.840.1.113883.6.3", version=version)

``Concept.value`` is the coded answer, ``Concept.shown`` what screens call it (the region's preferred label, if there is one); a
cache made of ``shown`` is kept by :func:`words_edition` too. A code that a later version dropped is no longer found by
:func:`search`, but :func:`lookup` still reads it, with ``active`` false. Nothing needs to be loaded first: while the database has
no version of a list, the files that ship with the product answer. :func:`import_svs_folder` refreshes the lists from the official
kit.
"""

from __future__ import annotations

from collections.abc import Sequence

from forms_config.terminology.concept import Concept, UnknownValueSet, ValueSetData, ValueSetError, from_row, to_row
from forms_config.terminology.files import shipped
from forms_config.terminology.models import ValueSet
from forms_config.terminology.queries import all_concepts, current_version, is_regional, table, titles, version_data
from forms_config.terminology.services import Change, ImportReport, import_svs_folder, load_shipped, store
from forms_config.terminology.words import edition as words_edition
from forms_config.terminology.words import name_code

__all__ = [
    "Change",
    "Concept",
    "ImportReport",
    "UnknownValueSet",
    "ValueSetData",
    "ValueSetError",
    "all_concepts",
    "concepts",
    "current_version",
    "exists",
    "from_row",
    "import_svs_folder",
    "is_regional",
    "label",
    "load_shipped",
    "lookup",
    "name_code",
    "search",
    "store",
    "titles",
    "to_row",
    "version_data",
    "words_edition",
]


HEADER_LISTS = (
    "JDV_J01_XdsAuthorSpecialty_CISIS",
    "JDV_J02_XdsHealthcareFacilityTypeCode_CISIS",
    "JDV_J04_XdsPracticeSettingCode_CISIS",
    "JDV_J142_TypeRencontre_CISIS",
    "JDV_J47_FunctionCode_CISIS",
    "JDV_J48_ProfessionNonPS_CISIS",
)


def search(name: str, text: str, *, version: str | None = None, limit: int = 20, preferred: Sequence[str] = ()) -> list[Concept]:
    """At most ``limit`` concepts that may be chosen, best first; raises :class:`UnknownValueSet`.

    The text matches a code or its beginning, the beginning of a label, or words in any order by their beginnings; case, accents
    and punctuation do not count. Order: the exact code, then ``preferred`` codes in their order (last used, favourites), then
    labels and codes that begin so, then whole words before beginnings of words. An empty text gives the preferred codes, then
    the official order.
    """
    return table(name, version).search(text, limit=limit, preferred=preferred)


def lookup(name: str, code: str, *, system: str | None = None, version: str | None = None) -> Concept | None:
    """The concept of a code, retired or not, or nothing; raises :class:`UnknownValueSet`."""
    return table(name, version).lookup(code, system)


def concepts(name: str, *, version: str | None = None) -> Sequence[Concept]:
    """The concepts that may be chosen, in official order; raises :class:`UnknownValueSet`."""
    return table(name, version).active


def label(system: str, code: str) -> str:
    """The label of a code of header actors (profession, sector, function...), empty when no header list has it.

    What rooms below this one are given to label their codes (``accounts.professional_value(..., label=label)``).
    """
    found = (lookup(name, code, system=system) for name in HEADER_LISTS)
    return next((concept.label for concept in found if concept is not None), "")


def exists(name: str) -> bool:
    """Whether there is a value set of that name."""
    if name in shipped():
        return True
    return name.isprintable() and ValueSet.objects.filter(name=name, versions__isnull=False).exists()
