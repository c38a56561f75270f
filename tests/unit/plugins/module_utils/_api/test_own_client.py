# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of a control plane's host."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Unreachable
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import own_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import kubeconfig_text


def test_the_server_of_admin_conf(tmp_path: pathlib.Path) -> None:
    """Breaks on a control plane of kubeadm's, or on one whose API server is away: a traceback, or another server is asked."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    with pytest.raises(KubewrightError, match="ask another control plane"):
        own_client(host, 0.0, waits=False)
    fields = {"client-certificate-data": "eA==", "client-key-data": "eA=="}
    text = kubeconfig_text("kubernetes", "admin", "https://127.0.0.1:9", b"CA", fields, preferences=False)
    host.write(ADMIN_CONF, text.encode(), 0o600)
    assert own_client(host, 0.0, waits=False) is None
    with pytest.raises((Unreachable, KubewrightError)):
        own_client(host, 0.0, waits=True)
