# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the resolved configuration needs to know of a node; one pass, /proc before commands."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import sys
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import read_file
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import service_runs
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.sockets import interface_address

Facts = t.Dict[str, t.Any]

_ETCD = MANIFESTS_DIR + "/etcd.yaml"
_CONTROLLER_MANAGER = MANIFESTS_DIR + "/kube-controller-manager.yaml"
_ROUTE_UP = 0x1
_KUBELET_VERSION = re.compile(r"Kubernetes (v\S+)")


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read().splitlines()
    except OSError:
        return []


def default_route_interfaces(ipv4_routes: t.Sequence[str], ipv6_routes: t.Sequence[str]) -> tuple[list[str], list[str]]:
    """The interfaces of the default routes, by the lines of /proc/net/route and /proc/net/ipv6_route, in file order."""
    ipv4 = []
    for line in ipv4_routes[1:]:
        fields = line.split()
        if len(fields) >= 8 and fields[1] == "00000000" and fields[7] == "00000000" and int(fields[3], 16) & _ROUTE_UP:
            ipv4.append(fields[0])
    ipv6 = []
    for line in ipv6_routes:
        fields = line.split()
        if len(fields) >= 10 and fields[0] == "0" * 32 and fields[1] == "00" and fields[4] != "0" * 32:
            ipv6.append(fields[9])
    return ipv4, ipv6


def ipv6_addresses(lines: t.Sequence[str], interface: str) -> list[str]:
    """The addresses of an interface, by the lines of /proc/net/if_inet6."""
    found = []
    for line in lines:
        fields = line.split()
        if len(fields) == 6 and fields[5] == interface:
            found.append(str(ipaddress.IPv6Address(int(fields[0], 16))))
    return found


def is_global_unicast(address: str) -> bool:
    """Whether an address can be advertised (Go's IsGlobalUnicast: private ranges count, link-local ones do not)."""
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_unspecified or parsed.is_loopback or parsed.is_link_local or parsed.is_multicast) and str(
        parsed
    ) != ("255.255.255.255")


def default_address() -> str | None:
    """The address that kubeadm would choose: the first usable one of a default route's interface, IPv4 first."""
    ipv4, ipv6 = default_route_interfaces(_lines("/proc/net/route"), _lines("/proc/net/ipv6_route"))
    for interface in ipv4:
        address = interface_address(interface)
        if address and is_global_unicast(address):
            return address
    for interface in ipv6:
        for address in ipv6_addresses(_lines("/proc/net/if_inet6"), interface):
            if is_global_unicast(address):
                return address
    return None


def _docker_cgroup_driver(run: Runner) -> str | None:
    docker = find_command("docker")
    if docker is None or not os.path.exists("/var/run/docker.sock"):
        return None
    for line in run([docker, "info"]).stdout.splitlines():
        key, _colon, value = line.strip().partition(": ")
        if key == "Cgroup Driver" and value in ("cgroupfs", "systemd"):
            return value
    return None


def _kubelet_version(run: Runner) -> str | None:
    kubelet = find_command("kubelet")
    if kubelet is None:
        return None
    match = _KUBELET_VERSION.search(run([kubelet, "--version"]).stdout)
    return match.group(1) if match else None


def gather(
    run: Runner,
    directories: t.Sequence[str],
    sockets: t.Sequence[str],
    certificates_dir: str,
    etcd_data_dir: str,
    cryptography_error: str | None,
) -> Facts:
    """The facts.

    directories: the folders whose presence matters to some minor. sockets: container runtime sockets to look for.
    certificates_dir: where a CA may already be. etcd_data_dir: where etcd may have its data.
    cryptography_error: why python3-cryptography cannot be used, or None.
    """
    return {
        "hostname": socket.gethostname().strip().lower(),
        "default_address": default_address(),
        "directories": [path for path in directories if os.path.isdir(path)],
        "controller_manager_mounts": mounted_paths(_CONTROLLER_MANAGER, directories),
        "sockets": [path for path in sockets if os.path.exists(path)],
        "systemd_resolved": service_runs("systemd-resolved", "systemd-resolved.service"),
        "docker_cgroup_driver": _docker_cgroup_driver(run),
        "kubelet_version": _kubelet_version(run),
        "proxy_environment": {
            name: value for name, value in sorted(os.environ.items()) if name.lower().endswith("_proxy") and value
        },
        "external_ca": external_ca(certificates_dir),
        "ca_key": os.path.exists(certificates_dir + "/ca.key"),
        "etcd_has_data": has_log(etcd_data_dir),
        "etcd_joined": joined_cluster(_ETCD),
        "python_version": "%d.%d.%d" % sys.version_info[:3],
        "cryptography_error": cryptography_error,
    }


def mounted_paths(manifest: str, directories: t.Sequence[str]) -> list[str] | None:
    """Those of the folders that a manifest mounts; None where there is no manifest.

    What was decided once stays decided: the kubelet itself makes some folders when it starts.
    """
    try:
        state = read_file(manifest)
    except KubewrightError:
        # Without root it cannot be read; preflight says so.
        state = None
    if state is None:
        return None
    lines = {line.strip() for line in state.content.decode("utf-8", "replace").splitlines()}
    return [path for path in directories if f"path: {path}" in lines]


def has_log(etcd_data_dir: str) -> bool:
    """Whether a member of etcd has begun there. Its folders alone are made before it knows whether it may."""
    try:
        return any(name.endswith(".wal") for name in os.listdir(etcd_data_dir + "/member/wal"))
    except OSError:
        return False


def joined_cluster(manifest: str) -> str | None:
    """The C(--initial-cluster) of a member of etcd that has joined a cluster; None for one that has begun it, and where there is none.

    It says how the member has begun, which nothing changes any more.
    """
    try:
        state = read_file(manifest)
    except KubewrightError:
        state = None
    if state is None:
        return None
    found = dict(
        line.strip()[len("- --") :].partition("=")[::2]
        for line in state.content.decode("utf-8", "replace").splitlines()
        if line.strip().startswith("- --initial-cluster")
    )
    return found.get("initial-cluster") if found.get("initial-cluster-state") == "existing" else None


def external_ca(certificates_dir: str) -> bool:
    """Whether the CA's certificate is on the host without its key, so that somebody else signs."""
    return os.path.exists(certificates_dir + "/ca.crt") and not os.path.exists(certificates_dir + "/ca.key")


__all__ = (
    "Facts",
    "default_address",
    "default_route_interfaces",
    "external_ca",
    "gather",
    "has_log",
    "ipv6_addresses",
    "is_global_unicast",
    "joined_cluster",
    "mounted_paths",
)
