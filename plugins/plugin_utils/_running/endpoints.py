# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The health endpoints of a control plane, and for how long its kubelet is waited for."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network, ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config, pairs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import (
    etcd_flags,
    metrics_endpoint,
)

# Where a minor's kubeadm watches the kubelet beside the API server, it gives up on it after tries at about 40, 45, 55,
# 75 and 115 seconds.
_KUBELET_PATIENCE = 115.0


def _component_url(config: Config, name: str, port: int, path: str) -> str:
    release = config.release
    host = dict(pairs(config.component(SECTIONS[name]).get("extraArgs"))).get(release.component_bind_flag, "127.0.0.1")
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"{release.component_probe_scheme.lower()}://{network.host_port(host, port)}{path}"


def _etcd_url(config: Config) -> str:
    if config.release.etcd_metrics_url:
        host, port, scheme = metrics_endpoint(config)
        return f"{scheme.lower()}://{network.host_port(host, port)}/health"
    # Without that listener nothing is answered without a certificate. etcd begins to shake hands when it has a leader.
    local = dict(pairs((config.local_etcd or {}).get("extraArgs")))
    urls = local.get("listen-client-urls", etcd_flags(config)["listen-client-urls"])
    scheme, host, port = network.first_listener(urls) or ("https", config.loopback, ports.ETCD_CLIENT)
    return (
        f"tls://{network.host_port(host, port)}"
        if scheme == "https"
        else f"http://{network.host_port(host, port)}/health"
    )


def endpoints(config: Config) -> list[Endpoint]:
    """What has to be healthy, by minor: API server with the kubelet watched beside, both, or all components.

    Of a worker it is the kubelet alone, of a host of an external etcd kubelet and etcd. Those that only a minor of the last kind waits
    for have to be healthy again in every minor after a restart.
    """
    release = config.release
    mode = release.wait_mode
    everything = mode == "all_components"
    result = []
    port = config.kubelet.get("healthzPort", ports.KUBELET_HEALTHZ)
    if port:
        host = config.kubelet.get("healthzBindAddress", "127.0.0.1")
        host = network.LOOPBACK_OF.get(host, host)
        is_required = mode != "api_and_kubelet" or not config.is_control_plane
        result.append(Endpoint("kubelet", f"http://{network.host_port(host, port)}/healthz", is_required))
    if config.etcd_host is not None:
        result.append(Endpoint("etcd", _etcd_url(config), True))
    if not config.is_control_plane:
        return result
    path = release.apiserver_probe_paths[0] if everything else "/healthz"
    result.append(Endpoint("kube-apiserver", config.local_endpoint + path, True))
    if config.local_etcd is not None:
        result.append(Endpoint("etcd", _etcd_url(config), True, always=False))
    for name, port, path in (
        ("kube-controller-manager", release.controller_manager_port, "/healthz"),
        ("kube-scheduler", release.scheduler_port, release.scheduler_probe_paths[0]),
    ):
        result.append(Endpoint(name, _component_url(config, name, port, path), True, always=everything))
    return result


def kubelet_timeout(config: Config) -> float:
    """For how many seconds the minor waits for the kubelet."""
    if config.release.wait_mode == "api_and_kubelet":
        return _KUBELET_PATIENCE
    return config.timeout("kubeletHealthCheck")


__all__ = ("endpoints", "kubelet_timeout")
