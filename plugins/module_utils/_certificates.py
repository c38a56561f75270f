# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which certificates and kubeconfigs a control plane has: names, usages, subjects. No cryptography here."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import KUBERNETES_DIR, Config

CLIENT = "clientAuth"
SERVER = "serverAuth"

# How long before its end a CA is worth a warning: its exchange takes planning, and nobody renews it.
CA_WARNING_DAYS = 180


class CertificateAuthority(t.NamedTuple):
    """A CA. path: below the certificates folder, without extension."""

    path: str
    common_name: str


class Certificate(t.NamedTuple):
    """A leaf certificate. usages: extended key usages. ca: the path of its CA. path: empty inside a kubeconfig."""

    path: str
    ca: str
    common_name: str
    organization: str | None
    usages: tuple[str, ...]
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()


class Kubeconfig(t.NamedTuple):
    """A kubeconfig file. path: absolute. server: URL."""

    path: str
    server: str
    certificate: Certificate


def authorities(config: Config) -> list[CertificateAuthority]:
    """The CAs, in kubeadm's order; etcd's only where etcd is local."""
    result = [CertificateAuthority("ca", "kubernetes"), CertificateAuthority("front-proxy-ca", "front-proxy-ca")]
    if config.local_etcd is not None:
        result.append(CertificateAuthority("etcd/ca", "etcd-ca"))
    return result


def _names(config: Config, wanted: t.Sequence[str]) -> dict[str, tuple[str, ...]]:
    dns_names = [name for name in wanted if network.parse_ip(name) is None]
    addresses = [str(network.parse_ip(name)) for name in wanted if network.parse_ip(name) is not None]
    if config.release["certificate_sans_sorted"]:
        dns_names = sorted(set(dns_names))
        addresses = list(dict.fromkeys(addresses))
    return {"dns_names": tuple(dns_names), "ip_addresses": tuple(addresses)}


def certificates(config: Config) -> list[Certificate]:
    """The leaf certificates, in kubeadm's order (1.16 and later; the order has no meaning before)."""
    release, name = config.release, config.node_name
    api_names = [
        name,
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc." + config.dns_domain,
    ]
    api_names += [network.nth_address(config.service_subnet, 1), config.advertise_address]
    if config.control_plane_host:
        api_names.append(config.control_plane_host)
    api_names += config.component("apiServer").get("certSANs") or []
    result = [
        Certificate("apiserver", "ca", "kube-apiserver", None, (SERVER,), **_names(config, api_names)),
        Certificate(
            "apiserver-kubelet-client",
            "ca",
            "kube-apiserver-kubelet-client",
            release["kubelet_client_organization"],
            (CLIENT,),
        ),
        Certificate("front-proxy-client", "front-proxy-ca", "front-proxy-client", None, (CLIENT,)),
    ]
    local = config.local_etcd
    if local is None:
        return result
    peer_names = [name, "localhost", config.advertise_address, "127.0.0.1", "::1"]
    server_names = peer_names if release["etcd_server_sans_with_address"] else [name, "localhost", "127.0.0.1", "::1"]
    both = (SERVER, CLIENT)
    organization = release["etcd_client_organization"]
    result += [
        Certificate(
            "etcd/server",
            "etcd/ca",
            name,
            None,
            both,
            **_names(config, server_names + list(local.get("serverCertSANs") or [])),
        ),
        Certificate(
            "etcd/peer",
            "etcd/ca",
            name,
            None,
            both,
            **_names(config, peer_names + list(local.get("peerCertSANs") or [])),
        ),
        Certificate("etcd/healthcheck-client", "etcd/ca", "kube-etcd-healthcheck-client", organization, (CLIENT,)),
        Certificate("apiserver-etcd-client", "etcd/ca", "kube-apiserver-etcd-client", organization, (CLIENT,)),
    ]
    return result


def kubeconfigs(config: Config) -> list[Kubeconfig]:
    """The kubeconfig files of the minor."""
    release = config.release
    everyone = config.control_plane_endpoint
    controllers = config.local_endpoint if release["controller_kubeconfig_endpoint"] == "local" else everyone
    kubelet = config.local_endpoint if release["kubelet_kubeconfig_endpoint"] == "local" else everyone
    users = [("admin", "kubernetes-admin", release["admin_organization"], everyone)]
    if release["super_admin_kubeconfig"]:
        users.append(("super-admin", "kubernetes-super-admin", "system:masters", everyone))
    users += [
        ("kubelet", "system:node:" + config.node_name, "system:nodes", kubelet),
        ("controller-manager", "system:kube-controller-manager", None, controllers),
        ("scheduler", "system:kube-scheduler", None, controllers),
    ]
    return [
        Kubeconfig(f"{KUBERNETES_DIR}/{base}.conf", server, Certificate("", "ca", name, organization, (CLIENT,)))
        for base, name, organization, server in users
    ]


__all__ = (
    "CA_WARNING_DAYS",
    "CLIENT",
    "SERVER",
    "Certificate",
    "CertificateAuthority",
    "Kubeconfig",
    "authorities",
    "certificates",
    "kubeconfigs",
)
