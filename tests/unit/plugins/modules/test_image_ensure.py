# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""image_ensure: what is pulled, planned and waived."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils import _runtime as runtime
from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Result
from ansible_collections.kubewright.control_plane.plugins.modules import image_ensure

WANTED = ["r.example/a:1", "r.example/b:1"]


@pytest.mark.parametrize(
    ("present", "broken", "waived", "check", "pulls", "code"),
    [
        ([], [], [], False, WANTED, 0),
        (WANTED[:1], [], [], False, WANTED[1:], 0),
        (WANTED, [], [], False, [], 0),
        ([], [], [], True, [], 0),
        ([], WANTED[:1], [], False, WANTED, 1),
        ([], WANTED[:1], ["imagepull"], False, WANTED, 0),
    ],
)
def test_pulls(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    present: list[str],
    broken: list[str],
    waived: list[str],
    check: bool,
    pulls: list[str],
    code: int,
) -> None:
    """Breaks when an image that is there is pulled, check mode pulls, or a failed pull passes without a waiver."""
    pulled: list[str] = []

    def run(argv: t.Sequence[str]) -> Result:
        if "ls" in argv:
            return Result(0, "\n".join(present), "")
        pulled.append(argv[-1])
        return Result(1, "", "unauthorized") if argv[-1] in broken else Result(0, "", "")

    monkeypatch.setattr(image_ensure, "runner", lambda _module: run)
    monkeypatch.setattr(runtime, "find_command", lambda name: "/bin/ctr" if name == "ctr" else None)
    config = make_config("1.31.0", ignore_preflight_errors=waived)
    result = run_module("image_ensure", {"config": config.data, "images": WANTED}, check=check)
    assert (pulled, result.code) == (pulls, code)
    missing = [image for image in WANTED if image not in present]
    if code:
        assert "ImagePull" in result.result["msg"]
        assert "unauthorized" in result.result["msg"]
    else:
        assert result.result["changed"] is bool([image for image in missing if image not in broken])
        assert result.result["pulled"] == [image for image in missing if image not in broken]
        assert set(result.result["failed_pulls"]) == set(broken)


@pytest.mark.parametrize(("policy", "pulls"), [("Always", WANTED), ("Never", [])])
def test_the_pull_policy_of_the_node(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    pulls: list[str],
) -> None:
    """Breaks kubewright_image_pull_policy. Pulling again what is there is no change, nor is a missing image with Never."""
    present = WANTED if policy == "Always" else []
    pulled: list[str] = []

    def run(argv: t.Sequence[str]) -> Result:
        if "ls" in argv:
            return Result(0, "\n".join(present), "")
        pulled.append(argv[-1])
        return Result(0, "", "")

    monkeypatch.setattr(image_ensure, "runner", lambda _module: run)
    monkeypatch.setattr(runtime, "find_command", lambda name: "/bin/ctr" if name == "ctr" else None)
    config = make_config("1.31.0", image_pull_policy=policy)
    result = run_module("image_ensure", {"config": config.data, "images": WANTED})
    assert pulled == pulls
    assert (result.code, result.result["changed"]) == (0, False)
