# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that are wanted: what they are made of on the host, and which the cluster does not need."""

from __future__ import annotations

import base64
import datetime
import pathlib
import typing as t

import pytest
import yaml
from objects_in_memory import Object, Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import (
    ITEM_SPEC,
    Sources,
    check_files,
    manifest,
    sources,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.objects import wanted_objects
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)
TOKEN = "abcdef.0123456789abcdef"
SETTINGS: dict[str, t.Any] = {
    "usages": ["signing", "authentication"],
    "groups": [bootstrap_token.DEFAULT_GROUP],
    "lifetime": 86400.0,
}


def _no_file(_path: str) -> bytes | None:
    return None


def _secret(hours: float, token: str = TOKEN) -> Object:
    """The Secret of a token that lasts for so long."""
    return bootstrap_token.token_secret({**SETTINGS, "token": token, "lifetime": hours * 3600}, NOW)


def _of(*secrets: Object, later: float = 0) -> Sources:
    return Sources(list(secrets), NOW + datetime.timedelta(hours=later), _no_file)


def _end(found: Object | None) -> str:
    assert found is not None
    return base64.b64decode(found["data"]["expiration"]).decode()


def test_a_manifest_is_taken_as_it_is() -> None:
    """Breaks every object that the controller renders."""
    wanted = config_map({"a": "1"})
    assert manifest({"manifest": wanted, "token": None, "cluster_info": None}, _of()) == wanted


def test_a_random_token_is_made_only_where_none_can_join() -> None:
    """Breaks the second init: a new token with each run, or none once the first has ended."""
    item = {"token": {**SETTINGS, "token": None, "description": None, "expires": None}}
    assert manifest(item, _of(_secret(24))) is None
    first, second = manifest(item, _of(_secret(24), later=25)), manifest(item, _of())
    assert first is not None
    assert second is not None
    assert first["metadata"]["name"] != second["metadata"]["name"]
    assert bootstrap_token.usable_token([second], NOW) is not None


def test_a_declared_token_keeps_its_end() -> None:
    """Breaks the second run, which would put the end off each time; a declared end is the declared one."""
    item = {"token": {**SETTINGS, "token": TOKEN}}
    assert _end(manifest(item, _of(_secret(24), later=5))) == "2026-01-02T12:00:00Z"
    assert _end(manifest(item, _of(later=5))) == "2026-01-02T17:00:00Z"
    item["token"]["expires"] = "2030-01-01T00:00:00Z"
    assert _end(manifest(item, _of(_secret(24)))) == "2030-01-01T00:00:00Z"


def test_cluster_info_is_made_of_the_hosts_ca(sound: pathlib.Path) -> None:
    """K10.8: breaks kubeadm join, which trusts the CA in it; before there is one it is empty, for check mode."""
    settings = {"ca": "/ca.crt", "endpoint": "https://cp:6443", "empty_list": "null", "preferences": False}
    ca = (sound / "ca.crt").read_bytes()
    found = []
    for content in (ca, None):
        of = Sources([], NOW, {"/ca.crt": content}.get)
        made = manifest({"cluster_info": settings}, of)
        assert made is not None
        assert made["metadata"] == {"name": "cluster-info", "namespace": "kube-public"}
        cluster = yaml.safe_load(made["data"]["kubeconfig"])["clusters"][0]["cluster"]
        assert cluster["server"] == "https://cp:6443"
        found.append(base64.b64decode(cluster["certificate-authority-data"] or ""))
    assert found == [ca, b""]


def test_a_ca_that_is_not_there_is_named() -> None:
    """Breaks the message of a phase that runs too early."""
    items = [{"manifest": {}}, {"cluster_info": {"ca": "/srv/pki/ca.crt"}}]
    with pytest.raises(KubewrightError, match=r"^/srv/pki/ca\.crt is not there: run the certs phase first"):
        check_files(items, _no_file)
    check_files(items, lambda _path: b"")
    check_files(items[:1], _no_file)


def test_tokens_are_asked_for_only_where_they_are_wanted() -> None:
    """Breaks phases whose credentials may not read Secrets, and the time of those without tokens."""
    server = Server(_secret(24))
    plain, token = [{"manifest": {}}], [{"token": {**SETTINGS}}]
    assert [item["metadata"]["name"] for item in sources(server, token, NOW, _no_file).tokens] == [
        "bootstrap-token-abcdef"
    ]
    assert sources(server, plain, NOW, _no_file).tokens == []
    assert sources(None, token, NOW, _no_file).tokens == []


@pytest.mark.parametrize("version", ["1.12.0", "1.20.0", "1.37.0"])
def test_every_item_of_the_controller_fits_the_options(make_config: t.Callable[..., Config], version: str) -> None:
    """Breaks with "Unsupported parameters" on the host, or loses what the controller has planned."""
    config = make_config(version)
    made = [item.arguments() for phase in that_write("objects") for item in wanted_objects(phase, config)]
    for item in made:
        assert set(item) - {"mark"} <= set(ITEM_SPEC)
        assert item["policy"] in ITEM_SPEC["policy"]["choices"]
        for part in ("token", "cluster_info"):
            assert set(item.get(part) or {}) <= set(ITEM_SPEC[part]["options"])
        assert sum(item.get(part) is not None for part in ("manifest", "token", "cluster_info")) == 1
    assert any(item.get("token") for item in made)
