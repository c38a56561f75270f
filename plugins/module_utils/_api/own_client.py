# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The client of a control plane's host, by its own admin.conf, which may be kubeadm's."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Client
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import read_kubeconfig


def own_client(host: Host, timeout: float, waits: bool) -> Client | None:
    """The client by the server that admin.conf of a host names; see C(admin_client). timeout: seconds.

    Raises KubewrightError where the host has none, and with C(waits) where no API server answers.
    """
    text = host.content(ADMIN_CONF)
    if text is None:
        raise KubewrightError(
            f"there is no {ADMIN_CONF} on this host. Run role init on it first, or ask another control plane."
        )
    server = read_kubeconfig(text.decode("utf-8", "replace")).server
    return admin_client({"server": server, "timeout": timeout}, waits)


def waiting_client(host: Host, timeout: float) -> Client:
    """The same, of an API server that is waited for. Raises KubewrightError."""
    client = own_client(host, timeout, waits=True)
    if client is None:
        raise KubewrightError("no API server answers")
    return client


__all__ = ("own_client", "waiting_client")
