# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""preflight_check: what is returned of a host, here of this machine."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.modules import preflight_check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.all import questions


@pytest.fixture(autouse=True)
def _no_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight_check, "run_command", lambda argv: Result(127, "", f"{argv[0]}: not run"))


def test_only_what_is_asked_is_looked_at(run_module: t.Callable[..., t.Any]) -> None:
    """Breaks when the module judges, or looks at more than its action asked for."""
    questions = {"identity": {"node_name": "cp1"}, "swap": {}}
    run = run_module("preflight_check", {"config": {}, "questions": questions})
    assert run.code == 0
    assert set(run.result) >= {"changed", "facts", "identity"}
    assert "checks" not in run.result
    assert set(run.result["facts"]) == {"identity", "swap"}
    assert run.result["identity"] == run.result["facts"]["identity"]
    assert set(run.result["identity"]) == {"hostname", "node_name", "machine_id", "product_uuid", "clock"}
    assert run.result["identity"]["node_name"] == "cp1"


def test_facts(run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any]) -> None:
    """Breaks when what was gathered cannot be printed as JSON, or holds what nobody asked for."""
    run = run_module("preflight_check", {"config": {}, "questions": questions(make_config("1.12.0"))})
    assert run.result["facts"]["resources"]["cpus"] > 0
    assert [family for family, found in run.result["facts"].items() if "broken" in (found or {})] == []
