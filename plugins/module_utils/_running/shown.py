# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The certificates that the servers of a control plane show, which have to be those of the host."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import ControlPlane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import served_certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.last_words import last_words
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.served import (
    ask,
    certificates_of,
    describe,
    servers,
)


def served(host: WatchedHost, control_plane: ControlPlane, patience: float) -> dict[str, dict[str, t.Any]]:
    """What the servers show. Raises KubewrightError where it is not what is on the host, when the patience is over."""
    arguments = {
        component: found[0].arguments
        for component, found in ((name, host.component(name)) for name in ("kube-apiserver", "etcd"))
        if found
    }
    by_name = {server.name: server for server in servers(control_plane, arguments)}
    wanted = {server: certificates_of(host, server.paths) for server in by_name.values()}
    shown = ask(wanted, served_certificate, patience, host.sleep, host.monotonic)
    described = {
        name: describe(by_name[name], certificate) for name, certificate in {**shown.right, **shown.wrong}.items()
    }
    wrong = [
        "{name} at {address} shows the certificate {serial_number} that ends {not_after}, not that of {path}".format(
            name=name, **described[name]
        )
        for name in shown.wrong
    ]
    if wrong:
        raise KubewrightError(
            "{} (after {:.0f} s). Restart it: move its manifest out of {} for 20 s.\n{}".format(
                "; ".join(wrong),
                patience,
                MANIFESTS_DIR,
                last_words([name.split("-peer")[0] for name in shown.wrong], host, control_plane.pod_logs),
            )
        )
    return described


__all__ = ("served",)
