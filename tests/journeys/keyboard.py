"""Somebody who fills a form with the keyboard alone: from stop to stop with Tab, answering each question that is met.

What is typed is a sample document (:mod:`forms_config.schema.samples`); of each group, its first row. Professionals and
structures are chosen among those that the platform knows, whatever the sample says. Nothing is clicked: a field, a button or a
list that the keyboard cannot reach or work stays unanswered, and the story fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

LIMIT = 3000
REACH = 80
"""Stops before which any button of a page is reached."""
WHERE = """() => {
  const e = document.activeElement, f = e.closest("#saisie .field[data-path]");
  return {
    inside: Boolean(e.closest("#saisie")), path: f?.dataset.path ?? "", kind: f?.dataset.type ?? "",
    many: Boolean(f && "many" in f.dataset), chip: Boolean(e.closest(".chip")),
    order: e.closest("#saisie button[name=do]")?.value ?? "",
  };
}"""
CHOICES = """field => [...field.querySelectorAll("option, input[type=radio]")]
  .map(choice => [choice.value, choice.matches("option") ? choice.selected : choice.checked])"""
PROPOSED = "f => [...f.querySelectorAll('[role=option]')].map(o => o.querySelector('small').textContent)"
PEOPLE = {"professional": "bernard", "organisation": "démonstration"}


@dataclass
class Typist:
    """Types ``answers`` into the page; ``left_out`` are paths not to be answered, ``done`` the paths that were met."""

    page: Page
    answers: Mapping[str, Any]
    left_out: frozenset[str] = frozenset()
    done: set[str] = field(default_factory=set)
    stops: int = 0

    def walk(self) -> None:
        """From the first stop of the form to its last; an answer may show questions further up: walk again for them."""
        self.page.locator("#saisie h2").first.focus()
        while self.stops < LIMIT:
            self.stops += 1
            self.page.keyboard.press("Tab")
            here = self._here()
            if not here["inside"]:
                return
            if here["order"].startswith("add:"):
                here = self._add_row(here["order"].removeprefix("add:"))
            if here["path"] and here["path"] not in self.done and not here["chip"]:
                self.done.add(here["path"])
                self._answer(here)
        raise AssertionError("the keyboard never left the form")

    def _here(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(WHERE)
        return found

    def _add_row(self, key: str) -> dict[str, Any]:
        """The first row of a group that has none: the focus goes into it."""
        rows = self.page.locator(f'.group[data-group="{key}"] .row')
        if rows.count() or not self.answers.get(key):
            return self._here()
        self.page.keyboard.press("Enter")
        rows.first.locator(":focus").wait_for()
        return self._here()

    def _answer(self, here: Mapping[str, Any]) -> None:
        path, kind = here["path"], here["kind"]
        question = self.page.locator(f'.field[data-path="{path}"]')
        if path in self.left_out:
            return
        if kind in PEOPLE:
            self._choose_person(question, PEOPLE[kind])
            return
        value = self.value_at(path)
        if value is None:
            return
        typing: Mapping[str, Callable[[Locator, Any], None]] = {"boolean": self._press_radio, "coded": self._choose_code}
        typing.get(kind, self._type)(question, value[0] if here["many"] and kind != "coded" else value)

    def value_at(self, path: str) -> Any:
        """What the sample answers at a path of the page."""
        key, _sep, rest = path.partition("/")
        if not rest:
            return self.answers.get(key)
        rows = self.answers.get(key) or [{"values": {}}]
        return rows[0]["values"].get(rest.partition("/")[2])

    def _type(self, question: Locator, value: Any) -> None:
        text = french_date(value) if question.get_attribute("data-type") in ("date", "datetime") else str(value)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def _press_radio(self, question: Locator, value: Any) -> None:
        self._step_to(question, "true" if value else "false")

    def _step_to(self, question: Locator, wanted: str) -> None:
        """Arrows to a choice of a list or of a row of buttons."""
        choices: Sequence[Sequence[Any]] = question.evaluate(CHOICES)
        values = [value for value, _on in choices]
        here = next((n for n, (_value, on) in enumerate(choices) if on), 0)
        steps = values.index(wanted) - here
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")

    def _choose_code(self, question: Locator, value: Any) -> None:
        wanted = value if isinstance(value, list) else [value]
        if question.locator("select, input[type=radio]").count():
            self._step_to(question, f"{value['code']}|{value['system']}")
            return
        for item in wanted:
            if "code" in item:
                self._find(question, item["label"][:60], item["code"])

    def _find(self, question: Locator, words: str, code: str) -> None:
        """Type words, go down the list to the code, take it."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)
        question.locator("[role=option]").first.wait_for()
        codes: Sequence[str] = question.evaluate(PROPOSED)
        assert code in codes, f"« {words} » ne propose pas {code} : {codes}"
        while question.locator('[aria-selected="true"] small').all_inner_texts() != [code]:
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def _choose_person(self, question: Locator, words: str) -> None:
        if question.locator('input[role="combobox"]').first.input_value():
            return
        self.page.keyboard.insert_text(words)
        question.locator("[role=option]").first.wait_for()
        if not question.locator('[aria-selected="true"]').count():
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus; who is not reached so is out of reach of the keyboard."""
    for _ in range(REACH):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def french_date(value: str) -> str:
    """A date or a moment as it is typed: ``28/03/2025 15:45``, ``02/2024``."""
    day, _sep, hour = value.partition("T")
    shown = "/".join(reversed(day.split("-")))
    return f"{shown} {hour[:5]}" if hour else shown
