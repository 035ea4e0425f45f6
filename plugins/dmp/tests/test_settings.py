"""What the settings refuse, in words that name the setting; without a proxy nothing is asked of them."""

from __future__ import annotations

from typing import Any

import pytest

from dcc.contracts.errors import ContractError
from plugins.dmp.apps import DmpSettings

GOOD = {"proxy": "https://proxy.invalid", "client_id": "dcc", "certificate": "/c.pem", "source_id": "1.2.3"}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"proxy": "http://proxy.invalid"}, "proxy"),
        ({"proxy": "https://"}, "proxy"),
        ({"client_id": ""}, "client_id"),
        ({"certificate": ""}, "certificate"),
        ({"source_id": ""}, "source_id"),
        ({"channel": "FAX"}, "channel"),
        ({"search": "toujours"}, "search"),
        ({"retention": "tout"}, "retention"),
        ({"send_path": "/send/dmp"}, "send_path"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"majority_age": "18"}, "majority_age"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises((ValueError, ContractError), match=named):
        DmpSettings.from_mapping({**GOOD, **changed})


def test_off_without_a_proxy_and_on_with_what_it_needs() -> None:
    assert not DmpSettings.from_mapping({}).proxy
    assert DmpSettings.from_mapping(GOOD).client_id == "dcc"
