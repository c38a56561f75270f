# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations at random, each a set of variables as somebody could write them. The same seed makes the same ones."""

from __future__ import annotations

import json
import random
import typing as t

Variables = dict[str, t.Any]
MOST_AT_ONCE = 5
_KUBELET, _KUBE_PROXY = "test_node_kubelet_configuration", "test_node_kube_proxy_configuration"
_TAINT = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Declaration(t.NamedTuple):
    """names: what was chosen. variables: extra variables. patches: the files of the folder of patches, by name."""

    names: list[str]
    variables: Variables
    patches: dict[str, str]


def _some(source: random.Random, values: t.Mapping[str, t.Sequence[t.Any]], key_prefix: str = "") -> dict[str, t.Any]:
    """One or more of the values, each of its own."""
    names = source.sample(sorted(values), source.randint(1, len(values)))
    return {key_prefix + name: source.choice(values[name]) for name in names}


def _volume(source: random.Random) -> list[Variables]:
    name = f"chaos-{source.randint(1, 3)}"
    return [
        {
            "name": name,
            "hostPath": f"/srv/{name}",
            "mountPath": f"/srv/{name}",
            "pathType": "DirectoryOrCreate",
            "readOnly": source.choice([True, False]),
        }
    ]


def _environment(source: random.Random) -> list[dict[str, str]]:
    return [{"name": "CHAOS", "value": str(source.randint(1, 9))}]


_FLAGS: t.Mapping[str, t.Mapping[str, t.Sequence[str]]] = {
    "apiserver": {
        "profiling": ["true", "false"],
        "max-requests-inflight": ["300", "500"],
        "event-ttl": ["30m0s", "2h0m0s"],
        "audit-log-maxbackup": ["3", "7"],
        "feature-gates": [f"ReloadKubeletServerCertificateFile={value}" for value in ("true", "false")],
    },
    "controller_manager": {
        "profiling": ["true", "false"],
        "concurrent-gc-syncs": ["10", "30"],
        "terminated-pod-gc-threshold": ["100", "1000"],
    },
    "scheduler": {
        "profiling": ["true", "false"],
        "kube-api-burst": ["120", "150"],
        "feature-gates": ["SchedulerAsyncPreemption=true", "SchedulerAsyncPreemption=false"],
    },
    "etcd": {"snapshot-count": ["5000", "20000"], "max-txn-ops": ["256", "512"]},
}
_KUBELET_FIELDS: t.Mapping[str, t.Sequence[t.Any]] = {
    "maxPods": [60, 90],
    "syncFrequency": ["30s", "45s"],
    "containerLogMaxFiles": [3, 6],
    "registryPullQPS": [4, 8],
    "podPidsLimit": [2048, 4096],
    "featureGates": [{"ReloadKubeletServerCertificateFile": value} for value in (True, False)],
}
_KUBE_PROXY_FIELDS: t.Mapping[str, t.Sequence[t.Any]] = {
    "metricsBindAddress": ["127.0.0.1:10249", "127.0.0.1:11249"],
    "iptables": [{"syncPeriod": "40s"}, {"minSyncPeriod": "2s"}],
}
_PATCHES: t.Mapping[str, t.Sequence[t.Any]] = {
    **{
        f"{component}0+merge.json": [{"metadata": {"annotations": {"chaos": str(number)}}} for number in (1, 2)]
        for component in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    },
    "kubeletconfiguration0+merge.json": [{"eventRecordQPS": 20}, {"eventRecordQPS": 30}],
    "corednsdeployment0+strategic.json": [
        {"spec": {"template": {"metadata": {"annotations": {"chaos": str(number)}}}}} for number in (1, 2)
    ],
    "kubeproxydaemonset0+strategic.json": [
        {"spec": {"template": {"metadata": {"annotations": {"chaos": str(number)}}}}} for number in (1, 2)
    ],
}


def _flags(component: str) -> t.Callable[[random.Random], Variables]:
    return lambda source: {f"kubewright_{component}_extra_args": _some(source, _FLAGS[component])}


def _names(variable: str) -> t.Callable[[random.Random], Variables]:
    names = ["a.example.com", "b.example.com", "192.0.2.11", "192.0.2.12"]
    return lambda source: {variable: source.sample(names, source.randint(1, 3))}


def _configuration(
    variable: str, base: str, fields: t.Mapping[str, t.Sequence[t.Any]]
) -> t.Callable[[random.Random], Variables]:
    def make(source: random.Random) -> Variables:
        return {variable: "{{ %s | combine(%s) }}" % (base, json.dumps(_some(source, fields)))}

    return make


def _audit(source: random.Random) -> Variables:
    rules = [
        {"level": source.choice(["None", "Metadata", "Request"]), "users": ["system:kube-proxy"]},
        {"level": "Metadata"},
    ]
    made: Variables = {"kubewright_audit": True, "kubewright_audit_log_max_age": source.choice([3, 9])}
    return {**made, **({"kubewright_audit_policy": {"rules": rules}} if source.random() < 0.7 else {})}


def _tokens(source: random.Random) -> Variables:
    token = ".".join("".join(source.choices(_SIGNS, k=length)) for length in (6, 16))
    return {"kubewright_bootstrap_tokens": [{"token": token, "ttl": "3h0m0s", "description": "for the tests"}]}


def _taints(source: random.Random) -> Variables:
    other = {"key": "chaos", "value": str(source.randint(1, 2)), "effect": "PreferNoSchedule"}
    return {"kubewright_taints": source.choice([[], [other], [_TAINT, other]])}


# What may be declared: each makes variables of its own, so that any of them go together.
KINDS: t.Mapping[str, t.Callable[[random.Random], Variables]] = {
    **{f"flags of {component}": _flags(component) for component in _FLAGS},
    **{
        f"environment of {component}": lambda source, name=f"kubewright_{component}_extra_envs": {
            name: _environment(source)
        }
        for component in _FLAGS
    },
    **{
        f"volumes of {component}": lambda source, name=f"kubewright_{component}_extra_volumes": {name: _volume(source)}
        for component in ("apiserver", "controller_manager", "scheduler")
    },
    "names of the API server": _names("kubewright_apiserver_cert_sans"),
    "names of etcd": _names("kubewright_etcd_server_cert_sans"),
    "names of etcd's peer": _names("kubewright_etcd_peer_cert_sans"),
    "key type": lambda source: {"kubewright_encryption_algorithm": "ECDSA-P256"},
    "endpoint": lambda source: {"kubewright_control_plane_endpoint": "{{ inventory_hostname }}"},
    "kubelet configuration": _configuration("kubewright_kubelet_configuration", _KUBELET, _KUBELET_FIELDS),
    "kubelet flags": lambda source: {"kubewright_kubelet_extra_args": {"v": source.choice(["1", "2"])}},
    "kube-proxy configuration": _configuration("kubewright_kube_proxy_configuration", _KUBE_PROXY, _KUBE_PROXY_FIELDS),
    "audit": _audit,
    "tokens": _tokens,
    "taints": _taints,
    "kubeconfigs": lambda source: {
        "kubewright_kubeconfigs": [
            {
                "name": "chaos",
                "groups": [source.choice(["a", "b"])],
                "location": "host",
                "path": "/etc/kubernetes/chaos.conf",
            }
        ]
    },
}
_PATCHED = "patches"


def declaration(seed: int, number: int) -> Declaration:
    """One of the declarations of a seed."""
    source = random.Random(f"{seed}/{number}")
    names = source.sample([*KINDS, _PATCHED], source.randint(1, MOST_AT_ONCE))
    variables: Variables = {}
    for name in names:
        if name != _PATCHED:
            variables.update(KINDS[name](source))
    patches = _some(source, _PATCHES) if _PATCHED in names else {}
    return Declaration(names, variables, {name: json.dumps(patch) for name, patch in patches.items()})


__all__ = ("KINDS", "MOST_AT_ONCE", "Declaration", "declaration")
