# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""wait_apiserver: check mode."""

from __future__ import annotations

import typing as t


def test_check_mode_does_not_wait(run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the plan for a blank host, where nothing will ever answer."""
    run = run_module("wait_apiserver", {"config": make_config("1.31.0").data}, check=True)
    assert (run.code, run.result["changed"], run.result["seconds"]) == (0, False, 0.0)
    assert run.result["served"] == {}
