# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What every API server and kubelet refuses of a pod whose fields are all of the right type.

Of the API's validation (k8s.io/kubernetes, pkg/apis/core/validation, the same from 1.12 to 1.37) what a patch of some lines
gets wrong: names that are there twice, mounts of no volume or at one place, two things where one is allowed, words and ports.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import quantity

Values = t.Mapping[str, t.Any]

_POLICIES = {"": ("Always", "OnFailure", "Never"), "Deployment": ("Always",), "DaemonSet": ("Always",)}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
_CONTAINERS = ("initContainers", "containers")


def _items(value: Values, key: str) -> list[Values]:
    return [item for item in value.get(key) or [] if isinstance(item, dict)]


def _twice(path: str, names: t.Iterable[t.Any]) -> t.Iterator[str]:
    seen: set[t.Any] = set()
    for name in names:
        if name in seen:
            yield f"{path} {name} would be there twice"
        seen.add(name)


def _ports(path: str, container: Values) -> t.Iterator[str]:
    for index, port in enumerate(_items(container, "ports")):
        for key, least in (("containerPort", 1), ("hostPort", 0)):
            number = port.get(key, least)
            if isinstance(number, int) and not least <= number <= 65535:
                yield f"{path}.ports[{index}].{key} would be {number}: a port is a number from 1 to 65535"


def _probes(path: str, container: Values) -> t.Iterator[str]:
    for kind in _PROBES:
        probe = container.get(kind)
        if not isinstance(probe, dict):
            continue
        handlers = [name for name in _HANDLERS if probe.get(name) is not None]
        if len(handlers) != 1:
            yield f"{path}.{kind} would have {len(handlers)} of {', '.join(_HANDLERS)}: it needs one"


def _resources(path: str, container: Values) -> t.Iterator[str]:
    for kind, amounts in (container.get("resources") or {}).items():
        if kind not in ("limits", "requests"):
            continue
        for name, amount in (amounts or {}).items():
            try:
                if quantity.from_json(amount).text.startswith("-"):
                    yield f"{path}.resources.{kind}.{name} would be less than nothing"
            except KubewrightError:
                continue


def _container(path: str, container: Values, volumes: t.Collection[t.Any]) -> t.Iterator[str]:
    for key in ("name", "image"):
        if not container.get(key):
            yield f"{path} would have no {key}"
    mounts = _items(container, "volumeMounts")
    yield from _twice(f"{path}: a mount at", (mount.get("mountPath") for mount in mounts))
    for mount in mounts:
        if mount.get("name") not in volumes:
            yield f"{path} would mount the volume {mount.get('name')}, which is not there"
    yield from _ports(path, container)
    yield from _probes(path, container)
    yield from _resources(path, container)


def pod_problems(spec: Values, kind: str = "") -> list[str]:
    """What is wrong, as clauses for a message. spec: of a pod. kind: of the workload that makes it."""
    volumes = _items(spec, "volumes")
    names = [volume.get("name") for volume in volumes]
    found = list(_twice("the volume", names))
    for volume in volumes:
        sources = sorted(key for key, value in volume.items() if key != "name" and value is not None)
        if len(sources) > 1:
            found.append(
                f"the volume {volume.get('name')} would be made of {' and '.join(sources)}: it needs one of them"
            )
    containers = [(f"{key}[{index}]", item) for key in _CONTAINERS for index, item in enumerate(_items(spec, key))]
    found += _twice("the container", (item.get("name") for _path, item in containers))
    for path, item in containers:
        found += _container(path, item, names)
    allowed, policy = _POLICIES.get(kind, _POLICIES[""]), spec.get("restartPolicy")
    if policy is not None and policy not in allowed:
        found.append(f"restartPolicy would be {policy}: allowed is {' or '.join(allowed)}")
    return found


__all__ = ("pod_problems",)
