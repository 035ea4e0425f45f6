"""HL7 v3 time stamps: are they dates of the calendar? The kit lets ``20250230`` pass."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

_TIMES = {"effectiveTime", "time", "birthTime", "deceasedTime", "availabilityTime", "expirationTime", "dateOfBirth"}
_BOUNDS = {"low", "high", "center"}
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TIME_TYPES = {"TS", "IVL_TS", "IVXB_TS", "SXCM_TS"}
_STAMP = re.compile(r"(?P<digits>\d{4}(?:\d\d){0,5})(?:\.\d{1,6})?(?:[+-](?P<hours>\d\d)(?P<minutes>\d\d))?")
_FILLER = "00000101000000"
_DAY = 8
_WESTMOST_OR_EASTMOST_HOURS = 14
_MINUTES = 60


def is_time(element: etree._Element) -> bool:
    """Whether the element carries a time stamp in ``@value``: by its name, its type, or those of what it bounds."""
    name = etree.QName(element).localname
    parent = element.getparent()
    if name in _BOUNDS and parent is not None:
        return is_time(parent)
    return name in _TIMES or element.get(_XSI_TYPE, "").rpartition(":")[2] in _TIME_TYPES


def is_stamp(value: str) -> bool:
    """Whether ``value`` is a day, a part of one, or a time of the calendar, maybe with its time zone."""
    found = _STAMP.fullmatch(value)
    if found is None:
        return False
    digits = found["digits"]
    try:
        datetime.strptime(digits + _FILLER[len(digits) :], "%Y%m%d%H%M%S")
    except ValueError:
        return False
    return found["hours"] is None or (int(found["hours"]) <= _WESTMOST_OR_EASTMOST_HOURS and int(found["minutes"]) < _MINUTES)


def in_order(low: str, high: str) -> bool:
    """Whether an interval does not end before it begins, as far as both say (days at most: zones are not compared)."""
    length = min(len(low), len(high), _DAY)
    return low[:length] <= high[:length]
