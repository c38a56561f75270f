# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All checks on recorded facts of real nodes: healthy ones, real faults, and single values changed in them."""

from __future__ import annotations

import copy
import json
import pathlib
import re
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import all as _gathering
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import all as _all
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check

MakeConfig = t.Callable[..., Config]
Facts = dict[str, t.Any]
RECORDED = pathlib.Path(__file__).parent / "recorded"
FAULTS = sorted((RECORDED / "faults").glob("*.json"))
PREFIX = "kubewright_"
DOCKER = {"cri_socket": "/var/run/dockershim.sock"}
CRI_O = {"cri_socket": "/var/run/crio/crio.sock"}
DOCKER_INFO = {"ServerVersion": "19.03.15", "Driver": "overlay2", "CgroupDriver": "systemd"}


def _read(path: pathlib.Path) -> Facts:
    return t.cast("Facts", json.loads(path.read_text(encoding="utf-8")))


HEALTHY = _read(RECORDED / "healthy.json")


def _config(make_config: MakeConfig, version: str, node: Facts, variables: Facts) -> Config:
    """The configuration of the recorded node; a kubelet of the wanted version."""
    facts = dict(HEALTHY["node"], **node)
    facts.pop("advertise_address_given")
    return make_config(version, facts=facts, **{name[len(PREFIX) :]: value for name, value in variables.items()})


def _failed(checks: t.Sequence[Check]) -> dict[str, str]:
    crictl = ("FileExisting-crictl", "warning")
    return {check.name: check.severity for check in checks if not check.passed and check[:2] != crictl}


def _on_healthy(make_config: MakeConfig, version: str, variables: Facts, change: Facts) -> list[Check]:
    """The checks on the healthy node, some values of whose facts (C(family.name)) are others."""
    facts = copy.deepcopy(HEALTHY["facts"])
    for path, value in change.items():
        family, _dot, name = path.partition(".")
        facts[family][name] = value
    node = {"kubelet_version": "v" + version}
    # The oldest minors do not look for a runtime other than Docker.
    given = {"cri_socket": "/run/containerd/containerd.sock", **variables}
    with_prefix = {PREFIX + name: value for name, value in given.items()}
    return _all.run_checks(_config(make_config, version, node, with_prefix), facts)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_real_fault(make_config: MakeConfig, path: pathlib.Path) -> None:
    """Breaks when a fault that was really made is not seen, has another name or severity, or something else is blamed."""
    recorded = _read(path)
    variables = recorded["variables"]
    version = variables.pop("kubewright_kubernetes_version", "v1.20.2")
    config = _config(make_config, version, recorded["node"], variables)
    checks = _all.run_checks(config, {**HEALTHY["facts"], **recorded["facts"]})
    assert _failed(checks) == recorded["expected"]
    assert all(check.found and check.wanted for check in checks)
    assert all(check.cure for check in checks if not check.passed)


# What a healthy host of 2026 with containerd 1.6, an older kernel interface and the cgroup driver cgroupfs lacks.
OF_ITS_TIME: t.Mapping[str, range] = {
    "CgroupDriver": range(22, 38),
    "SandboxImage": range(27, 38),
    "ContainerRuntimeVersion": range(35, 38),
}


@pytest.mark.parametrize("minor", range(12, 38))
def test_the_healthy_node(make_config: MakeConfig, minor: int) -> None:
    """Breaks every first run of that minor. Each exception is one that the node really has with that minor."""
    checks = _on_healthy(make_config, f"1.{minor}.0", {}, {})
    expected = {name for name, minors in OF_ITS_TIME.items() if minor in minors}
    assert set(_failed(checks)) - {"SystemVerification"} == expected


ABSENT = {"LoadState": "not-found", "UnitFileState": "", "ActiveState": "inactive"}
ACTIVE = {"LoadState": "loaded", "UnitFileState": "enabled", "ActiveState": "active"}
UNITS = HEALTHY["facts"]["services"]["units"]
RUNTIME = HEALTHY["facts"]["container_runtime"]["runtime"]


def _runtime(**changed: t.Any) -> Facts:
    return {"container_runtime.runtime": dict(RUNTIME, **changed)}


def _systemd() -> Facts:
    return _runtime(cgroup_driver="systemd", sandbox_image=None)


def _paths(*missing: str) -> Facts:
    names = (
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
    )
    found = {name: None if name in missing else f"/usr/bin/{name}" for name in (*names, "crictl")}
    return {"commands.paths": found}


def _named(prefix: str, severity: str, *names: str) -> dict[str, str]:
    return {prefix.format(name): severity for name in names}


COMMAND, MANIFEST = "FileExisting-{}", "FileAvailable--etc-kubernetes-manifests-{}.yaml"
NO_POD = {"pod": None, "etcd_data_dir": None}
DAMAGED = ("kube-apiserver", "kube-controller-manager", "etcd")
CHANGED: list[tuple[str, Facts, Facts, dict[str, str]]] = [
    ("1.12.0", {}, {"resources.cpus": 1}, {}),
    ("1.13.0", {}, {"resources.cpus": 1}, {"NumCPU": "error"}),
    ("1.19.0", {}, {"resources.memory_mb": 1699}, {}),
    ("1.20.0", {}, {"resources.memory_mb": 1699}, {"Mem": "error"}),
    ("1.20.0", {}, {"services.units": dict(UNITS, firewalld=ACTIVE)}, {"Firewalld": "warning"}),
    (
        "1.22.9",
        {"kubelet_configuration": {"cgroupDriver": "cgroupfs"}},
        {"swap.swaps": ["/dev/sda2"]},
        {"Swap": "error"},
    ),
    (
        "1.23.0",
        {"kubelet_configuration": {"cgroupDriver": "cgroupfs"}},
        {"swap.swaps": ["/dev/sda2"]},
        {"Swap": "warning"},
    ),
    ("1.20.0", {"kubelet_configuration": {"failSwapOn": False}}, {"swap.swaps": ["/dev/sda2"]}, {"Swap": "warning"}),
    ("1.20.0", {}, {"container_runtime.error": "does not answer"}, {"CRI": "error"}),
    ("1.20.0", {}, _runtime(not_ready="out of space"), {"CRI": "error"}),
    ("1.20.0", {}, _runtime(apis=["v1"]), {"CRIVersion": "error"}),
    ("1.24.0", {"kubelet_configuration": {"cgroupDriver": "cgroupfs"}}, _runtime(apis=["v1alpha2"]), {}),
    (
        "1.26.0",
        {"kubelet_configuration": {"cgroupDriver": "cgroupfs"}},
        _runtime(apis=["v1alpha2"]),
        {"CRIVersion": "error"},
    ),
    ("1.30.0", {}, _runtime(cgroup_driver="systemd", sandbox_image="registry.k8s.io/pause:3.9"), {}),
    (
        "1.30.0",
        {},
        _runtime(cgroup_driver="systemd", sandbox_image="registry.k8s.io/pause:3.8"),
        {"SandboxImage": "warning"},
    ),
    ("1.30.0", {}, _runtime(cgroup_driver=None, sandbox_image=None), {}),
    ("1.31.0", {}, _runtime(tells_cgroup_driver=True, sandbox_image=None), {}),
    ("1.30.0", {}, _runtime(tells_cgroup_driver=True, sandbox_image=None), {"CgroupDriver": "warning"}),
    (
        "1.35.0",
        {},
        _runtime(tells_cgroup_driver=False, sandbox_image=None, cgroup_driver="systemd"),
        {"ContainerRuntimeVersion": "warning"},
    ),
    (
        "1.33.0",
        {},
        {**_paths("losetup", "cp"), **_runtime(cgroup_driver="systemd", sandbox_image=None)},
        _named(COMMAND, "error", "losetup", "cp"),
    ),
    (
        "1.20.0",
        {},
        _paths("ip", "iptables", "mount", "nsenter"),
        _named(COMMAND, "error", "ip", "iptables", "mount", "nsenter"),
    ),
    (
        "1.20.0",
        {},
        _paths("ebtables", "ethtool", "tc", "touch"),
        _named(COMMAND, "warning", "ebtables", "ethtool", "tc", "touch"),
    ),
    ("1.20.0", CRI_O, _paths("crictl"), {}),
    ("1.20.0", {"image_pull_policy": "Never"}, _runtime(images=[]), {"ImagePull": "error"}),
    ("1.20.0", {"image_pull_policy": "Never", "image_archives": ["/srv/images.tar"]}, _runtime(images=[]), {}),
    ("1.20.0", {}, _runtime(images=[]), {}),
    ("1.20.0", {}, {"container_runtime.kubelet_flags": ["--cgroup-driver=systemd"]}, {"CgroupDriver": "warning"}),
    ("1.20.0", {}, _runtime(images=None), {}),
    ("1.20.0", {}, {"security_modules.selinux_enforces": True}, {"SELinux": "warning"}),
    ("1.20.0", {}, {"security_modules.selinux_enforces": True, "security_modules.selinux_knows_containers": True}, {}),
    ("1.20.0", {}, {"security_modules.apparmor": True}, {"AppArmor": "warning"}),
    (
        "1.20.0",
        {},
        {"security_modules.apparmor": True, "security_modules.apparmor_parser": "/sbin/apparmor_parser"},
        {},
    ),
    ("1.20.0", {}, {"entropy.bits": 60}, {"Entropy": "warning"}),
    ("1.20.0", {}, {"entropy.bits": None}, {}),
    ("1.20.0", {}, {"etcd_directory.fdatasync_ms": 25.0}, {"EtcdDiskLatency": "warning"}),
    (
        "1.20.0",
        {},
        {"manifests.files": {f"{name}.yaml": {"pod": None, "etcd_data_dir": None} for name in DAMAGED}},
        _named(MANIFEST, "error", *DAMAGED),
    ),
]


def _docker(images: list[str] | None = None, **changed: str) -> Facts:
    return {
        "container_runtime.runtime": None,
        "container_runtime.docker_images": images,
        "container_runtime.docker": {**DOCKER_INFO, **changed},
        "services.units": dict(UNITS, docker=ACTIVE),
        **_paths(),
    }


CHANGED = [
    *CHANGED,
    ("1.20.0", {**DOCKER, "kubelet_configuration": {"cgroupDriver": "systemd"}}, _docker(), {}),
    ("1.20.0", DOCKER, _docker(), {"CgroupDriver": "error"}),
    (
        "1.20.0",
        {**DOCKER, "image_pull_policy": "Never"},
        _docker([], CgroupDriver="cgroupfs"),
        {"IsDockerSystemdCheck": "warning", "ImagePull": "error"},
    ),
    ("1.20.0", DOCKER, _docker(CgroupDriver="cgroupfs"), {"IsDockerSystemdCheck": "warning"}),
    ("1.13.0", DOCKER, _docker(CgroupDriver="cgroupfs"), {}),
    ("1.22.0", {**DOCKER, "kubelet_configuration": {"cgroupDriver": "cgroupfs"}}, _docker(CgroupDriver="cgroupfs"), {}),
    (
        "1.20.0",
        DOCKER,
        {**_docker(CgroupDriver="cgroupfs"), "services.units": dict(UNITS, docker=ABSENT)},
        {"IsDockerSystemdCheck": "warning", "Service-Docker": "warning"},
    ),
]


@pytest.mark.parametrize(("version", "variables", "change", "expected"), CHANGED)
def test_a_value_that_differs(
    make_config: MakeConfig, version: str, variables: Facts, change: Facts, expected: dict[str, str]
) -> None:
    """K2, D13: breaks when an unfit host passes, a fit one does not, or the severity is another than kubeadm's."""
    found = _failed(_on_healthy(make_config, version, variables, change))
    found.pop("SystemVerification", None)
    assert found == expected


def test_every_check_is_seen_to_fail(make_config: MakeConfig) -> None:
    """Breaks when a check is added without a case in which it fails. Some have test files of their own."""
    failing = {name for path in FAULTS for name in _read(path)["expected"]}
    failing |= {name for _version, _variables, _change, expected in CHANGED for name in expected}
    elsewhere = {
        "FileExisting-crictl",  # on every node here
        "IsPrivilegedUser",  # below
        "RunningCluster",  # test_running_cluster
        "KubernetesVersion",  # another version does not get this far
        "SystemVerification",  # test_system_verification
        "DirWritable--var-lib-etcd",  # test_folders
        "DirWritable--var-lib-kubelet",
        "Port-10251",  # test_ports
        "Port-10252",
        "Port-10257",
        "Port-2379",
        "KubeProxyMode",  # test_ipvs
        "DirWritable--etc-kubernetes-manifests",
    }
    names = {check.name for minor in range(12, 38) for check in _on_healthy(make_config, f"1.{minor}.0", {}, {})}
    assert names - failing - elsewhere == set()


def test_a_family_that_breaks_hides_nothing_else(make_config: MakeConfig) -> None:
    """Breaks when what is unexpected in one file, or a command that hangs, hides all else that there is to say."""
    facts = copy.deepcopy(HEALTHY["facts"])
    facts.update(manifests={"broken": "no answer within 20 s"}, subnets={"broken": "x"}, ports={}, endpoint={})
    variables = {PREFIX + "control_plane_endpoint": "192.0.2.9"}
    checks = _all.run_checks(_config(make_config, "v1.20.2", {}, variables), facts)
    assert _failed(checks) == {
        "NotChecked-manifests": "error",
        "NotChecked-ports": "error",
        "NotChecked-subnets": "warning",
        "NotChecked-endpoint": "warning",
    }
    assert len(checks) == len(set(checks))


def test_without_root_nothing_else_is_said(make_config: MakeConfig) -> None:
    """K2: breaks the one message that matters under a pile of consequences."""
    [check] = _all.run_checks(make_config("1.31.0"), {"user": {"uid": 1000}})
    assert (check.name, check.severity, check.passed) == ("IsPrivilegedUser", "error", False)


def test_cures_name_variables_that_exist(make_config: MakeConfig) -> None:
    """Breaks when following a cure is the next error."""
    sources = (pathlib.Path(_all.__file__).parent).glob("*.py")
    named = {name for path in sources for name in re.findall(r"kubewright_[a-z_]+", path.read_text(encoding="utf-8"))}
    assert len(named) > 10
    assert named - set(VARIABLES) == set()


def _joining(config: Config) -> Config:
    """A control plane that joins others, which nobody reaches."""
    joined = {
        "server": "https://127.0.0.1:1",
        "ca": "",
        "problem": "it is absent",
        "etcd": {"others": ["https://127.0.0.1:1"]},
    }
    return Config(dict(config.data, joinedControlPlane=joined))


def _everything(make_config: MakeConfig) -> list[Config]:
    """Configurations that together ask for every family."""
    return [
        make_config("1.20.2"),
        make_config("1.20.2", **DOCKER),
        make_config("1.20.2", etcd_external={"endpoints": ["http://127.0.0.1:1"]}),
        make_config("1.14.0", control_plane_endpoint="127.0.0.1:1", kube_proxy_configuration={"mode": "ipvs"}),
        make_config("1.37.0"),
        _joining(make_config("1.37.0")),
    ]


def test_every_family_is_gathered_and_asked_for(make_config: MakeConfig) -> None:
    """Breaks when a family is asked for that nobody gathers, or gathered and never asked for."""
    asked = {family for config in _everything(make_config) for family in _all.questions(config)}
    assert asked == set(_gathering._GATHERERS)


@pytest.mark.parametrize("minor", range(12, 38))
def test_questions_are_plain_data(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a question is something else for the host than for the controller: a pair, a number as a key, an object."""
    variables: list[Facts] = [
        {},
        {"cri_socket": "unix:///run/containerd/containerd.sock"},
        {"etcd_external": {"endpoints": ["https://192.0.2.5:2379"], "caFile": "/ca.crt"}},
        {"control_plane_endpoint": "cp.example:6443", "kube_proxy_configuration": {"mode": "ipvs"}},
    ]
    variables += [DOCKER] if minor < 24 else []
    for given in variables:
        questions = _all.questions(make_config(f"1.{minor}.0", **given))
        assert json.loads(json.dumps(questions)) == questions
        assert not any("broken" in question for question in questions.values())


# What is asked of these is another thing in some minors, and they answer at once.
BY_MINOR = ("user", "commands", "kernel_parameters", "ports", "folders", "system_verification", "firewall")


@pytest.mark.parametrize("minor", range(12, 38))
def test_what_is_asked_for_is_what_is_judged(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a check of a minor needs what that minor's question does not ask for."""
    config = make_config(f"1.{minor}.0")
    asked = {family: question for family, question in _all.questions(config).items() if family in BY_MINOR}
    facts = _gathering.gather(InspectedHost(lambda argv: Result(127, "", f"{argv[0]}: not run")), asked)
    assert set(facts) == set(BY_MINOR)
    checks = _all.run_checks(config, {**HEALTHY["facts"], **facts})
    assert [check for check in checks if check.name.startswith("NotChecked")] == []


def test_what_is_not_asked_for(make_config: MakeConfig) -> None:
    """Breaks when a host is searched for what its configuration does not have."""
    local = set(_all.questions(make_config("1.31.0")))
    external = set(_all.questions(make_config("1.31.0", etcd_external={"endpoints": ["http://192.0.2.5:2379"]})))
    assert set(_gathering._GATHERERS) - local == {"external_etcd", "endpoint", "ipvs", "reachability"}
    assert set(_gathering._GATHERERS) - external == {"etcd_directory", "endpoint", "ipvs", "reachability"}


def test_a_question_that_cannot_be_made_is_a_row(make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when what is odd in one part of the configuration ends the task, in place of being said beside all else."""

    def surprise(_config: Config) -> t.NoReturn:
        raise ValueError("odd")

    monkeypatch.setattr(_all, "_QUESTIONS", dict(_all._QUESTIONS, hostname=surprise))
    config = make_config("1.20.2")
    questions = {
        family: question for family, question in _all.questions(config).items() if family in ("user", "hostname")
    }
    facts = _gathering.gather(InspectedHost(lambda argv: Result(127, "", "")), questions)
    checks = _all.run_checks(config, {**HEALTHY["facts"], **facts})
    [found] = [check.found for check in checks if check.name == "NotChecked-hostname"]
    assert found == "could not be looked at (ValueError: odd)"


def test_this_machine(make_config: MakeConfig) -> None:
    """Breaks when gathering raises, or what was gathered is not what the checks read after it has travelled as JSON."""
    host = InspectedHost(lambda argv: Result(127, "", f"{argv[0]}: not run"))
    for config in _everything(make_config):
        facts = _gathering.gather(host, _all.questions(config))
        assert [family for family, found in facts.items() if "broken" in (found or {})] == []
        # In another order, because nobody promises one on the way.
        travelled = json.loads(json.dumps(facts, sort_keys=True))
        assert travelled == facts
        checks = _all.run_checks(config, facts)
        assert _all.run_checks(config, travelled) == checks
        assert [check for check in checks if check.name.startswith("NotChecked")] == []
        assert len(checks) > 30
