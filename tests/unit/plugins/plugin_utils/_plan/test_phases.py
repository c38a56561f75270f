# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of each phase: what it has to know, and that all of it is asked for in one trip."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.read import read_objects
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.read import read
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import read as credentials
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import (
    PLANNED,
    api_of,
    plan_of,
    request,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

MakeConfig = t.Callable[..., Config]
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
BLANK = Host(lambda _argv: Result(127, "", ""), "/kubewright-no-such-folder")


def _blank(asked: dict[str, t.Any]) -> dict[str, t.Any]:
    """What a blank host answers."""
    facts: dict[str, t.Any] = read(BLANK, asked["paths"], kubelet=False)
    if asked["kubelet"]:
        facts["kubelet"] = {"active": False, "error": ""}
    if "objects" in asked:
        facts["api"] = read_objects(lambda: None, asked["objects"], NOW, BLANK.content)
    if "credentials" in asked:
        facts["credentials"] = credentials.read(BLANK, asked["credentials"], NOW)
    return facts


@pytest.mark.parametrize("version", ["1.12.0", "1.20.0", "1.31.0", "1.37.0"])
def test_one_trip_answers_all_phases(make_config: MakeConfig, version: str) -> None:
    """Breaks the time of init: a phase would have to ask again for what the one read left out."""
    plans = {phase: plan_of(phase, make_config(version)) for phase in PLANNED}
    facts = _blank(request(list(plans.values())))
    assert [phase for phase, plan in plans.items() if not plan.is_answered(facts)] == []


@pytest.mark.parametrize("phase", PLANNED)
def test_a_phase_asks_for_what_it_needs_and_no_more(make_config: MakeConfig, phase: str) -> None:
    """Breaks a role that runs alone: its plan has to be answered by its own question."""
    plan = plan_of(phase, make_config("1.31.0"))
    asked = request([plan])
    assert plan.is_answered(_blank(asked))
    assert ("objects" in asked) is ("api" in asked) is (phase in that_write("objects"))
    assert ("credentials" in asked) is (phase in that_write("credentials"))
    assert asked["kubelet"] is (phase == "kubelet_start")
    assert asked["config"] == {}
    for part in ("files", "kubelet", "api", "credentials"):
        facts = _blank(asked)
        if part == "files" and asked["paths"]:
            facts["files"].pop(asked["paths"][0])
        elif part not in facts or part == "files":
            continue
        else:
            del facts[part]
        assert not plan.is_answered(facts)


def test_a_phase_without_anything_asks_nobody(make_config: MakeConfig) -> None:
    """Breaks auditing that is off with a trip to every host."""
    off, on = plan_of("audit", make_config("1.31.0")), plan_of("audit", make_config("1.31.0", audit=True))
    assert (off.asks(), on.asks(), plan_of("kubelet_start", make_config("1.31.0")).asks()) == (False, True, True)


def test_what_changes_on_a_blank_host(make_config: MakeConfig) -> None:
    """Breaks the first run: every file is written, the kubelet stopped before and started after it."""
    plan = plan_of("kubelet_start", make_config("1.31.0"))
    found = plan.changes(_blank(request([plan])))
    assert changes.written(found) == plan.paths()
    assert isinstance(found[-1], changes.StartKubelet)
    etcd = plan_of("etcd", make_config("1.31.0"))
    assert [type(change) for change in etcd.changes(_blank(request([etcd])))] == [changes.WriteFile]


def test_kubelet_finalize(make_config: MakeConfig) -> None:
    """Breaks check mode on a blank host, where the kubelet will have its certificate by then; the run finds none."""
    plan = plan_of("kubelet_finalize", make_config("1.31.0"))
    facts = _blank(request([plan]))
    assert plan.changes(facts) == []
    assert [type(change) for change in plan.changes(facts, check=True)] == [changes.StartKubelet]


def test_a_server_that_answers_with_an_error(make_config: MakeConfig) -> None:
    """Breaks the cause where it is not known what changes; phases without objects have nothing to do with it."""
    facts = {"files": {}, "api": {"answers": False, "error": "503", "objects": {}}}
    assert plan_of("addons", make_config("1.31.0")).error(facts) == "503"
    assert plan_of("etcd", make_config("1.31.0")).error({"files": {}}) == ""


def test_declared_tokens_are_wanted(make_config: MakeConfig) -> None:
    """Breaks kubewright_bootstrap_tokens: they are in no configuration, so that the phase has to be given them."""
    token = {
        "token": "abcdef.0123456789abcdef",
        "ttl": "24h",
        "usages": ["signing", "authentication"],
        "groups": ["system:bootstrappers:kubeadm:default-node-token"],
    }
    config = make_config("1.31.0")
    found = [item.token for item in plan_of("bootstrap_token", config, [token]).objects if item.token is not None]
    assert [item["token"] for item in found] == [token["token"]]
    assert [item.token.get("token") for item in plan_of("bootstrap_token", config).objects if item.token] == [None]


def test_the_server_of_the_host(make_config: MakeConfig) -> None:
    """Breaks objects on a host behind a load balancer: its own server is asked, for as long as the user says."""
    config = make_config("1.31.0", control_plane_endpoint="cp.example:443", bind_port=7443, api_call_timeout="5s")
    assert api_of(config) == {"server": "https://192.0.2.10:7443", "timeout": 5.0}
