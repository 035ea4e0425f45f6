"""Two writings of a trait, letter by letter, and two identities trait by trait."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.web.identities.comparing import ABSENT, DIFFERS, NEAR, NOT_COMPARED, SAME, Side, compared
from dcc.web.identities.letters import Run, spelled

NAMES = st.text(alphabet="ABCDE -'", max_size=20)


def shown(runs: object) -> str:
    """Runs as one line: ``DUPON[T]``, an underscore where the other side alone has letters."""
    return "".join({"same": r.text, "differs": f"[{r.text}]", "absent": "_"}[r.kind] for r in runs)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("left", "right", "on_left", "on_right", "said"),
    [
        ("DUPONT", "DUPONT", "DUPONT", "DUPONT", ""),
        ("DUPONT", "DUPOND", "DUPON[T]", "DUPON[D]", "« T » au lieu de « D » (caractère 6)"),
        ("MATHILDE", "MATILDE", "MAT[H]ILDE", "MAT_ILDE", "« H » en plus (caractère 4)"),
        ("MATILDE", "MATHILDE", "MAT_ILDE", "MAT[H]ILDE", "« H » en moins (caractère 4)"),
        ("JEAN-CLAUDE", "JEAN CLAUDE", "JEAN[-]CLAUDE", "JEAN[ ]CLAUDE", "« trait d'union » au lieu de « espace » (caractère 5)"),
        ("D'ARTAGNAN", "DARTAGNAN", "D[']ARTAGNAN", "D_ARTAGNAN", "« apostrophe » en plus (caractère 2)"),
        ("28/03/1979", "28/02/1978", "28/0[3]/197[9]", "28/0[2]/197[8]", None),
        ("PIERRE", "PIERRE ALAIN MURIEL", "PIERRE_", "PIERRE[ ALAIN MURIEL]", "« ALAIN MURIEL » en moins (caractère 7)"),
        ("PAT-TROIS", "DURAND", "[PAT-TROIS]", "[DURAND]", "tout diffère"),
        ("ABCDEFGHIJKLMNOP", "AXCXEXGXIJKLMNOP", None, None, "plusieurs lettres diffèrent"),
        ("DUPONT", "", "DUPONT", "", ""),
    ],
)
def test_what_differs_is_marked_and_told(
    left: str, right: str, on_left: str | None, on_right: str | None, said: str | None
) -> None:
    found = spelled(left, right)
    for runs, wanted in ((found.left, on_left), (found.right, on_right)):
        assert wanted is None or shown(runs) == wanted
    assert said is None or found.said.replace("\u00a0", " ") == said


@given(NAMES, NAMES)
def test_runs_hold_all_letters_and_common_ones_are_the_same_on_both_sides(left: str, right: str) -> None:
    found = spelled(left, right)
    assert "".join(run.text for run in found.left) == left
    assert "".join(run.text for run in found.right) == right
    if left and right:
        same = ["".join(run.text for run in runs if run.kind == "same") for runs in (found.left, found.right)]
        assert same[0] == same[1]
        assert bool(found.said) == (left != right)


TRAITS = IdentityTraits("DUPONT", "MARIE", "MARIE ANNE", "F", "1960-05-12", "49007", "Angers")


@pytest.mark.parametrize(
    ("field", "other", "differing", "finding"),
    [
        ("birth_name", "DUPONT", (), SAME),
        ("birth_name", "DUPOND", ("birth_name",), DIFFERS),
        ("given_names", "MARIE", (), NEAR),
        ("birth_place_code", "", (), ABSENT),
        ("birth_place_name", "ANGERS CEDEX", (), NOT_COMPARED),
    ],
)
def test_the_finding_of_a_trait_follows_what_the_patients_room_says(
    field: str, other: str, differing: tuple[str, ...], finding: object
) -> None:
    rows = compared(Side(TRAITS), Side(replace(TRAITS, **{field: other})), differing)  # type: ignore[arg-type]
    labels = {"birth_name": 0, "given_names": 2, "birth_place_code": 5, "birth_place_name": 6}
    assert rows[labels[field]].finding is finding
    assert rows[labels[field]].differs == bool(differing)


def test_a_side_that_is_not_the_reader_s_to_see_shows_nothing() -> None:
    rows = compared(Side(TRAITS, ins=InstanceId("1.2.3", "260054900712345")), None, ["birth_name"])
    assert all(row.right == [] for row in rows)
    assert [row.label for row in rows if row.finding] == ["Nom de naissance"]
    assert rows[-1].left == [Run("2 60 05 49 007 123 45".replace(" ", "\u00a0"))]
