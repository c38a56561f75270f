# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static pods of the control plane's components."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod import control_plane

MakeConfig = t.Callable[..., Config]
PKI = "/etc/kubernetes/pki"
FLEXVOLUME = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"

# D4.1 and D4.2: every flag of 1.20; the other minors differ as ADDED and GONE say.
APISERVER_1_20 = {
    "advertise-address": "192.0.2.10",
    "allow-privileged": "true",
    "authorization-mode": "Node,RBAC",
    "client-ca-file": PKI + "/ca.crt",
    "enable-admission-plugins": "NodeRestriction",
    "enable-bootstrap-token-auth": "true",
    "etcd-cafile": PKI + "/etcd/ca.crt",
    "etcd-certfile": PKI + "/apiserver-etcd-client.crt",
    "etcd-keyfile": PKI + "/apiserver-etcd-client.key",
    "etcd-servers": "https://127.0.0.1:2379",
    "insecure-port": "0",
    "kubelet-client-certificate": PKI + "/apiserver-kubelet-client.crt",
    "kubelet-client-key": PKI + "/apiserver-kubelet-client.key",
    "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
    "proxy-client-cert-file": PKI + "/front-proxy-client.crt",
    "proxy-client-key-file": PKI + "/front-proxy-client.key",
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-client-ca-file": PKI + "/front-proxy-ca.crt",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "secure-port": "6443",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": PKI + "/sa.pub",
    "service-account-signing-key-file": PKI + "/sa.key",
    "service-cluster-ip-range": "10.96.0.0/12",
    "tls-cert-file": PKI + "/apiserver.crt",
    "tls-private-key-file": PKI + "/apiserver.key",
}
ISSUER = {"service-account-issuer", "service-account-signing-key-file"}


@pytest.mark.parametrize(
    ("version", "gone"),
    [
        ("1.12.0", ISSUER),
        ("1.19.0", ISSUER),
        ("1.20.0", set()),
        ("1.21.0", set()),
        ("1.22.0", {"insecure-port"}),
        ("1.37.0", {"insecure-port"}),
    ],
)
def test_apiserver_flags(make_config: MakeConfig, version: str, gone: set[str]) -> None:
    """D4: breaks when a default flag is missing, too many or has another value in that minor."""
    expected = {name: value for name, value in APISERVER_1_20.items() if name not in gone}
    assert control_plane.apiserver_flags(make_config(version)) == expected


@pytest.mark.parametrize(
    ("version", "requested", "value"),
    [
        ("1.12.0", None, "Node,RBAC"),
        ("1.12.0", "Webhook,AlwaysAllow", "Node,RBAC,Webhook"),
        ("1.16.0", "Webhook,ABAC", "Node,RBAC,ABAC,Webhook"),
        ("1.17.0", "Webhook,Node", "Webhook,Node"),
        ("1.31.0", None, "Node,RBAC"),
    ],
)
def test_authorization_mode(make_config: MakeConfig, version: str, requested: str | None, value: str) -> None:
    """K8.3, D4.2: breaks when Node,RBAC can be lost before 1.17, or the user's choice is not taken from then on."""
    arguments = {} if requested is None else {"authorization-mode": requested}
    command = control_plane.apiserver(make_config(version, apiserver_extra_args=arguments))["command"]
    assert [argument for argument in command if argument.startswith("--authorization-mode=")] == [
        "--authorization-mode=" + value
    ]


def test_authorization_config_takes_the_mode_away(make_config: MakeConfig) -> None:
    """D4.2: breaks the server's start, which refuses both flags together."""
    config = make_config("1.31.0", apiserver_extra_args={"authorization-config": "/x.yaml"})
    assert not [item for item in control_plane.apiserver(config)["command"] if item.startswith("--authorization-mode")]


def test_the_mode_comes_first_in_1_12(make_config: MakeConfig) -> None:
    """K8.1, K8.3: breaks the order of 1.12, where the mode counts as an extra argument."""
    command = control_plane.apiserver(make_config("1.12.0"))["command"]
    assert command[:3] == ["kube-apiserver", "--authorization-mode=Node,RBAC", "--advertise-address=192.0.2.10"]


def test_an_external_etcd(make_config: MakeConfig) -> None:
    """D4.1: breaks the way to an external etcd; credentials only where the user gave them."""
    endpoints = ["https://192.0.2.5:2379", "https://192.0.2.6:2379"]
    files = {"caFile": "/opt/etcd/ca.crt", "certFile": "/opt/etcd/client/c.crt", "keyFile": "/srv/keys/c.key"}
    flags = control_plane.apiserver_flags(make_config("1.31.0", etcd_external=dict(files, endpoints=endpoints)))
    assert flags["etcd-servers"] == ",".join(endpoints)
    assert (flags["etcd-cafile"], flags["etcd-certfile"], flags["etcd-keyfile"]) == tuple(files.values())
    plain = control_plane.apiserver_flags(make_config("1.31.0", etcd_external={"endpoints": ["http://192.0.2.5:2379"]}))
    assert [name for name in plain if name.startswith("etcd-")] == ["etcd-servers"]


@pytest.mark.parametrize(
    ("version", "argument", "address", "servers"),
    [
        ("1.12.0", "listen-client-urls", None, "https://e.example:2379"),
        ("1.13.0", "advertise-client-urls", None, "https://e.example:2379"),
        ("1.31.0", "listen-client-urls", None, "https://127.0.0.1:2379"),
        ("1.17.0", "name", "2001:db8::1", "https://127.0.0.1:2379"),
        ("1.18.0", "name", "2001:db8::1", "https://[::1]:2379"),
    ],
)
def test_etcd_servers(make_config: MakeConfig, version: str, argument: str, address: str | None, servers: str) -> None:
    """K8.3, D4.1, D4.2: breaks the API server's way to an etcd that the user moved, or on IPv6."""
    config = make_config(
        version,
        etcd_extra_args={argument: "https://e.example:2379"},
        advertise_address=address,
        service_subnet="fd00::/108" if address else None,
    )
    assert control_plane.apiserver_flags(config)["etcd-servers"] == servers


@pytest.mark.parametrize(
    ("version", "gates", "apiserver", "controller_manager"),
    [
        ("1.12.0", {"DynamicKubeletConfig": True}, "DynamicKubeletConfig=true", None),
        ("1.12.0", {"DynamicKubeletConfig": False}, None, None),
        ("1.16.0", {"IPv6DualStack": True}, "IPv6DualStack=true", "IPv6DualStack=true"),
        ("1.22.0", {"IPv6DualStack": False}, "IPv6DualStack=false", "IPv6DualStack=false"),
        ("1.23.0", {"IPv6DualStack": True}, None, None),
        ("1.31.0", {"RootlessControlPlane": False}, None, None),
    ],
)
def test_feature_gates_that_are_passed_on(
    make_config: MakeConfig,
    version: str,
    gates: dict[str, bool],
    apiserver: str | None,
    controller_manager: str | None,
) -> None:
    """K8.3, D4.2, D5.2: breaks when a gate reaches a component that does not know it, or the other way round."""
    config = make_config(version, feature_gates=gates)
    assert control_plane.apiserver_flags(config).get("feature-gates") == apiserver
    assert control_plane.controller_manager_flags(config).get("feature-gates") == controller_manager


CONTROLLER_MANAGER_1_20 = {
    "authentication-kubeconfig": "/etc/kubernetes/controller-manager.conf",
    "authorization-kubeconfig": "/etc/kubernetes/controller-manager.conf",
    "bind-address": "127.0.0.1",
    "client-ca-file": PKI + "/ca.crt",
    "cluster-name": "kubernetes",
    "cluster-signing-cert-file": PKI + "/ca.crt",
    "cluster-signing-key-file": PKI + "/ca.key",
    "controllers": "*,bootstrapsigner,tokencleaner",
    "kubeconfig": "/etc/kubernetes/controller-manager.conf",
    "leader-elect": "true",
    "port": "0",
    "requestheader-client-ca-file": PKI + "/front-proxy-ca.crt",
    "root-ca-file": PKI + "/ca.crt",
    "service-account-private-key-file": PKI + "/sa.key",
    "use-service-account-credentials": "true",
}


@pytest.mark.parametrize(
    ("version", "gone", "added"),
    [
        ("1.12.0", {"bind-address", "cluster-name", "port"}, {"address": "127.0.0.1"}),
        ("1.14.0", {"cluster-name", "port"}, {}),
        ("1.18.0", {"port"}, {}),
        ("1.18.6", set(), {}),
        ("1.20.0", set(), {}),
        ("1.23.0", {"port"}, {}),
        ("1.37.0", {"port"}, {}),
    ],
)
def test_controller_manager_flags(make_config: MakeConfig, version: str, gone: set[str], added: dict[str, str]) -> None:
    """D5: breaks when a default flag is missing, too many or has another value in that minor."""
    expected = {name: value for name, value in CONTROLLER_MANAGER_1_20.items() if name not in gone}
    assert control_plane.controller_manager_flags(make_config(version)) == dict(expected, **added)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.12.0", {"node-cidr-mask-size": "24"}),
        ("1.16.0", {"node-cidr-mask-size": "24", "service-cluster-ip-range": "10.96.0.0/12"}),
        ("1.20.0", {"service-cluster-ip-range": "10.96.0.0/12"}),
    ],
)
def test_flags_with_a_pod_subnet(make_config: MakeConfig, version: str, expected: dict[str, str]) -> None:
    """D5.2: breaks the allocation of pod subnets to nodes."""
    without = control_plane.controller_manager_flags(make_config(version))
    flags = control_plane.controller_manager_flags(make_config(version, pod_subnet="10.244.0.0/16"))
    assert {name: value for name, value in flags.items() if name not in without} == dict(
        expected, **{"allocate-node-cidrs": "true", "cluster-cidr": "10.244.0.0/16"}
    )


def test_dual_stack_masks(make_config: MakeConfig) -> None:
    """D5.2: breaks dual stack in 1.18 and 1.19, which name each family's mask."""
    flags = control_plane.controller_manager_flags(
        make_config("1.18.0", pod_subnet="10.244.0.0/16,fd00:1::/64", feature_gates={"IPv6DualStack": True})
    )
    assert flags["node-cidr-mask-size-ipv4"] == "24"
    assert flags["node-cidr-mask-size-ipv6"] == "80"
    assert "node-cidr-mask-size" not in flags


@pytest.mark.parametrize(
    ("subnet", "mask"),
    [("10.244.0.0/16", 24), ("fd00::/64", 80), ("fd00::/112", 120), ("fd00::/113", 113), ("fd00::/48", 64)],
)
def test_node_cidr_mask(subnet: str, mask: int) -> None:
    """K8.4: breaks the size of each node's part of an IPv6 pod subnet."""
    assert control_plane.node_cidr_mask(subnet) == mask


def test_an_external_ca_signs_nothing(make_config: MakeConfig) -> None:
    """K5.4: breaks the controller manager's start where the CA's key is not on the host."""
    flags = control_plane.controller_manager_flags(make_config("1.31.0", facts={"external_ca": True}))
    assert (flags["cluster-signing-cert-file"], flags["cluster-signing-key-file"]) == ("", "")


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("1.12.0", {"address", "kubeconfig", "leader-elect"}),
        ("1.14.0", {"bind-address", "kubeconfig", "leader-elect"}),
        (
            "1.19.0",
            {
                "authentication-kubeconfig",
                "authorization-kubeconfig",
                "bind-address",
                "kubeconfig",
                "leader-elect",
                "port",
            },
        ),
        (
            "1.37.0",
            {"authentication-kubeconfig", "authorization-kubeconfig", "bind-address", "kubeconfig", "leader-elect"},
        ),
    ],
)
def test_scheduler_flags(make_config: MakeConfig, version: str, names: set[str]) -> None:
    """D6: breaks when the scheduler gets a flag that its minor does not know."""
    assert set(control_plane.scheduler_flags(make_config(version))) == names


def _http(probe: dict[str, t.Any]) -> tuple[t.Any, ...]:
    found = probe["httpGet"]
    return found["scheme"], found.get("host"), found["port"], found["path"]


@pytest.mark.parametrize(
    ("version", "apiserver", "controller_manager", "scheduler"),
    [
        (
            "1.12.0",
            {"livenessProbe": ("HTTPS", "192.0.2.10", 6443, "/healthz")},
            {"livenessProbe": ("HTTP", "127.0.0.1", 10252, "/healthz")},
            {"livenessProbe": ("HTTP", "127.0.0.1", 10251, "/healthz")},
        ),
        (
            "1.20.0",
            {
                "livenessProbe": ("HTTPS", "192.0.2.10", 6443, "/livez"),
                "readinessProbe": ("HTTPS", "192.0.2.10", 6443, "/readyz"),
                "startupProbe": ("HTTPS", "192.0.2.10", 6443, "/livez"),
            },
            {
                "livenessProbe": ("HTTPS", "127.0.0.1", 10257, "/healthz"),
                "startupProbe": ("HTTPS", "127.0.0.1", 10257, "/healthz"),
            },
            {
                "livenessProbe": ("HTTPS", "127.0.0.1", 10259, "/healthz"),
                "startupProbe": ("HTTPS", "127.0.0.1", 10259, "/healthz"),
            },
        ),
        (
            "1.34.0",
            {
                "livenessProbe": ("HTTPS", "192.0.2.10", "probe-port", "/livez"),
                "readinessProbe": ("HTTPS", "192.0.2.10", "probe-port", "/readyz"),
                "startupProbe": ("HTTPS", "192.0.2.10", "probe-port", "/livez"),
            },
            {
                "livenessProbe": ("HTTPS", "127.0.0.1", "probe-port", "/healthz"),
                "startupProbe": ("HTTPS", "127.0.0.1", "probe-port", "/healthz"),
            },
            {
                "livenessProbe": ("HTTPS", "127.0.0.1", "probe-port", "/livez"),
                "readinessProbe": ("HTTPS", "127.0.0.1", "probe-port", "/readyz"),
                "startupProbe": ("HTTPS", "127.0.0.1", "probe-port", "/livez"),
            },
        ),
    ],
)
def test_probes(
    make_config: MakeConfig,
    version: str,
    apiserver: dict[str, t.Any],
    controller_manager: dict[str, t.Any],
    scheduler: dict[str, t.Any],
) -> None:
    """D4.3, D5.3, D6: breaks when the kubelet asks where nobody answers and kills the pod."""
    config = make_config(version)
    pods = (control_plane.apiserver(config), control_plane.controller_manager(config), control_plane.scheduler(config))
    found = [{kind: _http(probe) for kind, probe in pod["probes"].items()} for pod in pods]
    assert found == [apiserver, controller_manager, scheduler]


@pytest.mark.parametrize(
    ("version", "argument", "value", "host"),
    [
        ("1.12.0", "address", "192.0.2.10", "192.0.2.10"),
        ("1.17.0", "bind-address", "192.0.2.10", "127.0.0.1"),
        ("1.18.0", "bind-address", "192.0.2.10", "192.0.2.10"),
        ("1.31.0", "bind-address", "0.0.0.0", None),
        ("1.31.0", "bind-address", "::", None),
    ],
)
def test_the_probe_follows_the_bind_address(
    make_config: MakeConfig, version: str, argument: str, value: str, host: str | None
) -> None:
    """D7.4: breaks the probe of a component that listens on another address."""
    pod = control_plane.scheduler(make_config(version, scheduler_extra_args={argument: value}))
    assert pod["probes"]["livenessProbe"]["httpGet"].get("host") == host


@pytest.mark.parametrize(
    ("version", "present", "mounted"),
    [
        ("1.12.0", False, False),
        ("1.12.0", True, True),
        ("1.16.0", False, False),
        ("1.17.0", False, True),
        ("1.35.0", False, True),
        ("1.36.0", True, False),
    ],
)
def test_flexvolume_mount(make_config: MakeConfig, version: str, present: bool, mounted: bool) -> None:
    """D5.4: breaks when the folder is mounted in 1.36, or not where the minor always does."""
    config = make_config(version, facts={"directories": [FLEXVOLUME] if present else []})
    volumes = {item["name"]: item for item in control_plane.controller_manager(config)["volumes"]}
    assert ("flexvolume-dir" in volumes) is mounted
    assert not mounted or volumes["flexvolume-dir"]["readOnly"] is False


def test_native_audit_of_1_12(make_config: MakeConfig) -> None:
    """K7: breaks the audit log of 1.12: three flags and two volumes."""
    config = make_config("1.12.0", audit=True, audit_log_dir="/srv/audit", audit_log_max_age=7)
    pod = control_plane.apiserver(config)
    flags = control_plane.apiserver_flags(config)
    assert flags["audit-policy-file"] == "/etc/kubernetes/audit/audit.yaml"
    assert flags["audit-log-path"] == "/var/log/kubernetes/audit/audit.log"
    assert flags["audit-log-maxage"] == "7"
    volumes = {item["name"]: item for item in pod["volumes"]}
    assert (volumes["audit"]["pathType"], volumes["audit"]["readOnly"]) == ("File", True)
    assert volumes["audit-log"]["hostPath"] == "/srv/audit"
    assert volumes["audit-log"]["mountPath"] == "/var/log/kubernetes/audit"
    assert volumes["audit-log"]["readOnly"] is False


@pytest.mark.parametrize(
    ("version", "annotations"),
    [
        ("1.12.0", {"scheduler.alpha.kubernetes.io/critical-pod": ""}),
        ("1.14.0", {}),
        ("1.18.0", {"kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": "192.0.2.10:6443"}),
    ],
)
def test_annotations(make_config: MakeConfig, version: str, annotations: dict[str, str]) -> None:
    """D3: breaks kubeadm's later upgrade and join, which read the endpoint from there."""
    assert control_plane.apiserver(make_config(version))["annotations"] == annotations


@pytest.mark.parametrize("version", ["1.12.0", "1.20.0", "1.37.0"])
def test_a_changed_audit_policy_changes_the_pod(make_config: MakeConfig, version: str) -> None:
    """Breaks when a new policy is written and the API server, which reads it only at its start, is never restarted."""
    pods = [
        control_plane.apiserver(make_config(version, audit=True, audit_policy={"rules": [{"level": level}]}))
        for level in ("Metadata", "Request", "Request")
    ]
    assert pods[0] != pods[1]
    assert pods[1] == pods[2]


def _volumes(pod: dict[str, t.Any]) -> dict[str, str]:
    return {item["name"]: item["hostPath"] for item in pod["volumes"]}


@pytest.mark.parametrize(
    ("version", "folder", "mounted"),
    [
        ("1.30.0", "/etc/pki/etcd", False),
        ("1.31.0", "/etc/pki/etcd", True),
        ("1.31.0", "/etc/pki/tls/certs/etcd", False),
        ("1.37.0", "/etc/ssl/certs/etcd", False),
        ("1.12.0", "/srv/etcd", True),
        ("1.31.0", "/etc/kubernetes/pki/mine", False),
    ],
)
def test_certificates_of_an_external_etcd_are_mounted(
    make_config: MakeConfig, version: str, folder: str, mounted: bool
) -> None:
    """D5.4: breaks the API server, which cannot read what is in none of its mounts; the folders with CAs changed in 1.31."""
    external = {"endpoints": ["https://192.0.2.20:2379"], "caFile": folder + "/ca.crt"}
    found = _volumes(control_plane.apiserver(make_config(version, etcd_external=external)))
    assert found.get("etcd-certs-0") == (folder if mounted else None)


@pytest.mark.parametrize(
    ("version", "flags"),
    [
        ("1.17.0", {"node-cidr-mask-size": "24"}),
        ("1.18.0", {"node-cidr-mask-size-ipv4": "24", "node-cidr-mask-size-ipv6": "72"}),
    ],
)
def test_the_parts_of_nodes_with_two_families(make_config: MakeConfig, version: str, flags: dict[str, str]) -> None:
    """K8.3: breaks dual stack of 1.16 and 1.17, which know one size for both families."""
    variables = {
        "feature_gates": {"IPv6DualStack": True},
        "pod_subnet": "10.244.0.0/16,fd00:2::/56",
        "service_subnet": "10.96.0.0/16",
    }
    found = control_plane.controller_manager_flags(make_config(version, **variables))
    assert {name: value for name, value in found.items() if name.startswith("node-cidr")} == flags


@pytest.mark.parametrize(("version", "folder"), [("1.16.0", FLEXVOLUME), ("1.17.0", "/opt/flex")])
def test_the_folder_of_flexvolumes(make_config: MakeConfig, version: str, folder: str) -> None:
    """K8.2, D5.4: breaks the mount where the user moves the plugins; until 1.16 it is at its fixed place."""
    arguments = {"flex-volume-plugin-dir": "/opt/flex"}
    config = make_config(version, facts={"directories": [FLEXVOLUME]}, controller_manager_extra_args=arguments)
    assert _volumes(control_plane.controller_manager(config))["flexvolume-dir"] == folder


@pytest.mark.parametrize("version", ["1.12.2", "1.16.15"])
@pytest.mark.parametrize(("mounted", "expected"), [(None, True), ([], False), ([FLEXVOLUME], True)])
def test_what_was_decided_once_stays_decided(
    make_config: MakeConfig, version: str, mounted: list[str] | None, expected: bool
) -> None:
    """Breaks the second run: the kubelet makes the folder after the first manifest was written."""
    config = make_config(version, facts={"directories": [FLEXVOLUME], "controller_manager_mounts": mounted})
    volumes = [volume["name"] for volume in control_plane.controller_manager(config)["volumes"]]
    assert ("flexvolume-dir" in volumes) is expected
