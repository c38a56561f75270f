# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""preflight_check: what fails, what is waived, what is returned."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils import _preflight_checks as checks
from ansible_collections.kubewright.control_plane.plugins.modules import preflight_check

CHECKS = [
    checks.Check("Mem", "error", False, "1 MB", "1700 MB", "Give it more."),
    checks.Check("NumCPU", "error", True, "2 CPUs", "2 CPUs", ""),
    checks.Check("Swap", "warning", False, "on", "off", "swapoff"),
]


@pytest.fixture(autouse=True)
def _host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight_check, "gather", lambda *_arguments: {})
    monkeypatch.setattr(preflight_check, "run_checks", lambda _config, _facts: CHECKS)


@pytest.mark.parametrize(
    ("ignore", "configured", "code"),
    [(None, [], 1), (None, ["mem"], 0), (["MEM"], [], 0), (["all"], [], 0), ([], ["mem"], 1), (["Swap"], [], 1)],
)
def test_only_waived_errors_pass(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    ignore: list[str] | None,
    configured: list[str],
    code: int,
) -> None:
    """K2: breaks when an error passes unwaived, a warning fails, or the option does not win over the configuration."""
    config = make_config("1.31.0", ignore_preflight_errors=configured)
    run = run_module("preflight_check", {"config": config.data, "ignore": ignore})
    assert run.code == code
    assert [(item["name"], item["passed"]) for item in run.result["checks"]] == [
        ("Mem", False),
        ("NumCPU", True),
        ("Swap", False),
    ]
    if code:
        assert "- Mem: found 1 MB; wanted 1700 MB. Give it more." in run.result["msg"]
        assert "Swap" not in run.result["msg"]
    else:
        assert run.result["waived"] == ["Mem; 1 MB"]
