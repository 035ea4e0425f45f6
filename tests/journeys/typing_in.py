"""How somebody answers each kind of question with mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

WORDS = {
    "jdv-tumeur-cisis": "sein quadrant sup",
    "jdv-morphologie-cisis": "carcinome canal",
    "jdv-rcp-organe-cisis": "sein",
    "tnm-t": "T2",
    "tnm-n": "N1",
    "tnm-m": "M0",
    "jdv-modificateur-topographique-cisis": "droit",
}
TEXTS = {
    "string": "Précision",
    "text": "Précision saisie en clair.",
    "integer": "2",
    "date": "03/2026",
    "datetime": "03/11/2026 14:30",
}


def answer(field: Locator) -> None:
    """Answer a question that is shown, as a person would, if it is not answered yet."""
    kind = field.get_attribute("data-type") or ""
    if kind in TEXTS:
        _type(field, TEXTS[kind])
    elif kind == "boolean":
        field.get_by_text("Oui", exact=True).click()
    elif kind in ("professional", "organisation"):
        _person(field, kind)
    else:
        _choose(field)


def _type(field: Locator, text: str) -> None:
    control = field.locator("input:not([type=hidden], [type=checkbox]), textarea").last
    if not control.input_value():
        control.fill(text)
        control.press("Tab")


def _person(field: Locator, kind: str) -> None:
    search = field.locator('input[role="combobox"]').first
    if search.input_value():
        return
    search.fill("bern" if kind == "professional" else "démonstration")
    field.locator("[role=option]").first.click()


def _choose(field: Locator) -> None:
    combo = field.locator('input[role="combobox"]')
    if combo.count():
        if combo.input_value() or field.locator(".chip").count():
            return
        listed = field.locator("[data-list]").get_attribute("data-list") or ""
        combo.fill(WORDS.get(listed, ""))
        combo.press("ArrowDown")
        field.locator("[role=option]").first.click()
    elif field.locator("select").count():
        field.locator("select").select_option(index=1)
    elif not field.locator('input[type=radio]:checked:not([value=""])').count():
        field.locator("input[type=radio]").first.check()


def fill_everything(page: Page) -> int:
    """Add a row to each group, then answer every question that is shown; answers how many there were."""
    for key in page.locator(".group[data-group]").evaluate_all("groups => groups.map(g => g.dataset.group)"):
        group = page.locator(f'.group[data-group="{key}"]')
        if group.is_visible() and not group.locator(".row").count():
            group.locator(f'button[value="add:{key}"]').click()
            group.locator(".row").first.wait_for()
    done: set[str] = set()
    for _round in range(3):  # an answer may show further questions
        paths = page.locator(".field[data-path]").evaluate_all(
            "fields => fields.filter(f => f.offsetParent !== null).map(f => f.dataset.path)"
        )
        for path in [path for path in paths if path not in done]:
            field = page.locator(f'.field[data-path="{path}"]')
            if field.is_visible():
                answer(field)
                done.add(path)
    return len(done)
