# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What has to be done to the certificates, keys and kubeconfigs of a host, each with its reason."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate, Kubeconfig

LEAF, SERVICE_ACCOUNT, KUBECONFIG = "leaf", "service_account", "kubeconfig"


class Step(t.NamedTuple):
    """One thing to make. name: its path below the certificates folder without extension, or the name of its kubeconfig.

    kind: C(LEAF), C(SERVICE_ACCOUNT), C(KUBECONFIG), or an action of C(_pki.authority). due: whether nothing but its end
    being near is the reason. certificate: of a leaf or kubeconfig.
    """

    name: str
    kind: str
    reason: str
    due: bool = False
    certificate: Certificate | None = None
    kubeconfig: Kubeconfig | None = None

    @property
    def leaf(self) -> Certificate:
        """The certificate to issue; only of a step that is one."""
        return t.cast(Certificate, self.certificate)

    @property
    def file(self) -> str:
        """How messages call what it is written to."""
        return f"{self.leaf.path}.crt" if self.kind == LEAF else self.name


__all__ = ("KUBECONFIG", "LEAF", "SERVICE_ACCOUNT", "Step")
