# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The static pods in the kubelet's manifests folder."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

# What a pod's own lines look like in a file that is outside the reader's YAML.
_KIND = re.compile(r"""^["']?kind["']?\s*:\s*["']?Pod["']?\s*$""", re.MULTILINE)
_METADATA = re.compile(r"^metadata:\s*(?:#.*)?\n((?:[ \t]+.*\n?|\s*\n)*)|^metadata:\s*\{(.*)\}\s*$", re.MULTILINE)
_FIELD = r"""(?:^|[,{{])\s*["']?{}["']?\s*:\s*["']?([^\s,}}"']+)"""
_DATA_DIR = re.compile(r"hostPath:\s*\n\s+path:\s*(\S+)(?:\s*\n\s+type:.*)?\s*\n\s+name:\s*etcd-data")


class Manifest(t.NamedTuple):
    """A file of the manifests folder. pod: the name of the pod that it describes, C(namespace/name), or None.

    etcd_data_dir: the host's folder behind the volume etcd-data, or None.
    """

    pod: str | None
    etcd_data_dir: str | None


def read_manifest(text: str) -> Manifest:
    """What a manifest file describes."""
    try:
        document = read_yaml(text)
        metadata, spec = document["metadata"], document.get("spec") or {}
        if document["kind"] != "Pod":
            return Manifest(None, None)
        volumes = {volume.get("name"): volume for volume in spec.get("volumes") or []}
        data_dir = ((volumes.get("etcd-data") or {}).get("hostPath") or {}).get("path")
        return Manifest("{}/{}".format(metadata.get("namespace", "default"), metadata["name"]), data_dir)
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
    """By file name, without those with a leading dot, which the kubelet does not read: C(pod) and C(etcd_data_dir)."""
    found = {}
    for name in host.names(MANIFESTS_DIR) or []:
        if not name.startswith("."):
            found[line(name)] = read_manifest(host.text(f"{MANIFESTS_DIR}/{name}") or "")._asdict()
    return {"files": found}


__all__ = ("Manifest", "gather", "read_manifest")
