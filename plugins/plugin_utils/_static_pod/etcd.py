# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The static pod of a local etcd."""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network, ports
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.arguments import command_arguments
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config, pairs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import etcd_image, etcd_tag
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod import pod


def _knows_feature_gates(tag: str) -> bool:
    """Whether an etcd of this tag has the flag names of 3.6. A tag that is no version counts as new."""
    match = re.match(r"v?(\d+)\.(\d+)", tag)
    return match is None or (int(match.group(1)), int(match.group(2))) >= (3, 6)


def _by_tag(config: Config, style: str | None, new: str) -> str | None:
    if style == "by_etcd_tag":
        return new if _knows_feature_gates(etcd_tag(config)) else "experimental"
    return style


def etcd_peer(config: Config) -> str:
    """The URL at which the other members reach this one."""
    address = config.advertise_address if config.release.etcd_on_node_address else "127.0.0.1"
    return "https://" + network.host_port(address, ports.ETCD_PEER)


def etcd_flags(config: Config) -> dict[str, str]:
    """The default flags of etcd."""
    certificates, release = config.certificates_dir, config.release
    address = config.advertise_address if release.etcd_on_node_address else "127.0.0.1"
    client = "https://" + network.host_port(address, ports.ETCD_CLIENT)
    peer = etcd_peer(config)
    local_client = "https://" + network.host_port(config.loopback, ports.ETCD_CLIENT)
    flags = {
        "advertise-client-urls": client,
        "cert-file": certificates + "/etcd/server.crt",
        "client-cert-auth": "true",
        "data-dir": (config.local_etcd or {})["dataDir"],
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"{config.node_name}={peer}",
        "key-file": certificates + "/etcd/server.key",
        "listen-client-urls": f"{local_client},{client}" if release.etcd_on_node_address else client,
        "listen-peer-urls": peer,
        "name": config.node_name,
        "peer-cert-file": certificates + "/etcd/peer.crt",
        "peer-client-cert-auth": "true",
        "peer-key-file": certificates + "/etcd/peer.key",
        "peer-trusted-ca-file": certificates + "/etcd/ca.crt",
        "snapshot-count": "10000",
        "trusted-ca-file": certificates + "/etcd/ca.crt",
    }
    if config.etcd_joined is not None:
        flags["initial-cluster"] = config.etcd_joined
        flags["initial-cluster-state"] = "existing"
    if release.etcd_metrics_url:
        flags["listen-metrics-urls"] = "http://" + network.host_port(config.loopback, ports.ETCD_METRICS)
    corrupt_check = _by_tag(config, release.etcd_corrupt_check, "feature_gate")
    if corrupt_check == "experimental":
        flags["experimental-initial-corrupt-check"] = "true"
    elif corrupt_check:
        flags["feature-gates"] = "InitialCorruptCheck=true"
    progress = _by_tag(config, release.etcd_progress_interval, "plain")
    if progress == "experimental":
        flags["experimental-watch-progress-notify-interval"] = "5s"
    elif progress:
        flags["watch-progress-notify-interval"] = "5s"
    return flags


def _exec_probe(config: Config) -> pod.Values:
    certificates = config.certificates_dir + "/etcd"
    urls = dict(pairs((config.local_etcd or {}).get("extraArgs"))).get("listen-client-urls")
    host = "127.0.0.1"
    if urls:
        found = urlsplit(urls.split(",")[0]).hostname or host
        # etcd listens on no names; kubeadm takes the loopback address for one that it cannot resolve.
        host = network.LOOPBACK_OF.get(found, found) if network.parse_ip(found) else host
    ca, certificate, key = (
        shlex.quote(f"{certificates}/{name}") for name in ("ca.crt", "healthcheck-client.crt", "healthcheck-client.key")
    )
    script = (
        f"ETCDCTL_API=3 etcdctl --endpoints=https://[{host}]:{ports.ETCD_CLIENT} --cacert={ca} --cert={certificate} --key={key} "
        "get foo"
    )
    return {"exec": {"command": ["/bin/sh", "-ec", script]}}


def metrics_endpoint(config: Config) -> tuple[str, int, str]:
    """Host, port and scheme (in capitals) under which etcd answers health requests without a certificate."""
    urls = dict(pairs((config.local_etcd or {}).get("extraArgs"))).get("listen-metrics-urls")
    if not urls:
        return config.loopback, ports.ETCD_METRICS, "HTTP"
    parts = urlsplit(urls.split(",")[0])
    return parts.hostname or config.loopback, parts.port or ports.ETCD_METRICS, (parts.scheme or "http").upper()


def etcd(config: Config) -> pod.Values:
    """The values of etcd's static pod."""
    release, local = config.release, config.local_etcd or {}
    paths = release.etcd_probe_paths
    host, port, scheme = metrics_endpoint(config)
    if paths is None:
        probes = {"liveness": _exec_probe(config)}
    else:
        probes = {kind: pod.http_probe(config, host, port, path, scheme) for kind, path in paths.items()}
    annotations = {}
    if release.endpoint_annotations:
        annotations["kubeadm.kubernetes.io/etcd.advertise-client-urls"] = "https://" + network.host_port(
            config.advertise_address, ports.ETCD_CLIENT
        )
    data = pod.volume("etcd-data", local["dataDir"], "DirectoryOrCreate", False)
    certificates = pod.volume("etcd-certs", config.certificates_dir + "/etcd", "DirectoryOrCreate", False)
    return pod.static_pod(
        config,
        name="etcd",
        image=etcd_image(config),
        command=[
            "etcd",
            *command_arguments(etcd_flags(config), pairs(local.get("extraArgs")), release.argument_order),
        ],
        volumes=[certificates, data],
        mounts=[data, certificates],
        probes=probes,
        requests=release.etcd_requests,
        annotations=annotations,
        environ=pod.environment(config, local.get("extraEnvs"), with_proxy=False),
        probe_port=port,
    )


__all__ = ("etcd", "etcd_flags", "etcd_peer", "metrics_endpoint")
