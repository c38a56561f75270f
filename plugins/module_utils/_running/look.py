# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A control plane as it is now: what runs, what has to be restarted, and whether all is well."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_healthy, last_restarts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import ControlPlane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.outdated import outdated
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.shown import served
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import wait_until_healthy


def _served(control_plane: ControlPlane, host: WatchedHost) -> dict[str, dict[str, t.Any]] | None:
    try:
        probe = HealthProbe(host, control_plane.ca, {})
        if not wait_until_healthy(control_plane.waited_for(), probe, 0.0, 0.0, host.sleep, host.monotonic).healthy:
            return None
        return served(host, control_plane, 0.0)
    except (KubewrightError, OSError, ValueError):
        # As for a CA that is damaged, of which the phase certs has to say what is wrong.
        return None


def look(control_plane: ControlPlane, host: WatchedHost) -> dict[str, t.Any]:
    """Waits for nothing and changes nothing.

    running: the components that run. manifests: those whose static pods the kubelet is to run. reasons: why components have to be
    restarted. served: what the servers show where all that has to be healthy is and shows what is on the host (see
    C(served.describe)), and nothing is kept of an earlier change; else None. away: for how many seconds the API server was away when
    components were restarted the last time.
    """
    processes, reasons = outdated(control_plane, host)
    # A worker has none.
    runs = "kube-apiserver" in processes or "kube-apiserver" not in control_plane.components
    is_settled = runs and not reasons and not host.exists(last_healthy.PATH)
    shown = _served(control_plane, host) if is_settled else None
    manifests = [name for name in control_plane.components if host.exists(f"{MANIFESTS_DIR}/{name}.yaml")]
    return {
        "running": list(processes),
        "manifests": manifests,
        "reasons": reasons,
        "served": shown,
        "away": last_restarts.load(host),
    }


__all__ = ("look",)
