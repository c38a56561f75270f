# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""preflight_check: what is returned of a host, here of this machine."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.modules import preflight_check


@pytest.fixture(autouse=True)
def _no_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight_check, "runner", lambda _module: lambda argv: Result(127, "", f"{argv[0]}: not run"))


@pytest.mark.parametrize(
    ("ignore", "configured", "ignored"),
    [
        (None, [], False),
        (None, ["kubeletversion"], True),
        (["KUBELETVERSION"], [], True),
        ([], ["KubeletVersion"], False),
    ],
)
def test_outcomes(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    ignore: list[str] | None,
    configured: list[str],
    ignored: bool,
) -> None:
    """K2: breaks when the option does not win over the configuration, or the module judges where the action does."""
    config = make_config("1.31.0", facts={"kubelet_version": None}, ignore_preflight_errors=configured)
    run = run_module("preflight_check", {"config": config.data, "ignore": ignore})
    assert run.code == 0
    found = {item["name"]: item for item in run.result["checks"]}
    assert not found["KubeletVersion"]["passed"]
    assert found["KubeletVersion"]["ignored"] == ignored
    assert not found["Swap"]["ignored"]
    assert set(run.result["identity"]) == {"hostname", "node_name", "machine_id", "product_uuid", "clock"}
    assert "facts" not in run.result


def test_facts(run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any]) -> None:
    """Breaks when what was gathered cannot be looked at, or cannot be printed as JSON."""
    run = run_module("preflight_check", {"config": make_config("1.12.0").data, "facts": True})
    assert run.result["facts"]["resources"]["cpus"] > 0
