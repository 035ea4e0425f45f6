"""What scanners type on the keyboards of workstations: put back where it is certain, said where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcc.contracts.datamatrix import GS
from dcc.contracts.errors import Refused
from plugins.ins.datamatrix.reading import check, read_text
from plugins.ins.datamatrix.tests.pictures import OTHER, PAYLOAD
from plugins.ins.datamatrix.wedge import QWERTY_ON_AZERTY

AZERTY = {meant: seen for seen, meant in list(QWERTY_ON_AZERTY.items())[::-1]}
"""What the keys that an American scanner presses write on a French Windows workstation."""
DROPPED = PAYLOAD.replace(GS, "")


def on_azerty(text: str) -> str:
    """A text as an AZERTY workstation writes it when the scanner presses the keys of an American keyboard."""
    return "".join(AZERTY.get(character, character) for character in text)


@pytest.mark.parametrize(
    ("typed", "remark"),
    [
        (PAYLOAD, ""),
        (f"  {PAYLOAD}\r\n", ""),
        (PAYLOAD.replace(GS, "<GS>"), ""),
        (DROPPED, ""),
        (on_azerty(DROPPED), "clavier américain"),
        (on_azerty(PAYLOAD.replace(GS, " ")), "clavier américain"),
        (on_azerty(DROPPED).replace("-", "§").replace("_", "!"), "clavier américain"),
        (DROPPED.lower(), "verrouillage des majuscules"),
        (PAYLOAD.lower().replace(GS, "<gs>"), "verrouillage des majuscules"),
    ],
    ids=["as it is", "with Enter", "spelled", "dropped", "azerty", "azerty and spaces", "azerty mac", "caps", "caps, spelled"],
)
def test_it_is_put_back(typed: str, remark: str) -> None:
    found, sure = read_text(typed), read_text(PAYLOAD)
    assert found.datamatrix == sure.datamatrix
    assert [remark in said for said in found.remarks] == [True] * bool(remark)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "en-tête inconnu"),
        ("277010115400329", "en-tête inconnu"),
        ("3400930000001", "en-tête inconnu"),
        ("x" * 3000, "trop long"),
        (on_azerty(DROPPED) + ";", "« ; » ne s'explique pas"),
        (on_azerty(DROPPED).replace("GQRCIQ", "Garcia"), "ne s'explique pas"),
        (on_azerty(DROPPED).lower(), "Verr. Maj."),
        (DROPPED.lower().replace(".", "/"), "désactiver « Verr. Maj. »"),
        (DROPPED.lower().replace("garcia", "GARCIA"), "désactiver « Verr. Maj. »"),
        (DROPPED.replace("IS01", "IS)!").replace("0", ")"), "Caractères changés"),
        (PAYLOAD.replace(GS, "", 1), "OID du matricule .* séparateur perdu"),
        (PAYLOAD[:70], "manquant|Séparateurs"),
    ],
)
def test_it_is_refused_in_words(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_text(typed)


@given(st.text(max_size=400) | st.lists(st.sampled_from([*PAYLOAD, *OTHER, "à", "&", "<GS>"]), max_size=200).map("".join))
def test_no_text_breaks_it(typed: str) -> None:
    for text in (typed, PAYLOAD[:26] + typed, on_azerty(PAYLOAD[:26]) + typed):
        try:
            assert read_text(text).datamatrix.ins.extension
        except Refused:
            continue


@given(st.integers(0, len(PAYLOAD) - 1), st.sampled_from(["", "A", "S4", GS, "0"]))
def test_one_slip_never_gives_another_matricule(place: int, slip: str) -> None:
    """A key missed or changed by the reader: a letter of a name may suffer unseen, neither the framing nor the matricule may."""
    text = PAYLOAD[:place] + slip + PAYLOAD[place + 1 :]
    try:
        found = read_text(text).datamatrix
        check(found)
    except Refused:
        return
    assert found.ins == read_text(PAYLOAD).datamatrix.ins
    assert found.sex == "F"
