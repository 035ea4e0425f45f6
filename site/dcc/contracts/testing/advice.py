"""Conformance suites of what advises: checks, sources, verifiers; of handlers; and of a plugin as a whole."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Sequence
from uuid import UUID

from dcc.contracts.capabilities import ConformanceCheck, DirectorySource, IdentityVerifier, PrefillSource, ReadinessCheck
from dcc.contracts.event import Context, Event, Handler
from dcc.contracts.identity import IdentityQuery
from dcc.contracts.notices import NoticeSource, Place
from dcc.contracts.prefill import PrefillRequest
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, IdentityTraits
from dcc.contracts.testing.requirements import require, require_findings
from dcc.contracts.testing.snapshots import MOMENT, make_snapshot, make_traits


class CheckConformance:
    """A conformance check lets good artifacts pass, and says in a sentence what is wrong with the others, and where."""

    def make(self) -> ConformanceCheck:
        """A new check."""
        raise NotImplementedError

    def conformant(self) -> Sequence[Artifact]:
        """Artifacts without fault."""
        raise NotImplementedError

    def faulty(self) -> Sequence[Artifact]:
        """Artifacts with at least one error."""
        raise NotImplementedError

    def test_it_checks_the_formats_that_it_names(self) -> None:
        formats = set(self.make().formats)
        require(bool(formats), "a check names its formats")
        require({a.format for a in (*self.conformant(), *self.faulty())} <= formats, "an artifact is of another format")

    def test_what_is_conformant_passes(self) -> None:
        for artifact in self.conformant():
            errors = [finding.message for finding in self.make().check(artifact) if finding.level == "error"]
            require(not errors, f"{artifact.filename}: {errors}")

    def test_what_is_faulty_is_found(self) -> None:
        for artifact in self.faulty():
            findings = self.make().check(artifact)
            require_findings(findings)
            require(any(f.level == "error" for f in findings), f"{artifact.filename}: no error was found")
            require(list(findings) == list(self.make().check(artifact)), f"{artifact.filename}: two checks differ")


class ReadinessConformance:
    """A readiness check answers findings and leaves the snapshot alone."""

    def make(self) -> ReadinessCheck:
        """A new check."""
        raise NotImplementedError

    def snapshots(self) -> Sequence[DocumentSnapshot]:
        """Snapshots to look at, ready or not."""
        return [make_snapshot()]

    def test_it_answers_findings_and_changes_nothing(self) -> None:
        for snapshot in self.snapshots():
            before = copy.deepcopy(snapshot)
            findings = self.make().check(snapshot)
            require_findings(findings)
            require(snapshot == before, "the check changed its snapshot")
            require(list(findings) == list(self.make().check(snapshot)), "two checks of one snapshot differ")


class PrefillConformance:
    """A prefill source proposes values for what it was asked, says where each comes from, and leaves what it was given alone."""

    def make(self) -> PrefillSource:
        """A new source."""
        raise NotImplementedError

    def request(self) -> PrefillRequest:
        """A request for which the source has something."""
        raise NotImplementedError

    def test_it_has_a_title(self) -> None:
        require(bool(self.make().title.strip()), "a source has a title, in French")

    def test_candidates_answer_the_request_and_name_their_origin(self) -> None:
        request = self.request()
        candidates = self.make().candidates(request)
        require(bool(candidates), "no candidate: nothing was tested")
        for candidate in candidates:
            key = candidate.question_key
            require(key in request.question_keys, f"{key} was not asked for")
            require(bool(candidate.origin) and bool(candidate.origin_id), f"{key} has no origin")
            require(
                re.fullmatch(r"[A-Za-z0-9._:@/-]{1,120}", candidate.origin_id) is not None, f"{key}: origin_id is no identifier"
            )
            require(candidate.nature in ("clinical", "administrative"), f"{key} is neither clinical nor administrative")
            require(candidate.value not in (None, "", [], {}), f"{key}: nothing is no candidate")

    def test_each_candidate_is_found_again(self) -> None:
        named = [(c.question_key, c.origin_id, c.path) for c in self.make().candidates(self.request())]
        require(len(named) == len(set(named)), "two candidates have the same question, origin and path")
        again = self.make().candidates(self.request())
        require(list(again) == list(self.make().candidates(self.request())), "asked again, the source proposes something else")

    def test_the_request_is_left_alone(self) -> None:
        request = self.request()
        before = copy.deepcopy(request)
        self.make().candidates(request)
        require(request == before, "the source changed what it was given")

    def test_nothing_asked_nothing_proposed(self) -> None:
        require(not self.make().candidates(dataclasses.replace(self.request(), question_keys=[])), "candidates without question")


class DirectoryConformance:
    """A directory finds, keeps to its limit, and survives any text."""

    known = "MARTIN"
    """A text that finds somebody."""

    def make(self) -> DirectorySource:
        """A new directory."""
        raise NotImplementedError

    def test_it_finds_and_keeps_to_its_limit(self) -> None:
        require(len(self.make().search(self.known)) > 0, f"{self.known!r} finds nobody")
        require(len(self.make().search(self.known, limit=1)) == 1, "limit=1 gives one")

    def test_any_text_is_answered(self) -> None:
        for text in ("", " ", "%", "'; --", "é" * 500, "\0", "*", "("):
            self.make().search(text, limit=5)


class NoticesConformance:
    """A source of notices answers for every page, says sentences, and names the gesture that each address leads to."""

    def make(self) -> NoticeSource:
        """A new source."""
        raise NotImplementedError

    def places(self) -> Sequence[Place]:
        """Pages that it is asked for; one of each kind, of nobody, unless told otherwise."""
        nobody = UUID(int=0xE1)
        about = {"patient_id": UUID(int=1), "document_id": UUID(int=2)}
        of_patient = Place("patient", nobody, patient_id=UUID(int=1))
        return [Place("accueil", nobody), of_patient, Place("document", nobody, **about), Place("validation", nobody, **about)]

    def test_every_page_is_answered_alike_each_time(self) -> None:
        for place in self.places():
            first, second = self.make().notices(place), self.make().notices(place)
            require(first == second, f"{place.page}: two answers differ")

    def test_notices_are_sentences_with_their_gesture(self) -> None:
        for place in self.places():
            for notice in self.make().notices(place).lines:
                require(len(notice.words.split()) > 1, f"{place.page}: a notice is a sentence for a person, in French")
                require(notice.level in ("info", "success", "warning"), f"{place.page}: unknown level {notice.level!r}")
                require(bool(notice.url) == bool(notice.action), f"{place.page}: an address and its gesture go together")
                require(notice.url.startswith("/") or not notice.url, f"{place.page}: an address of this platform")
                require(bool(notice.url) or not notice.posts, f"{place.page}: what posts has an address")


class VerifierConformance:
    """An identity verifier answers with a code; traits come with it only when they were found."""

    def make(self) -> IdentityVerifier:
        """A verifier connected to a sandbox."""
        raise NotImplementedError

    def traits(self) -> IdentityTraits:
        """Traits that the sandbox knows."""
        return make_traits()

    def test_a_known_person_is_found(self) -> None:
        verdict = self.make().verify(IdentityQuery(self.traits()))
        require(bool(verdict.code), "a verdict has the code of the teleservice")
        require(verdict.ins is None or verdict.traits is not None, "an INS comes with the traits that it belongs to")


class HandlerConformance:
    """A handler that is called again for the same delivery changes nothing more: deliveries are made *at least* once."""

    def make(self) -> Handler:
        """The handler as it is subscribed."""
        raise NotImplementedError

    def event(self) -> Event:
        """An event that it handles."""
        raise NotImplementedError

    def effects(self) -> object:
        """Something that equals itself as long as the effects are the same (rows, files, packages sent)."""
        raise NotImplementedError

    def test_a_second_call_changes_nothing(self) -> None:
        before = self.effects()
        self.make()(self.event(), Context(delivery_id=UUID(int=0xE1), attempt=1, now=MOMENT))
        once = self.effects()
        require(once != before, "the handler had no effect: nothing was tested")
        self.make()(self.event(), Context(delivery_id=UUID(int=0xE1), attempt=2, now=MOMENT))
        require(self.effects() == once, "the second call had effects of its own")
