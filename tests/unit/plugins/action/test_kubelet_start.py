# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_start on the controller: its files, and whether it is started."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest, meaning
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of

MakeConfig = t.Callable[..., Config]
DONE = {"changed": True, "stale": [], "diff": []}


@pytest.mark.parametrize(("active", "started"), [(True, False), (False, True)])
def test_whether_it_is_started(make_config: MakeConfig, active: bool, started: bool) -> None:
    """Breaks what the restart of components goes by: a kubelet that was just started is not restarted again."""
    config = make_config("1.31.0")
    paths = plan_of("kubelet_start", config).paths()
    facts: dict[str, t.Any] = {"files": dict.fromkeys(paths), "kubelet": {"active": active, "error": ""}}
    action = act("kubelet_start", {"config": config.data, "read": facts}, {}, DONE)
    kinds = [change["kind"] for change in (action.shipped or {})["changes"]]
    assert kinds == [*(["stop_kubelet"] if active else []), *["write_file"] * len(paths), "start_kubelet"]
    assert (action.result["written"], action.result["started"]) == (paths, True)
    same = _as_wanted(config, active)
    quiet = act("kubelet_start", {"config": config.data, "read": same}, {}, DONE)
    assert (quiet.result["written"], quiet.result["started"], quiet.result["changed"]) == ([], started, started)


def _as_wanted(config: Config, active: bool) -> dict[str, t.Any]:
    files = {
        file.path: {
            "digest": digest(file.content.encode()),
            "meaning": meaning(file.path, file.content),
            "mode": file.mode,
            "is_roots": True,
        }
        for file in plan_of("kubelet_start", config).files
    }
    return {"files": files, "kubelet": {"active": active, "error": ""}}
