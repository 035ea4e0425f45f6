"""Whom the patient may turn to: the table of the contacts of a PPS, each a participant of the header (§7.3; §2.1 for 2022.01).

The volet gives one code to several contacts (« structures et professionnels de proximité » is also the 3C and the mediator,
« coordination » also the regional network): the words of ``originalText`` tell ours apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.times import Period
from plugins.cda.volets.people import FUNCTIONS, MEMBER, PHYSICIAN

_REFERENCE = Code("ES-REF", "Etablissement de santé de référence", FUNCTIONS)
_HOUSING = Code("HEBERG", "Centre d'hébergement", FUNCTIONS)
_NEARBY = Code("ST-PS-PEC", "Structures et professionnels de proximité impliqués dans les soins", FUNCTIONS)
_COORDINATION = Code("ST-COORD", "Structure de coordination ou d'interface ville-hôpital", FUNCTIONS)
_SOCIAL = Code("ORG-SOC", "Organisme social et de maintien dans l'emploi", FUNCTIONS)
_SUPPORT = Code("ST-INF", "Structure de soutien et d'information", FUNCTIONS)
_SEPARATOR = " : "


@dataclass(frozen=True)
class Contact:
    """One kind of contact: how it is coded, which answers hold it (those of the rows of ``key`` when that is a group).

    ``former`` is its translation code in 2022.01 and the function it stood under, when the translation has several. A contact
    that is not ``certain`` shares its code with others.
    """

    name: str
    type_code: str
    function: Code
    class_code: str
    key: str
    professional: str = ""
    organisation: str = ""
    comment: str = ""
    period: Period | None = None
    former: tuple[str, str] = ("", "")
    certain: bool = True

    @property
    def in_rows(self) -> bool:
        """Whether it stands several times."""
        return self.key not in (self.professional, self.organisation)

    def is_there(self, values: Mapping[str, Any]) -> bool:
        """Whether answers say anything of it."""
        keys = (
            self.professional,
            self.organisation,
            self.comment,
            *((self.period.start, self.period.end) if self.period else ()),
        )
        return any(values.get(key) is not None for key in keys if key)

    def words(self, comment: str) -> str:
        """The ``originalText``: the comment, and the name of the contact where the code does not say it."""
        if not self.certain:
            return f"{self.name}{_SEPARATOR}{comment}" if comment else self.name
        return comment or self.name

    def comment_of(self, words: str) -> str:
        """The reverse of :meth:`words`."""
        if words == self.name:
            return ""
        return words.removeprefix(f"{self.name}{_SEPARATOR}") if not self.certain else words

    def is_named(self, words: str) -> bool:
        """Whether these words are ours for it."""
        return words == self.name or words.startswith(f"{self.name}{_SEPARATOR}")


def _structures(key: str, name: str, function: Code, former: str) -> Contact:
    """Structures in rows of a structure and a comment."""
    return Contact(
        name, "INF", function, "AGNT", key, organisation=f"{key}.structure", comment=f"{key}.commentaire", former=(former, "")
    )


C = "pps.contacts"
TEAM = Contact(
    "Membre de l'équipe de soins",
    "PRF",
    MEMBER,
    "PROV",
    f"{C}.equipe",
    professional=f"{C}.equipe.professionnel",
    former=("ORG-177", "353"),
)
CENTRE_3C = Contact(
    "Centre de coordination en cancérologie (3C)",
    "INF",
    _NEARBY,
    "PROV",
    f"{C}.coordination_3c",
    organisation=f"{C}.coordination_3c",
    comment=f"{C}.coordination_3c_commentaire",
    former=("ORG-190", ""),
    certain=False,
)
NEARBY_PERSON = Contact(
    "Professionnel de proximité",
    "INF",
    _NEARBY,
    "PROV",
    f"{C}.proximite",
    professional=f"{C}.proximite.professionnel",
    former=("ORG-178", ""),
    certain=False,
)
NEARBY_STRUCTURE = Contact(
    "Structure de proximité",
    "INF",
    _NEARBY,
    "PROV",
    f"{C}.proximite",
    organisation=f"{C}.proximite.structure",
    comment=f"{C}.proximite.commentaire",
    former=("ORG-178", ""),
    certain=False,
)
MEDIATOR = Contact(
    "Médiateur de santé",
    "INF",
    _NEARBY,
    "AGNT",
    f"{C}.mediateur",
    professional=f"{C}.mediateur",
    former=("ORG-188", ""),
    certain=False,
)
NETWORK = Contact(
    "Réseau régional de cancérologie",
    "INF",
    _COORDINATION,
    "AGNT",
    f"{C}.rrc",
    organisation=f"{C}.rrc",
    comment=f"{C}.rrc_commentaire",
    former=("ORG-191", ""),
    certain=False,
)
COORDINATION = Contact(
    "Coordination et interface ville-hôpital",
    "INF",
    _COORDINATION,
    "AGNT",
    f"{C}.coordination",
    organisation=f"{C}.coordination.structure",
    comment=f"{C}.coordination.commentaire",
    former=("ORG-179", ""),
    certain=False,
)
CONTACTS = (
    Contact(
        "Établissement de santé de référence",
        "INF",
        _REFERENCE,
        "PROV",
        f"{C}.references",
        organisation=f"{C}.references.etablissement",
        comment=f"{C}.references.commentaire",
        period=Period(f"{C}.references.debut", f"{C}.references.fin", tag="time", point=True),
        former=("ORG-177", ""),
    ),
    TEAM,
    Contact(
        "Centre d'hébergement",
        "INF",
        _HOUSING,
        "AGNT",
        f"{C}.hebergement",
        organisation=f"{C}.hebergement",
        comment=f"{C}.hebergement_commentaire",
        former=("ORG-177", "CORRE"),
    ),
    CENTRE_3C,
    NEARBY_PERSON,
    NEARBY_STRUCTURE,
    MEDIATOR,
    Contact("Médecin traitant", "INF", PHYSICIAN, "PROV", f"{C}.medecin_traitant", professional=f"{C}.medecin_traitant"),
    COORDINATION,
    NETWORK,
    _structures(f"{C}.organismes", "Organisme social et maintien dans l'emploi", _SOCIAL, "ORG-180"),
    _structures(f"{C}.soutien", "Structure de soutien et d'information", _SUPPORT, "ORG-181"),
)
BY_FORMER = {contact.former: contact for contact in CONTACTS if contact.former[0]}
BY_FUNCTION = {contact.function.code: contact for contact in CONTACTS if contact.certain}
"""By code of translation and function in 2022.01; by function where one contact has it alone."""
