"""Pages of the documentation lead somewhere; a decision has its number alone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_a_number_names_one_decision() -> None:
    numbers = Counter(path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md"))
    assert len(numbers) > 30
    assert all(number.isdecimal() for number in numbers)
    assert [number for number, count in numbers.items() if count > 1] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        text = page.read_text(encoding="utf-8")
        todo += [(page.parent / link).resolve() for link in _LINK.findall(text) if "://" not in link]
        todo += [page.parent / name for name in re.findall(r"`([\w-]+\.md)`", text)]
    assert set((ROOT / "docs").glob("*.md")) - reached == set()
