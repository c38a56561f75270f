# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The resolved configuration that every phase reads.

Its data is what the module C(cluster_config) returns: plain values in the shape of kubeadm's newest documents
(C(ClusterConfiguration), C(InitConfiguration), C(KubeletConfiguration), C(KubeProxyConfiguration)), whatever the minor,
with the facts of the node beside them. Secrets are not in it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release

DOCKERSHIM_SOCKET = "/var/run/dockershim.sock"
# The section of ClusterConfiguration that each component of the control plane has; see C(Config.component).
SECTIONS: t.Mapping[str, str] = {
    "kube-apiserver": "apiServer",
    "kube-controller-manager": "controllerManager",
    "kube-scheduler": "scheduler",
}

Arguments = list[tuple[str, str]]


class Config:
    """Typed access to the resolved configuration of one host."""

    def __init__(self, data: t.Mapping[str, t.Any]) -> None:
        """Raises KubewrightError where the value is not what cluster_config returns."""
        for key in (
            "ClusterConfiguration",
            "InitConfiguration",
            "KubeletConfiguration",
            "KubeProxyConfiguration",
            "node",
        ):
            if not isinstance(data.get(key), dict):
                raise KubewrightError(
                    f"config.{key} is missing: pass the value that kubewright.control_plane.cluster_config returned as 'resolved'"
                )
        self.data = data
        self.cluster: dict[str, t.Any] = data["ClusterConfiguration"]
        self.init: dict[str, t.Any] = data["InitConfiguration"]
        self.kubelet: dict[str, t.Any] = data["KubeletConfiguration"]
        self.kube_proxy: dict[str, t.Any] = data["KubeProxyConfiguration"]
        self.node: dict[str, t.Any] = data["node"]
        self.release = Release(self.version, self.feature_gates)

    @property
    def controller(self) -> dict[str, t.Any]:
        """What concerns the controller alone: where CAs, requests and what is rendered lie there."""
        return t.cast("dict[str, t.Any]", self.data["controller"])

    @property
    def tells_fields(self) -> bool:
        """Whether the plan is to say what differs field by field, also where no diff is asked for."""
        return bool(self.controller.get("planFields"))

    @property
    def version(self) -> str:
        """The Kubernetes version, as C(v1.20.2)."""
        return str(self.cluster["kubernetesVersion"])

    @property
    def node_name(self) -> str:
        """The name under which the node registers."""
        return str(self.init["nodeRegistration"]["name"])

    @property
    def cri_socket(self) -> str:
        """The container runtime's socket, as the user wrote it."""
        return str(self.init["nodeRegistration"]["criSocket"])

    @property
    def uses_docker(self) -> bool:
        """Whether the kubelet talks to Docker through its built-in shim (kubeadm: this exact socket means Docker)."""
        shim = self.release.dockershim
        if shim == "always":
            return self.cri_socket == DOCKERSHIM_SOCKET
        in_kubelet = shim == "in_older_kubelets" and self.release.is_newer_minor_than(self.node["kubelet_version"])
        return in_kubelet and self.cri_socket == "unix://" + DOCKERSHIM_SOCKET

    @property
    def taints(self) -> list[dict[str, str]]:
        """The taints of the control plane node."""
        return list(self.init["nodeRegistration"]["taints"])

    @property
    def kubelet_extra_args(self) -> Arguments:
        """The user's kubelet flags, in the user's order."""
        return pairs(self.init["nodeRegistration"].get("kubeletExtraArgs"))

    @property
    def advertise_address(self) -> str:
        """The address on which this API server tells others to reach it."""
        return str(self.init["localAPIEndpoint"]["advertiseAddress"])

    @property
    def bind_port(self) -> int:
        """The API server's port."""
        return int(self.init["localAPIEndpoint"]["bindPort"])

    @property
    def local_endpoint(self) -> str:
        """The URL of this host's own API server."""
        return "https://" + network.host_port(self.advertise_address, self.bind_port)

    @property
    def control_plane_endpoint(self) -> str:
        """The URL under which clients reach the control plane."""
        endpoint = self.cluster.get("controlPlaneEndpoint")
        if not endpoint:
            return self.local_endpoint
        host, port = network.split_endpoint(endpoint)
        return "https://" + network.host_port(host, port or self.bind_port)

    @property
    def control_plane_host(self) -> str | None:
        """The host of controlPlaneEndpoint, or None where it is not set."""
        endpoint = self.cluster.get("controlPlaneEndpoint")
        return network.split_endpoint(endpoint)[0] if endpoint else None

    @property
    def virtual_address(self) -> dict[str, t.Any] | None:
        """The C(address) that kube-vip sees to, with its C(interface) and C(image); None where nobody does here."""
        return _optional(self.data, "virtualAddress")

    @property
    def certificates_dir(self) -> str:
        """The folder of the certificates."""
        return str(self.cluster["certificatesDir"])

    @property
    def lock_seconds(self) -> float:
        """For how long another run is waited for."""
        return seconds(self.data["lockTimeout"])

    @property
    def key_algorithm(self) -> str:
        """The kind of new private keys: what the gate PublicKeysECDSA says where it is set, else encryptionAlgorithm."""
        gate = self.feature_gates.get("PublicKeysECDSA")
        if gate is None:
            return str(self.cluster["encryptionAlgorithm"])
        return "ECDSA-P256" if gate else "RSA-2048"

    @property
    def cluster_name(self) -> str:
        """The cluster's name in kubeconfigs."""
        return str(self.cluster["clusterName"])

    @property
    def service_subnet(self) -> str:
        """The service subnet or subnets, as the user wrote them."""
        return str(self.cluster["networking"]["serviceSubnet"])

    @property
    def pod_subnet(self) -> str:
        """The pod subnet or subnets; empty when there is none."""
        return str(self.cluster["networking"].get("podSubnet") or "")

    @property
    def dns_domain(self) -> str:
        """The cluster's DNS domain."""
        return str(self.cluster["networking"]["dnsDomain"])

    @property
    def dns_address(self) -> str:
        """The cluster address of DNS: the tenth of the service subnet."""
        return network.nth_address(self.service_subnet, 10)

    @property
    def local_etcd(self) -> dict[str, t.Any] | None:
        """The settings of the etcd static pod; None when etcd is external."""
        return _optional(self.cluster["etcd"], "local")

    @property
    def external_etcd(self) -> dict[str, t.Any] | None:
        """The settings of an external etcd; None when etcd is local."""
        return _optional(self.cluster["etcd"], "external")

    @property
    def loopback(self) -> str:
        """The loopback address that components use among themselves."""
        follows = self.release.loopback_follows_ip_family
        return "::1" if follows and network.is_ipv6(self.advertise_address) else "127.0.0.1"

    @property
    def join(self) -> dict[str, t.Any] | None:
        """Of a worker, C(server) (the URL of its cluster), C(ca) (PEM), C(kubelet) (the text of the cluster's KubeletConfiguration) and
        C(problem) (why its kubelet cannot log in, or empty); None for a control plane. Server and CA are empty before there is a cluster.
        """
        return _optional(self.data, "join")

    @property
    def joined_control_plane(self) -> dict[str, t.Any] | None:
        """Of a control plane that joins a cluster, or has joined it: C(server), C(ca) and C(problem) as in C(join), where the server is
        the one that kubelet.conf is to name, C(cluster_server), by which the cluster is known, and C(etcd); None for others.

        C(etcd) is None where etcd is external. Else it says of the member C(name) and C(peer) (URL), whether its data C(is_absent), whether
        it begins as a C(learner) and whether it C(has_vote), the C(cluster) that it joins (C(--initial-cluster)), and the
        URLs of the C(others).
        """
        return _optional(self.data, "joinedControlPlane")

    @property
    def etcd_host(self) -> dict[str, t.Any] | None:
        """Of a host that runs a member of an external etcd and no control plane, what C(joined_control_plane) says of C(etcd); None for
        others. C(cluster) is empty where it begins one.
        """
        return _optional(self.data, "etcdHost")

    @property
    def is_control_plane(self) -> bool:
        """Whether the host has a control plane, or is to have one."""
        return self.join is None and self.etcd_host is None

    @property
    def etcd_joined(self) -> str | None:
        """The C(--initial-cluster) of a member of etcd that joins, or has joined, the others; None for one that begins a cluster."""
        member = self.etcd_host or (self.joined_control_plane or {}).get("etcd") or {}
        joined = member.get("cluster") if member.get("is_absent") else self.node.get("etcd_joined")
        return str(joined) if joined else None

    @property
    def kubelet_client_ca(self) -> str:
        """The file that the kubelet trusts its clients by."""
        x509 = (self.kubelet.get("authentication") or {}).get("x509") or {}
        return str(x509.get("clientCAFile") or self.certificates_dir + "/ca.crt")

    @property
    def feature_gates(self) -> dict[str, bool]:
        """kubeadm's feature gates that the user has set."""
        return dict(self.cluster.get("featureGates") or {})

    @property
    def skipped_phases(self) -> list[str]:
        """The roles that init leaves out, and C(addon/coredns) and C(addon/kube-proxy) for one of the addons."""
        return list(self.data.get("skipPhases") or [])

    @property
    def uses_dns(self) -> bool:
        """Whether there is a DNS server: since 1.31 the configuration, or a skipped phase, can leave it out."""
        return self._uses_addon("dns", "addon/coredns")

    @property
    def uses_kube_proxy(self) -> bool:
        """Whether there is kube-proxy: since 1.31 the configuration, or a skipped phase, can leave it out."""
        return self._uses_addon("proxy", "addon/kube-proxy")

    def _uses_addon(self, section: str, phase: str) -> bool:
        skipped = phase in self.skipped_phases or "addons" in self.skipped_phases
        disabled = (self.cluster.get(section) or {}).get("disabled")
        return not disabled and not (skipped and self.release.skipped_addons_disabled)

    @property
    def patches(self) -> list[dict[str, t.Any]]:
        """The user's patches in the order in which they apply: C(target), C(type), C(patch), C(file)."""
        return list(self.data.get("patches") or [])

    @property
    def dual_stack_gate(self) -> bool | None:
        """The gate IPv6DualStack that kubeadm hands to the components of some minors; None where it does not."""
        return self.feature_gates.get("IPv6DualStack") if self.release.dual_stack_gate_passed_on else None

    @property
    def audit(self) -> dict[str, t.Any] | None:
        """The audit settings (policy, path, logDir, logMaxAge), or None when auditing is off."""
        return _optional(self.data, "audit")

    @property
    def uses_kube_dns(self) -> bool:
        """Whether DNS is kube-dns in place of CoreDNS."""
        return self.data.get("dnsType") == "kube-dns"

    def component(self, name: str) -> dict[str, t.Any]:
        """The section of a component: C(apiServer), C(controllerManager) or C(scheduler)."""
        return self.cluster.get(name) or {}

    def timeout(self, name: str) -> float:
        """A value of C(InitConfiguration.timeouts), in seconds."""
        return seconds(self.init["timeouts"][name])


def _optional(section: t.Mapping[str, t.Any], key: str) -> dict[str, t.Any] | None:
    value = section.get(key)
    return dict(value) if value is not None else None


def pairs(extra_args: t.Sequence[t.Mapping[str, t.Any]] | None) -> Arguments:
    """The list form of extra arguments as (name, value) pairs."""
    return [(str(item["name"]), str(item["value"])) for item in extra_args or ()]


__all__ = ("DOCKERSHIM_SOCKET", "SECTIONS", "Arguments", "Config", "pairs")
