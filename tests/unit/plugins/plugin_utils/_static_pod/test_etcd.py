# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static pod of a local etcd."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd, etcd_flags

MakeConfig = t.Callable[..., Config]
PKI = "/etc/kubernetes/pki/etcd"
COMMON = {
    "cert-file": PKI + "/server.crt",
    "client-cert-auth": "true",
    "data-dir": "/var/lib/etcd",
    "key-file": PKI + "/server.key",
    "name": "cp1",
    "peer-cert-file": PKI + "/peer.crt",
    "peer-client-cert-auth": "true",
    "peer-key-file": PKI + "/peer.key",
    "peer-trusted-ca-file": PKI + "/ca.crt",
    "snapshot-count": "10000",
    "trusted-ca-file": PKI + "/ca.crt",
}


def _urls(host: str, listen: str) -> dict[str, str]:
    return {
        "advertise-client-urls": "https://%s:2379" % host,
        "initial-advertise-peer-urls": "https://%s:2380" % host,
        "initial-cluster": "cp1=https://%s:2380" % host,
        "listen-client-urls": listen,
        "listen-peer-urls": "https://%s:2380" % host,
    }


LOOPBACK_AND_NODE = "https://127.0.0.1:2379,https://192.0.2.10:2379"
METRICS = {"listen-metrics-urls": "http://127.0.0.1:2381"}
EXPERIMENTAL = {"experimental-initial-corrupt-check": "true"}
EXPERIMENTAL_PROGRESS = {"experimental-watch-progress-notify-interval": "5s"}
NEW = {"feature-gates": "InitialCorruptCheck=true", "watch-progress-notify-interval": "5s"}


@pytest.mark.parametrize(
    ("version", "variables", "expected"),
    [
        ("1.12.0", {}, _urls("127.0.0.1", "https://127.0.0.1:2379")),
        ("1.13.0", {}, _urls("192.0.2.10", LOOPBACK_AND_NODE)),
        ("1.16.0", {}, {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS}),
        ("1.24.0", {}, {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS, **EXPERIMENTAL}),
        (
            "1.33.0",
            {},
            {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS, **EXPERIMENTAL, **EXPERIMENTAL_PROGRESS},
        ),
        ("1.34.0", {}, {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS, **NEW}),
        (
            "1.34.0",
            {"etcd_image_tag": "3.5.24-0"},
            {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS, **EXPERIMENTAL, **EXPERIMENTAL_PROGRESS},
        ),
        (
            "1.36.0",
            {"etcd_image_tag": "3.5.24-0"},
            {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS, **NEW},
        ),
        ("1.37.0", {}, {**_urls("192.0.2.10", LOOPBACK_AND_NODE), **METRICS, **NEW}),
    ],
)
def test_flags(make_config: MakeConfig, version: str, variables: dict[str, str], expected: dict[str, str]) -> None:
    """K8.6, D7: breaks when etcd gets a flag that its version refuses, or listens elsewhere than its minor's."""
    assert etcd_flags(make_config(version, **variables)) == {**COMMON, **expected}


def test_ipv6(make_config: MakeConfig) -> None:
    """D7.1: breaks etcd on IPv6 hosts, whose URLs need brackets and the IPv6 loopback."""
    flags = etcd_flags(make_config("1.31.0", advertise_address="2001:db8::1", service_subnet="fd00::/108"))
    assert flags["listen-client-urls"] == "https://[::1]:2379,https://[2001:db8::1]:2379"
    assert flags["listen-metrics-urls"] == "http://[::1]:2381"
    assert flags["initial-cluster"] == "cp1=https://[2001:db8::1]:2380"


HEALTH_WITH_QUERY = {
    "livenessProbe": "/health?exclude=NOSPACE&serializable=true",
    "startupProbe": "/health?serializable=false",
}


@pytest.mark.parametrize(
    ("version", "paths"),
    [
        ("1.16.0", {"livenessProbe": "/health"}),
        ("1.19.0", {"livenessProbe": "/health", "startupProbe": "/health"}),
        ("1.25.0", HEALTH_WITH_QUERY),
        ("1.31.0", {"livenessProbe": "/livez", "readinessProbe": "/readyz", "startupProbe": "/readyz"}),
    ],
)
def test_http_probes(make_config: MakeConfig, version: str, paths: dict[str, str]) -> None:
    """D7.3: breaks when a path is asked that this etcd does not have."""
    probes = etcd(make_config(version))["probes"]
    assert {kind: probe["httpGet"]["path"] for kind, probe in probes.items()} == paths
    assert {(probe["httpGet"]["host"], probe["httpGet"]["port"]) for probe in probes.values()} == {("127.0.0.1", 2381)}


@pytest.mark.parametrize(
    ("urls", "host"),
    [
        (None, "127.0.0.1"),
        ("https://192.0.2.10:2379,https://127.0.0.1:2379", "192.0.2.10"),
        ("https://0.0.0.0:2379", "127.0.0.1"),
        ("https://[::]:2379", "::1"),
    ],
)
def test_exec_probe_of_old_minors(make_config: MakeConfig, urls: str | None, host: str) -> None:
    """K8.1, K8.6: breaks etcd's only probe in 1.12 to 1.15."""
    arguments = {} if urls is None else {"listen-client-urls": urls}
    probes = etcd(make_config("1.12.0", etcd_extra_args=arguments))["probes"]
    assert list(probes) == ["livenessProbe"]
    script = probes["livenessProbe"]["exec"]["command"]
    assert script[:2] == ["/bin/sh", "-ec"]
    assert script[2] == (
        "ETCDCTL_API=3 etcdctl --endpoints=https://[%s]:2379 --cacert=%s/ca.crt --cert=%s/healthcheck-client.crt "
        "--key=%s/healthcheck-client.key get foo" % (host, PKI, PKI, PKI)
    )


def test_the_probe_follows_the_metrics_url(make_config: MakeConfig) -> None:
    """D7.3: breaks the probe where the user moved etcd's metrics."""
    config = make_config("1.31.0", etcd_extra_args={"listen-metrics-urls": "https://192.0.2.10:9000"})
    probe = etcd(config)["probes"]["livenessProbe"]["httpGet"]
    assert (probe["scheme"], probe["host"], probe["port"]) == ("HTTPS", "192.0.2.10", 9000)


def test_volumes_and_mounts(make_config: MakeConfig) -> None:
    """D3: breaks the order: volumes are sorted by name, mounts are not; the data can be written."""
    pod = etcd(make_config("1.31.0", etcd_data_dir="/srv/etcd", certificates_dir="/srv/pki"))
    assert [item["name"] for item in pod["volumes"]] == ["etcd-certs", "etcd-data"]
    assert [item["name"] for item in pod["mounts"]] == ["etcd-data", "etcd-certs"]
    assert [item["hostPath"] for item in pod["mounts"]] == ["/srv/etcd", "/srv/pki/etcd"]
    assert not any(item["readOnly"] for item in pod["mounts"])


def test_proxy_variables_do_not_reach_etcd(make_config: MakeConfig) -> None:
    """D3: breaks when etcd's peers are asked through a proxy."""
    assert etcd(make_config("1.31.0", facts={"proxy_environment": {"HTTP_PROXY": "http://p"}}))["environment"] == []


def test_environment_variables(make_config: MakeConfig) -> None:
    """D3: breaks etcd's extraEnvs: of two of one name the last holds, and since 1.32 they are sorted. No proxy is among them."""
    extra = [{"name": name, "value": value} for name, value in (("ZED", "1"), ("ALPHA", "2"), ("ZED", "3"))]
    facts = {"proxy_environment": {"no_proxy": "x"}}
    for version, names in (("1.31.0", ["ZED", "ALPHA"]), ("1.32.0", ["ALPHA", "ZED"])):
        found = etcd(make_config(version, facts=facts, etcd_extra_envs=extra))["environment"]
        assert [item["name"] for item in found] == names
        assert {item["name"]: item["value"] for item in found} == {"ALPHA": "2", "ZED": "3"}


@pytest.mark.parametrize(
    ("urls", "host"),
    [
        ("https://0.0.0.0:2379", "127.0.0.1"),
        ("https://[::]:2379", "::1"),
        ("https://192.0.2.7:2379,https://127.0.0.1:2379", "192.0.2.7"),
        ("https://etcd.example.com:2379", "127.0.0.1"),
    ],
)
def test_the_host_of_the_probe(make_config: MakeConfig, urls: str, host: str) -> None:
    """K8.6: breaks the probe of 1.12 to 1.15 where the user gives the addresses that etcd listens on."""
    pod = etcd(make_config("1.12.0", etcd_extra_args={"listen-client-urls": urls}))
    assert f"--endpoints=https://[{host}]:2379 " in pod["probes"]["livenessProbe"]["exec"]["command"][2]
