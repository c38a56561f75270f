# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static pods of every minor but for their commands: probes, metadata, security, resources, volumes."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from facts.ranges import MINORS, Fact, holding

MakeConfig = t.Callable[..., t.Any]

PKI = "/etc/kubernetes/pki"
IP = "192.0.2.10"
COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
OLD = {"failureThreshold": 8, "initialDelaySeconds": 15, "timeoutSeconds": 15}
LIVE = {"failureThreshold": 8, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 15}
START = {**LIVE, "failureThreshold": 24}
READY = {"failureThreshold": 3, "periodSeconds": 1, "timeoutSeconds": 15}
GET_FOO = (
    f"ETCDCTL_API=3 etcdctl --endpoints=https://[127.0.0.1]:2379 --cacert={PKI}/etcd/ca.crt "
    f"--cert={PKI}/etcd/healthcheck-client.crt --key={PKI}/etcd/healthcheck-client.key get foo"
)
PROBE_PORTS = {
    "etcd": 2381,
    "kube-apiserver": 6443,
    "kube-controller-manager": 10257,
    "kube-scheduler": 10259,
}


def _http(path: str, port: int, scheme: str, timings: dict[str, int], host: str = "127.0.0.1") -> dict[str, t.Any]:
    return {"httpGet": {"host": host, "path": path, "port": port, "scheme": scheme}, **timings}


def _probes(section: str, port: int, scheme: str, host: str, *rows: tuple[str, str, dict[str, int], int, int]) -> t.Any:
    return [
        Fact(section, f"{kind}Probe", _http(path, port, scheme, timings, host), first, last)
        for kind, path, timings, first, last in rows
    ]


EXCLUDE, SERIAL = "/health?exclude=NOSPACE&serializable=true", "/health?serializable=false"
PROBES: dict[str, list[Fact]] = {
    "kube-apiserver": _probes(
        "D4.3",
        6443,
        "HTTPS",
        IP,
        ("liveness", "/healthz", OLD, 12, 18),
        ("liveness", "/livez", LIVE, 19, 37),
        ("readiness", "/readyz", READY, 19, 37),
        ("startup", "/livez", START, 19, 37),
    ),
    "kube-controller-manager": [
        Fact("D5.3", "livenessProbe", _http("/healthz", 10252, "HTTP", OLD), 12, 16),
        Fact("D5.3", "livenessProbe", _http("/healthz", 10257, "HTTPS", OLD), 17, 18),
        Fact("D5.3", "livenessProbe", _http("/healthz", 10257, "HTTPS", LIVE), 19),
        Fact("D5.3", "startupProbe", _http("/healthz", 10257, "HTTPS", START), 19),
    ],
    "kube-scheduler": [
        Fact("D6", "livenessProbe", _http("/healthz", 10251, "HTTP", OLD), 12, 16),
        Fact("D6", "livenessProbe", _http("/healthz", 10259, "HTTPS", OLD), 17, 18),
        Fact("D6", "livenessProbe", _http("/healthz", 10259, "HTTPS", LIVE), 19, 31),
        Fact("D6", "startupProbe", _http("/healthz", 10259, "HTTPS", START), 19, 31),
        Fact("D6", "livenessProbe", _http("/livez", 10259, "HTTPS", LIVE), 32),
        Fact("D6", "readinessProbe", _http("/readyz", 10259, "HTTPS", READY), 32),
        Fact("D6", "startupProbe", _http("/livez", 10259, "HTTPS", START), 32),
    ],
    "etcd": [
        Fact("D7.3", "livenessProbe", {"exec": {"command": ["/bin/sh", "-ec", GET_FOO]}, **OLD}, 12, 15),
        Fact("D7.3", "livenessProbe", _http("/health", 2381, "HTTP", OLD), 16, 18),
        Fact("D7.3", "livenessProbe", _http("/health", 2381, "HTTP", LIVE), 19, 24),
        Fact("D7.3", "startupProbe", _http("/health", 2381, "HTTP", START), 19, 24),
        Fact("D7.3", "livenessProbe", _http(EXCLUDE, 2381, "HTTP", LIVE), 25, 30),
        Fact("D7.3", "startupProbe", _http(SERIAL, 2381, "HTTP", START), 25, 30),
        Fact("D7.3", "livenessProbe", _http("/livez", 2381, "HTTP", LIVE), 31),
        Fact("D7.3", "readinessProbe", _http("/readyz", 2381, "HTTP", READY), 31),
        Fact("D7.3", "startupProbe", _http("/readyz", 2381, "HTTP", START), 31),
    ],
}
REQUESTS: dict[str, list[Fact]] = {
    "kube-apiserver": [Fact("D3", "requests", {"cpu": "250m"})],
    "kube-controller-manager": [Fact("D3", "requests", {"cpu": "200m"})],
    "kube-scheduler": [Fact("D3", "requests", {"cpu": "100m"})],
    "etcd": [
        Fact("D3", "requests", {"cpu": "100m", "ephemeral-storage": "100Mi", "memory": "100Mi"}, 20, 21),
        Fact("D3", "requests", {"cpu": "100m", "memory": "100Mi"}, 22),
    ],
}
POD = [
    Fact("D3", "hostNetwork", True),
    Fact("D3", "priority", 2000001000, 27),
    Fact("D3", "priorityClassName", "system-cluster-critical", 12, 18),
    Fact("D3", "priorityClassName", "system-node-critical", 19),
    Fact("D3", "securityContext", {"seccompProfile": {"type": "RuntimeDefault"}}, 22),
]
ANNOTATIONS: dict[str, list[Fact]] = {
    name: [Fact("D3", "scheduler.alpha.kubernetes.io/critical-pod", "", 12, 13)] for name in COMPONENTS
}
ANNOTATIONS["kube-apiserver"].append(
    Fact("D3", "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint", f"{IP}:6443", 18)
)
ANNOTATIONS["etcd"].append(Fact("D3", "kubeadm.kubernetes.io/etcd.advertise-client-urls", f"https://{IP}:2379", 18))

OLD_CA = ("/etc/ca-certificates", "/etc/pki", "/usr/local/share/ca-certificates", "/usr/share/ca-certificates")
NEW_CA = (
    "/etc/ca-certificates",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
)
FLEXVOLUME = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"


def _volume(section: str, path: str, kind: str, read_only: bool, first: int = 12, last: int = 37) -> Fact:
    return Fact(section, path, (kind, read_only), first, last)


COMMON = [
    _volume("D5.4", "/etc/ssl/certs", "DirectoryOrCreate", True),
    _volume("D5.4", PKI, "DirectoryOrCreate", True),
    *(_volume("D5.4", path, "DirectoryOrCreate", True, 12, 30) for path in OLD_CA if path not in NEW_CA),
    *(_volume("D5.4", path, "DirectoryOrCreate", True, 31, 37) for path in NEW_CA if path not in OLD_CA),
    *(_volume("D5.4", path, "DirectoryOrCreate", True) for path in OLD_CA if path in NEW_CA),
]
VOLUMES: dict[str, list[Fact]] = {
    "kube-apiserver": COMMON,
    "kube-controller-manager": [
        *COMMON,
        _volume("D5.4", "/etc/kubernetes/controller-manager.conf", "FileOrCreate", True),
        _volume("D5.4", FLEXVOLUME, "DirectoryOrCreate", False, 12, 35),
    ],
    "kube-scheduler": [_volume("D6", "/etc/kubernetes/scheduler.conf", "FileOrCreate", True)],
    "etcd": [
        _volume("D7.3", "/var/lib/etcd", "DirectoryOrCreate", False),
        _volume("D7.3", f"{PKI}/etcd", "DirectoryOrCreate", False),
    ],
}


def _pod(make_config: MakeConfig, component: str, minor: int, **facts: t.Any) -> dict[str, t.Any]:
    config = make_config("1.%d.0" % minor, facts=facts)
    files = phase_files("etcd" if component == "etcd" else "control_plane", config)
    found = next(file for file in files if file.path == f"/etc/kubernetes/manifests/{component}.yaml")
    assert found.mode == 0o600
    return t.cast("dict[str, t.Any]", yaml.safe_load(found.content))


EACH = pytest.mark.parametrize("component", COMPONENTS)
ALL = pytest.mark.parametrize("minor", MINORS)


@ALL
@EACH
def test_probes(make_config: MakeConfig, component: str, minor: int) -> None:
    """D4.3, D5.3, D6, D7.3, D7.4: breaks when a pod is killed while it is well, or left while it is not."""
    container = _pod(make_config, component, minor)["spec"]["containers"][0]
    found = {name: value for name, value in container.items() if name.endswith("Probe")}
    named = minor >= 34
    for probe in found.values():
        if named:
            assert probe["httpGet"]["port"] == "probe-port"
            probe["httpGet"]["port"] = PROBE_PORTS[component]
    assert found == holding(PROBES[component], minor)
    ports = [{"containerPort": PROBE_PORTS[component], "name": "probe-port", "protocol": "TCP"}] if named else None
    assert container.get("ports") == ports


@ALL
@EACH
def test_shape(make_config: MakeConfig, component: str, minor: int) -> None:
    """D3: breaks a pod's priority, security, requests, labels or annotations in that minor."""
    pod = _pod(make_config, component, minor)
    container = pod["spec"].pop("containers")[0]
    pod["spec"].pop("volumes")
    assert pod["spec"] == holding(POD, minor)
    assert container["resources"] == holding(REQUESTS[component], minor)
    assert (container["name"], container["imagePullPolicy"]) == (component, "IfNotPresent")
    metadata = pod.pop("metadata")
    annotations = holding(ANNOTATIONS[component], minor)
    assert metadata.pop("annotations", {}) == annotations
    assert ("creationTimestamp" in metadata) is (minor < 34)
    metadata.pop("creationTimestamp", None)
    assert metadata == {
        "labels": {"component": component, "tier": "control-plane"},
        "name": component,
        "namespace": "kube-system",
    }
    pod.pop("spec")
    assert pod == {"apiVersion": "v1", "kind": "Pod", "status": {}}


@ALL
@EACH
def test_volumes(make_config: MakeConfig, component: str, minor: int) -> None:
    """D5.4, D6, D7.3: breaks what a component can read, or lets it read or write more."""
    spec = _pod(make_config, component, minor, directories=[*OLD_CA, *NEW_CA, FLEXVOLUME])["spec"]
    mounts = {item["name"]: item for item in spec["containers"][0]["volumeMounts"]}
    found = {}
    for volume in spec["volumes"]:
        mount = mounts.pop(volume["name"])
        assert mount["mountPath"] == volume["hostPath"]["path"]
        found[volume["hostPath"]["path"]] = (volume["hostPath"]["type"], mount.get("readOnly", False))
    assert mounts == {}
    assert found == holding(VOLUMES[component], minor)
    names = [volume["name"] for volume in spec["volumes"]]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("minor", "there", "mounted"), [(16, False, False), (16, True, True), (17, False, True), (36, True, False)]
)
def test_flexvolume(make_config: MakeConfig, minor: int, there: bool, mounted: bool) -> None:
    """D5.4: breaks volumes of the oldest kind; until 1.16 the mount depends on the host."""
    directories = [FLEXVOLUME] if there else []
    spec = _pod(make_config, "kube-controller-manager", minor, directories=directories)["spec"]
    assert any(volume["name"] == "flexvolume-dir" for volume in spec["volumes"]) is mounted


def test_the_flexvolume_folder_follows_the_users_flag(make_config: MakeConfig) -> None:
    """Breaks flex volumes in a folder of the user's, which the pod would not see."""
    config = make_config("1.20.2", controller_manager_extra_args={"flex-volume-plugin-dir": "/opt/flex"})
    pod = yaml.safe_load(phase_files("control_plane", config)[1].content)
    volume = next(item for item in pod["spec"]["volumes"] if item["name"] == "flexvolume-dir")
    assert volume["hostPath"]["path"] == "/opt/flex"
