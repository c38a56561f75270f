# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nodes need to join."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token as tokens
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.join import join_facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
TOKEN = "aaaaaa.0123456789abcdef"
ASKED = {"preferred_token_ids": [], "withhold_token": False}


class _Client:
    """A cluster with tokens."""

    def __init__(self, *made: str) -> None:
        self._made = made

    def request(self, *_arguments: t.Any, **_more: t.Any) -> dict[str, t.Any]:
        """The list."""
        usual = {"usages": ["signing", "authentication"], "groups": [tokens.DEFAULT_GROUP], "lifetime": 3600}
        return {"items": [tokens.token_secret({"token": token, **usual}, NOW) for token in self._made]}


def test_a_withheld_token_stays_on_the_host() -> None:
    """Breaks kubewright_skip_token_print: the token would travel all the same."""
    found = join_facts(_Client(TOKEN), None, NOW, {**ASKED, "withhold_token": True})
    assert found == {"answers": True, "token_id": "aaaaaa", "token": None, "ca_hash": None}
    assert join_facts(_Client(TOKEN), None, NOW, ASKED)["token"] == TOKEN


def test_what_is_missing() -> None:
    """Breaks the messages of show_join: no API server, no token and no CA are different things."""
    nothing = {"answers": False, "token_id": None, "token": None, "ca_hash": None}
    assert join_facts(None, None, NOW, ASKED) == nothing
    assert join_facts(_Client(), None, NOW, ASKED) == {**nothing, "answers": True}


def test_the_ca(sound: pathlib.Path) -> None:
    """Breaks kubeadm join, which compares the hash; a damaged CA is no traceback."""
    found = join_facts(None, (sound / "ca.crt").read_bytes(), NOW, ASKED)
    assert found["ca_hash"].startswith("sha256:")
    with pytest.raises(KubewrightError):
        join_facts(None, b"damaged", NOW, ASKED)
