# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host with a kubelet that has joined, or not: its files lie in a folder."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CLIENT, Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import kubeconfig_text
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_bootstrap import Cluster

SERVER = "https://192.0.2.1:6443"
PEM = "/var/lib/kubelet/pki/kubelet-client-current.pem"
CONF = "/etc/kubernetes/kubelet.conf"


class Joined:
    """The host, its cluster, and what makes its files. calls: what was asked of systemd."""

    def __init__(self, root: pathlib.Path, pki: pathlib.Path, now: datetime.datetime) -> None:
        """root: an empty folder. pki: the certificates of a control plane."""
        self.root, self.now, self.calls = root, now, t.cast("list[str]", [])
        self._key = x509.load_key((pki / "ca.key").read_bytes())
        self._authority = x509.load_certificate((pki / "ca.crt").read_bytes())
        self.cluster = Cluster(SERVER, (pki / "ca.crt").read_text(encoding="utf-8"))
        self.host = Host(self._run, str(root))

    def _run(self, argv: t.Sequence[str]) -> Result:
        self.calls.append(argv[1])
        return Result(0, "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n", "")

    def put(self, path: str, text: str | bytes) -> None:
        """Puts a file there."""
        there = self.root / path[1:]
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    def certificate(self, name: str = "system:node:worker1", days: int = 1, is_foreign: bool = False) -> bytes:
        """A client's certificate with its key, as the kubelet keeps them. is_foreign: whether another cluster has signed it."""
        key = x509.generate_key("ECDSA-P256")
        wanted = Certificate("", "ca", name, ("system:nodes",), (CLIENT,))
        profile = x509.Profile("ECDSA-P256", 86400.0 * days, 86400.0, 0, "ca", True, True, True)
        made = x509.issue(
            wanted, x509.Pair(self._authority, key if is_foreign else self._key), profile, self.now, key.public_key()
        )
        return x509.certificate_pem(made) + x509.key_pem(key)

    def kubeconfig(self, server: str = SERVER, ca: str | None = None) -> str:
        """As the kubelet writes it."""
        fields = {"client-certificate": PEM, "client-key": PEM}
        pem = (ca or self.cluster.ca).encode("utf-8")
        return kubeconfig_text("default-cluster", "default-auth", server, pem, fields, preferences=False)

    def join(self) -> None:
        """Makes it one that has joined."""
        self.put(CONF, self.kubeconfig())
        self.put(PEM, self.certificate())


__all__ = ("CONF", "PEM", "SERVER", "Joined")
