"""Extraction files: loaded whole or not at all, and what the platform then finds in them."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from dcc.contracts.testing.advice import DirectoryConformance
from plugins.annuaire import loading
from plugins.annuaire.loading import LoadRefused, in_use, load
from plugins.annuaire.models import Activity, Box, Extraction
from plugins.annuaire.operating import digest
from plugins.annuaire.sources import ExtractedMailboxes, ExtractedProfessionals
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
BOXES = (
    "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|Type identifiant structure|"
    "Identification Structure|Service de rattachement|Nom d'exercice|Prénom d'exercice|Dématérialisation|"
    "Raison Sociale structure BAL|Colonne nouvelle|"
)
ALICE, BOB = "810000000001", "810000000002"
HERE, THERE = "1490000031", "1440000289"


def box(kind: str, address: str, person: str = "", place: str = "", service: str = "", paperless: str = "N") -> str:
    return f"{kind}|{address}|8|{person[1:]}|{person}|1|{place}|{service}|MARTIN|ALICE|{paperless}|CH|x|"


SAMPLE = [
    box("PER", "Alice.Martin@pro.mssante.fr", ALICE),
    box("PER", "alice@ch-ici.mssante.fr", ALICE, HERE),
    box("PER", "alice@clinique.mssante.fr", ALICE, THERE, paperless="O"),
    box("PER", "bob@pro.mssante.fr", BOB),
    box("ORG", "oncologie@ch-ici.mssante.fr", place=HERE, service="Oncologie", paperless="O"),
    box("ORG", "accueil@ch-ici.mssante.fr", place="490000031", paperless="O"),
    box("APP", "dcc@ch-ici.mssante.fr", place=HERE),
    box("CAB", "secretariat@clinique.mssante.fr", place=THERE),
]
PEOPLE = (
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|Code civilité|Nom d'exercice|"
    "Prénom d'exercice|Code profession|Code type savoir-faire|Code savoir-faire|Code mode exercice|Numéro FINESS site|"
    "Identifiant technique de la structure|Raison sociale site|Numéro Voie (coord. structure)|"
    "Libellé type de voie (coord. structure)|Libellé Voie (coord. structure)|Code postal (coord. structure)|"
    "Libellé commune (coord. structure)|Téléphone (coord. structure)|"
)


def person(number: str, family: str, given: str, profession: str = "10", speciality: str = "SM36") -> str:
    return (
        f"8|{number[1:]}|{number}|DR|MME|{family}|{given}|{profession}|S|{speciality}|S|490000031|F490000031|CH ICI|4|Rue|"
        "DES LILAS|49000|Angers|0241000000|"
    )


def written(folder: Path, head: str, lines: list[str], name: str = "boites.txt") -> Path:
    path = folder / name
    path.write_bytes("\n".join([head, *lines, ""]).encode())
    return path


@pytest.fixture
def boxes(tmp_path: Path) -> Path:
    path = written(tmp_path, BOXES, SAMPLE)
    load(path)
    return path


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"practitioner": ALICE}, ["alice@clinique.mssante.fr", "alice.martin@pro.mssante.fr", "alice@ch-ici.mssante.fr"]),
        (
            {"practitioner": ALICE, "structure": HERE},  # several shared boxes there: which is hers is not known
            ["alice@clinique.mssante.fr", "alice@ch-ici.mssante.fr", "alice.martin@pro.mssante.fr"],
        ),
        ({"practitioner": BOB, "structure": THERE[1:]}, ["bob@pro.mssante.fr", "secretariat@clinique.mssante.fr"]),
        ({"practitioner": "810000000009", "structure": THERE}, ["secretariat@clinique.mssante.fr"]),
        ({"structure": "490000031"}, ["accueil@ch-ici.mssante.fr", "oncologie@ch-ici.mssante.fr", "dcc@ch-ici.mssante.fr"]),
        ({"practitioner": "810000000009"}, []),
        ({"structure": "1999999999"}, []),
        ({}, []),
    ],
)
def test_the_best_box_comes_first(boxes: Path, asked: dict[str, str], found: list[str]) -> None:
    assert [row.address for row in ExtractedMailboxes().mailboxes(**asked)] == found


def test_nothing_is_known_before_a_file_is_loaded() -> None:
    assert ExtractedMailboxes().mailboxes(practitioner=ALICE) == []
    assert ExtractedProfessionals().search("martin") == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ce n'est pas une extraction connue"),
        (b"a;b;c\n1;2;3\n", "aucune colonne « Adresse BAL », « Code mode exercice »"),
        (b"Adresse BAL|Type de BAL|\n", "« Identification nationale PP », « Type identifiant structure »"),
        (BOXES.encode() + b"\n", "aucune ligne retenue sur 0"),
        (BOXES.encode("utf-8") + b"\nPER|caf\xe9@x.fr|\n", "ligne 2 : ce n'est pas de l'UTF-8"),
        (BOXES.encode() + b"\n" + b"x" * 30_000, "ligne 2 : plus de 20000"),
        (BOXES.encode() + b"\nPER|a\0|\n", "ligne 2 : ce n'est pas un texte"),
        (b"x" * 30_000, "la première ligne n'est pas un en-tête"),
        ("\n".join([BOXES, SAMPLE[0], "PER|a", "ORG|b", "x"]).encode(), "3 lignes écartées sur 4, par exemple ligne 3"),
    ],
)
def test_what_is_no_extraction_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "boites.txt"
    path.write_bytes(content)
    with pytest.raises(LoadRefused, match=words):
        load(path)
    assert not Extraction.objects.exists()
    assert not Box.objects.exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (box("XXX", "a@b.fr", ALICE), "type de boîte « XXX » inconnu"),
        (box("PER", "pas une adresse", ALICE), "adresse de boîte incorrecte"),
        (box("PER", "a@b.fr"), "boîte sans titulaire"),
        (box("ORG", "a@b.fr", ALICE), "boîte sans titulaire"),
        ("PER|a@b.fr|", "pas le nombre de colonnes"),
    ],
)
def test_a_wrong_line_is_passed_over_and_told(tmp_path: Path, line: str, reason: str) -> None:
    found = load(written(tmp_path, BOXES, [*SAMPLE, "", line]))
    assert (found.kept, found.passed_over) == (len(SAMPLE), 1)
    assert found.reasons[0].startswith(f"ligne {len(SAMPLE) + 3} : ")
    assert reason in found.reasons[0]


def test_a_new_file_replaces_the_former_one_at_once(boxes: Path, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    newer = [box("PER", f"b{n}@pro.mssante.fr", BOB) for n in range(6)]
    with django_capture_on_commit_callbacks(execute=True):
        load(written(tmp_path, BOXES, newer, "suivante.txt"))
    assert ExtractedMailboxes().mailboxes(practitioner=ALICE) == []
    assert Box.objects.count() == len(newer)
    assert [(row.file, row.state) for row in Extraction.objects.order_by("pk")] == [
        ("boites.txt", "remplacee"),
        ("suivante.txt", "en_service"),
    ]


def test_the_same_file_again_changes_nothing_but_its_date(boxes: Path) -> None:
    first = in_use("boites")
    assert first is not None
    Extraction.objects.update(finished_at=timezone.now() - timedelta(days=90))
    assert load(boxes).already
    again = in_use("boites")
    assert again is not None
    assert again.pk == first.pk
    assert again.finished_at is not None
    assert again.finished_at > timezone.now() - timedelta(hours=1)
    assert Box.objects.count() == len(SAMPLE)


def test_a_file_that_was_cut_replaces_nothing_unless_asked(boxes: Path, tmp_path: Path) -> None:
    short = written(tmp_path, BOXES, SAMPLE[:2], "courte.txt")
    with pytest.raises(LoadRefused, match="2 lignes, contre 8 en service"):
        load(short)
    assert len(ExtractedMailboxes().mailboxes(practitioner=ALICE)) == 3
    assert load(short, smaller=True).kept == 2


def test_a_load_that_breaks_off_is_never_seen(boxes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH", 4)
    bad = tmp_path / "abimee.txt"
    bad.write_bytes("\n".join([BOXES, *SAMPLE, ""]).encode() + b"\xe9|\n")
    with pytest.raises(LoadRefused, match="UTF-8"):
        load(bad)
    assert Box.objects.count() == len(SAMPLE)
    assert ExtractedMailboxes().mailboxes(practitioner=BOB)


@pytest.mark.parametrize(("silent", "taken_over"), [(timedelta(minutes=1), False), (timedelta(hours=1), True)])
def test_one_load_at_a_time(tmp_path: Path, silent: timedelta, taken_over: bool) -> None:
    then = timezone.now() - silent
    dead = Extraction.objects.create(kind="boites", file="morte.txt", started_at=then, seen_at=then)
    Box.objects.create(extraction=dead, address="a@b.fr", type="PER", practitioner=ALICE)
    path = written(tmp_path, BOXES, SAMPLE)
    if taken_over:
        assert load(path).kept == len(SAMPLE)
        assert Box.objects.count() == len(SAMPLE)
        return
    with pytest.raises(LoadRefused, match=r"en cours \(« morte.txt »\)"):
        load(path)


def test_an_archive_is_read_without_being_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "extraction.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../dossier/boites.txt", "\n".join([BOXES, *SAMPLE]))
    assert load(path).file == "boites.txt"
    assert [found.name for found in tmp_path.iterdir()] == ["extraction.zip"]
    path.write_bytes(b"PK\x03\x04 rien")
    with pytest.raises(LoadRefused, match="illisible"):
        load(path)


@pytest.mark.parametrize(("at", "words"), [(80, "illisible"), (6, "chiffrée")])
def test_a_damaged_archive_is_refused_in_words(tmp_path: Path, at: int, words: str) -> None:
    path = tmp_path / "extraction.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("boites.txt", "\n".join([BOXES, *SAMPLE]))
    whole = bytearray(path.read_bytes())
    whole[at] ^= 0xFF
    if words == "chiffrée":
        whole[whole.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(whole))
    with pytest.raises(LoadRefused, match=words):
        load(path)


@pytest.fixture
def people(tmp_path: Path) -> None:
    lines = [
        person("810000000001", "MARTIN", "Alice"),
        person("810000000002", "DE LA TOUR", "Éric"),
        person("810000000003", "MARTINEZ", "Zoé", "60", ""),
        person("810000000004", "ZAZZ", "Ana", "10", "SMXX"),
    ]
    load(written(tmp_path, PEOPLE, lines, "personnes.txt"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("martin", ["MARTIN", "MARTINEZ"]),
        ("alice MAR", ["MARTIN"]),
        ("eric de", ["DE LA TOUR"]),
        ("zoé martinez", ["MARTINEZ"]),
        ("zaz", ["ZAZZ"]),
        ("810000000002", ["DE LA TOUR"]),
        ("alice", []),
        ("m%", ["MARTIN", "MARTINEZ"]),
    ],
)
def test_professionals_are_found_by_names_and_number(people: None, text: str, found: list[str]) -> None:
    assert [value["family"] for value in ExtractedProfessionals().search(text)] == found


def test_a_professional_fits_an_answer(people: None) -> None:
    from forms_config.schema.actors import check_professional

    [value] = ExtractedProfessionals().search("alice martin")
    assert check_professional(dict(value)) == value
    assert value["profession"]["code"] == "G15_10/SM36"
    assert value["profession"]["label"].startswith("Médecin - Oncologie")
    assert value["organisation"]["id"]["extension"] == HERE
    assert value["organisation"]["address"]["street"] == "Rue DES LILAS"
    [unknown] = ExtractedProfessionals().search("zazz")
    assert "profession" not in unknown


class TestConformance(DirectoryConformance):
    known = "martin"

    @pytest.fixture(autouse=True)
    def loaded(self, people: None) -> None:
        assert Activity.objects.exists()

    def make(self) -> ExtractedProfessionals:
        return ExtractedProfessionals()


def test_the_command_says_what_it_did(boxes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "autre.txt"
    bad.write_text("x")
    with pytest.raises(CommandError, match="pas une extraction connue"):
        call_command("annuaire", "import", str(boxes), str(bad))
    call_command("annuaire", "state")
    told = capsys.readouterr().out
    assert "boites.txt : 8 lignes retenues, 0 écartées, déjà en service" in told
    assert "Boîtes aux lettres MSSanté : boites.txt, 8 lignes" in told


@pytest.mark.parametrize(("days", "words"), [(10, []), (60, ["Boîtes aux lettres MSSanté : le fichier en service a 60 jours"])])
def test_an_old_file_is_in_the_digest(boxes: Path, people: None, days: int, words: list[str]) -> None:
    Extraction.objects.filter(kind="boites").update(finished_at=timezone.now() - timedelta(days=days))
    assert [line.words for line in digest(uuid4())] == words


def test_half_a_directory_is_in_the_digest_but_not_none(tmp_path: Path) -> None:
    assert digest(uuid4()) == []
    load(written(tmp_path, BOXES, SAMPLE))
    assert [line.words for line in digest(uuid4())] == ["Professionnels et lieux d'exercice : aucun fichier chargé"]


def test_the_page_says_what_is_in_use(boxes: Path, client: Client, adrien: User, alice: User) -> None:
    sign_in(client, adrien)
    page = client.get(reverse("annuaire:state")).content.decode()
    assert "boites.txt" in page
    assert "à charger" in page
    sign_in(client, alice)
    assert client.get(reverse("annuaire:state")).status_code == 403
