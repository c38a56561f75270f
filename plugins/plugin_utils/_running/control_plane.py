# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The control plane of a host as those on the host need it that watch and restart it."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.endpoints import (
    endpoints,
    kubelet_timeout,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.reload import reloads
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.pod import CONTROL_PLANE_TIMEOUT

_POD_LOGS = "/var/log/pods"


def _volumes(config: Config, component: str) -> list[list[str]]:
    section = SECTIONS.get(component)
    volumes = (config.component(section).get("extraVolumes") or []) if section else []
    return [[str(volume["mountPath"]), str(volume["hostPath"])] for volume in volumes]


def _kubelet_once(config: Config) -> list[str]:
    """The kubelet's own pair, where its configuration names one, in the minors that do not read it again."""
    if config.release.reloads_kubelet_serving_certificate:
        return []
    return [str(config.kubelet[name]) for name in ("tlsCertFile", "tlsPrivateKeyFile") if config.kubelet.get(name)]


def _ca(config: Config) -> str:
    """What the servers of the host are trusted by; of a worker, whose kubelet alone is asked, that of its cluster."""
    if config.join is not None:
        return config.kubelet_client_ca
    return config.certificates_dir + ("/ca.crt" if config.etcd_host is None else "/etcd/ca.crt")


def _static_pods(config: Config) -> list[str]:
    if config.join is not None:
        return []
    if config.etcd_host is not None:
        return ["etcd"]
    return [name for name in COMPONENTS[1:] if name != "etcd" or config.local_etcd is not None]


def control_plane(config: Config) -> ControlPlane:
    """The control plane that a configuration describes; of a worker the kubelet alone, of a host of an external etcd kubelet and etcd."""
    return ControlPlane(
        ca=_ca(config),
        node_name=config.node_name,
        # podLogsDir, since 1.30.
        pod_logs=str(config.kubelet.get("podLogsDir") or _POD_LOGS),
        kubelet_client_ca=config.kubelet_client_ca,
        timeout=config.timeout(CONTROL_PLANE_TIMEOUT),
        kubelet_timeout=kubelet_timeout(config),
        endpoints=endpoints(config),
        components={name: Component(reloads(config, name), _volumes(config, name)) for name in _static_pods(config)},
        cri_socket=config.cri_socket,
        docker=config.uses_docker,
        kubelet_once=_kubelet_once(config),
    )


__all__ = ("control_plane",)
