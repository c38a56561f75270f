# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API objects and images of every minor: which there are, and what of them differs between minors."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kube_proxy import (
    kube_proxy_configuration,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_objects
from facts.ranges import FIRST, LAST, MINORS, Fact, holding

MakeConfig = t.Callable[..., t.Any]
Object = dict[str, t.Any]

ALL = pytest.mark.parametrize("minor", MINORS)
PHASES = ("upload_config", "mark_control_plane", "bootstrap_token", "addons")
BOOTSTRAPPERS, NODES = "system:bootstrappers:kubeadm:default-node-token", "system:nodes"
MASTER, CONTROL_PLANE = "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"


def _objects(make_config: MakeConfig, minor: int, **variables: t.Any) -> dict[str, Object]:
    config = make_config("1.%d.0" % minor, **variables)
    found = [item.manifest for phase in PHASES for item in phase_objects(phase, config)]
    return {
        "/".join(
            part for part in (item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]) if part
        ): item
        for item in found
    }


def _kubelet_config(minor: int) -> str:
    return "kubelet-config" if minor >= 24 else "kubelet-config-1.%d" % minor


def _there(section: str, *names: str, first: int = FIRST, last: int = LAST) -> list[Fact]:
    return [Fact(section, name, True, first, last) for name in names]


OBJECTS = [
    *_there(
        "D2.2",
        "ConfigMap/kube-system/kubeadm-config",
        "Role/kube-system/kubeadm:nodes-kubeadm-config",
        "RoleBinding/kube-system/kubeadm:nodes-kubeadm-config",
    ),
    *_there(
        "D9.4",
        "ConfigMap/kube-system/kubelet-config",
        "Role/kube-system/kubeadm:kubelet-config",
        "RoleBinding/kube-system/kubeadm:kubelet-config",
        first=24,
    ),
    *(
        Fact("D9.4", name % minor, True, minor, minor)
        for minor in range(FIRST, 24)
        for name in (
            "ConfigMap/kube-system/kubelet-config-1.%d",
            "Role/kube-system/kubeadm:kubelet-config-1.%d",
            "RoleBinding/kube-system/kubeadm:kubelet-config-1.%d",
        )
    ),
    *_there("D10", "Node/cp1"),
    *_there("D11", "ClusterRole/kubeadm:get-nodes", "ClusterRoleBinding/kubeadm:get-nodes", first=18),
    *_there(
        "D11",
        "ClusterRoleBinding/kubeadm:kubelet-bootstrap",
        "ClusterRoleBinding/kubeadm:node-autoapprove-bootstrap",
        "ClusterRoleBinding/kubeadm:node-autoapprove-certificate-rotation",
        "Role/kube-public/kubeadm:bootstrap-signer-clusterinfo",
        "RoleBinding/kube-public/kubeadm:bootstrap-signer-clusterinfo",
    ),
    *_there("D11", "ClusterRoleBinding/kubeadm:cluster-admins", first=29),
    *_there("D11", "ClusterRoleBinding/kubeadm:apiserver-kubelet-client", first=37),
    *_there(
        "D12.1",
        "ConfigMap/kube-system/coredns",
        "ClusterRole/system:coredns",
        "ClusterRoleBinding/system:coredns",
        "ServiceAccount/kube-system/coredns",
        "Deployment/kube-system/coredns",
        "Service/kube-system/kube-dns",
    ),
    *_there(
        "D12.2",
        "ServiceAccount/kube-system/kube-proxy",
        "ConfigMap/kube-system/kube-proxy",
        "DaemonSet/kube-system/kube-proxy",
        "ClusterRoleBinding/kubeadm:node-proxier",
        "Role/kube-system/kube-proxy",
        "RoleBinding/kube-system/kube-proxy",
    ),
]


@ALL
def test_which_objects_there_are(make_config: MakeConfig, minor: int) -> None:
    """D2.2, D9.4 to D12: breaks joins and upgrades, which look for each by its name."""
    assert dict.fromkeys(_objects(make_config, minor), True) == holding(OBJECTS, minor)


# Name: (role, kinds and names of the subjects).
BINDINGS = {
    "RoleBinding/kube-system/kubeadm:nodes-kubeadm-config": (
        "kubeadm:nodes-kubeadm-config",
        [("Group", BOOTSTRAPPERS), ("Group", NODES)],
    ),
    "ClusterRoleBinding/kubeadm:get-nodes": ("kubeadm:get-nodes", [("Group", BOOTSTRAPPERS)]),
    "ClusterRoleBinding/kubeadm:kubelet-bootstrap": ("system:node-bootstrapper", [("Group", BOOTSTRAPPERS)]),
    "ClusterRoleBinding/kubeadm:node-autoapprove-bootstrap": (
        "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
        [("Group", BOOTSTRAPPERS)],
    ),
    "ClusterRoleBinding/kubeadm:node-autoapprove-certificate-rotation": (
        "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
        [("Group", NODES)],
    ),
    "ClusterRoleBinding/kubeadm:cluster-admins": ("cluster-admin", [("Group", "kubeadm:cluster-admins")]),
    "ClusterRoleBinding/kubeadm:apiserver-kubelet-client": (
        "system:kubelet-api-admin",
        [("User", "kube-apiserver-kubelet-client")],
    ),
    "RoleBinding/kube-public/kubeadm:bootstrap-signer-clusterinfo": (
        "kubeadm:bootstrap-signer-clusterinfo",
        [("User", "system:anonymous")],
    ),
    "ClusterRoleBinding/system:coredns": ("system:coredns", [("ServiceAccount", "coredns")]),
    "ClusterRoleBinding/kubeadm:node-proxier": ("system:node-proxier", [("ServiceAccount", "kube-proxy")]),
    "RoleBinding/kube-system/kube-proxy": ("kube-proxy", [("Group", BOOTSTRAPPERS)]),
}


@ALL
def test_who_may_what(make_config: MakeConfig, minor: int) -> None:
    """D11, D12, K10: breaks when a right is missing or goes to somebody else."""
    readers = f"RoleBinding/kube-system/kubeadm:{_kubelet_config(minor)}"
    expected = {
        **BINDINGS,
        readers: (f"kubeadm:{_kubelet_config(minor)}", [("Group", NODES), ("Group", BOOTSTRAPPERS)]),
    }
    for name, item in _objects(make_config, minor).items():
        if item["kind"].endswith("Binding"):
            found = (item["roleRef"]["name"], [(one["kind"], one["name"]) for one in item["subjects"]])
            assert found == expected[name], name
            # An account without a namespace would be none; groups and users have no namespace.
            namespaces = {one.get("namespace") for one in item["subjects"] if one["kind"] == "ServiceAccount"}
            assert namespaces <= {"kube-system"}, name
            assert item["roleRef"]["apiGroup"] == "rbac.authorization.k8s.io"
            assert item["roleRef"]["kind"] == ("ClusterRole" if item["kind"].startswith("Cluster") else "Role")


def _rule(resources: list[str], verbs: list[str], group: str = "", names: list[str] | None = None) -> Object:
    rule: Object = {"apiGroups": [group], "resources": resources, "verbs": verbs}
    return {**rule, "resourceNames": names} if names else rule


@ALL
def test_the_rules_of_the_roles(make_config: MakeConfig, minor: int) -> None:
    """D9.4, D11, D12.1, K10: breaks when a role allows more or less than kubeadm's."""
    found = _objects(make_config, minor)
    config_map = _kubelet_config(minor)
    expected = {
        "Role/kube-system/kubeadm:nodes-kubeadm-config": [_rule(["configmaps"], ["get"], names=["kubeadm-config"])],
        f"Role/kube-system/kubeadm:{config_map}": [_rule(["configmaps"], ["get"], names=[config_map])],
        "Role/kube-public/kubeadm:bootstrap-signer-clusterinfo": [
            _rule(["configmaps"], ["get"], names=["cluster-info"])
        ],
        "Role/kube-system/kube-proxy": [_rule(["configmaps"], ["get"], names=["kube-proxy"])],
        "ClusterRole/system:coredns": [
            _rule(["endpoints", "services", "pods", "namespaces"], ["list", "watch"]),
            *([_rule(["nodes"], ["get"])] if 13 <= minor <= 27 else []),
            *([_rule(["endpointslices"], ["list", "watch"], "discovery.k8s.io")] if minor >= 22 else []),
        ],
    }
    if minor >= 18:
        expected["ClusterRole/kubeadm:get-nodes"] = [_rule(["nodes"], ["get"])]
    assert {name: item["rules"] for name, item in found.items() if item["kind"].endswith("Role")} == expected


NODE = [
    Fact("D10", "label " + MASTER, "", 12, 23),
    Fact("D10", "label " + CONTROL_PLANE, "", 20),
    Fact("D10", "label node.kubernetes.io/exclude-from-external-load-balancers", "", 21),
    Fact("D10", "taint " + MASTER, "NoSchedule", 12, 24),
    Fact("D10", "taint " + CONTROL_PLANE, "NoSchedule", 24),
    Fact("D10", "annotation kubeadm.alpha.kubernetes.io/cri-socket", "/run/crio/crio.sock", 12, 23),
    Fact("D10", "annotation kubeadm.alpha.kubernetes.io/cri-socket", "unix:///run/crio/crio.sock", 24, 33),
]


@ALL
def test_the_node(make_config: MakeConfig, minor: int) -> None:
    """D10: breaks what may run on the node, and what finds it."""
    node = _objects(make_config, minor, cri_socket="/run/crio/crio.sock")["Node/cp1"]
    found = {f"label {name}": value for name, value in node["metadata"]["labels"].items()}
    found.update({f"annotation {name}": value for name, value in node["metadata"].get("annotations", {}).items()})
    found.update({f"taint {taint['key']}": taint["effect"] for taint in node["spec"]["taints"]})
    assert found == holding(NODE, minor)


# Fields of the stored ClusterConfiguration, by dotted path.
STORED = [
    *(
        Fact("D2.1", "apiVersion", f"kubeadm.k8s.io/{api}", first, last)
        for api, first, last in (
            ("v1alpha3", 12, 12),
            ("v1beta1", 13, 14),
            ("v1beta2", 15, 21),
            ("v1beta3", 22, 30),
            ("v1beta4", 31, 37),
        )
    ),
    Fact("D2.2", "kind", "ClusterConfiguration"),
    Fact("D2.2", "certificatesDir", "/etc/kubernetes/pki"),
    Fact("D2.2", "clusterName", "kubernetes"),
    Fact("D2.2", "imageRepository", "k8s.gcr.io", 12, 24),
    Fact("D2.2", "imageRepository", "registry.k8s.io", 25),
    Fact("D2.2", "networking.dnsDomain", "cluster.local"),
    Fact("D2.2", "networking.serviceSubnet", "10.96.0.0/12"),
    Fact("D2.2", "networking.podSubnet", "", 12, 14),
    Fact("D2.2", "controlPlaneEndpoint", "", 12, 14),
    Fact("D2.2", "etcd.local.dataDir", "/var/lib/etcd"),
    Fact("K10.1", "etcd.local.image", "", 12, 12),
    Fact("K10.1", "unifiedControlPlaneImage", "", 12, 12),
    Fact("K10.1", "auditPolicy.logDir", "/var/log/kubernetes/audit", 12, 12),
    Fact("K10.1", "auditPolicy.logMaxAge", 2, 12, 12),
    Fact("K10.1", "auditPolicy.path", "", 12, 12),
    Fact("K10.1", "apiServerExtraArgs.authorization-mode", "Node,RBAC", 12, 12),
    Fact("D2.2", "apiServer.extraArgs.authorization-mode", "Node,RBAC", 13, 29),
    Fact("D2.2", "apiServer.timeoutForControlPlane", "4m0s", 13, 30),
    Fact("D2.2", "apiServer", {}, 31),
    Fact("D2.2", "controllerManager", {}, 13),
    Fact("D2.2", "scheduler", {}, 13),
    Fact("D2.2", "dns.type", "CoreDNS", 13, 21),
    Fact("D2.2", "dns", {}, 22),
    Fact("D2.2", "proxy", {}, 31),
    Fact("D2.2", "encryptionAlgorithm", "RSA-2048", 31),
    Fact("D2.2", "certificateValidityPeriod", "8760h0m0s", 31),
    Fact("D2.2", "caCertificateValidityPeriod", "87600h0m0s", 31),
]


def _flat(values: Object, prefix: str = "") -> Object:
    result: Object = {}
    for key, value in values.items():
        if isinstance(value, dict) and value:
            result.update(_flat(value, f"{prefix}{key}."))
        else:
            result[prefix + key] = value
    return result


@ALL
def test_the_stored_configuration(make_config: MakeConfig, minor: int) -> None:
    """D2.1, D2.2, K10.1: breaks kubeadm's join and upgrade, which read it back."""
    data = _objects(make_config, minor)["ConfigMap/kube-system/kubeadm-config"]["data"]
    stored = _flat(yaml.safe_load(data.pop("ClusterConfiguration")))
    assert stored.pop("kubernetesVersion") == "v1.%d.0" % minor
    assert stored == holding(STORED, minor)
    status = yaml.safe_load(data.pop("ClusterStatus")) if minor <= 21 else None
    if status is not None:
        assert status == {
            "apiEndpoints": {"cp1": {"advertiseAddress": "192.0.2.10", "bindPort": 6443}},
            "apiVersion": holding(STORED, minor)["apiVersion"],
            "kind": "ClusterStatus",
        }
    assert data == {}


@ALL
@pytest.mark.parametrize(
    ("skipped", "sections"), [("addon/coredns", ["dns"]), ("addon/kube-proxy", ["proxy"]), ("addon", ["dns", "proxy"])]
)
def test_skipped_addons_are_stored_as_disabled(
    make_config: MakeConfig, minor: int, skipped: str, sections: list[str]
) -> None:
    """Parity with 1.34 to 1.37: breaks kubeadm's upgrade, which would bring in an addon that was left out."""
    data = _objects(make_config, minor, skip_phases=[skipped])["ConfigMap/kube-system/kubeadm-config"]["data"]
    stored = yaml.safe_load(data["ClusterConfiguration"])
    disabled = [section for section in ("dns", "proxy") if "disabled" in stored.get(section, {})]
    assert disabled == (sections if minor >= 31 else [])


@pytest.mark.parametrize("minor", range(31, LAST + 1))
def test_environment_variables_are_stored_as_the_api_has_them(make_config: MakeConfig, minor: int) -> None:
    """Parity with 1.34 to 1.37: breaks comparisons of what is stored with what kubeadm stores."""
    given = [
        {"name": "A", "value": ""},
        {"name": "B", "value": "b"},
        {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}},
    ]
    wanted = [
        {"name": "A"},
        {"name": "B", "value": "b"},
        {"name": "C", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.hostIP"}}},
    ]
    found = _objects(make_config, minor, apiserver_extra_envs=given, etcd_extra_envs=given)
    stored = yaml.safe_load(found["ConfigMap/kube-system/kubeadm-config"]["data"]["ClusterConfiguration"])
    assert stored["apiServer"]["extraEnvs"] == wanted
    assert stored["etcd"]["local"]["extraEnvs"] == wanted


@pytest.mark.parametrize("minor", range(31, LAST + 1))
def test_signs_stand_between_single_quotes(make_config: MakeConfig, minor: int) -> None:
    """Parity with 1.34 to 1.37: breaks the equality of the stored text with kubeadm's."""
    arguments = [{"name": "controllers", "value": "*"}, {"name": "v", "value": "2"}]
    found = _objects(make_config, minor, controller_manager_extra_args=arguments)
    text = found["ConfigMap/kube-system/kubeadm-config"]["data"]["ClusterConfiguration"]
    assert "  - name: controllers\n    value: '*'\n  - name: v\n    value: \"2\"\n" in text


HASH = "kubeadm.kubernetes.io/component-config.hash"


@ALL
def test_the_mark_of_generated_configurations(make_config: MakeConfig, minor: int) -> None:
    """D9.4: breaks kubeadm's upgrade, which replaces what bears its mark and keeps what does not."""
    found = _objects(make_config, minor)
    for name in (f"ConfigMap/kube-system/{_kubelet_config(minor)}", "ConfigMap/kube-system/kube-proxy"):
        assert (HASH in found[name]["metadata"].get("annotations", {})) is (minor >= 19)


COREFILE = [
    Fact("K10.9", "errors", True),
    Fact("D12.1", "health", True, 12, 16),
    Fact("D12.1", "health { lameduck 5s }", True, 17),
    Fact("D12.1", "ready", True, 16),
    Fact("K10.9", "upstream", True, 12, 15),
    Fact("D12.1", "ttl 30", True, 15),
    Fact("D12.1", "proxy . /etc/resolv.conf", True, 12, 13),
    Fact("D12.1", "forward . /etc/resolv.conf", True, 14, 18),
    Fact("D12.1", "forward . /etc/resolv.conf { max_concurrent 1000 }", True, 19),
    Fact("D12.1", "cache 30", True, 12, 31),
    Fact("D12.1", "cache 30 { disable success cluster.local disable denial cluster.local }", True, 32),
    Fact("K10.9", "prometheus :9153", True),
    Fact("K10.9", "loop", True),
    Fact("K10.9", "reload", True),
    Fact("K10.9", "loadbalance", True),
]


def _plugins(corefile: str) -> dict[str, bool]:
    """The plugins of a Corefile with what is in their blocks, each on one line; those in the block of kubernetes apart."""
    lines = [line.strip() for line in corefile.strip().splitlines()[1:-1]]
    found: list[str] = []
    block: list[str] | None = None
    for line in lines:
        if line.endswith("{"):
            block = [line]
        elif block is not None:
            block.append(line)
            if line == "}":
                found += block[1:-1] if block[0].startswith("kubernetes ") else [" ".join(block)]
                block = None
        else:
            found.append(line)
    return dict.fromkeys(found, True)


@ALL
def test_the_corefile(make_config: MakeConfig, minor: int) -> None:
    """D12.1, K10.9: breaks DNS: CoreDNS refuses to start with a plugin or option that it does not know."""
    found = _plugins(_objects(make_config, minor)["ConfigMap/kube-system/coredns"]["data"]["Corefile"])
    assert found.pop("pods insecure")
    assert found.pop("fallthrough in-addr.arpa ip6.arpa")
    assert found == holding(COREFILE, minor)


ALL_PORTS = [
    {"containerPort": 53, "name": "dns", "protocol": "UDP"},
    {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
    {"containerPort": 9153, "name": "metrics", "protocol": "TCP"},
    {"containerPort": 8080, "name": "liveness-probe", "protocol": "TCP"},
    {"containerPort": 8181, "name": "readiness-probe", "protocol": "TCP"},
]
CRITICAL = {"key": "CriticalAddonsOnly", "operator": "Exists"}
ANTI_AFFINITY = {
    "podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {
                "podAffinityTerm": {
                    "labelSelector": {
                        "matchExpressions": [{"key": "k8s-app", "operator": "In", "values": ["kube-dns"]}]
                    },
                    "topologyKey": "kubernetes.io/hostname",
                },
                "weight": 100,
            }
        ]
    }
}


def _taint(key: str) -> Object:
    return {"effect": "NoSchedule", "key": key}


def _readiness(path: str, port: int | str) -> Object:
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTP"}}


def _liveness(port: int | str) -> Object:
    http = {"path": "/health", "port": port, "scheme": "HTTP"}
    return {
        "failureThreshold": 5,
        "httpGet": http,
        "initialDelaySeconds": 60,
        "successThreshold": 1,
        "timeoutSeconds": 5,
    }


def _rights(dropped: str) -> Object:
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": [dropped]},
        "readOnlyRootFilesystem": True,
    }


MOUNT = {"mountPath": "/etc/coredns", "name": "config-volume", "readOnly": True}
COREDNS_VOLUME = {
    "configMap": {"items": [{"key": "Corefile", "path": "Corefile"}], "name": "coredns"},
    "name": "config-volume",
}
COREDNS_POD = [
    Fact("K10.9", "dnsPolicy", "Default"),
    Fact("K10.9", "serviceAccountName", "coredns"),
    Fact("D12.1", "priorityClassName", "system-cluster-critical", 14),
    Fact("D12.1", "nodeSelector", {"beta.kubernetes.io/os": "linux"}, 14, 18),
    Fact("D12.1", "nodeSelector", {"kubernetes.io/os": "linux"}, 19),
    Fact("D12.1", "affinity", ANTI_AFFINITY, 25),
    Fact("D12.1", "tolerations", [CRITICAL, _taint(MASTER)], 12, 19),
    Fact("D12.1", "tolerations", [CRITICAL, _taint(MASTER), _taint(CONTROL_PLANE)], 20, 25),
    Fact("D12.1", "tolerations", [CRITICAL, _taint(CONTROL_PLANE)], 26),
    Fact("D12.1", "volumes", [COREDNS_VOLUME], 12, 13),
    Fact("D12.1", "volumes", [{"emptyDir": {}, "name": "tmp"}, COREDNS_VOLUME], 14, 15),
    Fact("D12.1", "volumes", [COREDNS_VOLUME], 16),
]
COREDNS_CONTAINER = [
    Fact("K10.9", "name", "coredns"),
    Fact("K10.9", "imagePullPolicy", "IfNotPresent"),
    Fact("K10.9", "args", ["-conf", "/etc/coredns/Corefile"]),
    Fact("K10.9", "resources", {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}}),
    Fact("D12.1", "livenessProbe", _liveness(8080), 12, 33),
    Fact("D12.1", "livenessProbe", _liveness("liveness-probe"), 34),
    Fact("D12.1", "readinessProbe", _readiness("/health", 8080), 14, 15),
    Fact("D12.1", "readinessProbe", _readiness("/ready", 8181), 16, 33),
    Fact("D12.1", "readinessProbe", _readiness("/ready", "readiness-probe"), 34),
    Fact("D12.1", "ports", ALL_PORTS[:3], 12, 33),
    Fact("D12.1", "ports", ALL_PORTS, 34),
    Fact("D12.1", "securityContext", _rights("all"), 12, 28),
    Fact("D12.1", "securityContext", _rights("ALL"), 29),
    Fact("D12.1", "volumeMounts", [MOUNT], 12, 13),
    Fact("D12.1", "volumeMounts", [{"mountPath": "/tmp", "name": "tmp"}, MOUNT], 14, 15),
    Fact("D12.1", "volumeMounts", [MOUNT], 16),
]


@ALL
def test_the_deployment_of_coredns(make_config: MakeConfig, minor: int) -> None:
    """D12.1, K10.9: breaks where CoreDNS runs, when it counts as ready, or what it may do."""
    deployment = _objects(make_config, minor)["Deployment/kube-system/coredns"]
    spec, labels = deployment["spec"], {"k8s-app": "kube-dns"}
    assert deployment["metadata"] == {"labels": labels, "name": "coredns", "namespace": "kube-system"}
    template = spec.pop("template")
    assert template["metadata"] == {"labels": labels}
    pod = template["spec"]
    container = pod.pop("containers")[0]
    container.pop("image")
    assert container == holding(COREDNS_CONTAINER, minor)
    assert pod == holding(COREDNS_POD, minor)
    assert spec == {
        "replicas": 2,
        "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
        "strategy": {"rollingUpdate": {"maxUnavailable": 1}, "type": "RollingUpdate"},
    }


DNS_PORTS = [
    {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
    {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
]
METRICS = {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": 9153}


@ALL
def test_the_service_of_dns(make_config: MakeConfig, minor: int) -> None:
    """D12.1, K10.9: breaks name resolution in every pod."""
    service = _objects(make_config, minor)["Service/kube-system/kube-dns"]
    assert service["spec"] == {
        "clusterIP": "10.96.0.10",
        "ports": [*DNS_PORTS, METRICS] if minor >= 14 else DNS_PORTS,
        "selector": {"k8s-app": "kube-dns"},
    }
    assert service["metadata"]["labels"] == {
        "k8s-app": "kube-dns",
        "kubernetes.io/cluster-service": "true",
        "kubernetes.io/name": "CoreDNS" if minor >= 22 else "KubeDNS",
    }
    assert service["metadata"]["annotations"] == {"prometheus.io/port": "9153", "prometheus.io/scrape": "true"}


EXISTS = {"operator": "Exists"}
NODE_NAME = {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
PROXY = {"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"}
PROGRAM = ["/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf"]
KUBE_PROXY = [
    Fact("K10.11", "command", PROGRAM, 12, 12),
    Fact("D12.2", "command", [*PROGRAM, "--hostname-override=$(NODE_NAME)"], 13),
    Fact("D12.2", "env", [NODE_NAME], 13, 16),
    Fact("D12.2", "env", [NODE_NAME, PROXY], 17),
    Fact("D12.2", "nodeSelector", {"beta.kubernetes.io/os": "linux"}, 15, 18),
    Fact("D12.2", "nodeSelector", {"kubernetes.io/os": "linux"}, 19),
    Fact("D12.2", "tolerations", [CRITICAL, EXISTS], 12, 21),
    Fact("D12.2", "tolerations", [EXISTS], 22),
    Fact("D12.2", "annotations", {"scheduler.alpha.kubernetes.io/critical-pod": ""}, 12, 13),
    Fact("K10.11", "priorityClassName", "system-node-critical"),
    Fact("K10.11", "hostNetwork", True),
    Fact("K10.11", "serviceAccountName", "kube-proxy"),
]


@ALL
def test_the_daemon_set_of_kube_proxy(make_config: MakeConfig, minor: int) -> None:
    """D12.2, K10.11: breaks Services on every node."""
    facts = {"proxy_environment": {PROXY["name"]: PROXY["value"]}}
    daemon_set = _objects(make_config, minor, facts=facts)["DaemonSet/kube-system/kube-proxy"]
    spec = daemon_set["spec"]
    template = spec.pop("template")
    pod = template["spec"]
    container = pod.pop("containers")[0]
    assert pod.pop("volumes") == [
        {"configMap": {"name": "kube-proxy"}, "name": "kube-proxy"},
        {"hostPath": {"path": "/run/xtables.lock", "type": "FileOrCreate"}, "name": "xtables-lock"},
        {"hostPath": {"path": "/lib/modules"}, "name": "lib-modules"},
    ]
    found = {**pod, **{key: container.pop(key) for key in ("command", "env") if key in container}}
    if "annotations" in template["metadata"]:
        found["annotations"] = template["metadata"].pop("annotations")
    assert found == holding(KUBE_PROXY, minor)
    assert container.pop("image").endswith("/kube-proxy:v1.%d.0" % minor)
    assert container == {
        "imagePullPolicy": "IfNotPresent",
        "name": "kube-proxy",
        "securityContext": {"privileged": True},
        "volumeMounts": [
            {"mountPath": "/var/lib/kube-proxy", "name": "kube-proxy"},
            {"mountPath": "/run/xtables.lock", "name": "xtables-lock"},
            {"mountPath": "/lib/modules", "name": "lib-modules", "readOnly": True},
        ],
    }
    labels = {"k8s-app": "kube-proxy"}
    assert template["metadata"] == {"labels": labels}
    assert spec == {"selector": {"matchLabels": labels}, "updateStrategy": {"type": "RollingUpdate"}}
    assert daemon_set["metadata"]["labels"] == labels


# The keys of kube-proxy's configuration that come or go, with the value where the user sets none.
PROXY_KEYS = [
    Fact("D12.2", "mode", "", 12, 36),
    Fact("D12.2", "mode", "iptables", 37),
    Fact("D12.2", "winkernel.enableDSR", False, 14),
    Fact("D12.2", "resourceContainer", "/kube-proxy", 12, 15),
    Fact("D12.2", "conntrack.max", None, 12, 14),
    Fact("D12.2", "bindAddressHardFail", False, 19),
    Fact("D12.2", "detectLocalMode", "", 18),
    Fact("D12.2", "showHiddenMetricsForVersion", "", 18),
    Fact("D12.2", "ipvs.strictARP", False, 15),
    Fact("D12.2", "ipvs.tcpTimeout", "0s", 18),
    Fact("D12.2", "detectLocal.bridgeInterface", "", 24),
    Fact("D12.2", "winkernel.rootHnsEndpointName", "", 24),
    Fact("D12.2", "udpIdleTimeout", "250ms", 12, 16),
    Fact("D12.2", "udpIdleTimeout", "0s", 17, 25),
    Fact("D12.2", "iptables.localhostNodePorts", None, 26),
    Fact("D12.2", "logging.verbosity", 0, 28),
    Fact("D12.2", "nftables.syncPeriod", "0s", 29),
    Fact("D12.2", "conntrack.tcpBeLiberal", False, 29),
    Fact("D12.2", "logging.options.text.infoBufferSize", "0", 30),
    Fact("K10.11", "bindAddress", "0.0.0.0"),
    Fact("K10.11", "clientConnection.kubeconfig", "/var/lib/kube-proxy/kubeconfig.conf"),
    Fact("K10.11", "clusterCIDR", ""),
    *(
        Fact("K10.11", name, value, 12, 16)
        for name, value in {
            "clientConnection.burst": 10,
            "clientConnection.contentType": "application/vnd.kubernetes.protobuf",
            "clientConnection.qps": 5,
            "conntrack.min": 131072,
            "conntrack.tcpCloseWaitTimeout": "1h0m0s",
            "conntrack.tcpEstablishedTimeout": "24h0m0s",
            "healthzBindAddress": "0.0.0.0:10256",
            "iptables.masqueradeBit": 14,
            "iptables.syncPeriod": "30s",
            "ipvs.syncPeriod": "30s",
            "metricsBindAddress": "127.0.0.1:10249",
            "oomScoreAdj": -999,
        }.items()
    ),
    *(
        Fact("D12.2", name, value, 17)
        for name, value in {
            "clientConnection.burst": 0,
            "clientConnection.contentType": "",
            "clientConnection.qps": 0,
            "conntrack.min": None,
            "conntrack.tcpCloseWaitTimeout": None,
            "conntrack.tcpEstablishedTimeout": None,
            "healthzBindAddress": "",
            "iptables.masqueradeBit": None,
            "iptables.syncPeriod": "0s",
            "ipvs.syncPeriod": "0s",
            "metricsBindAddress": "",
            "oomScoreAdj": None,
        }.items()
    ),
    Fact("K10.11", "configSyncPeriod", "15m0s", 12, 16),
    Fact("D12.2", "configSyncPeriod", "0s", 17),
    Fact("K10.11", "conntrack.maxPerCore", 32768, 12, 16),
    Fact("D12.2", "conntrack.maxPerCore", None, 17),
]


@ALL
def test_the_configuration_of_kube_proxy(make_config: MakeConfig, minor: int) -> None:
    """D12.2, K10.11: breaks kube-proxy, which refuses a key that it does not know."""
    found = _flat(kube_proxy_configuration(make_config("1.%d.0" % minor)))
    expected = holding(PROXY_KEYS, minor)
    named = {fact.name for fact in PROXY_KEYS}
    assert {name: value for name, value in found.items() if name in named} == expected


IMAGES = {
    12: ("3.2.24", "coredns:1.2.2", "3.1"),
    13: ("3.2.24", "coredns:1.2.6", "3.1"),
    14: ("3.3.10", "coredns:1.3.1", "3.1"),
    15: ("3.3.10", "coredns:1.3.1", "3.1"),
    16: ("3.3.15-0", "coredns:1.6.2", "3.1"),
    17: ("3.4.3-0", "coredns:1.6.5", "3.1"),
    18: ("3.4.3-0", "coredns:1.6.7", "3.2"),
    19: ("3.4.9-1", "coredns:1.7.0", "3.2"),
    20: ("3.4.13-0", "coredns:1.7.0", "3.2"),
    21: ("3.4.13-0", "coredns/coredns:v1.8.0", "3.4.1"),
    22: ("3.5.0-0", "coredns/coredns:v1.8.4", "3.5"),
    23: ("3.5.1-0", "coredns/coredns:v1.8.6", "3.6"),
    24: ("3.5.3-0", "coredns/coredns:v1.8.6", "3.7"),
    25: ("3.5.4-0", "coredns/coredns:v1.9.3", "3.8"),
    26: ("3.5.6-0", "coredns/coredns:v1.9.3", "3.9"),
    27: ("3.5.7-0", "coredns/coredns:v1.10.1", "3.9"),
    28: ("3.5.9-0", "coredns/coredns:v1.10.1", "3.9"),
    29: ("3.5.10-0", "coredns/coredns:v1.11.1", "3.9"),
    30: ("3.5.12-0", "coredns/coredns:v1.11.1", "3.9"),
    31: ("3.5.15-0", "coredns/coredns:v1.11.1", "3.10"),
    32: ("3.5.16-0", "coredns/coredns:v1.11.3", "3.10"),
    33: ("3.5.21-0", "coredns/coredns:v1.12.0", "3.10"),
    34: ("3.6.4-0", "coredns/coredns:v1.12.1", "3.10.1"),
    35: ("3.6.6-0", "coredns/coredns:v1.13.1", "3.10.1"),
    36: ("3.6.8-0", "coredns/coredns:v1.14.2", "3.10.2"),
    37: ("3.7.0-0", "coredns/coredns:v1.14.6", "3.10.2"),
}


@ALL
def test_the_images(make_config: MakeConfig, minor: int) -> None:
    """D1: breaks pulls: a registry does not have an image of that name and tag."""
    registry = "registry.k8s.io" if minor >= 25 else "k8s.gcr.io"
    etcd, coredns, pause = IMAGES[minor]
    components = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
    others = [f"{registry}/pause:{pause}", f"{registry}/etcd:{etcd}"]
    dns = f"{registry}/{coredns}"
    assert images(make_config("1.%d.0" % minor)) == [
        *(f"{registry}/{name}:v1.{minor}.0" for name in components),
        *([dns, *others] if minor >= 29 else [*others, dns]),
    ]


def _kube_dns_container(name: str, image: str, **more: t.Any) -> Object:
    return {"name": name, "image": f"k8s.gcr.io/k8s-dns-{image}:1.14.13", "imagePullPolicy": "IfNotPresent", **more}


def _kube_dns_probe(path: str) -> Object:
    return {
        "failureThreshold": 5,
        "httpGet": {"path": path, "port": 10054, "scheme": "HTTP"},
        "initialDelaySeconds": 60,
        "successThreshold": 1,
        "timeoutSeconds": 5,
    }


def _port(name: str, number: int, protocol: str) -> Object:
    return {"containerPort": number, "name": name, "protocol": protocol}


@pytest.mark.parametrize("minor", range(12, 21))
@pytest.mark.parametrize(("subnet", "address"), [("10.96.0.0/12", "127.0.0.1"), ("fd00:1::/112", "::1")])
def test_kube_dns(make_config: MakeConfig, minor: int, subnet: str, address: str) -> None:
    """K10.10: breaks DNS of clusters that keep kube-dns, which ended with 1.20."""
    bracketed = "[::1]" if address == "::1" else address
    advertised = {"advertise_address": "2001:db8::10"} if address == "::1" else {}
    found = _objects(
        make_config, minor, dns_type="kube-dns", service_subnet=subnet, dns_domain="a.example", **advertised
    )
    assert found["ServiceAccount/kube-system/kube-dns"] == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "kube-dns", "namespace": "kube-system"},
    }
    tolerations = [{"key": "CriticalAddonsOnly", "operator": "Exists"}, {"effect": "NoSchedule", "key": MASTER}]
    if minor >= 20:
        tolerations.append({"effect": "NoSchedule", "key": CONTROL_PLANE})
    containers = [
        _kube_dns_container(
            "kubedns",
            "kube-dns",
            args=["--domain=a.example.", "--dns-port=10053", "--config-dir=/kube-dns-config", "--v=2"],
            env=[{"name": "PROMETHEUS_PORT", "value": "10055"}],
            livenessProbe=_kube_dns_probe("/healthcheck/kubedns"),
            ports=[
                _port("dns-local", 10053, "UDP"),
                _port("dns-tcp-local", 10053, "TCP"),
                _port("metrics", 10055, "TCP"),
            ],
            readinessProbe={
                "httpGet": {"path": "/readiness", "port": 8081, "scheme": "HTTP"},
                "initialDelaySeconds": 3,
                "timeoutSeconds": 5,
            },
            resources={"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
            volumeMounts=[{"mountPath": "/kube-dns-config", "name": "kube-dns-config"}],
        ),
        _kube_dns_container(
            "dnsmasq",
            "dnsmasq-nanny",
            args=[
                *("-v=2", "-logtostderr", "-configDir=/etc/k8s/dns/dnsmasq-nanny", "-restartDnsmasq=true", "--", "-k"),
                *("--cache-size=1000", "--no-negcache", "--dns-loop-detect", "--log-facility=-"),
                *(f"--server=/{zone}/{address}#10053" for zone in ("a.example", "in-addr.arpa", "ip6.arpa")),
            ],
            livenessProbe=_kube_dns_probe("/healthcheck/dnsmasq"),
            ports=[_port("dns", 53, "UDP"), _port("dns-tcp", 53, "TCP")],
            resources={"requests": {"cpu": "150m", "memory": "20Mi"}},
            volumeMounts=[{"mountPath": "/etc/k8s/dns/dnsmasq-nanny", "name": "kube-dns-config"}],
        ),
        _kube_dns_container(
            "sidecar",
            "sidecar",
            args=[
                *("--v=2", "--logtostderr"),
                f"--probe=kubedns,{bracketed}:10053,kubernetes.default.svc.a.example,5,SRV",
                f"--probe=dnsmasq,{bracketed}:53,kubernetes.default.svc.a.example,5,SRV",
            ],
            livenessProbe=_kube_dns_probe("/metrics"),
            ports=[_port("metrics", 10054, "TCP")],
            resources={"requests": {"cpu": "10m", "memory": "20Mi"}},
        ),
    ]
    labels = {"k8s-app": "kube-dns"}
    assert found["Deployment/kube-system/kube-dns"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": labels},
        "spec": {
            **({"replicas": 1} if minor >= 19 else {}),
            "selector": {"matchLabels": labels},
            "strategy": {"rollingUpdate": {"maxSurge": "10%", "maxUnavailable": 0}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "containers": containers,
                    "dnsPolicy": "Default",
                    **({"priorityClassName": "system-cluster-critical"} if minor >= 14 else {}),
                    "serviceAccountName": "kube-dns",
                    "tolerations": tolerations,
                    "volumes": [{"configMap": {"name": "kube-dns", "optional": True}, "name": "kube-dns-config"}],
                },
            },
        },
    }
