# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The static pods of a control plane, as their manifests have them."""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.network import LOOPBACK_OF
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import COMPONENTS
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.pod_manifest import NOWHERE, mounts
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import flag_values, mounted_path

API_SERVER_MANIFEST, ETCD_MANIFEST = MANIFESTS_DIR + "/kube-apiserver.yaml", MANIFESTS_DIR + "/etcd.yaml"

_Fields = t.Mapping[str, t.Any]


class Volume(t.NamedTuple):
    """A path of the host, and which type it has to have (as C(File), or empty)."""

    host_path: str
    type: str


class StaticPod(t.NamedTuple):
    """component: the name of its container. path: the manifest. arguments: of its command, with the program's name.

    mounts: what the component sees of the host; see C(pod_manifest.mounts). probe: the URL of its liveness probe, empty where it has none
    over HTTP.
    """

    component: str
    path: str
    image: str
    arguments: t.Sequence[str]
    volumes: t.Sequence[Volume]
    mounts: t.Sequence[tuple[str, str]]
    probe: str

    def flag(self, name: str) -> str:
        """The last value of a flag, or empty."""
        return flag_values(self.arguments).get(name, [""])[-1]


def on_host(pod: StaticPod, path: str) -> str | None:
    """Where a path that a component sees lies on the host, by its volumes; None where none of them shows it."""
    found = mounted_path(pod.mounts, path)
    return None if found is None or found.startswith(NOWHERE) else found


class NoPod(Unreadable):
    """A manifest that is YAML, and no pod of a component."""


def _probe(container: _Fields) -> str:
    found = (container.get("livenessProbe") or {}).get("httpGet") or {}
    port = found.get("port")
    if isinstance(port, str):
        # By its name among the container's ports, since 1.34.
        named = [item.get("containerPort") for item in container.get("ports") or [] if item.get("name") == port]
        port = named[0] if named else None
    if not isinstance(port, int):
        return ""
    host = str(found.get("host") or "127.0.0.1")
    host = LOOPBACK_OF.get(host, host)
    shown = f"[{host}]" if ":" in host else host
    return f"{str(found.get('scheme') or 'HTTP').lower()}://{shown}:{port}{found.get('path') or '/'}"


def read_static_pod(path: str, text: str) -> StaticPod:
    """The component that a manifest describes.

    Raises Unreadable where the text is outside the YAML that is read here, and NoPod where it is no pod.
    """
    document = read_yaml(text)
    try:
        if document["kind"] != "Pod":
            raise NoPod(f"its kind is {document['kind']}")
        spec = document["spec"]
        # Patches put others before it.
        containers = spec["containers"]
        (container, *_others) = [item for item in containers if item.get("name") in COMPONENTS] or containers
        # The kubelet does not look at a volume that no container mounts.
        every = [*containers, *(spec.get("initContainers") or [])]
        mounted = {mount.get("name") for item in every for mount in item.get("volumeMounts") or []}
        volumes = [
            Volume(str(item["hostPath"]["path"]), str(item["hostPath"].get("type") or ""))
            for item in spec.get("volumes") or []
            if item.get("hostPath") and item.get("name") in mounted
        ]
        arguments = [str(item) for part in ("command", "args") for item in container.get(part) or []]
        image = str(container.get("image") or "")
        seen = mounts(spec, container)
        return StaticPod(str(container["name"]), path, image, arguments, volumes, seen, _probe(container))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NoPod("it has no container") from None


def static_pod_of(host: Host, component: str) -> StaticPod | None:
    """The component as its manifest on a host has it; None where there is none that can be read."""
    path = f"{MANIFESTS_DIR}/{component}.yaml"
    content = host.content(path)
    try:
        return read_static_pod(path, content.decode("utf-8", "replace")) if content is not None else None
    except Unreadable:
        return None


class Manifests(t.NamedTuple):
    """pods: those that can be read, by component. unread: why others cannot be, by their paths. missing: the components of which
    there is no manifest.
    """

    pods: t.Mapping[str, StaticPod]
    unread: t.Mapping[str, str]
    missing: t.Sequence[str]


def manifests(host: DiagnosedHost, folder: str) -> Manifests:
    """The control plane's manifests in a folder."""
    pods, unread = {}, {}
    for name in host.names(folder) or []:
        path = f"{folder}/{name}"
        if name.startswith(".") or host.is_folder(path):
            continue
        try:
            pod = read_static_pod(path, host.text(path) or "")
        except Unreadable as error:
            unread[path] = str(error)
            continue
        # Of a copy beside it the one with the usual name counts.
        usual = name == f"{pod.component}.yaml"
        if pod.component in COMPONENTS and (usual or pod.component not in pods):
            pods[pod.component] = pod
    unread_names = {posixpath.splitext(posixpath.basename(path))[0] for path in unread}
    missing = [name for name in COMPONENTS[1:] if name not in pods and name not in unread_names]
    return Manifests(pods, unread, missing)


__all__ = (
    "API_SERVER_MANIFEST",
    "ETCD_MANIFEST",
    "Manifests",
    "NoPod",
    "StaticPod",
    "Volume",
    "manifests",
    "on_host",
    "read_static_pod",
    "static_pod_of",
)
