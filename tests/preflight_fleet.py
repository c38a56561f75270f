# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Preflight reports of one and of fifty hosts, for the tests of what is made of them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight import model

CREATED = "2026-01-31T12:00:00Z"
MARKUP = "<script>document.title='run'</script>"

_PORTS = (6443, 10250, 10257, 10259, 2379, 2380)
_MANIFESTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
_COMMANDS = ("conntrack", "ip", "iptables", "mount", "nsenter", "ethtool", "socat", "tc", "touch", "crictl")
_SYSCTLS = ("net-bridge-bridge-nf-call-iptables", "net-ipv4-ip_forward", "vm-overcommit_memory", "kernel-panic")
_OTHERS = (
    "NumCPU",
    "Mem",
    "Firewalld",
    "CRI",
    "Swap",
    "Hostname",
    "KubeletVersion",
    "Service-Kubelet",
    "Service-containerd",
    "DirAvailable--var-lib-etcd",
    "SystemVerification-Cgroups",
    "SystemVerification-Kernel",
    "SystemVerification-OS",
    "TimeSynchronised",
    "MachineID",
    "ProductUUID",
    "MACAddress",
    "DiskSpace--var-lib-etcd",
    "DiskLatency--var-lib-etcd",
    "Resolver",
)
NAMES = (
    "IsPrivilegedUser",
    *_OTHERS[:3],
    *(f"Port-{port}" for port in _PORTS),
    *(f"FileAvailable--etc-kubernetes-manifests-{name}.yaml" for name in _MANIFESTS),
    *_OTHERS[3:],
    *(f"FileContent--proc-sys-{name}" for name in _SYSCTLS),
    *(f"FileExisting-{name}" for name in _COMMANDS),
)


def row(name: str, severity: str = "error", passed: bool = True, **changed: t.Any) -> dict[str, t.Any]:
    """The outcome of a check as preflight_check returns it."""
    texts = {"found": "as wanted", "wanted": "something", "cure": f"Mend {name}."}
    return dict(texts, name=name, severity=severity, passed=passed, ignored=False, **changed)


def checks(*failed: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """All checks of a host; those given stand in the place of the passed ones of the same name."""
    found: list[dict[str, t.Any]] = []
    for name in NAMES:
        found += [item for item in failed if item["name"] == name] or [row(name)]
    return found


def failed_row(name: str, severity: str = "error", **changed: t.Any) -> dict[str, t.Any]:
    """The outcome of a check that failed."""
    return dict(row(name, severity, passed=False), **changed)


SWAP = failed_row(
    "Swap",
    found="swap on /dev/sda3",
    wanted="off",
    cure="Run 'swapoff --all', and take the swap's line out of /etc/fstab, or set kubewright_kubelet_fail_swap_on: false.",
)
MODULE = failed_row(
    "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables",
    found="absent",
    wanted="1",
    cure="modprobe br_netfilter, sysctl -w net.bridge.bridge-nf-call-iptables=1, and in /etc/sysctl.d to keep it.",
)
FEW_CPUS = failed_row("NumCPU", ignored=True, found="1 CPU", wanted="at least 2 CPUs", cure="Give the host more CPUs.")
CRICTL = failed_row(
    "FileExisting-crictl",
    "warning",
    found="not found",
    wanted="crictl in PATH",
    cure="Install the package that has crictl.",
)
CGROUPS = [
    failed_row(
        "SystemVerification-Cgroups",
        found=f"{name} absent",
        wanted=f"the controller {name}",
        cure=f"Boot with cgroup_enable={name}.",
    )
    for name in ("memory", "pids")
]
SSH_MESSAGE = (
    "Failed to connect to the host via ssh: ssh: connect to host 192.0.2.12 port 22: No route to host\n"
    "Check the address of the host and its firewall."
)
CONFIGURATION_MESSAGE = (
    "The configuration has 2 faults; nothing was changed.\n"
    "- kubewright_pod_subnet: found 10.244.0.0/33; allowed: a network in CIDR notation. Give a prefix of at most 32.\n"
    "- kubewright_dns_domain: found <b>cluster</b>; allowed: a DNS name. Choose a name of letters, digits and '-'."
)


def _held_port(number: int) -> dict[str, t.Any]:
    return failed_row(
        "Port-6443",
        found="held by nginx (pid %d)" % (800 + number),
        wanted="free, or held by this control plane's kube-apiserver",
        cure="Stop nginx (pid %d), or choose another port." % (800 + number),
    )


def _failures(number: int) -> list[dict[str, t.Any]]:
    failed = []
    if number <= 30:
        failed.append(CRICTL)
    if number in (3, 4, 21, 22, 23, 24, 25, 40):
        failed.append(SWAP)
    if number in (4, 9, 21):
        failed.append(FEW_CPUS)
    if number in (31, 32):
        failed.append(FEW_CPUS)
    if number in (6, 7, 8):
        failed.append(_held_port(number))
    if number == 5:
        failed += CGROUPS
    if number in (26, 27, 28):
        failed.append(MODULE)
    if number == 50:
        failed.append(failed_row("Hostname", "warning", found=MARKUP, wanted="<b>a name</b> & more", cure='Say "no".'))
    return failed


def _host(number: int) -> model.HostReport:
    cluster = "prod" if number <= 40 else "staging"
    name = f"cp{number}.{cluster}.example.net" if number != 50 else f"cp50{MARKUP}"
    version = "v1.31.2" if number <= 40 else "v1.33.0"
    if number in (12, 13):
        return model.host_report(name, cluster, None, unreachable=SSH_MESSAGE)
    if number == 14:
        return model.host_report(name, cluster, None, failure=CONFIGURATION_MESSAGE)
    failed = _failures(number)
    result = {"checks": checks(*failed), "failed": bool(failed)}
    return model.host_report(name, cluster, result, kubernetes_version=version)


def fleet() -> model.Report:
    """Fifty hosts: two unreachable, one invalid, one whose name is markup, and failures of every kind."""
    return model.Report("0.1.0", CREATED, [_host(number) for number in range(1, 51)])


def single(*failed: dict[str, t.Any]) -> model.Report:
    """One host, C(cp1), that fails what is given and passes everything else."""
    return model.Report(
        "0.1.0", CREATED, [model.host_report("cp1", "", {"checks": checks(*failed)}, kubernetes_version="v1.31.2")]
    )
