# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubeadm's preflight checks, each in both directions."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils import _preflight_checks as checks
from ansible_collections.kubewright.control_plane.plugins.module_utils import _preflight_facts as gathered
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config

MakeConfig = t.Callable[..., Config]
DOCKER = "/var/run/dockershim.sock"
LOADED = {"LoadState": "loaded", "UnitFileState": "enabled", "ActiveState": "active"}
ABSENT = {"LoadState": "not-found", "UnitFileState": "", "ActiveState": "inactive"}
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
COMMANDS = [
    "crictl",
    "conntrack",
    "cp",
    "ebtables",
    "ethtool",
    "ip",
    "iptables",
    "losetup",
    "mount",
    "nsenter",
    "socat",
    "tc",
    "touch",
]


def _facts(**changed: t.Any) -> dict[str, t.Any]:
    """A host that is fit."""
    facts: dict[str, t.Any] = {
        "euid": 0,
        "ports": {},
        "manifests": dict.fromkeys(COMPONENTS),
        "swaps": [],
        "commands": {name: "/usr/bin/" + name for name in COMMANDS},
        "sysctls": dict.fromkeys(
            (gathered.BRIDGE_IPV4, gathered.BRIDGE_IPV6, gathered.FORWARD_IPV4, gathered.FORWARD_IPV6), "1\n"
        ),
        "runtime_socket": {"path": "/run/containerd/containerd.sock", "exists": True, "answers": True},
        "services": {"kubelet": LOADED, "docker": LOADED, "firewalld": ABSENT},
        "cpus": 2,
        "memory_mb": 1700,
        "etcd_directory": [],
        "resolves": True,
    }
    return {**facts, **changed}


def _failed(config: Config, **changed: t.Any) -> dict[str, str]:
    return {check.name: check.severity for check in checks.run_checks(config, _facts(**changed)) if not check.passed}


def _config(make_config: MakeConfig, version: str = "1.31.0", kubelet: str | None = None, **variables: t.Any) -> Config:
    return make_config(version, facts={"kubelet_version": kubelet or "v" + version}, **variables)


@pytest.mark.parametrize("minor", range(12, 38))
def test_a_fit_host_passes(make_config: MakeConfig, minor: int) -> None:
    """Breaks every first run of that minor."""
    assert _failed(_config(make_config, "1.%d.0" % minor)) == {}


SWAP = ["/dev/sda2 partition 1 0 -2"]


@pytest.mark.parametrize(
    ("version", "changed", "name", "severity"),
    [
        ("1.12.0", {"cpus": 1}, "NumCPU", None),
        ("1.13.0", {"cpus": 1}, "NumCPU", "error"),
        ("1.19.0", {"memory_mb": 1699}, "Mem", None),
        ("1.20.0", {"memory_mb": 1699}, "Mem", "error"),
        ("1.31.0", {"services": {"kubelet": LOADED, "docker": ABSENT, "firewalld": LOADED}}, "Firewalld", "warning"),
        ("1.31.0", {"runtime_socket": {"path": "/x", "exists": False, "answers": False}}, "CRI", "error"),
        ("1.31.0", {"runtime_socket": {"path": "/x", "exists": True, "answers": False}}, "CRI", "error"),
        ("1.22.0", {"swaps": SWAP}, "Swap", "error"),
        ("1.23.0", {"swaps": SWAP}, "Swap", "warning"),
        ("1.31.0", {"resolves": False}, "Hostname", "warning"),
        ("1.31.0", {"services": None}, "Service-Kubelet", "warning"),
        (
            "1.31.0",
            {"services": {"kubelet": ABSENT, "docker": ABSENT, "firewalld": ABSENT}},
            "Service-Kubelet",
            "warning",
        ),
        (
            "1.31.0",
            {"services": {"kubelet": dict(LOADED, UnitFileState="disabled"), "docker": ABSENT, "firewalld": ABSENT}},
            "Service-Kubelet",
            "warning",
        ),
        (
            "1.31.0",
            {"services": {"kubelet": dict(LOADED, LoadState="masked"), "docker": ABSENT, "firewalld": ABSENT}},
            "Service-Kubelet",
            "error",
        ),
        ("1.31.0", {"etcd_directory": ["member"]}, "DirAvailable--var-lib-etcd", "error"),
        ("1.31.0", {"etcd_directory": ["lost+found"]}, "DirAvailable--var-lib-etcd", "error"),
    ],
)
def test_what_is_found(
    make_config: MakeConfig, version: str, changed: dict[str, t.Any], name: str, severity: str | None
) -> None:
    """K2, D13: breaks when an unfit host passes, a fit one does not, or the severity is another than kubeadm's."""
    assert _failed(_config(make_config, version), **changed) == ({name: severity} if severity else {})


def test_without_root_nothing_else_is_said(make_config: MakeConfig) -> None:
    """K2: breaks the one message that matters under a pile of consequences."""
    assert _failed(_config(make_config), euid=1000, cpus=1) == {"IsPrivilegedUser": "error"}


def test_every_failure_names_finding_wish_and_cure(make_config: MakeConfig) -> None:
    """Breaks a message that leaves the user alone."""
    failing = _facts(
        cpus=1,
        memory_mb=1,
        ports={"6443": ["nginx (pid 812)"]},
        swaps=SWAP,
        manifests=dict.fromkeys(COMPONENTS, "foreign"),
        commands=dict.fromkeys(COMMANDS),
        sysctls=dict.fromkeys(_facts()["sysctls"]),
        resolves=False,
    )
    failed = [check for check in checks.run_checks(_config(make_config), failing) if not check.passed]
    assert len(failed) > 10
    assert all(check.found and check.wanted and check.cure.rstrip(".") for check in failed)
    assert next(check.found for check in failed if check.name == "Port-6443") == "held by nginx (pid 812)"


@pytest.mark.parametrize(
    ("version", "variables", "ports"),
    [
        ("1.12.0", {}, {6443, 10251, 10252, 10250, 2379}),
        ("1.13.0", {}, {6443, 10251, 10252, 10250, 2379, 2380}),
        ("1.16.0", {"bind_port": 8443}, {8443, 10251, 10252, 10250, 2379, 2380}),
        ("1.17.0", {}, {6443, 10259, 10257, 10250, 2379, 2380}),
        ("1.37.0", {"etcd_external": {"endpoints": ["http://192.0.2.5:2379"]}}, {6443, 10259, 10257, 10250}),
    ],
)
def test_watched_ports(make_config: MakeConfig, version: str, variables: dict[str, t.Any], ports: set[int]) -> None:
    """K2, D13: breaks when a port that the minor needs is not looked at."""
    config = _config(make_config, version, **variables)
    assert set(checks.watched_ports(config)) == ports
    taken = {str(port): ["nginx (pid 1)"] for port in ports}
    assert set(_failed(config, ports=taken)) == {"Port-%d" % port for port in ports}


OWN = {name: "pod:" + name for name in COMPONENTS}
OWN_PORTS = {
    "6443": ["kube-apiserver (pid 1)"],
    "10259": ["kube-scheduler (pid 2)"],
    "10257": ["kube-controller-manager (pid 3)"],
    "10250": ["kubelet (pid 4)"],
    "2379": ["etcd (pid 5)"],
    "2380": ["etcd (pid 5)"],
}


def test_a_second_run_passes(make_config: MakeConfig) -> None:
    """Breaks every second run: what this control plane holds itself is no fault."""
    assert _failed(_config(make_config), ports=OWN_PORTS, manifests=OWN, etcd_directory=["member"]) == {}


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({"ports": {"6443": ["kube-apiserver (pid 1)"]}}, {"Port-6443": "error"}),
        ({"manifests": OWN, "ports": {"6443": ["kube-apiserver-x (pid 1)"]}}, {"Port-6443": "error"}),
        ({"manifests": OWN, "ports": {"6443": ["kube-apiserver (pid 1)", "nginx (pid 2)"]}}, {"Port-6443": "error"}),
        ({"manifests": OWN, "ports": {"2379": ["an unknown process"]}}, {"Port-2379": "error"}),
        ({"manifests": OWN, "etcd_directory": ["member", "x"]}, {"DirAvailable--var-lib-etcd": "error"}),
        (
            {"manifests": dict(OWN, etcd="foreign")},
            {"FileAvailable--etc-kubernetes-manifests-etcd.yaml": "error"},
        ),
        (
            {"manifests": dict(OWN, etcd="pod:other")},
            {"FileAvailable--etc-kubernetes-manifests-etcd.yaml": "error"},
        ),
    ],
)
def test_what_only_looks_like_our_own(
    make_config: MakeConfig, changed: dict[str, t.Any], failed: dict[str, str]
) -> None:
    """Breaks when somebody else's process, file or data is taken for this control plane's."""
    assert _failed(_config(make_config), **changed) == failed


@pytest.mark.parametrize(
    ("version", "address", "service", "paths"),
    [
        ("1.12.0", "192.0.2.1", "10.96.0.0/12", {gathered.BRIDGE_IPV4, gathered.FORWARD_IPV4}),
        (
            "1.12.0",
            "2001:db8::1",
            "fd00::/108",
            {gathered.BRIDGE_IPV4, gathered.FORWARD_IPV4, gathered.BRIDGE_IPV6, gathered.FORWARD_IPV6},
        ),
        ("1.27.0", "2001:db8::1", "fd00::/108", {gathered.BRIDGE_IPV6, gathered.FORWARD_IPV6}),
        ("1.30.0", "192.0.2.1", "10.96.0.0/12", {gathered.FORWARD_IPV4}),
        ("1.30.0", "2001:db8::1", "fd00::/108", {gathered.FORWARD_IPV6}),
        ("1.30.0", "192.0.2.1", "10.96.0.0/12,fd00::/108", {gathered.FORWARD_IPV4, gathered.FORWARD_IPV6}),
    ],
)
@pytest.mark.parametrize("content", [None, "0\n"])
def test_kernel_parameters(
    make_config: MakeConfig, version: str, address: str, service: str, paths: set[str], content: str | None
) -> None:
    """K2, D13: breaks when a parameter is demanded for a family that is not in use, or not for one that is."""
    config = _config(make_config, version, advertise_address=address, service_subnet=service)
    sysctls = dict.fromkeys(_facts()["sysctls"], content)
    expected = {"FileContent-" + path.replace("/", "-"): "error" for path in paths}
    assert _failed(config, sysctls=sysctls) == expected


@pytest.mark.parametrize(
    ("version", "errors", "warnings"),
    [
        ("1.12.0", {"ip", "iptables", "mount", "nsenter"}, {"ebtables", "ethtool", "socat", "tc", "touch"}),
        (
            "1.18.0",
            {"conntrack", "ip", "iptables", "mount", "nsenter"},
            {"ebtables", "ethtool", "socat", "tc", "touch"},
        ),
        ("1.32.0", {"ip", "iptables", "mount", "nsenter"}, {"ethtool", "tc", "touch"}),
        ("1.33.0", {"losetup", "mount", "cp"}, set()),
    ],
)
def test_commands(make_config: MakeConfig, version: str, errors: set[str], warnings: set[str]) -> None:
    """K2, D13: breaks when a host without a command that the kubelet uses passes."""
    expected = {"FileExisting-" + name: "error" for name in errors}
    expected.update({"FileExisting-" + name: "warning" for name in warnings})
    found = _failed(
        _config(make_config, version, cri_socket="/run/containerd/containerd.sock"), commands=dict.fromkeys(COMMANDS)
    )
    found.pop("FileExisting-crictl", None)
    assert found == expected


@pytest.mark.parametrize(
    ("version", "cri_socket", "checked"),
    [
        ("1.12.0", DOCKER, False),
        ("1.12.0", "/run/containerd/containerd.sock", True),
        ("1.31.0", "/run/containerd/containerd.sock", True),
        ("1.32.0", "/run/containerd/containerd.sock", False),
    ],
)
def test_crictl_is_a_warning_at_most(make_config: MakeConfig, version: str, cri_socket: str, checked: bool) -> None:
    """D13: breaks hosts without crictl, which this collection does not need."""
    commands = dict(_facts()["commands"], crictl=None)
    expected = {"FileExisting-crictl": "warning"} if checked else {}
    assert _failed(_config(make_config, version, cri_socket=cri_socket), commands=commands) == expected


@pytest.mark.parametrize(
    ("unit", "severity"),
    [
        (LOADED, None),
        (dict(LOADED, ActiveState="activating"), None),
        (dict(LOADED, UnitFileState="disabled"), "warning"),
        (dict(LOADED, ActiveState="inactive"), "error"),
        (ABSENT, "warning"),
    ],
)
def test_docker_service(make_config: MakeConfig, unit: dict[str, str], severity: str | None) -> None:
    """K2: breaks the three severities of the Docker service; without Docker it does not matter."""
    services = {"kubelet": LOADED, "docker": unit, "firewalld": ABSENT}
    with_docker = _config(make_config, "1.20.0", cri_socket=DOCKER)
    assert _failed(with_docker, services=services) == ({"Service-Docker": severity} if severity else {})
    assert _failed(_config(make_config, "1.31.0"), services=services) == {}


@pytest.mark.parametrize(
    ("version", "kubelet", "right"),
    [
        ("1.12.0", "v1.11.9", True),
        ("1.12.0", "v1.10.0", False),
        ("1.12.0", "v1.13.0", False),
        ("1.28.0", "v1.27.0", True),
        ("1.28.0", "v1.26.0", False),
        ("1.29.0", "v1.26.0", True),
        ("1.29.0", "v1.25.0", False),
        ("1.31.0", "v1.31.9", True),
        ("1.31.0", "v1.32.0", False),
        ("1.31.0", "devel", False),
    ],
)
def test_kubelet_version(make_config: MakeConfig, version: str, kubelet: str, right: bool) -> None:
    """K2, D13: breaks the skew between kubelet and control plane: one minor until 1.28, three from 1.29 on."""
    config = _config(make_config, version, kubelet)
    assert _failed(config) == ({} if right else {"KubeletVersion": "error"})


def test_no_kubelet(make_config: MakeConfig) -> None:
    """K2: breaks the message on a host without the kubelet's package."""
    config = make_config("1.31.0", facts={"kubelet_version": None})
    assert _failed(config) == {"KubeletVersion": "error"}


def test_swap_that_the_kubelet_bears(make_config: MakeConfig) -> None:
    """Breaks old minors whose kubelet is told to bear swap."""
    config = _config(make_config, "1.22.0", kubelet_configuration={"failSwapOn": False})
    assert _failed(config, swaps=SWAP) == {"Swap": "warning"}


def test_another_etcd_folder(make_config: MakeConfig) -> None:
    """K2: breaks the check's name, by which users waive it."""
    assert _failed(_config(make_config, etcd_data_dir="/srv/etcd/data"), etcd_directory=["x"]) == {
        "DirAvailable--srv-etcd-data": "error"
    }


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [([], False), (["swap"], True), (["SWAP", "x"], True), (["all"], True), (["All"], True), (["Swa"], False)],
)
def test_is_ignored(ignored: list[str], expected: bool) -> None:
    """K2: breaks waivers, which kubeadm takes in any case."""
    assert checks.is_ignored("Swap", ignored) is expected
