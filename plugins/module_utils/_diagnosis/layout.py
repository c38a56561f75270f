# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Where a control plane that somebody has made with kubeadm's layout has its parts, by what the kubelet was told."""

from __future__ import annotations

import shlex
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    KUBERNETES_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.ports import KUBELET, KUBELET_HEALTHZ
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import flag_values

_FLAGS_FILE = KUBELET_DIR + "/kubeadm-flags.env"
_CONFIG = KUBELET_DIR + "/config.yaml"
_POD_LOGS = "/var/log/pods"
# kubeadm's own choice where nobody says more (1.24 and later); before, a kubelet without a flag has the Docker engine.
_SOCKET = "/run/containerd/containerd.sock"


class Layout(t.NamedTuple):
    """manifests, pod_logs: folders. kubelet_config: the kubelet's configuration file. configuration: what is in it, empty where it
    cannot be read. arguments: the kubelet's, without its name. cri_socket: the runtime's file. docker: whether that is the Docker
    engine, asked by its own API.
    """

    manifests: str
    pod_logs: str
    node_name: str
    kubelet_config: str
    configuration: t.Mapping[str, t.Any]
    arguments: t.Sequence[str]
    cri_socket: str
    docker: bool

    def number(self, field: str, otherwise: int) -> int:
        """A number of the kubelet's configuration."""
        value = self.configuration.get(field)
        return value if isinstance(value, int) and not isinstance(value, bool) else otherwise

    def flag(self, name: str, otherwise: str) -> str:
        """A flag of the kubelet's."""
        return flag_values(["kubelet", *self.arguments]).get(name, [otherwise])[-1]

    @property
    def kubeconfig(self) -> str:
        """The kubelet's own."""
        return self.flag("kubeconfig", KUBERNETES_DIR + "/kubelet.conf")

    @property
    def port(self) -> int:
        """Of the kubelet's API."""
        return self.number("port", KUBELET)

    @property
    def healthz(self) -> str:
        """The URL at which the kubelet says how it is."""
        address = str(self.configuration.get("healthzBindAddress") or "127.0.0.1")
        host = f"[{address}]" if ":" in address else address
        return f"http://{host}:{self.number('healthzPort', KUBELET_HEALTHZ)}/healthz"


def _flags(text: str) -> list[str]:
    """The arguments in kubeadm-flags.env."""
    for row in text.splitlines():
        name, _equals, value = row.partition("=")
        if name.strip() == "KUBELET_KUBEADM_ARGS":
            try:
                return [word for part in shlex.split(value) for word in part.split()]
            except ValueError:
                return value.strip("\"' ").split()
    return []


def _configuration(text: str | None) -> t.Mapping[str, t.Any]:
    try:
        found = read_yaml(text or "")
    except Unreadable:
        return {}
    return found if isinstance(found, dict) else {}


def layout(host: DiagnosedHost) -> Layout:
    """By the kubelet that runs, or where none does by the files that kubeadm has written for it."""
    running = host.kubelet()
    arguments = list(running.arguments[1:]) if running is not None else _flags(host.text(_FLAGS_FILE) or "")
    given = flag_values(["kubelet", *arguments])

    def flag(name: str) -> str:
        return given.get(name, [""])[-1]

    config = flag("config") or _CONFIG
    configuration = _configuration(host.text(config))
    # A flag of the kubelet's wins over its file.
    endpoint = flag("container-runtime-endpoint") or str(configuration.get("containerRuntimeEndpoint") or "")
    # The engine brings its own containerd, which does not answer kubelets. Before 1.24 one is asked without an endpoint.
    docker = not endpoint and flag("container-runtime") != "remote" and host.exists("/var/run/docker.sock")
    return Layout(
        manifests=str(flag("pod-manifest-path") or configuration.get("staticPodPath") or MANIFESTS_DIR).rstrip("/"),
        pod_logs=str(configuration.get("podLogsDir") or _POD_LOGS),
        # The kubelet takes its node's name in small letters (pkg/util/node).
        node_name=(flag("hostname-override") or host.hostname()).strip().lower(),
        kubelet_config=config,
        configuration=configuration,
        arguments=tuple(arguments),
        cri_socket=endpoint or _SOCKET,
        docker=docker,
    )


__all__ = ("Layout", "layout")
