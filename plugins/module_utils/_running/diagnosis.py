# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Why a component is not healthy: the last words of its container and of the kubelet."""

from __future__ import annotations

import glob
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command

_POD_LOGS = "/var/log/pods"
_LINES = 5
_TAIL_BYTES = 16384


def pod_logs(config: Config) -> str:
    """The folder in which the kubelet has the logs of its pods (podLogsDir, since 1.30)."""
    return str(config.kubelet.get("podLogsDir") or _POD_LOGS)


def last_log_lines(component: str, logs: str = _POD_LOGS) -> list[str]:
    """The last lines of the newest container log of a static pod, without the runtime's own prefix. logs: their folder."""
    found = glob.glob(f"{glob.escape(logs)}/kube-system_{component}-*/{component}/*.log")
    if not found:
        return []
    newest = max(found, key=os.path.getmtime)
    try:
        with open(newest, "rb") as stream:
            stream.seek(max(0, os.path.getsize(newest) - _TAIL_BYTES))
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    # A line of the CRI log format is: time, stream, tag, text.
    return [line.split(" ", 3)[-1] for line in lines[-_LINES:]]


def _kubelet_journal(run: Runner) -> list[str]:
    journalctl = find_command("journalctl")
    if journalctl is None:
        return []
    answer = run([journalctl, "--unit", "kubelet", "--lines", str(_LINES), "--no-pager", "--output", "cat"])
    return answer.stdout.splitlines() if answer.code == 0 else []


def diagnose(components: t.Sequence[str], run: Runner, logs: str = _POD_LOGS) -> str:
    """What the unhealthy components and etcd, on which they rest, last said. logs: the folder of the pods' logs."""
    parts = []
    for component in [*components, "etcd"] if "kube-apiserver" in components else components:
        lines = _kubelet_journal(run) if component == "kubelet" else last_log_lines(component, logs)
        source = "journalctl -u kubelet" if component == "kubelet" else f"{logs}/kube-system_{component}-*"
        if lines:
            parts.append(
                "Last lines of {} ({}):\n{}".format(component, source, "\n".join("  " + line for line in lines))
            )
        else:
            parts.append(f"{component} has no log in {source}: it was never started. See 'journalctl -u kubelet'.")
    return redacted("\n".join(parts))


__all__ = ("diagnose", "last_log_lines", "pod_logs")
