# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The static pods in the kubelet's manifests folder."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR, MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

# What a pod's own lines look like in a file that is outside the reader's YAML.
_KIND = re.compile(r"""^["']?kind["']?\s*:\s*["']?Pod["']?\s*$""", re.MULTILINE)
_METADATA = re.compile(r"^metadata:\s*(?:#.*)?\n((?:[ \t]+.*\n?|\s*\n)*)|^metadata:\s*\{(.*)\}\s*$", re.MULTILINE)
_FIELD = r"""(?:^|[,{{])\s*["']?{}["']?\s*:\s*["']?([^\s,}}"']+)"""
_DATA_DIR = re.compile(r"hostPath:\s*\n\s+path:\s*(\S+)(?:\s*\n\s+type:.*)?\s*\n\s+name:\s*etcd-data")


# Of a component's command, what says which cluster it runs. Other flags may hold what is not to be shown.
_FLAGS = (
    "client-ca-file",
    "cluster-cidr",
    "cluster-name",
    "data-dir",
    "etcd-servers",
    "name",
    "service-cluster-ip-range",
)


class Manifest(t.NamedTuple):
    """A file of the manifests folder. pod: the name of the pod that it describes, C(namespace/name), or None.

    etcd_data_dir: the host's folder behind the volume etcd-data, or None. flags: those of its first container's command that say which
    cluster it runs, by name without dashes. image: of that container, or empty.
    """

    pod: str | None
    etcd_data_dir: str | None
    flags: t.Mapping[str, str] = {}
    image: str = ""


def _flags(container: t.Mapping[str, t.Any]) -> dict[str, str]:
    arguments = [str(item) for part in ("command", "args") for item in container.get(part) or []]
    pairs = [item.lstrip("-").partition("=")[::2] for item in arguments if item.startswith("--")]
    return {name: value for name, value in pairs if name in _FLAGS}


def read_manifest(text: str) -> Manifest:
    """What a manifest file describes."""
    try:
        document = read_yaml(text)
        metadata, spec = document["metadata"], document.get("spec") or {}
        if document["kind"] != "Pod":
            return Manifest(None, None)
        volumes = {volume.get("name"): volume for volume in spec.get("volumes") or []}
        data_dir = ((volumes.get("etcd-data") or {}).get("hostPath") or {}).get("path")
        pod = "{}/{}".format(metadata.get("namespace", "default"), metadata["name"])
        (container, *_others) = spec.get("containers") or [{}]
        return Manifest(pod, data_dir, _flags(container), str(container.get("image") or ""))
    except Unreadable:
        return _glance(text)
    except (KeyError, TypeError, AttributeError):
        return Manifest(None, None)


def _glance(text: str) -> Manifest:
    """A pod's name in YAML that the reader does not take (flow style, anchors), by the lines that people write."""
    metadata = _METADATA.search(text)
    if not _KIND.search(text) or metadata is None:
        return Manifest(None, None)
    block = metadata.group(1) or "{" + (metadata.group(2) or "")
    indent = len(block) - len(block.lstrip(" "))
    # Only the fields of metadata itself: labels have names too.
    own = "\n".join(row for row in block.splitlines() if len(row) - len(row.lstrip(" ")) <= indent) or block
    found = {key: re.search(_FIELD.format(key), own, re.MULTILINE) for key in ("name", "namespace")}
    if found["name"] is None:
        return Manifest(None, None)
    namespace = found["namespace"].group(1) if found["namespace"] else "default"
    data_dir = _DATA_DIR.search(text)
    return Manifest(f"{namespace}/{found['name'].group(1)}", data_dir.group(1) if data_dir else None)


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(files), by file name, without those with a leading dot, which the kubelet does not read: see C(Manifest).

    cluster_domain: of the kubelet's configuration, or None.
    """
    found = {}
    for name in host.names(MANIFESTS_DIR) or []:
        if not name.startswith("."):
            found[line(name)] = read_manifest(host.text(f"{MANIFESTS_DIR}/{name}") or "")._asdict()
    return {"files": found, "cluster_domain": _cluster_domain(host.text(KUBELET_DIR + "/config.yaml") or "")}


def _cluster_domain(text: str) -> str | None:
    try:
        domain = read_yaml(text)["clusterDomain"]
    except (Unreadable, KeyError, TypeError):
        return None
    return line(str(domain))


__all__ = ("Manifest", "gather", "read_manifest")
