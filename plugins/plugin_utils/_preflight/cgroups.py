# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The part of SystemVerification that looks at cgroups: their version and their controllers."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.cgroups import ROOT
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.specification import (
    WAIVER,
    specification,
    verification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import is_version

Facts = dict[str, t.Any]


def question(config: Config) -> dict[str, t.Any]:
    """C(method): how this minor's validators find the version."""
    return {"method": specification(config).cgroups_from}


def _kubelet_refuses_v1(kubelet: str) -> bool:
    try:
        return bool(Release(kubelet).kubelet_refuses_cgroups_v1)
    except KubewrightError:
        # Newer than what this collection knows.
        return True


def cgroups_version(config: Config, facts: Facts) -> list[Check]:
    """Since 1.32: cgroups v1 are a warning; since 1.35 an error where the kubelet refuses them by default.

    kubelet's failCgroupV1 makes no difference: kubeadm asks to waive the check besides. Since 1.35 kubeadm cannot do without
    the kubelet's version.
    """
    rule = specification(config).cgroups_v1
    if rule is None:
        return []
    severity = WARNING
    if rule == "kubelet":
        kubelet = config.node["kubelet_version"]
        if kubelet is None or not is_version(kubelet):
            cure = f"Install the kubelet of Kubernetes {config.release.minor_text} and start over."
            found = f"kubelet {kubelet}" if kubelet else "no kubelet"
            return [verification(ERROR, False, found, "a kubelet whose version is known", cure)]
        severity = ERROR if _kubelet_refuses_v1(kubelet) else WARNING
    if facts["version"] is None:
        return []
    cure = (
        "Start the host with cgroups v2: add systemd.unified_cgroup_hierarchy=1 to the kernel's command line and restart it. "
        f"To stay with v1, set failCgroupV1: false in KubeletConfiguration and {WAIVER}."
    )
    return [verification(severity, facts["version"] == 2, "cgroups v%d" % facts["version"], "cgroups v2", cure)]


def _available(config: Config, facts: Facts) -> list[str]:
    """The controllers, with those of v2 that the kernel has without naming them."""
    controllers = list(facts["controllers"])
    if facts["version"] == 2:
        freezer = specification(config).cgroups_from == "root" or facts["freezer"]
        controllers += ["devices", "freezer"] if freezer else ["devices"]
    return controllers


def cgroups_controllers(config: Config, facts: Facts) -> list[Check]:
    """Whether the required controllers are there (else an error) and the optional ones (else a warning)."""
    spec = specification(config)
    version = facts["version"]
    if version is None:
        cure = f"Mount cgroups on {ROOT}, as systemd does, or {WAIVER}."
        return [verification(ERROR, False, "no cgroups are mounted", "cgroups", cure)]
    required, optional = spec.cgroups[version], spec.optional_cgroups.get(version, ())
    wanted = "the cgroups %s" % ", ".join(required)
    if facts["controllers"] is None:
        cure = f"Run a kernel with cgroups, or {WAIVER}."
        return [verification(ERROR, False, "no {} to read".format(facts["source"]), wanted, cure)]
    available = _available(config, facts)

    def row(severity: str, names: t.Sequence[str], wanted: str) -> Check:
        missing = [name for name in names if name not in available]
        found = "missing: " + ", ".join(missing) if missing else ", ".join(names)
        enable = ", ".join(f"cgroup_enable={name}" for name in missing)
        cure = (
            f"Run a kernel that has them, and switch on those that its command line leaves off ({enable}; the file to look at "
            "is {}).".format(facts["source"])
        )
        return verification(severity, not missing, "cgroups v%d, %s" % (version, found), wanted, cure)

    checks = [row(ERROR, required, wanted)]
    if optional:
        checks.append(row(WARNING, optional, "also the cgroups %s" % ", ".join(optional)))
    return checks


__all__ = ("Facts", "cgroups_controllers", "cgroups_version", "question")
