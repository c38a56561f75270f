# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubelet.conf once the kubelet has a certificate that it rotates, as kubeadm's phase kubelet-finalize leaves it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    decode_data,
    kubeconfig_text,
)

PATH = KUBERNETES_DIR + "/kubelet.conf"
REASON = "the kubelet has a certificate that it rotates"


class Reference(t.NamedTuple):
    """What kubelet.conf says once it refers to the rotated certificate. preferences: whether the minor writes that there are none."""

    certificate: str
    cluster_name: str
    user: str
    preferences: bool


class Shown(t.NamedTuple):
    """The text, and what a diff shows of it before and after: the text holds a key no more, but the one before it does."""

    text: str
    before: str
    after: str


def referring(server: str, ca_data: str | None, refers: t.Any, wanted: Reference) -> Shown | None:
    """A kubeconfig that refers to a certificate with its key, or None where it does so already or names its CA by a file.

    server, ca_data (base64), refers (the file of its client certificate, if any): of the present one.
    """
    ca_pem = decode_data(ca_data)
    if refers == wanted.certificate or ca_pem is None:
        return None
    credentials = {"client-certificate": wanted.certificate, "client-key": wanted.certificate}
    text = kubeconfig_text(
        wanted.cluster_name, wanted.user, server, ca_pem, credentials, preferences=wanted.preferences
    )
    return Shown(text, "client certificate: embedded\n", f"client certificate: {wanted.certificate}\n")


__all__ = ("PATH", "REASON", "Reference", "Shown", "referring")
