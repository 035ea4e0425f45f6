"""Between two regions, what should not come comes: each case has one visible outcome, and one content under each reference.

Issue 7, « Shown by » 4. Two instances, two databases, Postfix and Dovecot between them; full figures only.
"""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.journeys.conftest import needs_two_regions
from tests.proofs.recorder import Proof
from tests.two_regions.arrivals import ARRIVALS
from tests.two_regions.post import PostOffice
from tests.two_regions.returns import tell_refusal, tell_returns
from tests.two_regions.run import Instance
from tests.two_regions.story import Story, tell_arrivals

pytestmark = needs_two_regions


def test_each_hostile_case_has_one_visible_outcome(regions: tuple[Instance, Instance], browser: Browser, proof: Proof) -> None:
    here, there = regions
    story = Story(here, there, browser, PostOffice(here.servers))
    tell_arrivals(story, ARRIVALS)
    tell_refusal(story)
    tell_returns(story)
    proof.record(
        issue=7, title="Entre deux régions, chaque cas hostile (deux instances, Postfix et Dovecot)", figures=story.figures
    )
