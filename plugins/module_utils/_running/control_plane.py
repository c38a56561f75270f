# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the controller says of the control plane of a host, for those that watch and restart it."""

from __future__ import annotations

import typing as t

# In the order in which they are restarted: the kubelet has to be well to start the others again, and each of them needs
# those before it.
COMPONENTS = ("kubelet", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
# What a component cannot do without.
NEEDS: t.Mapping[str, t.Sequence[str]] = {
    "kubelet": (),
    "etcd": ("kubelet",),
    "kube-apiserver": ("kubelet", "etcd"),
    "kube-controller-manager": ("kubelet", "etcd", "kube-apiserver"),
    "kube-scheduler": ("kubelet", "etcd", "kube-apiserver"),
}


class Endpoint(t.NamedTuple):
    """A health endpoint.

    url: asked for an answer of 200, or (with scheme C(tls)) for a handshake. required: whether it must answer before the wait
    is over. always: whether it is waited for although its component is not being restarted.
    """

    name: str
    url: str
    required: bool
    always: bool = True


class Component(t.NamedTuple):
    """A static pod. reloads: whether a file that a flag names is read again by itself, by the flag's name without dashes.

    Where that is as another flag says, it is that flag's name.

    volumes: the user's own, as pairs of the path that the component sees and the path on the host.
    """

    reloads: t.Mapping[str, bool | str]
    volumes: t.Sequence[t.Sequence[str]] = ()


class ControlPlane(t.NamedTuple):
    """The control plane of a host. timeout, kubelet_timeout: seconds to wait for all of it, and for the kubelet.

    ca: the file that its API server is trusted by. pod_logs: the folder of the pods' logs. kubelet_client_ca: the file that
    the kubelet trusts its clients by. components: the static pods of the host, by name. cri_socket: of the container runtime.
    docker: whether that is the Docker engine. kubelet_once: the files that the kubelet's configuration names and that it reads once.
    """

    ca: str
    node_name: str
    pod_logs: str
    kubelet_client_ca: str
    timeout: float
    kubelet_timeout: float
    endpoints: t.Sequence[Endpoint]
    components: t.Mapping[str, Component]
    cri_socket: str = ""
    docker: bool = False
    kubelet_once: t.Sequence[str] = ()

    def waited_for(self, restarting: t.Collection[str] = ()) -> list[Endpoint]:
        """What has to be healthy. restarting: the components that are just being restarted."""
        return [endpoint for endpoint in self.endpoints if endpoint.always or endpoint.name in restarting]

    def plain(self) -> dict[str, t.Any]:
        """The same as plain data, as it travels to the host."""
        return dict(
            self._asdict(),
            endpoints=[endpoint._asdict() for endpoint in self.endpoints],
            components={name: component._asdict() for name, component in self.components.items()},
        )


def control_plane(plain: t.Mapping[str, t.Any]) -> ControlPlane:
    """A control plane from what C(ControlPlane.plain) makes."""
    endpoints = [Endpoint(**endpoint) for endpoint in plain["endpoints"]]
    components = {name: Component(**component) for name, component in plain["components"].items()}
    return ControlPlane(**dict(plain, endpoints=endpoints, components=components))


__all__ = ("COMPONENTS", "NEEDS", "Component", "ControlPlane", "Endpoint", "control_plane")
