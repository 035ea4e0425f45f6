"""What the settings refuse, in words that name the setting; without a proxy nothing is asked of them."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.apps import apps
from pytest_django import Settings

from dcc.contracts.capabilities import MenuEntry, Transport
from dcc.contracts.errors import ContractError
from dcc.contracts.plugin import PluginConfig
from dcc.contracts.registry import Registry
from plugins.dmp.apps import DmpSettings
from plugins.dmp.tests.reachable import PROXY


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
        ({"consent_words": "x" * 301}, "consent_words"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises((ValueError, ContractError), match=named):
        DmpSettings.from_mapping({**PROXY, **changed})


@pytest.mark.parametrize("given", [{}, PROXY])
def test_each_slice_registers_once_with_and_without_a_proxy(settings: Settings, given: dict[str, str]) -> None:
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "dmp": given}
    registry = Registry()
    config = cast("PluginConfig", apps.get_app_config("dmp"))
    config.register(registry)
    assert isinstance(config.settings(), DmpSettings)
    assert registry.keys(Transport) == ("dmp",)
    assert bool(registry.keys(MenuEntry)) == bool(given), "la page d'accès n'a de sens qu'avec un proxy"


def test_off_without_a_proxy_and_on_with_what_it_needs() -> None:
    assert not DmpSettings.from_mapping({}).proxy
    assert DmpSettings.from_mapping(PROXY).client_id == "dcc"
