# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Waiting for a control plane: predicates and clock come from outside."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network, ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config, pairs
from ansible_collections.kubewright.control_plane.plugins.module_utils._static_pod.etcd import (
    etcd_flags,
    metrics_endpoint,
)

# Where a minor's kubeadm watches the kubelet beside the API server, it gives up on it after tries at about 40, 45, 55,
# 75 and 115 seconds.
_KUBELET_PATIENCE = 115.0
INTERVAL = 0.5


class Endpoint(t.NamedTuple):
    """A health endpoint. required: whether it must answer before the wait is over.

    url: asked for an answer of 200, or (with scheme C(tls)) for a handshake.
    """

    name: str
    url: str
    required: bool


class Health(t.NamedTuple):
    """One answer. text: what was wrong, for people."""

    healthy: bool
    text: str


class Outcome(t.NamedTuple):
    """How a wait ended. unhealthy: the last answer of each endpoint that was not healthy. seconds: how long it took."""

    healthy: bool
    seconds: float
    unhealthy: dict[str, str]


class Relief(t.NamedTuple):
    """What is done, once, where something is not healthy after some seconds."""

    after: float
    act: t.Callable[[], None]


def _component_endpoint(config: Config, section: str, name: str, port: int, path: str) -> Endpoint:
    release = config.release
    host = dict(pairs(config.component(section).get("extraArgs"))).get(release.component_bind_flag, "127.0.0.1")
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return Endpoint(name, f"{release.component_probe_scheme.lower()}://{network.host_port(host, port)}{path}", True)


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


def endpoints(config: Config, restarting: t.Sequence[str] = ()) -> list[Endpoint]:
    """What has to be healthy, by minor: API server with the kubelet watched beside, both, or all components.

    restarting: components that are just being restarted; these have to be healthy again in every minor.
    """
    release = config.release
    mode = release.wait_mode
    everything = mode == "all_components"
    result = []
    port = config.kubelet.get("healthzPort", ports.KUBELET_HEALTHZ)
    if port:
        host = config.kubelet.get("healthzBindAddress", "127.0.0.1")
        host = network.LOOPBACK_OF.get(host, host)
        result.append(Endpoint("kubelet", f"http://{network.host_port(host, port)}/healthz", mode != "api_and_kubelet"))
    path = release.apiserver_probe_paths[0] if everything else "/healthz"
    result.append(Endpoint("kube-apiserver", config.local_endpoint + path, True))
    if "etcd" in restarting:
        result.append(Endpoint("etcd", _etcd_url(config), True))
    if everything or "kube-controller-manager" in restarting:
        result.append(
            _component_endpoint(
                config, "controllerManager", "kube-controller-manager", release.controller_manager_port, "/healthz"
            )
        )
    if everything or "kube-scheduler" in restarting:
        result.append(
            _component_endpoint(
                config, "scheduler", "kube-scheduler", release.scheduler_port, release.scheduler_probe_paths[0]
            )
        )
    return result


def kubelet_timeout(config: Config) -> float:
    """For how many seconds the minor waits for the kubelet."""
    if config.release.wait_mode == "api_and_kubelet":
        return _KUBELET_PATIENCE
    return config.timeout("kubeletHealthCheck")


def wait_until_healthy(
    wanted: t.Sequence[Endpoint],
    probe: t.Callable[[Endpoint], Health],
    timeout: float,
    kubelet_timeout: float,
    sleep: t.Callable[[float], None],
    monotonic: t.Callable[[], float],
    relief: Relief | None = None,
) -> Outcome:
    """Polls until every required endpoint is healthy in one round, the time is up, or the kubelet stays away for too long.

    timeout, kubelet_timeout: seconds. The first begins when the kubelet is healthy where the kubelet is required, else
    at once. 0 for both asks each endpoint once.
    """
    start = begin = monotonic()
    kubelet = next((endpoint for endpoint in wanted if endpoint.name == "kubelet"), None)
    kubelet_first = kubelet is not None and kubelet.required
    kubelet_seen = kubelet is None
    while True:
        answers = {endpoint.name: probe(endpoint) for endpoint in wanted}
        now = monotonic()
        elapsed = now - start
        if not kubelet_seen and answers["kubelet"].healthy:
            kubelet_seen = True
            begin = now if kubelet_first else start
        if all(answers[endpoint.name].healthy for endpoint in wanted if endpoint.required):
            return Outcome(True, elapsed, {})
        overdue = now - begin >= timeout and (kubelet_seen or not kubelet_first)
        if overdue or (not kubelet_seen and elapsed >= kubelet_timeout):
            return Outcome(
                False, elapsed, {name: answer.text for name, answer in answers.items() if not answer.healthy}
            )
        if relief is not None and elapsed >= relief.after:
            relief.act()
            relief = None
        sleep(INTERVAL)


__all__ = ("INTERVAL", "Endpoint", "Health", "Outcome", "Relief", "endpoints", "kubelet_timeout", "wait_until_healthy")
