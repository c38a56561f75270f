# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bootstrap tokens as they are declared."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import DEFAULT_GROUP
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import bootstrap_token as tokens

DEFAULTS = {"usages": ["signing", "authentication"], "groups": [DEFAULT_GROUP]}


@pytest.mark.parametrize(
    ("token", "joins"),
    [
        (DEFAULTS, True),
        ({**DEFAULTS, "usages": ["authentication"]}, False),
        ({**DEFAULTS, "groups": ["system:bootstrappers:mine"]}, False),
        ({"usages": ["signing"]}, False),
    ],
)
def test_can_join(token: dict[str, t.Any], joins: bool) -> None:
    """Breaks when only tokens are declared that join no node, and none is made that does."""
    assert tokens.can_join(token) is joins


@pytest.mark.parametrize(
    ("declared", "lifetime"),
    [({"ttl": "1h30m"}, 5400.0), ({"ttl": "0s"}, 0.0), ({"ttl": "24h", "expires": "2030-01-01T00:00:00Z"}, None)],
)
def test_the_host_reads_seconds(declared: dict[str, t.Any], lifetime: float | None) -> None:
    """Breaks the end of a token: the host knows no durations, and expires wins over the default ttl."""
    found = tokens.settings(dict(declared, token="aaaaaa.0123456789abcdef", description=None))
    assert found.get("lifetime") == lifetime
    assert not {"ttl", "description"} & set(found)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (None, {"lifetime": 86400.0, **DEFAULTS, "description": tokens.DEFAULT_DESCRIPTION}),
        ({"token": None, "ttl": "1h", "description": "mine"}, {"lifetime": 3600.0, **DEFAULTS, "description": "mine"}),
        (
            {"expires": "2030-01-01T00:00:00Z", "description": "mine"},
            {"expires": "2030-01-01T00:00:00Z", **DEFAULTS, "description": "mine"},
        ),
    ],
)
def test_a_random_token(declared: dict[str, t.Any] | None, expected: dict[str, t.Any]) -> None:
    """K1.6: breaks the random token: it joins nodes for a day unless the user says otherwise, and has no text yet."""
    assert tokens.random_settings(declared) == expected
