# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What SystemVerification looks at, by recorded hosts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from inspected_folder import host_in

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import system_verification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    system_verification as _verification,
)
from facts.hosts import place


@pytest.mark.parametrize("name", ["linux-6.18-v1", "debian-12-v2", "rocky-8-v1"])
def test_all_parts_of_a_host(make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path, name: str) -> None:
    """Breaks SystemVerification: a part is not gathered, or Docker is asked that nobody uses."""
    question = _verification.question(make_config("1.31.0"))
    found = system_verification.gather(place(tmp_path, name), question)
    assert (found["system"], found["docker"]) == ("Linux", None)
    assert found["kernel"]["release"]
    assert found["kernel"]["options"]["MEMCG"] in ("y", "m")
    assert found["cgroups"]


def test_a_host_that_says_nothing(make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where /proc is not what it is elsewhere."""
    question = _verification.question(make_config("1.31.0"))
    assert system_verification.gather(host_in(tmp_path), question)["system"] == ""
