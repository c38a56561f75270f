# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the API server of a host says of objects."""

from __future__ import annotations

import base64
import datetime
import json
import typing as t

import pytest
import yaml
from objects_in_memory import Object, Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, Client, Unreachable
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.read import read_objects
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)
SETTINGS = {
    "usages": ["signing", "authentication"],
    "groups": [bootstrap_token.DEFAULT_GROUP],
    "lifetime": 86400.0,
    "description": None,
    "expires": None,
}
TOKEN = "abcdef.0123456789abcdef"
RANDOM = {"mark": "random", "policy": "replace", "token": {**SETTINGS, "token": None}}
DECLARED = {"mark": "declared", "policy": "replace", "token": {**SETTINGS, "token": TOKEN}}
DISCOVERY = {
    "mark": "discovery",
    "policy": "merge",
    "cluster_info": {"ca": "/ca.crt", "endpoint": "https://cp:6443", "empty_list": "null", "preferences": False},
}


def _item(data: dict[str, str], policy: str = "replace") -> dict[str, t.Any]:
    return {"mark": "map", "policy": policy, "manifest": config_map(data)}


def _read(client: Client | None, *items: dict[str, t.Any], ca: bytes | None = b"PEM") -> dict[str, t.Any]:
    facts = read_objects(lambda: client, items, NOW, lambda path: ca if path == "/ca.crt" else None)
    # It goes to the controller.
    return t.cast("dict[str, t.Any]", json.loads(json.dumps(facts)))


def test_an_object_that_is_absent_differs_or_is_the_same() -> None:
    """Breaks every plan. Nothing is written by looking, and what is the same costs no words."""
    wanted = _item({"a": "1"})
    absent, other, same = Server(), Server(config_map({"a": "0"})), Server(config_map({"a": "1"}))
    facts = [_read(server, wanted)["objects"]["map"] for server in (absent, other, same)]
    assert [found["action"] for found in facts] == ["created", "updated", "unchanged"]
    assert [found["version"] is None for found in facts] == [True, False, False]
    assert facts[1]["shown"]["name"] == "ConfigMap kube-system/x"
    assert ('a: "0"\n' in facts[1]["shown"]["before"], 'a: "1"\n' in facts[1]["shown"]["after"]) == (True, True)
    assert facts[2]["shown"] is None
    assert absent.writes + other.writes + same.writes == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_server_says_what_differs(dry_run: bool) -> None:
    """Breaks the second run for objects whose fields the server fills in, also where it knows no dry run (1.12)."""
    server = Server(config_map({"a": "1"}), defaults={"immutable": False}, dry_run=dry_run)
    assert _read(server, _item({"a": "1"}))["objects"]["map"]["action"] == "unchanged"
    assert _read(server, _item({"a": "2"}))["objects"]["map"]["action"] == "updated"


def test_no_server() -> None:
    """Breaks the first run: the host is blank, or has credentials that are renewed; nothing fails, and all is made later."""
    facts = _read(None, _item({"a": "1"}), DISCOVERY, DECLARED, RANDOM, ca=None)
    assert (facts["answers"], facts["error"]) == (False, "")
    # The controller has no other way to show these.
    assert set(facts["objects"]) == {"discovery", "declared", "random"}
    assert facts["objects"]["declared"]["shown"]["name"] == "Secret kube-system/bootstrap-token-abcdef"
    assert {found["action"] for found in facts["objects"].values()} == {"created"}


@pytest.mark.parametrize(
    "error", [ApiError(503, "starting"), ApiError(429, "busy"), Unreachable("cp:6443 does not answer: reset")]
)
def test_a_server_that_has_just_come_up(error: KubewrightError) -> None:
    """Breaks when a moment's weakness is taken for a refusal, or ends the run of phases that have nothing to do with it."""

    class Weak(Server):
        def request(self, method: str, *arguments: t.Any, **more: t.Any) -> Object:
            raise error

    facts = _read(Weak(), _item({"a": "1"}))
    assert (facts["answers"], facts["error"]) == (False, str(error))


def test_credentials_that_cannot_be_used() -> None:
    """Breaks when a damaged admin.conf ends phases that do not need it: the one that does says what is wrong."""

    def connect() -> Client:
        raise KubewrightError("/etc/kubernetes/admin.conf has no embedded CA")

    facts = read_objects(connect, [_item({})], NOW, lambda _path: None)
    assert facts == {"answers": False, "error": "/etc/kubernetes/admin.conf has no embedded CA", "objects": {}}


def test_an_object_that_is_refused() -> None:
    """Breaks when one refused object hides what is known of others."""

    class Refusing(Server):
        def request(self, method: str, path: str, *arguments: t.Any, **more: t.Any) -> Object:
            if path.endswith("/y"):
                raise ApiError(403, "no rights")
            return super().request(method, path, *arguments, **more)

    refused = {"mark": "y", "policy": "replace", "manifest": config_map({})}
    refused["manifest"] = dict(config_map({}), metadata={"name": "y", "namespace": "kube-system"})
    facts = _read(Refusing(), refused, _item({"a": "1"}))
    assert facts["objects"]["y"]["action"] == "refused"
    assert facts["objects"]["y"]["error"].startswith(
        "ConfigMap kube-system/y cannot be brought to its declared state: "
    )
    assert facts["objects"]["map"]["action"] == "created"


def _secret(**more: t.Any) -> Object:
    return bootstrap_token.token_secret({**SETTINGS, "token": TOKEN, **more}, NOW)


def test_a_token_is_judged_where_it_is() -> None:
    """Breaks when each run makes another token, or none where the cluster's last one ends or joins nobody."""
    assert _read(Server(_secret()), RANDOM)["objects"]["random"] == {
        "action": "unchanged",
        "version": None,
        "shown": None,
        "error": "",
        "lasts": 86400.0,
    }
    for useless in (_secret(lifetime=30.0), _secret(usages=["signing"])):
        assert _read(Server(useless), RANDOM)["objects"]["random"]["action"] == "created"


def test_a_declared_token_keeps_its_end() -> None:
    """Breaks the second run: a declared lifetime would count anew each time."""
    assert _read(Server(_secret(lifetime=3600.0)), DECLARED)["objects"]["declared"]["action"] == "unchanged"
    other = {**DECLARED, "token": {**DECLARED["token"], "token": TOKEN[:-1] + "0"}}
    assert _read(Server(_secret(lifetime=3600.0)), other)["objects"]["declared"]["action"] == "updated"


def test_nothing_secret_is_returned() -> None:
    """Breaks when a token, or a mark that it could be guessed by, leaves the host."""
    live = _secret(description="theirs")
    other = {**DECLARED, "token": {**DECLARED["token"], "token": "abcdef.fedcba9876543210"}}
    text = str(_read(Server(live), other, RANDOM, DISCOVERY)) + str(_read(None, DECLARED, RANDOM, DISCOVERY))
    for secret in ("0123456789abcdef", "fedcba9876543210"):
        assert secret not in text
        assert base64.b64encode(secret.encode()).decode() not in text
    proxy = _read(Server(config_map({"a": "0"})), _item({"a": "http://user:password@proxy:3128"}))
    assert "password" not in str(proxy)


def test_the_signatures_of_cluster_info_are_no_difference() -> None:
    """Breaks the second run: a controller signs cluster-info for each token."""
    server = Server()
    first = _read(server, DISCOVERY)["objects"]["discovery"]
    assert first["action"] == "created"
    live = yaml.safe_load(first["shown"]["after"])
    live["data"]["jws-kubeconfig-abcdef"] = "signature"
    assert _read(Server(live), DISCOVERY)["objects"]["discovery"]["action"] == "unchanged"
    assert _read(Server(live), DISCOVERY, ca=b"OTHER")["objects"]["discovery"]["action"] == "updated"
