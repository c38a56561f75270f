# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the preflight checks look at on a host: one pass over /proc, sockets and files, and one systemctl."""

from __future__ import annotations

import os
import socket
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _files as files
from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Runner, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import MANIFESTS_DIR, Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._yaml_reader import Unreadable, read_yaml

Facts = t.Dict[str, t.Any]

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
BRIDGE_IPV4 = "/proc/sys/net/bridge/bridge-nf-call-iptables"
BRIDGE_IPV6 = "/proc/sys/net/bridge/bridge-nf-call-ip6tables"
FORWARD_IPV4 = "/proc/sys/net/ipv4/ip_forward"
FORWARD_IPV6 = "/proc/sys/net/ipv6/conf/default/forwarding"
_LISTEN = "0A"
_PROPERTIES = ("Id", "LoadState", "UnitFileState", "ActiveState")


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return None


def listening_inodes(tables: t.Sequence[str]) -> dict[int, set[str]]:
    """The socket inodes by listening port, from the texts of /proc/net/tcp and /proc/net/tcp6."""
    found: dict[int, set[str]] = {}
    for table in tables:
        for line in table.splitlines()[1:]:
            fields = line.split()
            if len(fields) > 9 and fields[3] == _LISTEN:
                found.setdefault(int(fields[1].rsplit(":", 1)[1], 16), set()).add(fields[9])
    return found


def _owners(inodes: set[str]) -> dict[str, str]:
    """C(name (pid N)) of the process that holds each socket inode; needs root to see those of others."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    owners: dict[str, str] = {}
    for pid in (entry for entry in os.listdir("/proc") if entry.isdigit()):
        folder = f"/proc/{pid}/fd"
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            try:
                inode = wanted.get(os.readlink(f"{folder}/{entry}"))
            except OSError:
                continue
            if inode is not None and inode not in owners:
                argv = (_text(f"/proc/{pid}/cmdline") or "").split("\0")
                owners[inode] = "{} (pid {})".format(os.path.basename(argv[0]) or "unknown", pid)
    return owners


def port_owners(ports: t.Iterable[int]) -> dict[str, list[str]]:
    """Who listens on each of the ports that is taken. Keys are the ports as text, as JSON has them."""
    listening = listening_inodes([_text("/proc/net/tcp") or "", _text("/proc/net/tcp6") or ""])
    taken = {port: listening[port] for port in ports if port in listening}
    if not taken:
        return {}
    owners = _owners(set().union(*taken.values()))
    return {
        str(port): sorted({owners.get(inode, "an unknown process") for inode in inodes})
        for port, inodes in taken.items()
    }


def manifest_component(path: str) -> str | None:
    """What a manifest file is: absent (None), C(pod:<name>) for a pod in kube-system, or C(foreign)."""
    try:
        state = files.read_file(path)
    except KubewrightError:
        return "foreign"
    if state is None:
        return None
    try:
        document = read_yaml(state.content.decode("utf-8", "replace"))
        metadata = document["metadata"]
        if document["kind"] == "Pod" and metadata["namespace"] == "kube-system":
            return "pod:{}".format(metadata["name"])
    except (Unreadable, KeyError, TypeError):
        pass
    return "foreign"


def _services(run: Runner, names: t.Sequence[str]) -> dict[str, dict[str, str]] | None:
    systemctl = find_command("systemctl")
    if systemctl is None:
        return None
    answer = run([systemctl, "show", "--property=" + ",".join(_PROPERTIES)] + [f"{name}.service" for name in names])
    services: dict[str, dict[str, str]] = {}
    for name, block in zip(names, answer.stdout.split("\n\n")):
        values = dict(line.partition("=")[::2] for line in block.strip().splitlines())
        services[name] = {key: values.get(key, "") for key in _PROPERTIES}
    return services


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(5)
        try:
            sock.connect(path)
        except OSError:
            return False
    return True


def _resolves(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, None))
    except (OSError, UnicodeError):
        return False


def _memory_mb() -> int:
    for line in (_text("/proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) // 1024
    return 0


def _entries(path: str) -> list[str]:
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []


def socket_path(cri_socket: str) -> str:
    """The file of a container runtime socket, without C(unix://)."""
    return cri_socket[len("unix://") :] if cri_socket.startswith("unix://") else cri_socket


def gather(config: Config, run: Runner, ports: t.Sequence[int], commands: t.Sequence[str]) -> Facts:
    """The facts of one host."""
    runtime = "/var/run/docker.sock" if config.uses_docker else socket_path(config.cri_socket)
    local = config.local_etcd
    return {
        "euid": os.geteuid(),
        "ports": port_owners(ports),
        "manifests": {name: manifest_component(f"{MANIFESTS_DIR}/{name}.yaml") for name in COMPONENTS},
        "swaps": (_text("/proc/swaps") or "").splitlines()[1:],
        "commands": {name: find_command(name) for name in commands},
        "sysctls": {path: _text(path) for path in (BRIDGE_IPV4, BRIDGE_IPV6, FORWARD_IPV4, FORWARD_IPV6)},
        "runtime_socket": {"path": runtime, "exists": os.path.exists(runtime), "answers": _answers(runtime)},
        "services": _services(run, ("kubelet", "docker", "firewalld")),
        "cpus": os.cpu_count() or 1,
        "memory_mb": _memory_mb(),
        "etcd_directory": _entries(local["dataDir"]) if local is not None else [],
        "resolves": _resolves(config.node_name),
    }


__all__ = (
    "BRIDGE_IPV4",
    "BRIDGE_IPV6",
    "COMPONENTS",
    "FORWARD_IPV4",
    "FORWARD_IPV6",
    "Facts",
    "gather",
    "listening_inodes",
    "manifest_component",
    "port_owners",
    "socket_path",
)
