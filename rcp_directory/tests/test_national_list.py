"""The national list: what is read, what its report says, what applying it does and leaves alone."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dcc.audit import api as audit
from rcp_directory import api as directory
from rcp_directory.models import LocalIdentifier, Rcp, RcpMember, RegionalNetwork, Session, StagedList
from rcp_directory.national import applying
from rcp_directory.national.applying import ListRefused
from rcp_directory.national.columns import COLUMNS
from rcp_directory.national.comparison import Directory, Report, compared
from rcp_directory.national.reading import UnreadableList, read_list

if TYPE_CHECKING:
    from dcc.accounts.models import Facility, User

db = pytest.mark.django_db
HEAD = "code;anciens_codes;denomination;rrc_code;rrc_nom;gestionnaire_code;gestionnaire_nom"
FULL = (
    f"{HEAD};nature;appareil;organes;recours;pediatrique;finess;etablissement;coordonnateur;coordonnateur_nom;bal;jours;fermee_le"
)


def line(code: str, name: str, *more: str, former: str = "", centre: str = "520114", network: str = "5201") -> str:
    return ";".join([code, former, name, network, f"RRC {network}", centre, f"3C {centre}", *more])


def file(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


FIRST = file(line("100", "Sein"), line("200", "Foie"), line("300", "Os"))


def look(content: bytes) -> Report:
    return compared(read_list(content, "l.csv"), Directory())


def apply(content: bytes, version: str = "2026-01", *, closing: bool = False) -> Report:
    return applying.apply_list(file="l.csv", content=content, version=version, closing=closing)


def codes(report: Report) -> dict[str, list[str]]:
    groups = ("added", "closed", "reopened", "renumbered", "changed")
    return {group: found for group in groups if (found := [one.code for one in getattr(report, group)])}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "absentes ou en double : code, denomination"),
        (b"a,b,c\n", "Colonnes admises"),
        (file(head=HEAD), "aucune RCP"),
        (file(line("100", "Sein", "x")), "ligne 2 : plus de cellules que de colonnes"),
        (file(head=f"{HEAD};code"), "en double : code"),
        (file("100"), "ligne 2, denomination : à remplir"),
        (file(line("100", "Sein"), line("100", "Foie")), "ligne 3 : l'identifiant 100 est déjà à la ligne 2"),
        (file(line("100", "Sein", former="99"), line("99", "Foie")), "ligne 3 : l'identifiant 99 est déjà à la ligne 2"),
        (file(line("1 0", "Sein")), "ligne 2, code : identifiant"),
        (file(line("100", "=HYPERLINK(1)")), "ligne 2, denomination : commence par un signe"),
        (file(line("100", "-Sein")), "un tableur prend pour une formule"),
        (file(line("100", "Sein / Foie")), "sépare déjà les noms"),
        (file(line("100", "x" * 201)), "plus de 200 caractères"),
        ("code\n\u00e9".encode("latin-1"), "ligne 2 : ce n'est pas de l'UTF-8"),
        (b"code\0", "ce n'est pas un texte"),
        (file(line("100", 'Sein"x"')) + b'"', "ligne"),
        (file(line("1", "A", "ORG-999"), head=f"{HEAD};nature"), "nature : code « ORG-999 » inconnu"),
        (file(line("1", "A", "76752008|xx"), head=f"{HEAD};organes"), "organes : code « xx » inconnu"),
        (file(line("1", "A", "peut-être"), head=f"{HEAD};recours"), "recours : « O » ou « N »"),
        (file(line("1", "A", "pas une adresse"), head=f"{HEAD};bal"), "bal : adresse incorrecte"),
        (file(line("1", "A", "31/02/2026"), head=f"{HEAD};fermee_le"), "date illisible, « 31/02/2026 »"),
        (file(line("1", "A", "2026-02-01", "2026-01-01"), head=f"{HEAD};ouverte_le;fermee_le"), "précéder l'ouverture"),
        (file(line("1", "A", "12"), head=f"{HEAD};coordonnateur"), "coordonnateur : numéro RPPS"),
        (file(line("1", "A", "x" * 101), head=f"{HEAD};commune"), "commune : plus de 100 caractères"),
        (file(line("1", "A", "x" * 61), head=f"{HEAD};rrc_sigle"), "rrc_sigle : plus de 60 caractères"),
        (file(line("1", "A", "12"), head=f"{HEAD};finess"), "finess : numéro FINESS"),
        (file(line("1", "A"), line("2", "B", network="9")), "ligne 3 : 520114 n'est pas décrit comme plus haut"),
    ],
)
def test_what_is_no_list_is_refused_with_its_lines(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableList) as refused:
        read_list(content, "l.csv")
    assert words in "\n".join(refused.value.errors)


def test_every_error_of_a_file_is_told_up_to_a_limit() -> None:
    with pytest.raises(UnreadableList) as refused:
        read_list(file(*(line("?", "A") for _n in range(80))), "l.csv")
    assert len(refused.value.errors) == 51
    assert refused.value.errors[-1] == "… et 30 autres"


@given(st.binary(max_size=300), st.lists(st.text(max_size=12), max_size=30))
def test_any_bytes_are_read_or_refused_in_words(tail: bytes, cells: list[str]) -> None:
    for content in (tail, FULL.encode() + b"\n" + tail, f"{FULL}\n{';'.join(cells)}".encode(errors="replace")):
        try:
            assert read_list(content, "l.csv")
        except UnreadableList as error:
            assert all(isinstance(one, str) and one for one in error.errors)  # noqa: PT017  (either way is right)


def test_rows_are_bounded_whether_they_are_good_or_not() -> None:
    head = ";".join(column.name for column in COLUMNS)
    with pytest.raises(UnreadableList, match="plus de 20000 RCP"):
        read_list(f"{head}\n".encode() + b"x\n" * 1_000_000, "liste.csv")


@db
def test_a_first_list_fills_the_directory() -> None:
    report = apply(b"\xef\xbb\xbf" + FIRST)
    assert codes(report) == {"added": ["100", "200", "300"]}
    assert [one.code for one in report.bodies] == ["5201", "520114"]
    assert dict(Rcp.objects.values_list("national_id", "list_version")) == dict.fromkeys(("100", "200", "300"), "2026-01")
    assert not RegionalNetwork.objects.get().is_ours
    assert not look(FIRST)
    hour = timedelta(hours=1)
    found = audit.search(audit.Filters(timezone.now() - hour, timezone.now() + hour, actions=["rcp.list_applied"]))
    assert [row.facts["added"] for row in found.traces] == [3]


@db
def test_everything_that_a_line_tells(facility: Facility, alice: User) -> None:
    apply(FIRST)
    assert alice.practitioner
    rpps = alice.practitioner.national_id[1:]
    told = line(
        "100", "Sein et ovaire", "ORG-117", "76752008", "76752008|15497006", "O", "N", facility.finess, "", rpps, "",
        "Sein@CH.mssante.fr", "mardi 14 h", "2030-01-31",
    )  # fmt: skip
    content = file(
        told, line("200", "Foie", *[""] * 5, "440000999", "Clinique", "10000009999", "DURAND"), line("300", "Os"), head=FULL
    )
    report = look(content)
    assert codes(report) == {"changed": ["100", "200"]}
    assert {(c.label, c.before, c.after) for c in report.changed[0].changes} >= {
        ("dénomination", "Sein", "Sein et ovaire"),
        ("organes", "", "sein (76752008), ovaire (15497006)"),
        ("RCP de recours", "non", "oui"),
        ("boîte aux lettres", "", "sein@ch.mssante.fr"),
        ("fermée le", "", "31/01/2030"),
    }
    apply(content)
    rcp = Rcp.objects.get(national_id="100")
    assert (rcp.establishment, rcp.coordinator) == (facility, alice.practitioner)
    assert [organ.code for organ in rcp.organs.all()] == ["76752008", "15497006"]
    assert (rcp.nature, rcp.is_recourse, rcp.mailbox, rcp.active_to) == ("ORG-117", True, "sein@ch.mssante.fr", date(2030, 1, 31))
    other = Rcp.objects.get(national_id="200")
    assert (other.establishment.name, str(other.coordinator)) == ("Clinique", "DURAND")
    assert not look(content)


@db
def test_what_the_region_knows_stays(facility: Facility, alice: User) -> None:
    apply(FIRST)
    rcp = Rcp.objects.get(national_id="100")
    assert alice.practitioner_id
    directory.record_member(rcp_id=rcp.pk, practitioner_id=alice.practitioner_id)
    directory.record_session(rcp_id=rcp.pk, starts_at=timezone.now(), identifier="S1")
    LocalIdentifier.objects.create(rcp=rcp, root="1.2.3", value="x")
    Rcp.objects.filter(pk=rcp.pk).update(mailbox="ici@mssante.fr", establishment=facility, speciality="mamelle")
    own = directory.record_rcp(
        national_id="LOCALE",
        denomination="Locale",
        network=directory.Named("5201", "", "RRC 5201", is_ours=False),
        centre=directory.Named("520114", "", "3C 520114"),
    )
    report = apply(file(line("100", "Sein (nouveau nom)"), line("200", "Foie"), line("300", "Os")))
    assert codes(report) == {"changed": ["100"]}
    assert report.kept == {"boîte aux lettres": 1, "établissement (FINESS)": 1}
    assert report.regional == 1
    rcp.refresh_from_db()
    assert (rcp.denomination, rcp.mailbox, rcp.establishment, rcp.speciality) == (
        "Sein (nouveau nom)", "ici@mssante.fr", facility, "mamelle",
    )  # fmt: skip
    assert (RcpMember.objects.count(), Session.objects.count(), LocalIdentifier.objects.count()) == (1, 1, 1)
    assert Rcp.objects.get(pk=own).is_open


@db
def test_closed_and_opened_again_by_lists_but_not_what_the_region_closed() -> None:
    apply(FIRST)
    Rcp.objects.filter(national_id="200").update(active_to=date(2020, 1, 1))
    assert codes(apply(file(line("100", "Sein")))) == {"closed": ["300"]}
    closed = Rcp.objects.get(national_id="300")
    assert (closed.is_open, closed.active_to) == (False, timezone.localdate())
    assert codes(apply(FIRST)) == {"reopened": ["300"]}
    assert {row.national_id: row.is_open for row in Rcp.objects.all()} == {"100": True, "200": False, "300": True}


@db
def test_dates_that_contradict_what_the_region_closed_are_told_with_their_line() -> None:
    apply(FIRST)
    Rcp.objects.filter(national_id="200").update(active_to=date(2026, 1, 1))
    opened = file(line("100", "Sein", ""), line("200", "Foie", "2026-06-01"), head=f"{HEAD};ouverte_le")
    with pytest.raises(UnreadableList, match=r"ligne 3 : la fermeture \(01/01/2026, liste ou annuaire\) précède l'ouverture"):
        look(opened)


@db
def test_no_break_spaces_of_french_are_spaces() -> None:
    apply(file(line("100", "Sein\u00a0: 2ᵉ\u202favis")))
    assert Rcp.objects.get().denomination == "Sein : 2ᵉ avis"


@db
def test_a_renumbered_board_keeps_its_rows_and_its_former_code(alice: User) -> None:
    apply(FIRST)
    rcp = Rcp.objects.get(national_id="100")
    assert alice.practitioner_id
    directory.record_member(rcp_id=rcp.pk, practitioner_id=alice.practitioner_id)
    newer = file(line("101", "Sein", former="100"), line("200", "Foie", former="2"), line("300", "Os"))
    report = apply(newer)
    assert codes(report) == {"renumbered": ["101"], "changed": ["200"]}
    assert report.renumbered[0].former == "100"
    found = directory.rcp_by_code("100")
    assert found is not None
    assert (found.rcp_id, found.national_id) == (rcp.pk, "101")
    assert {row["national_id"] for row in directory.rcps_of(alice)} == {"100", "101"}
    assert not look(newer)
    again = apply(file(line("102", "Sein", former="100|101"), line("200", "Foie"), line("300", "Os")))
    assert [one.former for one in again.renumbered] == ["101"]
    assert directory.rcp_by_code("100") == directory.rcp_by_code("101") == directory.rcp_by_code("102")


@db
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([line("100", "Sein")], "ligne 2 : 100 est un ancien identifiant de la RCP 101"),
        ([line("200", "Foie", former="100")], "l'ancien identifiant 100 est déjà celui de la RCP 101"),
        ([line("900", "A", former="200"), line("901", "B", former="100"), line("101", "S")], "est déjà celle de la ligne"),
    ],
)
def test_identifiers_that_contradict_the_directory(lines: list[str], words: str) -> None:
    apply(FIRST)
    apply(file(line("101", "Sein", former="100"), line("200", "Foie"), line("300", "Os")))
    with pytest.raises(UnreadableList) as refused:
        look(file(*lines))
    assert words in " ".join(refused.value.errors)


@db
def test_a_board_merged_into_another_is_closed_under_its_own_code() -> None:
    apply(FIRST)
    assert codes(apply(file(line("100", "Sein", former="200"), line("300", "Os")))) == {"closed": ["200"]}
    found = directory.rcp_by_code("200")
    assert found is not None
    assert not found.is_open


@db
def test_a_list_that_closes_most_is_refused_unless_meant() -> None:
    apply(FIRST)
    with pytest.raises(ListRefused, match="plus de la moitié"):
        apply(file(line("100", "Sein")))
    assert Rcp.objects.filter(active_to=None).count() == 3
    assert codes(apply(file(line("100", "Sein")), closing=True)) == {"closed": ["200", "300"]}


@db
def test_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    apply(FIRST)

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(applying, "log", broken)
    with pytest.raises(RuntimeError):
        apply(file(line("100", "Autre"), line("200", "Foie"), line("300", "Os"), line("400", "Peau")))
    assert set(Rcp.objects.values_list("national_id", "denomination")) == {("100", "Sein"), ("200", "Foie"), ("300", "Os")}


@db
def test_a_report_read_before_the_directory_changed_is_not_applied(edith: User) -> None:
    apply(FIRST)
    content = file(line("100", "Seins"), line("200", "Foie"), line("300", "Os"))
    staged = applying.stage_list(actor=edith, file="l.csv", content=content, version="2026-02")
    assert codes(applying.staged_list(actor=edith, staged_id=staged).report) == {"changed": ["100"]}
    Rcp.objects.filter(national_id="100").update(denomination="Sein gauche")
    with pytest.raises(ListRefused, match="a changé depuis le rapport"):
        applying.apply_staged_list(actor=edith, staged_id=staged)
    Rcp.objects.filter(national_id="100").update(denomination="Sein")
    applying.apply_staged_list(actor=edith, staged_id=staged)
    assert Rcp.objects.get(national_id="100").denomination == "Seins"
    assert not StagedList.objects.exists()
    with pytest.raises(LookupError, match="n'attend plus"):
        applying.staged_list(actor=edith, staged_id=staged)


@db
def test_only_those_who_keep_the_directory_import_and_each_his_own(edith: User, adrien: User, alice: User) -> None:
    with pytest.raises(PermissionDenied):
        applying.stage_list(actor=alice, file="l.csv", content=FIRST, version="1")
    staged = applying.stage_list(actor=edith, file="l.csv", content=FIRST, version="1")
    with pytest.raises(PermissionDenied):
        applying.apply_staged_list(actor=alice, staged_id=staged)
    with pytest.raises(LookupError):
        applying.staged_list(actor=adrien, staged_id=staged)
    applying.cancel_list(actor=adrien, staged_id=staged)
    assert StagedList.objects.exists()
    applying.cancel_list(actor=edith, staged_id=staged)
    assert not StagedList.objects.exists()


@db
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "liste-2026.csv"
    path.write_bytes(FIRST)
    call_command("rcp_list", str(path), json=True)
    assert json.loads(capsys.readouterr().out)["listed"] == 3
    assert not Rcp.objects.exists()
    call_command("rcp_list", str(path), apply=True)
    assert set(Rcp.objects.values_list("list_version", flat=True)) == {"liste-2026"}
    path.write_bytes(file(line("101", "Sein gauche", former="100"), line("200", "Foie"), line("300", "Os")))
    told = io.StringIO()
    call_command("rcp_list", str(path), stdout=told)
    assert "100 → 101 Sein" in told.getvalue()
    assert "dénomination : « Sein » → « Sein gauche »" in told.getvalue()
    path.write_bytes(file(line("?", "Sein")))
    with pytest.raises(CommandError, match="ligne 2, code"):
        call_command("rcp_list", str(path))
    path.write_bytes(file(line("100", "Sein")))
    with pytest.raises(CommandError, match="--closing"):
        call_command("rcp_list", str(path), apply=True)


def test_the_columns_are_told_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs/editors.md").read_text("utf-8")
    assert [column.name for column in COLUMNS if f"`{column.name}`" not in guide] == []
