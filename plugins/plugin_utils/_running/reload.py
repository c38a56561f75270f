# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which files a component of a minor reads again by itself, and which files a run writes anew."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import Feature
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features

# Whether a file that a flag names is read again by itself: a feature of the release table, or the same for every minor.
Reload = Feature[bool] | bool
_SERVING: dict[str, Reload] = dict.fromkeys(
    ("tls-cert-file", "tls-private-key-file", "tls-sni-cert-key"), Features.reloads_serving_certificate
)
_CLIENT: dict[str, Reload] = {
    **dict.fromkeys(("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"), False),
    # Dynamic since 1.17 in what all components share, but not shown to work in these two before a fix of 1.19; and the
    # controller manager reads the same CA as its root CA, once.
    **dict.fromkeys(("client-ca-file", "requestheader-client-ca-file"), False),
}
_FLAGS: t.Mapping[str, t.Mapping[str, Reload]] = {
    # etcd 3.2 and later (kubeadm 1.12 has 3.2.24) reads its pairs at every handshake, its CAs only once.
    "etcd": {
        **dict.fromkeys(("cert-file", "key-file", "peer-cert-file", "peer-key-file"), True),
        **dict.fromkeys(("trusted-ca-file", "peer-trusted-ca-file"), False),
    },
    "kube-apiserver": {
        **_SERVING,
        **dict.fromkeys(("client-ca-file", "requestheader-client-ca-file"), Features.reloads_client_ca),
        **dict.fromkeys(
            ("kubelet-client-certificate", "kubelet-client-key"), Features.reloads_kubelet_client_certificate
        ),
        **dict.fromkeys(("proxy-client-cert-file", "proxy-client-key-file"), Features.reloads_proxy_client_certificate),
        # By etcd's own client library, which reads them as etcd reads its own.
        **dict.fromkeys(("etcd-certfile", "etcd-keyfile"), True),
        **dict.fromkeys(("etcd-cafile", "kubelet-certificate-authority"), False),
        **dict.fromkeys(("service-account-key-file", "service-account-signing-key-file"), False),
    },
    "kube-controller-manager": {
        **_SERVING,
        **_CLIENT,
        **dict.fromkeys(("root-ca-file", "service-account-private-key-file"), False),
        # Read again since 1.18; but its CA is the root CA, which is read once.
        **dict.fromkeys(("cluster-signing-cert-file", "cluster-signing-key-file"), False),
    },
    "kube-scheduler": {**_SERVING, **_CLIENT},
}


def reloads(config: Config, component: str) -> dict[str, bool]:
    """Whether a file that a flag of a static pod names is read again by itself, by the flag's name without dashes."""
    return {
        flag: reload if isinstance(reload, bool) else config.release.value_of(reload)
        for flag, reload in _FLAGS[component].items()
    }


def planned_files(config: Config, reasons: t.Mapping[str, str]) -> set[str]:
    """The paths of the files that are written anew, by the reasons that pki_generate and kubeconfig_write give."""
    found = set()
    for name, reason in reasons.items():
        if reason != LOOSE:
            base = name if name.startswith("/") else f"{config.certificates_dir}/{name}"
            found.update([base] if name.startswith("/") else [base + end for end in (".crt", ".key", ".pub")])
    return found


__all__ = ("planned_files", "reloads")
