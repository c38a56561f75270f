# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeadm's preflight checks as pure functions on gathered facts, under kubeadm's own names."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils import _preflight_facts as gathered
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import MANIFESTS_DIR, Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._version import parse_version

Facts = gathered.Facts

ERROR, WARNING = "error", "warning"


class Check(t.NamedTuple):
    """The outcome of one check. severity: what a failure means, C(error) or C(warning)."""

    name: str
    severity: str
    passed: bool
    found: str
    wanted: str
    cure: str


def watched_ports(config: Config) -> dict[int, str]:
    """The ports that must be free, with the component that is to listen there."""
    release = config.release
    ports = {
        config.bind_port: "kube-apiserver",
        release["scheduler_port"]: "kube-scheduler",
        release["controller_manager_port"]: "kube-controller-manager",
        10250: "kubelet",
    }
    if config.local_etcd is not None:
        ports[2379] = "etcd"
        if release["preflight_port_2380"]:
            ports[2380] = "etcd"
    return ports


def watched_commands(config: Config) -> dict[str, str]:
    """The commands that must (C(error)) or should (C(warning)) be there."""
    release = config.release
    commands = dict.fromkeys(release["preflight_required_commands"], ERROR)
    commands.update(dict.fromkeys(release["preflight_recommended_commands"], WARNING))
    return commands


def is_privileged_user(facts: Facts) -> Check:
    """Root, or nothing else has a meaning."""
    return Check(
        "IsPrivilegedUser",
        ERROR,
        facts["euid"] == 0,
        "user id %d" % facts["euid"],
        "user id 0",
        "Run as root: set 'become: true' in the play.",
    )


def cpus(config: Config, facts: Facts) -> list[Check]:
    """Since 1.13: two CPUs."""
    least = config.release["preflight_cpus"]
    if not least:
        return []
    return [
        Check(
            "NumCPU",
            ERROR,
            facts["cpus"] >= least,
            "%d CPUs" % facts["cpus"],
            "at least %d CPUs" % least,
            "Give the host more CPUs.",
        )
    ]


def memory(config: Config, facts: Facts) -> list[Check]:
    """Since 1.20: 1700 MB."""
    least = config.release["preflight_memory_mb"]
    if not least:
        return []
    found = facts["memory_mb"]
    return [
        Check("Mem", ERROR, found >= least, "%d MB" % found, "at least %d MB" % least, "Give the host more memory.")
    ]


def firewalld(config: Config, facts: Facts) -> list[Check]:
    """A warning while firewalld is active."""
    active = (facts["services"] or {}).get("firewalld", {}).get("ActiveState") == "active"
    ports = "%d and 10250" % config.bind_port
    cure = f"Open ports {ports} in firewalld, or stop it."
    return [
        Check(
            "Firewalld",
            WARNING,
            not active,
            "firewalld is %s" % ("active" if active else "not active"),
            f"ports {ports} open",
            cure,
        )
    ]


def ports(config: Config, facts: Facts) -> list[Check]:
    """Each port is free, or held by the very component that is to hold it."""
    checks = []
    for port, component in watched_ports(config).items():
        owners = facts["ports"].get(str(port), [])
        own = [owner for owner in owners if owner.split(" (pid ")[0] == component]
        ours = len(own) == len(owners) and (
            component == "kubelet" or facts["manifests"][component] == "pod:" + component
        )
        checks.append(
            Check(
                "Port-%d" % port,
                ERROR,
                not owners or ours,
                "held by {}".format(", ".join(owners)) if owners else "free",
                f"free, or held by this control plane's {component}",
                "Stop %s, or choose another port." % (", ".join(owners) or "the process"),
            )
        )
    return checks


def manifests(_config: Config, facts: Facts) -> list[Check]:
    """No manifest yet, or the component's own, which is brought to its declared state."""
    checks = []
    for component, found in facts["manifests"].items():
        path = f"{MANIFESTS_DIR}/{component}.yaml"
        checks.append(
            Check(
                "FileAvailable-" + path.replace("/", "-"),
                ERROR,
                found in (None, "pod:" + component),
                "absent" if found is None else ("something else" if found == "foreign" else f"the pod {found[4:]}"),
                f"absent, or the static pod {component}",
                f"Move {path} out of {MANIFESTS_DIR}.",
            )
        )
    return checks


def container_runtime(config: Config, facts: Facts) -> list[Check]:
    """The runtime's socket is there and answers."""
    runtime = facts["runtime_socket"]
    if runtime["answers"]:
        found = "{} answers".format(runtime["path"])
    else:
        found = "{} {}".format(runtime["path"], "does not answer" if runtime["exists"] else "does not exist")
    unit = "docker" if config.uses_docker else "containerd"
    cure = f"Start the container runtime (systemctl enable --now {unit}), or set kubewright_cri_socket to its socket."
    return [Check("CRI", ERROR, runtime["answers"], found, "a container runtime that answers", cure)]


def docker_service(config: Config, facts: Facts) -> list[Check]:
    """Only with Docker: the unit exists, starts at boot and runs."""
    if not config.uses_docker or facts["services"] is None:
        return []
    unit = facts["services"]["docker"]
    if unit["LoadState"] != "loaded":
        return [
            Check(
                "Service-Docker",
                WARNING,
                False,
                "no unit docker.service",
                "docker.service, enabled and active",
                "Install Docker's unit.",
            )
        ]
    active = unit["ActiveState"] in ("active", "activating")
    enabled = unit["UnitFileState"] == "enabled"
    found = "{}, {}".format(unit["UnitFileState"] or "not enabled", unit["ActiveState"])
    cure = "systemctl enable --now docker.service"
    return [Check("Service-Docker", WARNING if active else ERROR, active and enabled, found, "enabled, active", cure)]


def crictl(config: Config, facts: Facts) -> list[Check]:
    """A warning at most: this collection works with ctr where there is no crictl."""
    if config.release["preflight_crictl"] is None or config.uses_docker:
        return []
    found = facts["commands"]["crictl"]
    cure = "Install cri-tools if you want to use kubeadm or debug containers on this host."
    return [Check("FileExisting-crictl", WARNING, found is not None, found or "not found", "crictl in PATH", cure)]


def commands(config: Config, facts: Facts) -> list[Check]:
    """The commands that the kubelet and kube-proxy use."""
    return [
        Check(
            "FileExisting-" + name,
            severity,
            facts["commands"][name] is not None,
            facts["commands"][name] or "not found",
            f"{name} in PATH",
            f"Install the package that has {name}.",
        )
        for name, severity in watched_commands(config).items()
    ]


def _sysctl(path: str, facts: Facts) -> Check:
    found = facts["sysctls"][path]
    key = path[len("/proc/sys/") :].replace("/", ".")
    load = "modprobe br_netfilter; " if "/bridge/" in path else ""
    return Check(
        "FileContent-" + path.replace("/", "-"),
        ERROR,
        (found or "").startswith("1"),
        "absent" if found is None else found.strip(),
        "1",
        f"{load}sysctl -w {key}=1, and in /etc/sysctl.d to keep it.",
    )


def kernel_parameters(config: Config, facts: Facts) -> list[Check]:
    """Forwarding, and bridged packets through iptables, for the address families in use."""
    release = config.release
    advertised_ipv6 = network.is_ipv6(config.advertise_address)
    paths = []
    if release["preflight_bridge_netfilter"]:
        paths += [gathered.BRIDGE_IPV4] if not release["preflight_forwarding_by_family"] or not advertised_ipv6 else []
        paths += [gathered.BRIDGE_IPV6] if advertised_ipv6 else []
    if release["preflight_forwarding_by_family"]:
        used = [
            config.advertise_address,
            *network.split_subnets(config.service_subnet),
            *network.split_subnets(config.pod_subnet),
        ]
        ipv4, ipv6 = any(not network.is_ipv6(item) for item in used), any(network.is_ipv6(item) for item in used)
    else:
        ipv4, ipv6 = True, advertised_ipv6
    paths += [gathered.FORWARD_IPV4] if ipv4 else []
    paths += [gathered.FORWARD_IPV6] if ipv6 else []
    return [_sysctl(path, facts) for path in paths]


def swap(config: Config, facts: Facts) -> list[Check]:
    """No swap, unless the kubelet is told to bear it."""
    found = ", ".join(line.split()[0] for line in facts["swaps"] if line.strip())
    tolerated = config.kubelet.get("failSwapOn") is False
    severity = WARNING if tolerated else config.release["preflight_swap_severity"]
    cure = "swapoff -a, and take swap out of /etc/fstab."
    return [Check("Swap", severity, not found, f"swap on {found}" if found else "off", "off", cure)]


def hostname(config: Config, facts: Facts) -> list[Check]:
    """The node's name resolves."""
    found = "{} {}".format(config.node_name, "resolves" if facts["resolves"] else "does not resolve")
    cure = f"Add {config.node_name} to /etc/hosts or to DNS."
    return [Check("Hostname", WARNING, facts["resolves"], found, "a name that resolves", cure)]


def kubelet_version(config: Config, _facts: Facts) -> list[Check]:
    """The kubelet is installed, not newer than the control plane and not too old for it."""
    found = config.node["kubelet_version"]
    skew = config.release["kubelet_skew_minors"]
    control_plane = config.release.version
    least = "1.%d" % (control_plane.minor - skew)
    wanted = f"from {least} to {control_plane.text}"
    cure = f"Install a kubelet {wanted}."
    if found is None:
        return [Check("KubeletVersion", ERROR, False, "no kubelet", "a kubelet " + wanted, cure)]
    try:
        kubelet = parse_version(found)
    except KubewrightError:
        return [Check("KubeletVersion", ERROR, False, found, "a kubelet " + wanted, cure)]
    right = (kubelet.major, kubelet.minor) <= (control_plane.major, control_plane.minor)
    right = right and kubelet.minor >= control_plane.minor - skew
    return [Check("KubeletVersion", ERROR, right, kubelet.text, "a kubelet " + wanted, cure)]


def kubelet_service(_config: Config, facts: Facts) -> list[Check]:
    """The kubelet's unit exists and starts at boot. A masked unit can never run, so that is an error."""
    if facts["services"] is None:
        return [
            Check(
                "Service-Kubelet",
                WARNING,
                False,
                "no systemctl",
                "systemd",
                "Make sure that the kubelet starts at boot.",
            )
        ]
    unit = facts["services"]["kubelet"]
    found = "{}, {}".format(unit["LoadState"], unit["UnitFileState"] or "not enabled")
    if unit["LoadState"] == "masked":
        return [Check("Service-Kubelet", ERROR, False, found, "loaded, enabled", "systemctl unmask kubelet.service")]
    enabled = unit["LoadState"] == "loaded" and unit["UnitFileState"] == "enabled"
    return [Check("Service-Kubelet", WARNING, enabled, found, "loaded, enabled", "systemctl enable kubelet.service")]


def etcd_directory(config: Config, facts: Facts) -> list[Check]:
    """The data folder of a local etcd is absent or empty, or belongs to this control plane's etcd."""
    local = config.local_etcd
    if local is None:
        return []
    entries = facts["etcd_directory"]
    own = facts["manifests"]["etcd"] == "pod:etcd" and entries == ["member"]
    path = local["dataDir"]
    return [
        Check(
            "DirAvailable-" + path.replace("/", "-"),
            ERROR,
            not entries or own,
            "holds {}".format(", ".join(entries)) if entries else "absent or empty",
            "absent, empty, or the data of this control plane's etcd",
            f"Move the content of {path} away, or set kubewright_etcd_data_dir.",
        )
    ]


_CHECKS: t.Sequence[t.Callable[[Config, Facts], list[Check]]] = (
    cpus,
    memory,
    firewalld,
    ports,
    manifests,
    container_runtime,
    docker_service,
    crictl,
    kernel_parameters,
    swap,
    commands,
    hostname,
    kubelet_version,
    kubelet_service,
    etcd_directory,
)


def run_checks(config: Config, facts: Facts) -> list[Check]:
    """All checks, in kubeadm's order; without root only the one that says so."""
    first = is_privileged_user(facts)
    if not first.passed:
        return [first]
    return [first] + [check for function in _CHECKS for check in function(config, facts)]


def is_ignored(name: str, ignored: t.Sequence[str]) -> bool:
    """Whether the user waived a check: by its name in any case, or by C(all)."""
    waived = {item.lower() for item in ignored}
    return "all" in waived or name.lower() in waived


__all__ = ("ERROR", "WARNING", "Check", "is_ignored", "run_checks", "watched_commands", "watched_ports")
