# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a kubelet asks for its serving certificate, and has one."""

from __future__ import annotations

import datetime
import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_serving import (
    asks_for_serving,
    has_serving,
)

CONFIGURATION, CERTIFICATE = "/var/lib/kubelet/config.yaml", "/var/lib/kubelet/pki/kubelet-server-current.pem"


def test_what_the_host_has(tmp_path: pathlib.Path, sound: pathlib.Path, now: datetime.datetime) -> None:
    """Breaks the run on a host that has one: it waits for a request that never comes; or a new host is never asked for."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    assert (asks_for_serving(host), has_serving(host, now)) == (False, False)
    host.write(CONFIGURATION, b"kind: KubeletConfiguration\nserverTLSBootstrap: true\n", 0o600)
    host.write(CERTIFICATE, (sound / "apiserver.crt").read_bytes(), 0o600)
    assert (asks_for_serving(host), has_serving(host, now)) == (True, True)
    assert not has_serving(host, now + datetime.timedelta(days=4000))
    host.write(CONFIGURATION, b"serverTLSBootstrap: false\n", 0o600)
    host.write(CERTIFICATE, b"damaged", 0o600)
    assert (asks_for_serving(host), has_serving(host, now)) == (False, False)
    host.write(CONFIGURATION, b"a: [", 0o600)
    assert not asks_for_serving(host)
