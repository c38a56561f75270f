# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The part of SystemVerification that looks at Docker, until 1.23: its version and its graph driver."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.specification import (
    WAIVER,
    specification,
    verification,
)

SOCKET = docker_engine.SOCKET
Facts = dict[str, t.Any]


def question(config: Config) -> dict[str, t.Any] | None:
    """C(path): Docker's socket. None where kubeadm does not ask Docker."""
    return {"path": SOCKET} if config.uses_docker and config.release.preflight_docker_release else None


def docker(config: Config, facts: Facts | None) -> list[Check]:
    """An unknown version is a warning, one of another scheme an error; the graph driver counts only with a known version."""
    if facts is None:
        return []
    spec = specification(config)
    version, driver = facts["version"], facts["driver"]
    wanted = f"a Docker that kubeadm {config.release.minor_text} was tested with, the newest being {spec.docker}"
    if facts["error"] is not None:
        cure = f"Start Docker: systemctl start docker. It is asked on {SOCKET}."
        return [verification(ERROR, False, "no answer from Docker: {}".format(facts["error"]), wanted, cure)]
    known = any(re.search(pattern, version) for pattern in spec.docker_releases)
    refused = not known and not re.search(spec.docker_scheme, version)
    cure = f"Install Docker {spec.docker}" + (f", or {WAIVER}." if refused else ", or go on with this one.")
    checks = [verification(ERROR if refused else WARNING, known, f"Docker {version}", wanted, cure)]
    if known:
        drivers = ", ".join(spec.graph_drivers)
        cure = (
            'Set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart Docker (its images have to be pulled '
            f"anew), or {WAIVER}."
        )
        passed = driver in spec.graph_drivers
        checks.append(
            verification(ERROR, passed, f"graph driver {driver}", f"one of the graph drivers {drivers}", cure)
        )
    return checks


__all__ = ("SOCKET", "Facts", "docker", "question")
