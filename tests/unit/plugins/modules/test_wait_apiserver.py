# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""wait_apiserver: check mode."""

from __future__ import annotations

import typing as t

import pytest
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import carry
from ansible_collections.kubewright.control_plane.plugins.modules import wait_apiserver
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane


def test_check_mode_does_not_wait(run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the plan for a blank host, where nothing will ever answer."""
    run = run_module(
        "wait_apiserver", {"config": {}, "control_plane": control_plane(make_config("1.31.0")).plain()}, check=True
    )
    assert (run.code, run.result["changed"], run.result["seconds"]) == (0, False, 0.0)
    assert run.result["served"] == {}


def test_objects_are_applied_when_all_is_healthy(
    run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks the time of the first run, or a token that comes with them is shown."""
    monkeypatch.setattr(carry, "admin_client", lambda _api, waits: Server())
    described = dict(control_plane(make_config("1.31.0")).plain(), endpoints=[])
    token = {"token": "abcdef.0123456789abcdef", "description": "a", "usages": ["signing"], "lifetime": 60.0}
    change = {"policy": "replace", "manifest": None, "token": token, "cluster_info": None, "unseen": True}
    objects = [{"phase": "bootstrap_token", "changes": [{**change, "expected": None}]}]
    arguments = {"config": {}, "control_plane": described, "objects": objects, "secrets": [token["token"]]}
    run = run_module("wait_apiserver", {**arguments, "api": {"server": "https://192.0.2.10:6443", "timeout": 60}})
    assert (run.code, run.result["changed"]) == (0, False)
    assert run.result["carried"]["bootstrap_token"]["objects"] == {
        "Secret kube-system/bootstrap-token-abcdef": "created"
    }
    assert "0123456789abcdef" not in run.text


def test_what_the_diagnosis_trips_over_hides_no_cause(
    run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks the parachute: a traceback of the diagnosis in place of the cause, and nothing is put back."""

    def look(_host: t.Any) -> t.NoReturn:
        raise IndexError("odd")

    monkeypatch.setattr(wait_apiserver, "situation", look)
    described = control_plane(make_config("1.31.0")).plain()
    # The discard port, at which nobody listens.
    endpoint = {"name": "kube-apiserver", "url": "https://127.0.0.1:9/livez", "required": True, "always": True}
    described.update(endpoints=[endpoint], timeout=0.0)
    run = run_module("wait_apiserver", {"config": {}, "control_plane": described, "timeout": 0})
    assert run.code == 1
    assert run.result["msg"].startswith("wait_control_plane: not healthy after 0 s: kube-apiserver: ")
    assert "kube-apiserver has no log" in run.result["msg"]
