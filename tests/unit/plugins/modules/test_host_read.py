# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_read: what it asks the API server, and what it keeps to itself."""

from __future__ import annotations

import json
import typing as t

import pytest
from objects_in_memory import Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._read import planned
from ansible_collections.kubewright.control_plane.plugins.modules import host_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED, plan_of, request
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

TOKEN = "abcdef.0123456789abcdef"
API = {"server": "https://192.0.2.10:6443", "timeout": 60}


def _arguments(*items: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"config": {}, "api": API, "objects": list(items)}


def test_it_does_not_wait(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the time of the first run, where each read would wait for a server that is yet to come."""
    waited = []
    monkeypatch.setattr(planned, "admin_client", lambda _api, waits: waited.append(waits))
    item = {"mark": "m", "policy": "replace", "manifest": config_map({})}
    result = run_module("host_read", _arguments(item)).result
    assert result["facts"]["api"] == {"answers": False, "error": "", "objects": {}}
    assert waited == [False]


def test_no_server_is_asked_for_files_alone(
    run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks hosts whose phases write only files: their API server is nobody's business."""
    monkeypatch.setattr(planned, "admin_client", None)
    assert run_module("host_read", {"config": {}}).result["facts"] == {"files": {}}


def test_a_declared_token_is_not_shown(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when a token stands in a result or with -vvv, or a word beside it damages what was read."""
    monkeypatch.setattr(planned, "admin_client", lambda _api, waits: Server())
    token = {"token": TOKEN, "description": "a", "usages": ["signing"], "lifetime": 60.0}
    run = run_module("host_read", _arguments({"mark": "made", "policy": "replace", "token": token}))
    assert TOKEN.partition(".")[2] not in run.text
    found = run.result["facts"]["api"]["objects"]["made"]
    assert (found["action"], found["shown"]["name"]) == ("created", "Secret kube-system/bootstrap-token-abcdef")


@pytest.mark.parametrize("check", [True, False])
def test_a_blank_host(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., Config],
    monkeypatch: pytest.MonkeyPatch,
    check: bool,
) -> None:
    """Breaks the first run and its plan: the look at a host without a control plane fails, or hides what it can tell."""
    monkeypatch.setattr(planned, "admin_client", lambda _api, waits: None)
    config = make_config("1.31.0", certificates_dir="/absent", cri_socket="unix:///absent.sock")
    asked = dict(request([plan_of(phase, config) for phase in PLANNED]))
    asked["questions"] = questions([phase.name for phase in PHASES], config)
    run = run_module("host_read", json.loads(json.dumps(asked)), check=check)
    assert (run.code, run.result["changed"]) == (0, False)
    facts = run.result["facts"]
    assert set(facts) == {"files", "kubelet", "api", "credentials", "answers", "since_clock"}
    assert (facts["since_clock"] >= 0, "gathered" in facts["answers"]["preflight"]) == (True, False)
    assert facts["api"]["answers"] is False
    assert list(facts["answers"]) == ["preflight", "wait_control_plane", "show_join"]


def test_what_cannot_be_read_is_for_its_phase_to_say(
    run_module: t.Callable[..., t.Any], make_config: t.Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks preflight for another user than root, who can read next to nothing: the read before it would fail in its place."""

    def unreadable(*_arguments: t.Any) -> None:
        raise KubewrightError("/etc/kubernetes/pki cannot be read")

    monkeypatch.setattr(host_read, "planned_facts", unreadable)
    asked = {"config": {}, "questions": questions(["preflight"], make_config("1.31.0"))}
    run = run_module("host_read", json.loads(json.dumps(asked)))
    assert run.code == 0
    assert run.result["facts"]["files"] == {}
    assert list(run.result["facts"]["answers"]) == ["preflight"]
