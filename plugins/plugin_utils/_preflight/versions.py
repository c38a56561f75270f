# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""KubernetesVersion and KubeletVersion."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import FIRST_MINOR, LAST_MINOR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import parse_version


def kubernetes_version(config: Config) -> list[Check]:
    """A version that this collection knows; another one does not get this far."""
    wanted = f"1.{FIRST_MINOR} to 1.{LAST_MINOR}"
    return [Check("KubernetesVersion", WARNING, True, config.version, wanted, "Set kubewright_kubernetes_version.")]


def kubelet_version(config: Config) -> list[Check]:
    """The kubelet is installed, not of a newer minor than the control plane and not too old for it."""
    found = config.node["kubelet_version"]
    control_plane = config.release.version
    oldest = control_plane.minor - config.release.kubelet_skew_minors
    wanted = f"a kubelet from 1.{oldest} to {control_plane.minor_text}"
    cure = f"Install a kubelet of version {control_plane.text}, or set kubewright_kubernetes_version to fit it."
    try:
        kubelet = parse_version(found or "")
    except KubewrightError:
        return [Check("KubeletVersion", ERROR, False, found or "no kubelet", wanted, cure)]
    fits = kubelet.major == control_plane.major and oldest <= kubelet.minor <= control_plane.minor
    return [Check("KubeletVersion", ERROR, fits, kubelet.text, wanted, cure)]


__all__ = ("kubelet_version", "kubernetes_version")
