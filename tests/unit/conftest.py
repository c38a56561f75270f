# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all unit tests share: the facts of an ordinary host and the resolved configuration of any minor."""

from __future__ import annotations

import typing as t

import hypothesis
import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import resolve

# The same examples at every run, no time limit on a slow machine, and no files beside the tests.
hypothesis.settings.register_profile("unit", deadline=None, database=None, derandomize=True, max_examples=100)
hypothesis.settings.load_profile("unit")


def _node_facts(**changed: t.Any) -> dict[str, t.Any]:
    facts: dict[str, t.Any] = {
        "hostname": "cp1",
        "default_address": "192.0.2.10",
        "directories": [],
        "controller_manager_mounts": None,
        "sockets": [],
        "systemd_resolved": False,
        "docker_cgroup_driver": None,
        "kubelet_version": "v1.31.0",
        "proxy_environment": {},
        "external_ca": False,
        "ca_key": False,
        "etcd_has_data": False,
        "etcd_joined": None,
        "python_version": "3.11.0",
        "cryptography_error": None,
    }
    return dict(facts, **changed)


def _make_config(version: str, facts: dict[str, t.Any] | None = None, **variables: t.Any) -> Config:
    given = {"kubewright_" + name: value for name, value in variables.items()}
    read = read_input(dict(given, kubewright_kubernetes_version=version))
    return Config(resolve(read, _node_facts(**(facts or {}))))


@pytest.fixture(scope="session")
def node_facts() -> t.Callable[..., dict[str, t.Any]]:
    """The facts of a host; keyword arguments replace single ones."""
    return _node_facts


@pytest.fixture(scope="session")
def make_config() -> t.Callable[..., Config]:
    """The resolved configuration of a version; keyword arguments are variables without their prefix."""
    return _make_config
