"""Answers: every published one is read, hostile ones are refused in French and never crash."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from plugins.ins.insi.reading import LIMIT, Answer, Fault, Malformed, active_matricule, read
from tests.fixtures import reference_dir
from tests.proofs.recorder import Proof

SAMPLES = reference_dir() / "insi" / "samples"
ANSWERS = sorted(path for folder in ("live", "cnda", "faults") for path in (SAMPLES / folder).glob("*.xml"))
MALFORMED = "TEST_2.04_cas2.padoa.xml"
GOOD = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><RESULTAT xmlns="http://www.cnamts.fr/INSiResultat">
<CR><CodeCR>00</CodeCR><LibelleCR>OK</LibelleCR></CR><INDIVIDU><INSACTIF><IdIndividu><NumIdentifiant>180032B020401</NumIdentifiant>
<Cle>23</Cle></IdIndividu><OID>1.2.250.1.213.1.4.8</OID></INSACTIF><TIQ><NomNaissance>CORSE</NomNaissance>
<ListePrenom>ANTHONY</ListePrenom><Sexe>M</Sexe><DateNaissance>1980-03-02</DateNaissance><LieuNaissance>2B020</LieuNaissance></TIQ>
</INDIVIDU></RESULTAT></s:Body></s:Envelope>"""


@pytest.mark.reference
@pytest.mark.parametrize("path", [path for path in ANSWERS if path.name != MALFORMED], ids=lambda path: path.name)
def test_a_published_answer_is_read(path: Path) -> None:
    found, text = read(path.read_bytes()), path.read_text(encoding="utf-8")
    if path.parent.name == "faults":
        assert isinstance(found, Fault)
        assert f'code="{found.code}"' in text
        assert f":{found.subcode}<" in text
        assert found.reason
        return
    assert isinstance(found, Answer)
    assert f"CodeCR>{found.code}<" in text
    held = found.individual
    numbers = [each.number + each.key for each in (held.active, *held.former)] if held else []
    written = re.findall(r"NumIdentifiant>(\w+)<.*?Cle>(\d\d)<", text, re.DOTALL)
    assert numbers == ["".join(pair) for pair in written]


@pytest.mark.reference
def test_the_malformed_one_is_refused_and_still_tells_its_matricule() -> None:
    content = (SAMPLES / "cnda" / MALFORMED).read_bytes()
    with pytest.raises(Malformed, match=r"INSHISTO : « IdIndividu » manque \(« DateDeb » à sa place\)"):
        read(content)
    assert active_matricule(content) == ("109076322083489", "1.2.250.1.213.1.4.8")


def test_the_good_one() -> None:
    found = read(GOOD.encode())
    assert isinstance(found, Answer)
    assert found.individual is not None
    assert (found.individual.birth_name, found.individual.active.number) == ("CORSE", "180032B020401")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<CodeCR>00", "<CodeCR>01", "ne va pas avec"),
        ("<TIQ>", "<AUTRE/><TIQ>", "« AUTRE » à sa place"),
        ("</TIQ>", "</TIQ><TIQ/>", "n'est pas attendu"),
        ("180032B020401", "18003", "valeur inattendue"),
        ("180032B020401", "18003２B020401", "valeur inattendue"),
        ("<Cle>23", "<Cle>2", "valeur inattendue"),
        ("<Sexe>M", "<Sexe>m", "valeur inattendue"),
        ("1980-03-02", "2/3/1980", "valeur inattendue"),
        ("CORSE", "C" * 600, "valeur inattendue"),
        ("CORSE", "<b>CORSE</b>", "valeur inattendue"),
        ("INSiResultat", "AutreChose", "RESULTAT"),
        ("2003/05/soap-envelope", "autre", "enveloppe"),
        ("<s:Body>", "<s:Body><s:Fault/>", "un seul élément"),
        ("<s:Envelope", '<!DOCTYPE x [<!ENTITY a "b">]><s:Envelope', "type de document"),
        ("<s:Envelope", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><s:Envelope', "type de document"),
        ("CORSE", "&a;", "XML"),
        ("</s:Envelope>", "", "XML"),
        ("CORSE", "\x00", "XML"),
        ("</RESULTAT>", f"</RESULTAT><!--{'x' * LIMIT}-->", "octets"),
    ],
)
def test_a_hostile_answer_is_refused(old: str, new: str, why: str) -> None:
    assert old in GOOD
    with pytest.raises(Malformed, match=why):
        read(GOOD.replace(old, new).encode())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"<", b"{}", b"\x1f\x8b\x08", "é".encode("latin-1"), b"<a/>" * 9])
def test_what_is_no_answer_at_all(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)
    assert active_matricule(content) is None


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    with pytest.raises(Malformed):
        read(f"{bomb}]>{GOOD.replace('CORSE', '&j;')}".encode())


def test_a_date_that_no_calendar_has_is_text() -> None:
    found = read(GOOD.replace("1980-03-02", "1980-13-42").encode())
    assert isinstance(found, Answer)
    assert found.individual is not None
    assert found.individual.birth_date == "1980-13-42"


def _mutants(count: int) -> tuple[int, int]:
    """Read answers with some bytes changed, doubled or lost: how many were read, how many refused; anything else is raised."""
    draw, read_ones = random.Random(6), 0  # noqa: S311  (a fixed draw, not a secret)
    for _ in range(count):
        content = bytearray(GOOD.encode())
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(content))
            what = draw.randrange(4)
            if what == 0:
                content[at] = draw.randrange(256)
            elif what == 1:
                del content[at : at + draw.randint(1, 40)]
            elif what == 2:
                content[at:at] = content[at : at + draw.randint(1, 40)]
            else:
                content[at:at] = draw.choice([b"<", b">", b"&", b'"', b"]]>", b"<!--", b"\x00", b"<?x ?>"])
        try:
            read(bytes(content))
            read_ones += 1
        except Malformed:
            active_matricule(bytes(content))
    return read_ones, count - read_ones


def test_mutants_are_read_or_refused() -> None:
    assert sum(_mutants(300)) == 300


@pytest.mark.prove
@pytest.mark.reference
def test_answers_at_full_size(proof: Proof) -> None:
    good, refused = _mutants(20_000)
    read_ones = [read(path.read_bytes()) for path in ANSWERS if path.name != MALFORMED]
    proof.record(
        issue=6,
        title="INSi : réponses lues",
        figures={
            "réponses et fautes publiées": f"{len(ANSWERS)}, dont {len(read_ones)} lues",
            "refusée entière, matricule actif encore montré à l'exploitant": MALFORMED,
            "réponses altérées au hasard": f"20 000 : {good} encore lisibles, {refused} refusées, aucun plantage",
        },
    )
