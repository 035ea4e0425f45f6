"""The hostile cases told one after the other on two running regions: what each has, what is answered, what people see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from plugins.mss.receiving.reading import read
from tests.faults.host import wait_for
from tests.two_regions.arrivals import Arrival
from tests.two_regions.desk import PATIENCE, seen, shot, signed_in, until
from tests.two_regions.post import Letter, PostOffice
from tests.two_regions.regions import B
from tests.two_regions.run import Instance

INBOUND = "/plugins/mss/recus/"
NOT_YET = ("", "recu")


@dataclass
class Story:
    """Region A (``here``), which entrusts, region B (``there``), which receives; who sits there; what was found (``figures``)."""

    here: Instance
    there: Instance
    browser: Browser
    office: PostOffice
    figures: dict[str, str] = field(default_factory=dict)
    _pages: dict[tuple[str, str], Page] = field(default_factory=dict)

    def page(self, instance: Instance, name: str) -> Page:
        """The window of somebody, signed in when first asked for."""
        key = (instance.region.key, name)
        if key not in self._pages:
            self._pages[key] = signed_in(self.browser, instance, name)
        return self._pages[key]

    def entrusted(self, rcp: str = "") -> dict[str, Any]:
        """An FRCP that left region A."""
        return self.here.act("send", *([rcp] if rcp else []))

    def received(self, reference: str) -> dict[str, Any]:
        """What region B has of it, once region A knows that it came."""
        seen(self.here, reference, state="recue")
        return seen(self.there, reference, state="a_completer")

    def sheet(self, instance: Instance, reference: str, name: str, of: str = "envois/") -> str:
        """A picture of a page of the document under a reference; what it says."""
        document = instance.act("look", reference)["document"]
        return shot(self.page(instance, "alice"), f"/documents/{document}/{of}", name)

    def press(self, instance: Instance, reference: str, button: str) -> None:
        """Somebody opens « Envois » of a document and presses a button there."""
        page = self.page(instance, "alice")
        page.goto(f"/documents/{instance.act('look', reference)['document']}/envois/")
        page.get_by_role("button", name=button).first.click()

    def take_back(self, instance: Instance, reference: str, name: str, *, reason: str, force: bool = False) -> str:
        """Somebody takes an entrusted FRCP back; what the page said before."""
        document = instance.act("look", reference)["document"]
        said = shot(self.page(instance, "alice"), f"/documents/{document}/autre-region/reprise/", name)
        page = self.page(instance, "alice")
        page.get_by_label("Motif").fill(reason)
        if force:
            page.get_by_label("Je reprends la fiche malgré ce risque.").check()
        page.get_by_role("button", name="Reprendre la main").click()
        page.wait_for_url(f"**/documents/{document}/")
        return said

    def decide(self, reference: str, intake: str, choice: str, name: str, *, reason: str) -> str:
        """A physician of region A compares a late return with what is there, and says which counts; what the page said before."""
        document = self.here.act("look", reference)["document"]
        page = self.page(self.here, "alice")
        said = shot(page, f"/documents/{document}/autre-region/retour/{intake}/", name)
        page.get_by_label("Motif").fill(reason)
        page.get_by_role("button", name=choice).click()
        page.wait_for_url(f"**/documents/{document}/envois/")
        return said

    def stop(self, instance: Instance) -> None:
        """A region is down: its people are sent away, its box fills."""
        for key in [key for key in self._pages if key[0] == instance.region.key]:
            self._pages.pop(key).context.close()
        instance.stop()

    def start(self, instance: Instance) -> None:
        """It is up again."""
        instance.start()
        wait_for(instance.region.title, instance.answers, seconds=PATIENCE, every=0.5)

    def mail(self, instance: Instance, letter: Letter) -> dict[str, Any]:
        """What became of a letter in the box of a region."""
        name = letter.message_id.strip("<> ")
        found = until(instance, "mails", right=lambda mails: mails.get(name, {}).get("state", "") not in NOT_YET, what=name)
        mail: dict[str, Any] = found[name]
        return mail

    def answer(self, letter: Letter, sender: str) -> tuple[str, str]:
        """State and cause that the receipt of a letter tells its sender."""
        wait_for(f"receipt of {letter.message_id}", lambda: self.office.answers(sender, letter), seconds=PATIENCE, every=0.5)
        report = read(self.office.answers(sender, letter)[0].as_bytes()).reports[0]
        return (report.state.value if report.state else "", report.cause)

    def check_one_truth(self) -> None:
        """Each region has one document and one current content under each reference; where both have one number, they agree."""
        found = [self.here.act("everything"), self.there.act("everything")]
        for region in found:
            for reference, one in region.items():
                assert (len(one["documents"]), len(one["current"])) == (1, 1), reference
                assert len(one["numbers"]) == len(set(one["numbers"])), reference
        for reference in found[0].keys() & found[1].keys():
            (ours,), (theirs,) = found[0][reference]["current"], found[1][reference]["current"]
            assert ours[0] != theirs[0] or ours == theirs, reference


def tell_arrivals(story: Story, arrivals: Sequence[Arrival]) -> None:
    """Every letter of the table reaches region B; nothing of the FRCP it is made of changes."""
    reference = story.entrusted()["set_id"]
    before = story.received(reference)
    letter = story.office.letter(B, reference)
    assert letter is not None
    documents = len(story.there.act("everything"))
    sent = {one.name: story.office.send(one.make(letter, reference), sender=one.sender) for one in arrivals}
    for one in arrivals:
        _check_arrival(story, one, sent[one.name])
    after = story.there.act("look", reference)
    assert [line["outcome"] for line in reversed(after["aside"])] == [one.aside for one in arrivals if one.aside]
    assert {**after, "aside": []} == before, "the FRCP is as it was"
    assert len(story.there.act("everything")) == documents + sum(one.new for one in arrivals)
    story.check_one_truth()
    said = story.sheet(story.there, reference, "hostile-b-fiche-envois")
    assert "désigne ici un autre contenu" in said
    story.sheet(story.there, reference, "hostile-b-fiche", of="")
    shot(story.page(story.there, "adrien"), f"{INBOUND}?etat=", "hostile-b-recus")
    shot(story.page(story.there, "adrien"), INBOUND, "hostile-b-recus-a-traiter")
    shot(story.page(story.here, "adrien"), f"{INBOUND}?etat=", "hostile-a-recus")


def _check_arrival(story: Story, one: Arrival, letter: Letter) -> None:
    mail = story.mail(story.there, letter)
    assert (mail["state"], mail["outcome"] or mail["reason"], mail["error"]) == one.ends, one.name
    assert one.words in " ".join(mail["findings"]), one.name
    told = "rien n'est répondu"
    if one.answered:
        state, cause = story.answer(letter, one.sender)
        assert (state, cause) == one.answered, one.name
        told = f"réponse « {state} {mail['error']} »".replace(" »", " »")
    seen_by = shot(story.page(story.there, "adrien"), f"{INBOUND}{mail['pk']}/", f"hostile-b-{one.name}")
    assert one.words in seen_by, one.name
    story.figures[one.title] = f"{' '.join(mail['findings']) or mail['outcome']} ; {told}"
