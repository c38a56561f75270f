# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""FileAvailable-* of the four manifests, and ForeignManifest: what else the kubelet finds beside them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")


def is_own(facts: t.Mapping[str, t.Any], component: str) -> bool:
    """Whether the manifest of a component is there and is that static pod's."""
    found = facts["files"].get(component + ".yaml")
    return found is not None and found["pod"] == "kube-system/" + component


def is_control_plane(facts: t.Mapping[str, t.Any]) -> bool:
    """Whether this host has a control plane already."""
    return is_own(facts, "kube-apiserver")


def _description(found: t.Mapping[str, t.Any] | None) -> str:
    if found is None:
        return "absent"
    return f"the pod {found['pod']}" if found["pod"] else "not a pod"


def file_available(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """No manifest yet, or the component's own, which is brought to its declared state.

    kubeadm wants no etcd.yaml with an external etcd either.
    """
    checks = []
    for component in COMPONENTS:
        path = f"{MANIFESTS_DIR}/{component}.yaml"
        found = facts["files"].get(component + ".yaml")
        may_be_there = component != "etcd" or config.local_etcd is not None
        passed = found is None or (may_be_there and is_own(facts, component))
        wanted = f"absent, or the static pod {component}" if may_be_there else "absent, as etcd is external"
        cure = f"Move it out of {MANIFESTS_DIR}: mv {path} /root/"
        name = "FileAvailable-" + path.replace("/", "-")
        checks.append(Check(name, ERROR, passed, _description(found), wanted, cure))
    return checks


def foreign_manifest(_config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The kubelet runs every file there: a copy of a component's manifest runs beside it, and what is no pod fills its log.

    Other static pods (of a virtual address, say) are the user's own.
    """
    own = {f"kube-system/{component}": f"{component}.yaml" for component in COMPONENTS}
    wrong, others = [], []
    for name, found in sorted(facts["files"].items()):
        if name in own.values():
            continue
        if found["pod"] is None or found["pod"] in own:
            wrong.append(f"{name} ({_description(found)})")
        else:
            others.append(name)
    found_text = ", ".join(wrong or others) or "nothing else"
    cure = f"Move these files out of {MANIFESTS_DIR}; a backup does not belong there under any name."
    return [Check("ForeignManifest", WARNING, not wrong, found_text, "one file for each static pod", cure)]


__all__ = ("COMPONENTS", "file_available", "foreign_manifest", "is_control_plane", "is_own")
