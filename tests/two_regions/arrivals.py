"""What a clumsy, mistaken or hostile system may send to region B, and what region B makes of it: one table (issue 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fixtures import reference_dir
from tests.two_regions.post import Letter
from tests.two_regions.regions import A, B

STRANGER = "dcc@hopital.mssante.fr"
"""A box of the space of trust that no directory of RCP gives."""
QUESTION = "Nodule du sein droit, bilan en cours."
OTHERWISE = "Nodule du sein GAUCHE, bilan en cours."
NESSI = (
    ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.8"),
    ("279035121518989", "277076322082910"),
    ("PAT-TROIS", "NESSI"),
    ("DOMINIQUE MARIE-LOUISE", "NATHALIE"),
    ("DOMINIQUE", "NATHALIE"),
    ("19790328", "19770714"),
    ("51215", "63220"),
    ("DOMPREMY", "MIREFLEURS"),
)
"""PAT-TROIS becomes NESSI, whom region B knows too."""
RECORD = ("1234567890121", "1234567890999")
"""The number of the patient in the establishment."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A letter made of the one that brought an FRCP (with its reference), and what becomes of it at region B.

    ``ends``: state of the mail, outcome or reason, code of the refusal; ``words`` of its finding; ``answered``: state and cause
    that the sender's receipt says, nothing when there is none. ``aside``: what is kept beside the FRCP. ``new``: documents more.
    """

    name: str
    title: str
    make: Callable[[Letter, str], Letter]
    ends: tuple[str, str, str]
    words: str = ""
    answered: tuple[str, str] | None = None
    aside: str = ""
    new: int = 0
    sender: str = A.mailbox


def _replacing(*pairs: tuple[str, str]) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        for before, after in pairs:
            content = content.replace(before.encode(), after.encode())
        return content

    return change


def _older(status: str, branch: str) -> Callable[[Letter, str], Letter]:
    """The official sample of the former volet, of a status (it is « en cours ») and under a reference of its own."""
    sample = reference_dir() / "exemples_2022.01" / "CANCER-FRCP_2022.01_Appareil.xml"

    def make(letter: Letter, reference: str) -> Letter:
        own = ("1.2.250.1.213.1.1.1.8.2022.1", reference + branch)
        return letter.enclosing(_replacing(('code="385651009"', f'code="{status}"'), own)(sample.read_bytes()))

    return make


AT_ONCE = ("lue", "")
ARRIVALS: Sequence[Arrival] = (
    Arrival("doublon", "Le même message, encore", lambda letter, _: letter, ("fait", "repeated", "")),
    Arrival(
        "doublon-autre-message",
        "Les mêmes fichiers, dans un autre message",
        lambda letter, _: letter.again(),
        ("fait", "integrated", ""),
        "Déjà reçu : rien de nouveau",
        answered=AT_ONCE,
    ),
    Arrival(
        "divergente",
        "Même lot, même version, autre contenu",
        lambda letter, _: letter.saying(_replacing((QUESTION, OTHERWISE))),
        ("quarantaine", "aside", "906"),
        "désigne ici un autre contenu",
        ("echec", "integration"),
        aside="divergent",
    ),
    Arrival(
        "enveloppe-autre-patient",
        "L'enveloppe nomme un autre patient que le document",
        lambda letter, _: letter.announcing(_replacing(NESSI[1])),
        ("quarantaine", "bad_envelope", "906"),
        "plusieurs patients",
        ("echec", "integration"),
    ),
    Arrival(
        "autre-patient",
        "La référence de la fiche, au nom d'un autre patient",
        lambda letter, _: letter.saying(_replacing(*NESSI, RECORD)),
        ("fait", "refused", "904"),
        "au nom d'un autre patient",
        ("echec", "ins_differs"),
        aside="autre_patient",
    ),
    Arrival(
        "autre-patient-meme-numero",
        "Un autre patient sous le numéro d'établissement du premier",
        lambda letter, _: letter.saying(_replacing(*NESSI)),
        ("fait", "refused", "904"),
        "contredit une identité connue",
        ("echec", "ins_differs"),
    ),
    Arrival(
        "autre-rcp",
        "Une fiche pour une RCP qui n'est pas de cette région",
        lambda letter, reference: letter.saying(_replacing((reference, f"{reference}.1"), (B.rcp[0], A.rcp[0]))),
        ("fait", "refused", "906"),
        "n'est pas de cette région",
        ("echec", "integration"),
    ),
    Arrival(
        "volet-ancien",
        "Une fiche validée du volet 2022.01",
        _older("9571008", ".2"),
        ("fait", "integrated", ""),
        answered=AT_ONCE,
        new=1,
    ),
    Arrival(
        "volet-ancien-en-cours",
        "Une fiche en cours du volet 2022.01",
        _older("385651009", ".3"),
        ("fait", "refused", "906"),
        "Seuls une FRCP complétée et un document validé",
        ("echec", "integration"),
    ),
    Arrival(
        "volet-inconnu",
        "Un volet que personne ne connaît (2031.01)",
        lambda letter, reference: letter.saying(_replacing((reference, f"{reference}.4"), ("2025.01", "2031.01"))),
        ("fait", "refused", "900"),
        "2031.01",
        ("echec", "version"),
    ),
    Arrival(
        "emetteur-inconnu",
        "Une boîte qui n'est pas dans l'annuaire",
        lambda letter, reference: letter.saying(_replacing((reference, f"{reference}.5"))).written_by(STRANGER),
        ("quarantaine", "unknown_sender", ""),
        "n'est pas dans l'annuaire",
        sender=STRANGER,
    ),
)
