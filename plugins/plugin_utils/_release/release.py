# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What one Kubernetes version's kubeadm does. Everything else asks a C(Release) for a feature by name.

The data are in the release table (C(features)) and the files beside it; no other place knows minors.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import (
    kube_proxy_fields as kube_proxy_table,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import kubelet_fields as kubelet_table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import Types, types_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import Feature, Value
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField, fields_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.gates import FEATURE_GATES, Gate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.settings import SETTINGS, Setting
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import (
    Version,
    is_version,
    parse_version,
)

FIRST_MINOR = 12
LAST_MINOR = 37


class Release(Features):
    """What one Kubernetes version's kubeadm does. Built from a version text like C(v1.20.2)."""

    def __init__(self, version: str, gates: t.Mapping[str, bool] | None = None) -> None:
        """gates: kubeadm's feature gates that the user has set. Raises KubewrightError for a version outside 1.12 to 1.37."""
        self.version: Version = parse_version(version)
        self.gates = dict(gates or {})
        if self.version.major != 1 or not FIRST_MINOR <= self.version.minor <= LAST_MINOR:
            raise KubewrightError(
                "Kubernetes %s is outside the supported minors 1.%d to 1.%d"
                % (self.version.text, FIRST_MINOR, LAST_MINOR)
            )

    def value_of(self, feature: Feature[Value]) -> Value:
        """The value of a feature in this version, with the gates that the user has set."""
        value = feature.at(self.version.minor, self.version.patch)
        for name, on in self.gates.items():
            if name in self.feature_gates:
                value = FEATURE_GATES[name].effects.get(on, {}).get(feature, value)
        return value

    @property
    def minor_text(self) -> str:
        """C(1.20), for messages and for the names of objects."""
        return self.version.minor_text

    @property
    def feature_gates(self) -> dict[str, Gate]:
        """kubeadm's feature gates in this minor, by name."""
        return {name: gate for name, gate in FEATURE_GATES.items() if gate.first <= self.version.minor <= gate.last}

    @property
    def kubelet_fields(self) -> dict[str, ComponentField]:
        """The fields of KubeletConfiguration, by path."""
        return fields_of(kubelet_table.FIELDS, (self.version.minor, self.version.patch))

    @property
    def kubelet_config_map(self) -> str:
        """The name of the ConfigMap with the kubelets' configuration."""
        return "kubelet-config" + (f"-{self.version.minor_text}" if self.kubelet_config_map_versioned else "")

    @property
    def api_types(self) -> Types:
        """The types of the API's objects that can be patched."""
        return types_of(self.version.minor)

    @property
    def kube_proxy_fields(self) -> dict[str, ComponentField]:
        """The fields of KubeProxyConfiguration, by path."""
        return fields_of(kube_proxy_table.FIELDS, (self.version.minor, self.version.patch))

    @property
    def kubelet_defaults(self) -> t.Mapping[str, t.Any]:
        """The kubelet's own defaults by path, where this minor's kubeadm writes them out."""
        return kubelet_table.DEFAULTS if self.component_configs_defaulted else {}

    @property
    def kube_proxy_defaults(self) -> t.Mapping[str, t.Any]:
        """kube-proxy's own defaults by path, where this minor's kubeadm writes them out."""
        return kube_proxy_table.DEFAULTS if self.component_configs_defaulted else {}

    def is_newer_minor_than(self, version: str | None) -> bool:
        """Whether another version is of an older minor; false where it is not known."""
        return version is not None and is_version(version) and parse_version(version).minor < self.version.minor

    def gate_is_locked(self, name: str) -> bool:
        """Whether this minor takes only the default of a gate, which is on."""
        locked = FEATURE_GATES[name].locked_since
        return locked is not None and locked <= self.version.minor

    def meaningless_setting(self, target: tuple[str, ...]) -> Setting | None:
        """The row of a setting that has no meaning in this minor, or None where it has."""
        setting = SETTINGS.get(".".join(target))
        if setting is None or setting.first <= self.version.minor <= setting.last:
            return None
        return setting


def first_minor_text(feature: Feature[Value], value: Value) -> str:
    """The first minor in which a feature has a value, as C(1.31), for messages."""
    return "1.%d" % next(minor for minor, found in feature.since if found == value)


__all__ = ("FIRST_MINOR", "LAST_MINOR", "Release", "first_minor_text")
