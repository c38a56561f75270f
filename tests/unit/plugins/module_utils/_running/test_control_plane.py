# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What travels of a control plane, and what of it is waited for."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    control_plane,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running import control_plane as _controller

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize("version", ["1.12.0", "1.20.0", "1.31.0", "1.37.0"])
def test_it_is_the_same_on_the_host(make_config: MakeConfig, version: str) -> None:
    """Breaks when a field is lost on the way, or is something that JSON does not carry."""
    volume = {"name": "a", "hostPath": "/srv/a", "mountPath": "/a"}
    made = _controller.control_plane(make_config(version, apiserver_extra_volumes=[volume]))
    arrived = control_plane(json.loads(json.dumps(made.plain())))
    assert arrived == made
    assert arrived.components["kube-apiserver"].volumes == [["/a", "/srv/a"]]
    assert set(arrived.components) == set(COMPONENTS) - {"kubelet"}


def test_who_is_waited_for(make_config: MakeConfig) -> None:
    """Breaks the wait after a restart: a component that the minor does not wait for has to come back all the same."""
    made = _controller.control_plane(make_config("1.20.0"))
    always = [endpoint.name for endpoint in made.waited_for()]
    assert "kube-scheduler" not in always
    assert [endpoint.name for endpoint in made.waited_for(["kube-scheduler"])] == [*always, "kube-scheduler"]
    everything = {endpoint.name for endpoint in made.waited_for(COMPONENTS)}
    assert everything == set(COMPONENTS)
