# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each phase writes, rendered for every minor and the variants that change templates."""

from __future__ import annotations

import shlex
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import KINDS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases import contents as phases
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import to_yaml

MakeConfig = t.Callable[..., Config]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same result, sooner
FILE_PHASES = ("audit", "etcd", "control_plane", "kubelet_start")
OBJECT_PHASES = ("upload_config", "mark_control_plane", "bootstrap_token", "addons")
PROXY = {"HTTPS_PROXY": "http://user:y@proxy:3128", "no_proxy": "y"}
VARIANTS: dict[str, dict[str, t.Any]] = {
    "default": {},
    "all changed": {
        "etcd_external": {"endpoints": ["http://192.0.2.5:2379"]},
        "advertise_address": "2001:db8::1",
        "service_subnet": "fd00::/108",
        "pod_subnet": "fd00:1::/64",
        "audit": True,
        "taints": [],
        "apiserver_extra_args": {"v": "4", "colon": "a: b # c"},
        "apiserver_extra_volumes": [{"name": "x", "hostPath": "/x y", "mountPath": "/z"}],
        "kubelet_configuration": {"maxPods": 20},
        "kube_proxy_configuration": {"mode": "ipvs"},
        "control_plane_endpoint": "lb.example.com:8443",
    },
}


def _volume(name: str, place: str) -> dict[str, str]:
    return {"name": name, "hostPath": "/a", "mountPath": place}


def _objects(config: Config) -> list[phases.ApiObject]:
    return [item for phase in OBJECT_PHASES for item in phases.phase_objects(phase, config)]


def _by_name(config: Config, phase: str) -> dict[str, t.Any]:
    return {
        "%s %s" % (item.manifest["kind"], item.manifest["metadata"]["name"]): item.manifest
        for item in phases.phase_objects(phase, config)
    }


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("minor", range(12, 38))
def test_every_minor_renders(make_config: MakeConfig, minor: int, variant: str) -> None:
    """Breaks a minor altogether: an undefined name in a template, a file that is no YAML, an object without a name."""
    config = make_config("1.%d.0" % minor, facts={"proxy_environment": PROXY}, **VARIANTS[variant])
    files = [item for phase in FILE_PHASES for item in phases.phase_files(phase, config)]
    manifests = 4 if config.local_etcd is not None else 3
    assert len([item for item in files if item.path.startswith("/etc/kubernetes/manifests/")]) == manifests
    for item in files:
        assert item.content.endswith("\n")
        # The instance's file is a patch, without a kind.
        if item.path.endswith(".yaml") and "instance" not in item.path:
            assert yaml.load(item.content, LOADER)["kind"] in {"Pod", "Policy", "KubeletConfiguration"}
    names = set()
    objects = _objects(config)
    for found in objects:
        manifest = found.manifest
        names.add((manifest["kind"], manifest["metadata"].get("namespace"), manifest["metadata"]["name"]))
        assert manifest["apiVersion"]
        assert KINDS[manifest["kind"]].namespaced == ("namespace" in manifest["metadata"])
        assert found.policy in {"replace", "keep_replicas", "create", "node"}
        for text in (manifest.get("data") or {}).values():
            if "Corefile" not in manifest["data"]:
                assert isinstance(yaml.load(text, LOADER), dict)
    assert len(names) == len(objects)


@pytest.mark.parametrize("minor", range(12, 21))
def test_kube_dns_renders(make_config: MakeConfig, minor: int) -> None:
    """K10.10: breaks kube-dns in a minor that has it, or deploys CoreDNS beside it."""
    found = _by_name(make_config("1.%d.0" % minor, dns_type="kube-dns"), "addons")
    pod = found["Deployment kube-dns"]["spec"]["template"]["spec"]
    assert [item["name"] for item in pod["containers"]] == ["kubedns", "dnsmasq", "sidecar"]
    assert "--server=/cluster.local/127.0.0.1#10053" in pod["containers"][1]["args"]
    assert "Deployment coredns" not in found
    assert found["Service kube-dns"]["spec"]["clusterIP"] == "10.96.0.10"


def test_kube_dns_on_ipv6(make_config: MakeConfig) -> None:
    """K10.10: breaks kube-dns's probes on IPv6, which need brackets."""
    config = make_config("1.12.0", dns_type="kube-dns", service_subnet="fd00::/108")
    containers = _by_name(config, "addons")["Deployment kube-dns"]["spec"]["template"]["spec"]["containers"]
    assert "--server=/cluster.local/::1#10053" in containers[1]["args"]
    assert any(argument.startswith("--probe=kubedns,[::1]:10053,") for argument in containers[2]["args"])


ORDER_1_12 = [
    "ConfigMap kubeadm-config",
    "Role kubeadm:nodes-kubeadm-config",
    "RoleBinding kubeadm:nodes-kubeadm-config",
    "ConfigMap kubelet-config-1.12",
    "Role kubeadm:kubelet-config-1.12",
    "RoleBinding kubeadm:kubelet-config-1.12",
    "Node cp1",
    "ClusterRoleBinding kubeadm:kubelet-bootstrap",
    "ClusterRoleBinding kubeadm:node-autoapprove-bootstrap",
    "ClusterRoleBinding kubeadm:node-autoapprove-certificate-rotation",
    "Role kubeadm:bootstrap-signer-clusterinfo",
    "RoleBinding kubeadm:bootstrap-signer-clusterinfo",
    "ConfigMap coredns",
    "ClusterRole system:coredns",
    "ClusterRoleBinding system:coredns",
    "ServiceAccount coredns",
    "Deployment coredns",
    "Service kube-dns",
    "ServiceAccount kube-proxy",
    "ConfigMap kube-proxy",
    "DaemonSet kube-proxy",
    "ClusterRoleBinding kubeadm:node-proxier",
    "Role kube-proxy",
    "RoleBinding kube-proxy",
]


def _names(config: Config) -> list[str]:
    return ["%s %s" % (item.manifest["kind"], item.manifest["metadata"]["name"]) for item in _objects(config)]


def test_all_objects_of_1_12_in_order(make_config: MakeConfig) -> None:
    """K10.12: breaks when an object is missing, too many, or comes before what it needs."""
    assert _names(make_config("1.12.0")) == ORDER_1_12


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        ("1.17.0", set(), {"ClusterRole kubeadm:get-nodes"}),
        ("1.18.0", {"ClusterRole kubeadm:get-nodes", "ClusterRoleBinding kubeadm:get-nodes"}, set()),
        ("1.23.0", {"ConfigMap kubelet-config-1.23", "Role kubeadm:kubelet-config-1.23"}, {"ConfigMap kubelet-config"}),
        ("1.24.0", {"ConfigMap kubelet-config", "Role kubeadm:kubelet-config"}, {"ConfigMap kubelet-config-1.24"}),
        ("1.28.0", set(), {"ClusterRoleBinding kubeadm:cluster-admins"}),
        (
            "1.29.0",
            {"ClusterRoleBinding kubeadm:cluster-admins"},
            {"ClusterRoleBinding kubeadm:apiserver-kubelet-client"},
        ),
        ("1.36.1", {"ClusterRoleBinding kubeadm:apiserver-kubelet-client"}, set()),
        ("1.37.0", {"ClusterRoleBinding kubeadm:apiserver-kubelet-client"}, set()),
    ],
)
def test_objects_that_came_and_went(make_config: MakeConfig, version: str, present: set[str], absent: set[str]) -> None:
    """D9.4, D11: breaks the rights that a minor rests on."""
    names = set(_names(make_config(version)))
    assert present <= names
    assert not absent & names


def test_the_administrators_rights_come_first(make_config: MakeConfig) -> None:
    """D8.3: breaks the first run of 1.29: all else is made with the rights of this binding."""
    assert _names(make_config("1.29.0"))[0] == "ClusterRoleBinding kubeadm:cluster-admins"


@pytest.mark.parametrize(
    ("version", "labels", "taint", "annotated"),
    [
        ("1.12.0", {"node-role.kubernetes.io/master"}, "node-role.kubernetes.io/master", True),
        (
            "1.33.0",
            {"node-role.kubernetes.io/control-plane", "node.kubernetes.io/exclude-from-external-load-balancers"},
            "node-role.kubernetes.io/control-plane",
            True,
        ),
        (
            "1.34.0",
            {"node-role.kubernetes.io/control-plane", "node.kubernetes.io/exclude-from-external-load-balancers"},
            "node-role.kubernetes.io/control-plane",
            False,
        ),
    ],
)
def test_the_node(make_config: MakeConfig, version: str, labels: set[str], taint: str, annotated: bool) -> None:
    """D10: breaks the node's role."""
    found = phases.phase_objects("mark_control_plane", make_config(version))
    assert [item.policy for item in found] == ["node"]
    node = found[0].manifest
    assert set(node["metadata"]["labels"]) == labels
    assert node["spec"]["taints"] == [{"key": taint, "effect": "NoSchedule"}]
    assert ("kubeadm.alpha.kubernetes.io/cri-socket" in node["metadata"].get("annotations", {})) is annotated


def test_the_corefile_belongs_to_the_user(make_config: MakeConfig) -> None:
    """K10.9: breaks edits of the Corefile at the next run."""
    policies = {
        item.manifest["metadata"]["name"]: item.policy
        for item in phases.phase_objects("addons", make_config("1.31.0"))
        if item.manifest["kind"] == "ConfigMap"
    }
    assert policies == {"coredns": "create", "kube-proxy": "replace"}


COREFILE_1_12 = """.:53 {
    errors
    health
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       upstream
       fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    proxy . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
"""
COREFILE_1_32 = """.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes k8s.test in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success k8s.test
       disable denial k8s.test
    }
    loop
    reload
    loadbalance
}
"""


@pytest.mark.parametrize(
    ("version", "domain", "corefile"),
    [("1.12.0", "cluster.local", COREFILE_1_12), ("1.32.0", "k8s.test", COREFILE_1_32)],
)
def test_corefile(make_config: MakeConfig, version: str, domain: str, corefile: str) -> None:
    """K10.9, D12.1: breaks DNS: CoreDNS refuses a plugin that it does not know."""
    found = _by_name(make_config(version, dns_domain=domain), "addons")
    assert found["ConfigMap coredns"]["data"]["Corefile"] == corefile


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.12.0", (None, None, None, {"master"}, "all", 3)),
        ("1.14.0", ("system-cluster-critical", "beta.kubernetes.io/os", ("/health", 8080), {"master"}, "all", 3)),
        (
            "1.20.0",
            ("system-cluster-critical", "kubernetes.io/os", ("/ready", 8181), {"master", "control-plane"}, "all", 3),
        ),
        ("1.26.0", ("system-cluster-critical", "kubernetes.io/os", ("/ready", 8181), {"control-plane"}, "all", 3)),
        (
            "1.34.0",
            ("system-cluster-critical", "kubernetes.io/os", ("/ready", "readiness-probe"), {"control-plane"}, "ALL", 5),
        ),
    ],
)
def test_coredns_deployment(make_config: MakeConfig, version: str, expected: tuple[t.Any, ...]) -> None:
    """D12.1: breaks where CoreDNS may run, when it counts as ready, and its rights."""
    pod = _by_name(make_config(version), "addons")["Deployment coredns"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    readiness = (container.get("readinessProbe") or {}).get("httpGet")
    found = (
        pod.get("priorityClassName"),
        next(iter(pod.get("nodeSelector", {})), None),
        (readiness["path"], readiness["port"]) if readiness else None,
        {item["key"].rpartition("/")[2] for item in pod["tolerations"] if item.get("effect")},
        container["securityContext"]["capabilities"]["drop"][0],
        len(container["ports"]),
    )
    assert found == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.12.0", (False, [], None, 2, True)),
        ("1.13.0", (True, ["NODE_NAME"], None, 2, True)),
        ("1.15.0", (True, ["NODE_NAME"], "beta.kubernetes.io/os", 2, False)),
        ("1.17.0", (True, ["NODE_NAME", "HTTPS_PROXY", "no_proxy"], "beta.kubernetes.io/os", 2, False)),
        ("1.19.0", (True, ["NODE_NAME", "HTTPS_PROXY", "no_proxy"], "kubernetes.io/os", 2, False)),
        ("1.22.0", (True, ["NODE_NAME", "HTTPS_PROXY", "no_proxy"], "kubernetes.io/os", 1, False)),
    ],
)
def test_kube_proxy_daemon_set(make_config: MakeConfig, version: str, expected: tuple[t.Any, ...]) -> None:
    """D12.2: breaks kube-proxy's pod in that minor."""
    config = make_config(version, facts={"proxy_environment": PROXY})
    template = _by_name(config, "addons")["DaemonSet kube-proxy"]["spec"]["template"]
    pod = template["spec"]
    found = (
        "--hostname-override=$(NODE_NAME)" in pod["containers"][0]["command"],
        [item["name"] for item in pod["containers"][0].get("env", [])],
        next(iter(pod.get("nodeSelector", {})), None),
        len(pod["tolerations"]),
        "annotations" in template["metadata"],
    )
    assert found == expected


@pytest.mark.parametrize(
    ("version", "variables", "marked"),
    [
        ("1.18.0", {}, []),
        ("1.19.0", {}, ["kubelet-config-1.19", "kube-proxy"]),
        ("1.31.0", {"kubelet_configuration": {"maxPods": 5}}, ["kube-proxy"]),
        ("1.31.0", {"kube_proxy_configuration": {"mode": "ipvs"}}, ["kubelet-config"]),
    ],
)
def test_the_mark_of_generated_configurations(
    make_config: MakeConfig, version: str, variables: dict[str, t.Any], marked: list[str]
) -> None:
    """D9.4: breaks kubeadm's upgrade, which replaces only what bears the mark of its own content."""
    mark = "kubeadm.kubernetes.io/component-config.hash"
    maps = [
        item.manifest for item in _objects(make_config(version, **variables)) if item.manifest["kind"] == "ConfigMap"
    ]
    found = {item["metadata"]["name"]: item["metadata"].get("annotations", {}).get(mark) for item in maps}
    assert [name for name, value in found.items() if value] == marked
    for item in maps:
        value = found[item["metadata"]["name"]]
        if value:
            assert value == phases.configuration_hash(*[item["data"][key] for key in sorted(item["data"])])


def test_the_stored_configuration_is_text_with_sorted_keys(make_config: MakeConfig) -> None:
    """D2.2: breaks the form in which kubeadm reads it back."""
    text = _by_name(make_config("1.31.0"), "upload_config")["ConfigMap kubeadm-config"]["data"]["ClusterConfiguration"]
    assert text == to_yaml(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("1.12.0", "KUBELET_KUBEADM_ARGS=--network-plugin=cni\n"),
        ("1.15.0", 'KUBELET_KUBEADM_ARGS="--network-plugin=cni --pod-infra-container-image=k8s.gcr.io/pause:3.1"\n'),
        ("1.35.0", 'KUBELET_KUBEADM_ARGS=""\n'),
    ],
)
def test_kubelet_flags_file(make_config: MakeConfig, version: str, line: str) -> None:
    """K4.1, D9.3: breaks the line that the kubelet's unit reads."""
    files = {item.path: item for item in phases.phase_files("kubelet_start", make_config(version))}
    found = files["/var/lib/kubelet/kubeadm-flags.env"]
    assert (found.content, found.mode, found.directory_mode) == (line, 0o644, 0o700)
    assert ("/var/lib/kubelet/instance-config.yaml" in files) is (version == "1.35.0")


def test_a_manifest_of_1_20(make_config: MakeConfig) -> None:
    """D3 to D6: breaks the whole of the scheduler's manifest."""
    files = {item.path: item for item in phases.phase_files("control_plane", make_config("1.20.0"))}
    found = files["/etc/kubernetes/manifests/kube-scheduler.yaml"]
    probe = {"host": "127.0.0.1", "path": "/healthz", "port": 10259, "scheme": "HTTPS"}
    timings = {"failureThreshold": 8, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 15}
    conf = "/etc/kubernetes/scheduler.conf"
    assert (found.mode, found.directory_mode) == (0o600, 0o700)
    assert yaml.safe_load(found.content) == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "creationTimestamp": None,
            "labels": {"component": "kube-scheduler", "tier": "control-plane"},
            "name": "kube-scheduler",
            "namespace": "kube-system",
        },
        "spec": {
            "containers": [
                {
                    "command": [
                        "kube-scheduler",
                        "--authentication-kubeconfig=" + conf,
                        "--authorization-kubeconfig=" + conf,
                        "--bind-address=127.0.0.1",
                        "--kubeconfig=" + conf,
                        "--leader-elect=true",
                        "--port=0",
                    ],
                    "image": "k8s.gcr.io/kube-scheduler:v1.20.0",
                    "imagePullPolicy": "IfNotPresent",
                    "livenessProbe": {"httpGet": probe, **timings},
                    "name": "kube-scheduler",
                    "resources": {"requests": {"cpu": "100m"}},
                    "startupProbe": {"httpGet": probe, **timings, "failureThreshold": 24},
                    "volumeMounts": [{"mountPath": conf, "name": "kubeconfig", "readOnly": True}],
                }
            ],
            "hostNetwork": True,
            "priorityClassName": "system-node-critical",
            "volumes": [{"hostPath": {"path": conf, "type": "FileOrCreate"}, "name": "kubeconfig"}],
        },
        "status": {},
    }


@pytest.mark.parametrize("phase", ["upload_config", "no_such_phase"])
def test_a_phase_without_files(make_config: MakeConfig, phase: str) -> None:
    """Breaks when a misspelt phase silently writes nothing."""
    with pytest.raises(KeyError):
        phases.phase_files(phase, make_config("1.31.0"))


@pytest.mark.parametrize("name", ["101", "true", "null", "2026-01-31", "off", "1e3"])
def test_names_that_look_like_other_values_stay_texts(make_config: MakeConfig, name: str) -> None:
    """Breaks nodes and volumes whose names YAML takes for numbers, dates, true or nothing."""
    volume = {"name": name.replace(".", "-"), "hostPath": "/a", "mountPath": "/b"}
    config = make_config("1.31.0", node_name=name, apiserver_extra_volumes=[volume])
    node = next(item.manifest for item in _objects(config) if item.manifest["kind"] == "Node")
    assert node["metadata"]["name"] == name
    pod = yaml.load(phases.phase_files("control_plane", config)[0].content, LOADER)
    assert name in [item["name"] for item in pod["spec"]["volumes"]]
    assert name in [item["name"] for item in pod["spec"]["containers"][0]["volumeMounts"]]


@pytest.mark.parametrize(
    ("variables", "path", "names"),
    [
        (
            {"apiserver_extra_volumes": [_volume("a", "/etc/kubernetes/pki")]},
            "kubewright_apiserver_extra_volumes",
            "k8s-certs",
        ),
        (
            {"scheduler_extra_volumes": [_volume("a", "/etc/kubernetes/scheduler.conf")]},
            "kubewright_scheduler_extra_volumes",
            "kubeconfig",
        ),
        ({"certificates_dir": "/etc/ssl/certs"}, "kubewright_certificates_dir", "ca-certs"),
    ],
)
def test_mounts_at_one_place(make_config: MakeConfig, variables: dict[str, t.Any], path: str, names: str) -> None:
    """Breaks the control plane: the kubelet drops a pod with two mounts at one place."""
    config = make_config("1.31.0", **variables)
    faults = phases.mount_faults(config, Input({}, {}, {}, [], []).name)
    assert {fault.path for fault in faults} == {path}
    assert names in faults[0].found


def test_mounts_that_are_right(make_config: MakeConfig) -> None:
    """Breaks volumes of a user's that take the place of ours, as kubeadm lets them."""
    volumes = [_volume("k8s-certs", "/etc/kubernetes/pki"), _volume("b", "/srv/b")]
    assert phases.mount_faults(make_config("1.31.0", apiserver_extra_volumes=volumes), str) == []
    assert [phases.mount_faults(make_config(f"1.{minor}.0"), str) for minor in range(12, 38)] == [[]] * 26


@pytest.mark.parametrize("folder", ["/etc/kubernetes/pki", "/etc/k8s pki", "/etc/k;touch x", "/etc/$(x)'"])
def test_the_probe_of_old_etcd_is_a_command_of_the_shell(make_config: MakeConfig, folder: str) -> None:
    """Breaks 1.12 and 1.13, or runs what a name says: etcd's probe is given to a shell."""
    config = make_config("1.12.0", certificates_dir=folder)
    [file] = phases.phase_files("etcd", config)
    command = yaml.safe_load(file.content)["spec"]["containers"][0]["livenessProbe"]["exec"]["command"]
    words = shlex.split(command[2])
    assert f"--cacert={folder}/etcd/ca.crt" in words
    assert len(words) == 8
