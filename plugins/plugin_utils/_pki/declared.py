# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which certificates and kubeconfigs a control plane has: names, usages, subjects. No cryptography here."""

from __future__ import annotations

import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    CLIENT,
    SERVER,
    Certificate,
    CertificateAuthority,
    Kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

# kubeadm writes its kubeconfig on the first control plane only, and advises to keep it elsewhere (1.29).
SUPER_ADMIN = "super-admin"
# The one that may refer to a certificate outside of it, which the kubelet rotates.
KUBELET_KUBECONFIG = "kubelet.conf"

# How long before its end a CA is worth a warning: its exchange takes planning, and nobody renews it.
CA_WARNING_DAYS = 180


def authorities(config: Config) -> list[CertificateAuthority]:
    """The CAs, in kubeadm's order; etcd's only where etcd is local. A worker has that of the cluster alone, a host of an external etcd
    that of etcd.
    """
    if config.join is not None:
        return [CertificateAuthority("ca", "kubernetes")]
    etcd = [CertificateAuthority("etcd/ca", "etcd-ca")] if config.local_etcd is not None else []
    if config.etcd_host is not None:
        return etcd
    return [
        CertificateAuthority("ca", "kubernetes"),
        CertificateAuthority("front-proxy-ca", "front-proxy-ca"),
        *etcd,
    ]


def _names(config: Config, wanted: t.Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The DNS names and the IP addresses among names."""
    dns_names = [name for name in wanted if network.parse_ip(name) is None]
    addresses = [str(network.parse_ip(name)) for name in wanted if network.parse_ip(name) is not None]
    if config.release.certificate_sans_sorted:
        dns_names = sorted(set(dns_names))
        addresses = list(dict.fromkeys(addresses))
    return tuple(dns_names), tuple(addresses)


def _of_control_plane(config: Config) -> list[Certificate]:
    name, kubelet_client = config.node_name, config.release.kubelet_client_organization
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
    # Where the endpoint is a name of it.
    if config.virtual_address is not None and config.virtual_address["address"] not in api_names:
        api_names.append(str(config.virtual_address["address"]))
    api_names += config.component("apiServer").get("certSANs") or []
    return [
        Certificate("apiserver", "ca", "kube-apiserver", (), (SERVER,), *_names(config, api_names)),
        Certificate(
            "apiserver-kubelet-client",
            "ca",
            "kube-apiserver-kubelet-client",
            (kubelet_client,) if kubelet_client else (),
            (CLIENT,),
        ),
        Certificate("front-proxy-client", "front-proxy-ca", "front-proxy-client", (), (CLIENT,)),
    ]


def _of_etcd(config: Config, local: t.Mapping[str, t.Any]) -> list[Certificate]:
    release, name = config.release, config.node_name
    peer_names = [name, "localhost", config.advertise_address, "127.0.0.1", "::1"]
    server_names = [name, "localhost", "127.0.0.1", "::1"]
    # Others ask an external etcd by its address.
    if release.etcd_server_sans_with_address or config.etcd_host is not None:
        server_names = peer_names
    both = (SERVER, CLIENT)
    organization = release.etcd_client_organization
    organizations = (organization,) if organization else ()
    return [
        Certificate(
            "etcd/server",
            "etcd/ca",
            name,
            (),
            both,
            *_names(config, server_names + list(local.get("serverCertSANs") or [])),
        ),
        Certificate(
            "etcd/peer",
            "etcd/ca",
            name,
            (),
            both,
            *_names(config, peer_names + list(local.get("peerCertSANs") or [])),
        ),
        Certificate("etcd/healthcheck-client", "etcd/ca", "kube-etcd-healthcheck-client", organizations, (CLIENT,)),
        Certificate("apiserver-etcd-client", "etcd/ca", "kube-apiserver-etcd-client", organizations, (CLIENT,)),
    ]


def certificates(config: Config) -> list[Certificate]:
    """The leaf certificates, in kubeadm's order (1.16 and later; the order has no meaning before). A worker has none."""
    local = config.local_etcd
    return [
        *(_of_control_plane(config) if config.is_control_plane else ()),
        *(_of_etcd(config, local) if local is not None and config.join is None else ()),
    ]


def kubeconfigs(config: Config) -> list[Kubeconfig]:
    """The kubeconfig files of the minor. A worker has that of the kubelet alone, a host of an external etcd none."""
    if config.etcd_host is not None:
        return []
    release = config.release
    everyone = config.control_plane_endpoint
    controllers = config.local_endpoint if release.controller_kubeconfig_endpoint == "local" else everyone
    kubelet = config.local_endpoint if release.kubelet_kubeconfig_endpoint == "local" else everyone
    users: list[tuple[str, str, tuple[str, ...], str]] = [
        ("admin", "kubernetes-admin", (release.admin_organization,), everyone)
    ]
    if release.super_admin_kubeconfig:
        users.append((SUPER_ADMIN, "kubernetes-super-admin", ("system:masters",), everyone))
    users += [
        ("kubelet", "system:node:" + config.node_name, ("system:nodes",), kubelet),
        ("controller-manager", "system:kube-controller-manager", (), controllers),
        ("scheduler", "system:kube-scheduler", (), controllers),
    ]
    if config.join is not None:
        users = [(*user[:3], str(config.join["server"])) for user in users if user[0] == "kubelet"]
    # kubeadm join writes neither: the kubelet asks for its own. Which control plane leads changes, and what was written by whom does not.
    if config.joined_control_plane is not None:
        users = [user for user in users if user[0] != "kubelet"]
    if config.joined_control_plane is not None or config.etcd_joined is not None:
        users = [user for user in users if user[0] != SUPER_ADMIN]
    return [
        Kubeconfig(
            f"{KUBERNETES_DIR}/{base}.conf",
            server,
            Certificate("", "ca", name, organizations, (CLIENT,)),
            f"{base}.conf",
        )
        for base, name, organizations, server in users
    ]


def user_kubeconfigs(config: Config, location: str) -> list[Kubeconfig]:
    """The kubeconfigs that the user declares beside those of the minor, at a location: C(host) or C(controller)."""
    return [
        Kubeconfig(
            item["path"],
            config.control_plane_endpoint,
            Certificate(
                "", "ca", item["name"], tuple(item["groups"]), (CLIENT,), validity_seconds=item["validitySeconds"]
            ),
            "users/" + urllib.parse.quote(item["name"], safe="@"),
        )
        for item in config.data.get("kubeconfigs") or []
        if item["location"] == location
    ]


def named_certificates(config: Config) -> dict[str, Certificate]:
    """Every leaf of the host by the name of its request: its path below the certificates folder, or its kubeconfig's name."""
    found = {leaf.path: leaf for leaf in certificates(config)}
    found.update({item.name: item.certificate for item in host_kubeconfigs(config)})
    return found


def host_kubeconfigs(config: Config) -> list[Kubeconfig]:
    """Every kubeconfig of the host: those of the minor, and those that the user declares for it."""
    return kubeconfigs(config) + user_kubeconfigs(config, "host")


__all__ = (
    "CA_WARNING_DAYS",
    "CLIENT",
    "KUBELET_KUBECONFIG",
    "SERVER",
    "SUPER_ADMIN",
    "Certificate",
    "CertificateAuthority",
    "Kubeconfig",
    "authorities",
    "certificates",
    "host_kubeconfigs",
    "kubeconfigs",
    "named_certificates",
    "user_kubeconfigs",
)
