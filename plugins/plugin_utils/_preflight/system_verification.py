# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeadm's check SystemVerification: the operating system, the kernel, cgroups and Docker."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import cgroups, docker_version, kernel
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.specification import verification

Facts = dict[str, t.Any]


def question(config: Config) -> dict[str, t.Any]:
    """Those of C(kernel) and C(cgroups), and of C(docker), None where kubeadm does not ask it."""
    return {
        "kernel": kernel.question(config),
        "cgroups": cgroups.question(config),
        "docker": docker_version.question(config),
    }


def operating_system(facts: Facts) -> Check:
    """Linux; kubeadm knows Windows only for workers."""
    system = facts["system"]
    cure = "Use a host with Linux."
    return verification(ERROR, system == "Linux", f"the operating system {system}", "the operating system Linux", cure)


def check(config: Config, facts: Facts) -> list[Check]:
    """The outcomes, one for each thing that kubeadm reports by itself, all under the one name."""
    return [
        kernel.kernel_release(config, facts["kernel"]),
        kernel.kernel_config(config, facts["kernel"], facts["cgroups"]["version"]),
        *docker_version.docker(config, facts["docker"]),
        operating_system(facts),
        *cgroups.cgroups_version(config, facts["cgroups"]),
        *cgroups.cgroups_controllers(config, facts["cgroups"]),
    ]


__all__ = ("Facts", "check", "operating_system", "question")
