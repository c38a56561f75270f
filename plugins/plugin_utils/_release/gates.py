# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeadm's own feature gates: the minors that know each, its default there, and what it changes in what init writes."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import Feature
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features

Effects = t.Mapping[Feature[t.Any], t.Any]


class Gate(t.NamedTuple):
    """A feature gate.

    first, last: the minors that know it. on_since: the minor from which it is on by default; None for never.
    locked_since: the minor from which only its default is taken; None for never.
    effects: the features of the release table that another value of the gate changes, by that value.
    refused: why this collection does not take the gate when it is on; None where it does.
    """

    first: int
    last: int
    on_since: int | None = None
    locked_since: int | None = None
    effects: t.Mapping[bool, Effects] = {}
    refused: str | None = None


def _switch(when_on: t.Mapping[Feature[bool], bool]) -> dict[bool, Effects]:
    """The effects of a gate that switches features with two states: the value when it is on, and the opposite."""
    return {True: when_on, False: {feature: not value for feature, value in when_on.items()}}


FEATURE_GATES: t.Mapping[str, Gate] = {
    # Of 1.12 and 1.13; Auditing and CoreDNS are settings of their own here.
    "Auditing": Gate(12, 12),
    "CoreDNS": Gate(12, 13, on_since=12),
    "DynamicKubeletConfig": Gate(12, 13, effects={True: {Features.dynamic_kubelet_config: True}}),
    "HighAvailability": Gate(12, 12, effects={True: {Features.apiserver_lease_reconciler: True}}),
    "SelfHosting": Gate(12, 12, refused="a control plane in DaemonSets, which kubeadm itself gave up with 1.13"),
    "StoreCertsInSecrets": Gate(12, 12, refused="a part of self-hosting, which kubeadm itself gave up with 1.13"),
    "IPv6DualStack": Gate(16, 23, on_since=21, locked_since=23, effects=_switch({Features.dual_stack: True})),
    "PublicKeysECDSA": Gate(18, 36),
    "RootlessControlPlane": Gate(22, 37, refused="a control plane of other users than root, alpha since 1.22"),
    "UnversionedKubeletConfigMap": Gate(
        23, 25, on_since=24, locked_since=25, effects=_switch({Features.kubelet_config_map_versioned: False})
    ),
    "EtcdLearnerMode": Gate(27, 32, on_since=29, locked_since=32),
    "UpgradeAddonsBeforeControlPlane": Gate(28, 30),
    "WaitForAllControlPlaneComponents": Gate(
        30,
        34,
        on_since=33,
        locked_since=34,
        effects={True: {Features.wait_mode: "all_components"}, False: {Features.wait_mode: "kubelet_then_api"}},
    ),
    "ControlPlaneKubeletLocalMode": Gate(
        31,
        35,
        on_since=33,
        locked_since=35,
        effects={
            True: {Features.kubelet_kubeconfig_endpoint: "local"},
            False: {Features.kubelet_kubeconfig_endpoint: "control_plane"},
        },
    ),
    "NodeLocalCRISocket": Gate(
        32,
        36,
        on_since=34,
        locked_since=36,
        effects=_switch(
            {
                Features.kubelet_instance_config: True,
                Features.kubelet_runtime_endpoint_flag: False,
                Features.cri_socket_annotation: False,
            }
        ),
    ),
}

__all__ = ("FEATURE_GATES", "Gate")
