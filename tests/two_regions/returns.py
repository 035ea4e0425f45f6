"""What may happen to an FRCP after it was entrusted: refused there, its return lost, late, adopted or set aside (issue 7)."""

from __future__ import annotations

from typing import Any

from tests.faults.host import wait_for
from tests.two_regions.desk import PATIENCE, seen, until
from tests.two_regions.post import Letter
from tests.two_regions.regions import A, B
from tests.two_regions.story import Story

CLOSED = ("53929999", "Recours fermé de la Région B")
"""An RCP that the directory of region A still has; region B does not know it."""
REASON = "Sans nouvelles de l'autre région"
REWRITTEN = "Repris ici sans attendre : traitement commencé le 30 novembre."
ADOPT, KEEP = "Adopter le retour", "Garder la fiche d’ici"
WHY = {ADOPT: "La RCP de recours s'est tenue : son avis compte", KEEP: "Le traitement a commencé ici avant le retour"}


def tell_refusal(story: Story) -> None:
    """Region B refuses an FRCP for an RCP that it does not have: region A says so, and takes it back without risk."""
    story.here.act("announce", *CLOSED)
    reference = story.entrusted(CLOSED[0])["set_id"]
    refused = seen(story.here, reference, state="non_recue")
    assert [(line["state"], line["cause"]) for line in refused["sent"]] == [("echec", "integration")]
    assert refused["held_elsewhere"] == CLOSED[1]
    assert story.there.act("look", reference) == {}, "nothing of it in region B"
    assert "ne l'a pas prise en charge" in story.sheet(story.here, reference, "hostile-a-refusee", of="")
    story.sheet(story.here, reference, "hostile-a-refusee-envois")
    said = story.take_back(story.here, reference, "hostile-a-refusee-reprise", reason="Adressée à une autre RCP")
    assert "la reprendre ne risque rien" in said
    back = seen(story.here, reference, state="reprise", held_elsewhere="")
    assert (back["status"], back["versions"]) == ("complete", [1])
    story.check_one_truth()
    story.figures["Refusée : la RCP n'est pas de la région B"] = (
        "B répond 906, rien n'y est créé ; A : « non prise en charge » (906, non intégrée), reprise"
    )


def tell_bounced_return(story: Story, reference: str) -> None:
    """The box of region A does not take the return: region B says so, and sends it again once the box is open."""
    story.office.servers.close(A.mailbox)
    validated = story.there.act("validate", reference)
    failed = seen(story.there, reference, state="retour_en_echec")
    assert failed["sent"][0]["state"] == "echec"
    waiting = story.here.act("look", reference)
    assert (waiting["state"], waiting["versions"]) == ("recue", [1]), "region A still waits, and reads only"
    assert "son retour est à relancer" in story.sheet(story.there, reference, "hostile-b-retour-en-echec")
    story.sheet(story.here, reference, "hostile-a-retour-attendu")
    story.check_one_truth()
    story.office.servers.open_all()
    story.press(story.there, reference, "Relancer")
    returned = seen(story.here, reference, status="valide", state="rendue")
    assert (returned["version"], returned["content"]) == (validated["version"], validated["content"])
    seen(story.there, reference, state="retour_recu")
    story.sheet(story.there, reference, "hostile-b-retour-relance")
    story.check_one_truth()
    story.figures["Retour perdu : la boîte de A le refuse"] = (
        f"B : « retour en échec » ({failed['sent'][0]['words']}), relancé par une personne ; A attend en lecture seule, "
        f"puis reçoit la version {returned['version']} : une seule"
    )


def lose_returns(story: Story, *references: str) -> dict[str, Letter]:
    """Region A is down; region B validates, the returns reach the box and vanish from it before A reads them."""
    story.stop(story.here)
    for reference in references:
        story.there.act("validate", reference)
    lost = {reference: _lost(story, reference) for reference in references}
    story.start(story.here)
    return lost


def _lost(story: Story, reference: str) -> Letter:
    wait_for(reference, lambda: _is_back(story, reference), seconds=PATIENCE, every=1.0)
    letter = story.office.lose(A, reference)
    until(story.there, "look", reference, right=lambda found: found["sent"][0]["state"] == "remise")
    return letter


def _is_back(story: Story, reference: str) -> bool:
    letter = story.office.letter(A, reference)
    return letter is not None


def tell_vanished_return(story: Story, reference: str) -> dict[str, Any]:
    """Nobody tells region A that a return vanished: it waits, then a physician takes the FRCP back, knowing the risk."""
    there = story.there.act("look", reference)
    assert (there["status"], there["state"], there["sent"][0]["state"]) == ("valide", "retour_envoye", "remise")
    story.sheet(story.there, reference, "hostile-b-retour-sans-reponse")
    here = story.here.act("look", reference)
    assert (here["state"], here["held_elsewhere"]) == ("recue", B.rcp[1])
    said = story.take_back(story.here, reference, "hostile-a-reprise-forcee", reason=REASON, force=True)
    assert "deux contenus sous une même référence" in said
    seen(story.here, reference, state="reprise_forcee", held_elsewhere="")
    assert "un retour serait gardé à part" in story.sheet(story.here, reference, "hostile-a-reprise", of="")
    return story.here.act("rewrite", reference, REWRITTEN)


def tell_late_return(story: Story, reference: str, letter: Letter, choice: str) -> dict[str, Any]:
    """The return arrives after all: it is kept aside, both are compared, a physician says which counts."""
    name = "adopte" if choice == ADOPT else "ecarte"
    before = story.here.act("look", reference)
    story.office.send(letter, sender=B.mailbox, to=A)
    late = seen(story.here, reference, state="retour_tardif")
    assert (late["content"], late["versions"]) == (before["content"], before["versions"]), "what is here is as it was"
    assert [(one["outcome"], one["to_decide"]) for one in late["aside"]] == [("retour_tardif", True)]
    assert "un médecin décide" in story.sheet(story.here, reference, f"hostile-a-tardif-{name}-fiche", of="")
    story.sheet(story.here, reference, f"hostile-a-tardif-{name}-envois")
    story.check_one_truth()
    said = story.decide(reference, late["aside"][0]["intake"], choice, f"hostile-a-tardif-{name}", reason=WHY[choice])
    assert REWRITTEN in said
    until(story.here, "look", reference, right=lambda found: not found["aside"] or not found["aside"][0]["to_decide"])
    story.sheet(story.here, reference, f"hostile-a-tardif-{name}-apres")
    seen(story.there, reference, state="retour_recu")
    story.check_one_truth()
    return story.here.act("look", reference)


def tell_returns(story: Story) -> None:
    """Three FRCP completed by region B: one return bounces, two vanish and come late; one of these is adopted, one set aside."""
    bounced, adopted, kept = (story.entrusted()["set_id"] for _number in range(3))
    for reference in (bounced, adopted, kept):
        story.received(reference)
    tell_bounced_return(story, bounced)
    lost = lose_returns(story, adopted, kept)
    for reference in (adopted, kept):
        tell_vanished_return(story, reference)
    story.figures["Retour perdu : disparu de la boîte de A"] = (
        "B : « remise », sans réponse ; A attend en lecture seule ; un médecin reprend la main en acceptant le risque"
    )
    taken = tell_late_return(story, adopted, lost[adopted], ADOPT)
    assert (taken["state"], taken["status"], taken["versions"]) == ("rendue", "valide", [1, 2])
    assert taken["content"] == story.there.act("look", adopted)["content"], "the one content that region B validated"
    story.figures["Retour tardif, adopté par un médecin"] = (
        "gardé à part, comparé ; version 2 de A, ce qui y était reste en version 1"
    )
    ours = tell_late_return(story, kept, lost[kept], KEEP)
    assert (ours["state"], ours["status"], ours["versions"]) == ("retour_ecarte", "complete", [1])
    story.figures["Retour tardif, écarté par un médecin"] = "la fiche de A reste seule ; le retour se lit à part, avec le motif"
