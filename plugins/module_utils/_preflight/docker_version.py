# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What Docker says of itself: its version and its graph driver."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine

Facts = t.Dict[str, t.Any]

_TIMEOUT = 5.0


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> Facts | None:
    """The facts, or None where there is no Docker to ask: C(version), C(driver), and C(error), None or why it did not answer.
    Asked by its API, whose C(/info) is what C(docker info) prints.

    question: C(path), Docker's socket.
    """
    path = str(question["path"])
    # Without Docker's client kubeadm does not ask either; that there is no runtime is another check's error.
    if not host.exists(path) and host.command("docker") is None:
        return None
    try:
        info = docker_engine.info(host.path(path), _TIMEOUT)
        return {"version": str(info["ServerVersion"]), "driver": str(info["Driver"]), "error": None}
    except OSError as error:
        return {"version": None, "driver": None, "error": error.strerror or "no answer in time"}


__all__ = ("Facts", "gather")
