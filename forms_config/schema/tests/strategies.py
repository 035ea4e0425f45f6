"""Generated values of every datatype, in their normal form."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from forms_config.schema.dates import check_date
from forms_config.schema.model import Question
from forms_config.schema.texts import clean_string, clean_text


def _is_clean(text: str, *, string: bool) -> bool:
    try:
        return bool(text) and (clean_string(text) if string else clean_text(text)) == text
    except ValueError:
        return False


STRINGS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(
    lambda text: _is_clean(text, string=True)
)
TEXTS = st.lists(STRINGS, min_size=1, max_size=4).map("\n".join).filter(lambda text: _is_clean(text, string=False))
OIDS = st.lists(st.integers(0, 9999), min_size=1, max_size=6).map(lambda parts: "1.2." + ".".join(map(str, parts)))
CODES = st.text(st.sampled_from("ABCDEFGHIJ0123456789.-/_"), min_size=1, max_size=12)
DAYS = st.dates(min_value=date(1850, 1, 1), max_value=date(2200, 12, 31))
DATES = st.builds(lambda day, n: check_date("-".join(day.isoformat().split("-")[:n])), DAYS, st.integers(1, 3))
DATETIMES = st.one_of(
    DATES,
    st.builds(
        lambda day, hour, minute, second, zone: f"{day}T{hour:02}:{minute:02}{second}{zone}",
        DAYS,
        st.integers(0, 23),
        st.integers(0, 59),
        st.sampled_from(["", ":00", ":59"]),
        st.sampled_from(["+00:00", "+01:00", "+02:00", "-04:00", "+11:00"]),
    ),
)
INTEGERS = st.integers(-2_000_000_000, 2_000_000_000)
IDS = st.fixed_dictionaries({"root": OIDS}, optional={"extension": STRINGS})
TELECOMS = st.lists(
    st.fixed_dictionaries(
        {"value": st.builds("tel:{:010}".format, st.integers(0, 9_999_999_999))},
        optional={"use": st.sampled_from(["WP", "H", "MC"])},
    ),
    min_size=1,
    max_size=3,
)
ADDRESSES = st.one_of(
    st.fixed_dictionaries(
        {"city": STRINGS},
        optional=dict.fromkeys(("use", "house_number", "street", "unit", "locator", "postal_code", "country"), STRINGS),
    ),
    st.fixed_dictionaries({"lines": st.lists(STRINGS, min_size=1, max_size=3)}, optional={"use": STRINGS}),
)


def _without_double(value: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in value.items() if k != "text" or v != value["label"]}


CODED = st.fixed_dictionaries({"code": CODES, "system": OIDS, "label": STRINGS}, optional={"text": STRINGS}).map(_without_double)
ORGANISATIONS = st.fixed_dictionaries(
    {"name": STRINGS}, optional={"id": IDS, "address": ADDRESSES, "telecoms": TELECOMS, "sector": CODED}
)
PROFESSIONALS = st.fixed_dictionaries(
    {"family": STRINGS},
    optional={
        "given": STRINGS,
        "prefix": st.sampled_from(["M", "MME"]),
        "suffix": st.sampled_from(["DR", "PR"]),
        "id": IDS,
        "profession": CODED,
        "address": ADDRESSES,
        "telecoms": TELECOMS,
        "organisation": ORGANISATIONS,
        "comment": STRINGS,
    },
)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "string": STRINGS,
    "text": TEXTS,
    "boolean": st.booleans(),
    "integer": INTEGERS,
    "decimal": st.decimals(-9999, 9999, places=2).map(lambda d: str(abs(d)) if not d else str(d)),
    "date": DATES,
    "datetime": DATETIMES,
    "coded": CODED,
    "professional": PROFESSIONALS,
    "organisation": ORGANISATIONS,
}


def values_of(question: Question) -> st.SearchStrategy[Any]:
    """Values a question may hold, in their normal form; groups make rows of their columns."""
    if question.datatype == "group":
        columns = st.fixed_dictionaries({}, optional={c.key: values_of(c) for c in question.columns})
        rows = st.lists(columns.filter(bool), min_size=1, max_size=3)
        return rows.map(lambda items: [{"id": f"r{n}", "values": item} for n, item in enumerate(items)])
    value = SIMPLE[question.datatype]
    if question.free:
        value = st.one_of(value, st.fixed_dictionaries({"text": STRINGS}))
    if question.multiple:
        value = st.lists(value, min_size=1, max_size=3)
    if question.nulls:
        value = st.one_of(value, st.sampled_from([{"null": null} for null in question.nulls]))
    return value
