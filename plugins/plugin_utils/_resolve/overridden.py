# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the user says of the kubelet and kube-proxy and what, as with kubeadm of the minor, is not so in the end."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import same_value
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kube_proxy import (
    kube_proxy_configuration,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubelet import kubelet_configuration
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.kinds import shown

Values = t.Mapping[str, t.Any]


def _differences(prefix: str, given: Values, made: Values) -> t.Iterator[tuple[str, t.Any, t.Any]]:
    """The values that were given and are others, with what they are; None for one that is not written at all."""
    for key, value in given.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and isinstance(made.get(key), dict):
            yield from _differences(path + ".", value, made[key])
        elif value and not same_value(value, made.get(key)):
            yield path, value, made.get(key)
        elif value is False and made.get(key) is True:
            yield path, value, True


def overridden(read: Input, config: Config) -> list[str]:
    """A warning for each value that is overridden, and for a folder of manifests in which ours are not."""
    found = []
    for target, given, make in (
        (targets.KUBELET_CONFIGURATION, config.kubelet, kubelet_configuration),
        (targets.KUBE_PROXY_CONFIGURATION, config.kube_proxy, kube_proxy_configuration),
    ):
        # Nearly nobody gives any.
        for path, value, instead in _differences("", given, make(config)) if given else ():
            field, _point, rest = path.partition(".")
            name = read.field_name(target, field) + (f".{rest}" if rest else "")
            used = f"{shown(instead)} is, as with kubeadm of this version" if instead is not None else "it is left out"
            found.append(f"{name}: {shown(value)} is not used; {used}.")
    folder = config.kubelet.get("staticPodPath")
    if folder and folder.rstrip("/") != MANIFESTS_DIR:
        name = read.field_name(targets.KUBELET_CONFIGURATION, "staticPodPath")
        found.append(
            f"{name}: the kubelet looks for static pods in {shown(folder)}, and those of the control plane are in {MANIFESTS_DIR}."
        )
    return found


__all__ = ("overridden",)
