# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Why a component is not healthy: the last words of its container and of the kubelet."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import without_prefix

_LINES = 5
_TAIL_BYTES = 16384


def last_log_lines(host: WatchedHost, component: str, logs: str) -> list[str]:
    """The last lines of the newest container log of a static pod, without the runtime's own prefix. logs: their folder."""
    found = host.below_pattern(logs, f"kube-system_{component}-*/{component}/*.log")
    if not found:
        return []
    newest = max(found, key=lambda path: (host.times(path) or (0.0,))[0])
    lines = host.tail(newest, _TAIL_BYTES).decode("utf-8", "replace").splitlines()
    return [without_prefix(line) for line in lines[-_LINES:]]


def last_words(components: t.Sequence[str], host: WatchedHost, logs: str) -> str:
    """What the unhealthy components and etcd, on which they rest, last said. logs: the folder of the pods' logs."""
    parts = []
    for component in [*components, "etcd"] if "kube-apiserver" in components else components:
        lines = (
            kubelet_service.journal(host.run, _LINES)
            if component == "kubelet"
            else last_log_lines(host, component, logs)
        )
        source = "journalctl -u kubelet" if component == "kubelet" else f"{logs}/kube-system_{component}-*"
        if lines:
            parts.append(
                "Last lines of {} ({}):\n{}".format(component, source, "\n".join("  " + line for line in lines))
            )
        else:
            parts.append(f"{component} has no log in {source}: it was never started. See 'journalctl -u kubelet'.")
    return redacted("\n".join(parts))


__all__ = ("last_log_lines", "last_words")
