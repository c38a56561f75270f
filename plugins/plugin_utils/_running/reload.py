# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which files a component of a minor reads again by itself, and which files a run writes anew.

The flags that name a file are those of kube-apiserver, kube-controller-manager and kube-scheduler of 1.12 to 1.37 (their
options.go) and of etcd. A file that no minor reads again has no feature of its own.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import Feature
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features

# Whether a file that a flag names is read again by itself: a feature of the release table, the same for every minor, or by
# another flag, which is named.
Reload = Feature[bool] | bool | str
_ENCRYPTION_RELOAD = "encryption-provider-config-automatic-reload"
_SERVING: dict[str, Reload] = dict.fromkeys(
    ("tls-cert-file", "tls-private-key-file", "tls-sni-cert-key"), Features.reloads_serving_certificate
)
_CLIENT: dict[str, Reload] = {
    **dict.fromkeys(("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"), False),
    # Dynamic since 1.17 in what all components share, but not shown to work in these two before a fix of 1.19; and the
    # controller manager reads the same CA as its root CA, once.
    **dict.fromkeys(("client-ca-file", "requestheader-client-ca-file"), False),
}
_SIGNERS = ("kube-apiserver-client", "kubelet-client", "kubelet-serving", "legacy-unknown")
_FLAGS: t.Mapping[str, t.Mapping[str, Reload]] = {
    # etcd 3.2 and later (kubeadm 1.12 has 3.2.24) reads its pairs at every handshake, its CAs only once.
    "etcd": {
        **dict.fromkeys(("cert-file", "key-file", "peer-cert-file", "peer-key-file"), True),
        **dict.fromkeys(("trusted-ca-file", "peer-trusted-ca-file", "config-file"), False),
        # The lists of revoked certificates too are read at every handshake.
        **dict.fromkeys(("client-crl-file", "peer-crl-file"), True),
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
        **dict.fromkeys(
            (
                "admission-control-config-file",
                "audit-policy-file",
                "audit-webhook-config-file",
                "authentication-token-webhook-config-file",
                "authorization-policy-file",
                "authorization-webhook-config-file",
                "basic-auth-file",
                "cloud-config",
                "egress-selector-config-file",
                "oidc-ca-file",
                "peer-ca-file",
                "token-auth-file",
                "tracing-config-file",
            ),
            False,
        ),
        **dict.fromkeys(("authentication-config", "authorization-config"), Features.reloads_access_configuration),
        # The second is its name in 1.12.
        **dict.fromkeys(("encryption-provider-config", "experimental-encryption-provider-config"), _ENCRYPTION_RELOAD),
    },
    "kube-controller-manager": {
        **_SERVING,
        **_CLIENT,
        **dict.fromkeys(("root-ca-file", "service-account-private-key-file"), False),
        # Read again since 1.18; but its CA is the root CA, which is read once.
        **dict.fromkeys(("cluster-signing-cert-file", "cluster-signing-key-file"), False),
        # Since 1.19 a kind of certificates may have another CA, which is nothing else.
        **{f"cluster-signing-{signer}-{end}-file": True for signer in _SIGNERS for end in ("cert", "key")},
        **dict.fromkeys(
            ("cloud-config", *(f"pv-recycler-pod-template-filepath-{kind}" for kind in ("hostpath", "nfs"))), False
        ),
    },
    "kube-scheduler": {**_SERVING, **_CLIENT, **dict.fromkeys(("config", "policy-config-file"), False)},
}


def reloads(config: Config, component: str) -> dict[str, bool | str]:
    """Whether a file that a flag of a static pod names is read again by itself; see C(_running.control_plane.Component)."""
    return {
        flag: reload if isinstance(reload, (bool, str)) else config.release.value_of(reload)
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
