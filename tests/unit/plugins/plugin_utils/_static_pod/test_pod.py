# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the static pods have in common."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod import pod as static_pod

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("version", "kind", "timeout", "expected"),
    [
        ("1.12.0", "liveness", "4m0s", {"failureThreshold": 8, "initialDelaySeconds": 15, "timeoutSeconds": 15}),
        (
            "1.19.0",
            "liveness",
            "4m0s",
            {"failureThreshold": 8, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 15},
        ),
        ("1.19.0", "readiness", "4m0s", {"failureThreshold": 3, "periodSeconds": 1, "timeoutSeconds": 15}),
        (
            "1.31.0",
            "startup",
            "4m0s",
            {"failureThreshold": 24, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 15},
        ),
        (
            "1.31.0",
            "startup",
            "61s",
            {"failureThreshold": 7, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 15},
        ),
    ],
)
def test_probe_timings(
    make_config: MakeConfig, version: str, kind: str, timeout: str, expected: dict[str, int]
) -> None:
    """D7.4: breaks the time that a component has to come up before the kubelet kills it."""
    assert static_pod.probe_timings(make_config(version, wait_timeout=timeout), kind) == expected


@pytest.mark.parametrize(
    ("version", "present", "names"),
    [
        ("1.12.0", ["/etc/pki", "/etc/ca-certificates"], ["etc-pki", "etc-ca-certificates"]),
        ("1.30.0", ["/etc/pki/tls/certs"], []),
        ("1.31.0", ["/etc/pki", "/etc/pki/tls/certs"], ["etc-pki-tls-certs"]),
        ("1.31.0", [], []),
    ],
)
def test_ca_directories(make_config: MakeConfig, version: str, present: list[str], names: list[str]) -> None:
    """D5.4: breaks when a folder that is not on the host is mounted (and so made), or the minor's list is not used."""
    volumes = static_pod.ca_directories(make_config(version, facts={"directories": present}))
    assert [item["name"] for item in volumes] == names
    assert all(item["readOnly"] and item["pathType"] == "DirectoryOrCreate" for item in volumes)


def test_extra_volumes_replace_by_name_and_are_sorted() -> None:
    """K8.2: breaks a user's replacement of a built-in volume, or the order that keeps manifests stable."""
    builtin = [static_pod.volume("k8s-certs", "/pki", "DirectoryOrCreate", True)]
    extra: list[dict[str, t.Any]] = [
        {"name": "z", "hostPath": "/z", "mountPath": "/zz"},
        {"name": "k8s-certs", "hostPath": "/mine", "mountPath": "/pki", "readOnly": True, "pathType": "Directory"},
    ]
    result = static_pod.with_extra_volumes(builtin, extra)
    assert [item["name"] for item in result] == ["k8s-certs", "z"]
    assert (result[0]["hostPath"], result[0]["pathType"]) == ("/mine", "Directory")
    assert (result[1]["pathType"], result[1]["readOnly"]) == ("", False)


@pytest.mark.parametrize(("version", "order"), [("1.31.0", ["http_proxy", "A"]), ("1.32.0", ["A", "http_proxy"])])
def test_environment(make_config: MakeConfig, version: str, order: list[str]) -> None:
    """D3: breaks the order of variables (sorted since 1.32), or extraEnvs do not win over the proxy's."""
    config = make_config(version, facts={"proxy_environment": {"http_proxy": "http://p:3128"}})
    extra = [{"name": "A", "value": "1"}, {"name": "http_proxy", "value": "http://other:3128"}]
    found = static_pod.environment(config, extra)
    assert [item["name"] for item in found] == order
    assert {"name": "http_proxy", "value": "http://other:3128"} in found


def test_external_etcd_directories(make_config: MakeConfig) -> None:
    """K8.2: breaks the mounts of an external etcd's certificates: parents only, and none that is mounted already."""
    files = {"caFile": "/opt/etcd/ca.crt", "certFile": "/opt/etcd/client/c.crt", "keyFile": "/srv/keys/c.key"}
    endpoints = ["https://192.0.2.5:2379"]
    config = make_config("1.31.0", etcd_external=dict(files, endpoints=endpoints))
    assert static_pod.etcd_certificate_directories(config) == ["/opt/etcd", "/srv/keys"]
    inside = make_config("1.31.0", etcd_external={"endpoints": endpoints, "caFile": "/etc/kubernetes/pki/etcd/ca.crt"})
    assert static_pod.etcd_certificate_directories(inside) == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.12.0", (True, "system-cluster-critical", None, False, [])),
        ("1.19.0", (True, "system-node-critical", None, False, [])),
        ("1.22.0", (True, "system-node-critical", None, True, [])),
        ("1.27.0", (True, "system-node-critical", 2000001000, True, [])),
        (
            "1.34.0",
            (
                False,
                "system-node-critical",
                2000001000,
                True,
                [{"containerPort": 1, "name": "probe-port", "protocol": "TCP"}],
            ),
        ),
    ],
)
def test_static_pod(make_config: MakeConfig, version: str, expected: tuple[t.Any, ...]) -> None:
    """D3: breaks the parts of the pod that differ by minor."""
    pod = static_pod.static_pod(
        make_config(version), name="x", image="i", command=["x"], volumes=[], probes={}, requests={}, probe_port=1
    )
    found = tuple(pod[key] for key in ("creation_timestamp_null", "priority_class", "priority", "seccomp", "ports"))
    assert found == expected


def test_a_folder_that_our_own_certificates_make(make_config: MakeConfig) -> None:
    """Breaks the second run, which found a folder that the first one had made."""
    paths = [
        [
            volume["hostPath"]
            for volume in static_pod.ca_directories(
                make_config("1.20.0", certificates_dir="/etc/pki/kubernetes", facts={"directories": present})
            )
        ]
        for present in ([], ["/etc/pki"])
    ]
    assert paths == [["/etc/pki"], ["/etc/pki"]]
