# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeadm's InitConfiguration in the API version of each minor."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import kubeadm_names

Values = dict[str, t.Any]

# The fields that each API version of a minor's own has beside those of all versions.
_SINCE: t.Mapping[str, t.Sequence[str]] = {
    "v1alpha3": (),
    "v1beta1": (),
    "v1beta2": ("ignorePreflightErrors",),
    "v1beta3": ("ignorePreflightErrors", "imagePullPolicy"),
    "v1beta4": ("ignorePreflightErrors", "imagePullPolicy", "imagePullSerial"),
}
# kubeadm's defaults of the timeouts that init does not look at.
_OTHER_COMMANDS_TIMEOUTS: t.Mapping[str, str] = {
    "discovery": "5m0s",
    "etcdAPICall": "2m0s",
    "tlsBootstrap": "5m0s",
    "upgradeManifests": "5m0s",
}


def _node_registration(config: Config, api: str) -> Values:
    arguments = config.kubelet_extra_args
    found = config.init["nodeRegistration"]
    values: Values = {"criSocket": config.cri_socket, "name": config.node_name, "taints": config.taints}
    if arguments:
        as_list = api == "v1beta4"
        values["kubeletExtraArgs"] = (
            [{"name": name, "value": value} for name, value in arguments] if as_list else dict(arguments)
        )
    optional = {
        # kubeadm refuses the word "all" in a file.
        "ignorePreflightErrors": [
            name for name in config.data.get("ignorePreflightErrors") or () if name.lower() != "all"
        ],
        "imagePullPolicy": found.get("imagePullPolicy"),
        "imagePullSerial": found.get("imagePullSerial"),
    }
    values.update({key: optional[key] for key in _SINCE[api] if optional[key] not in (None, [])})
    return values


def init_configuration(config: Config, tokens: t.Sequence[Values]) -> Values:
    """The InitConfiguration. tokens: bootstrap tokens to name in it, which are secrets."""
    api = config.release.config_api
    endpoint = {"advertiseAddress": config.advertise_address, "bindPort": config.bind_port}
    document: Values = {
        "apiVersion": "kubeadm.k8s.io/" + api,
        "kind": "InitConfiguration",
        "apiEndpoint" if api == "v1alpha3" else "localAPIEndpoint": endpoint,
        "nodeRegistration": _node_registration(config, api),
    }
    if tokens:
        document["bootstrapTokens"] = [dict(token) for token in tokens]
    names = kubeadm_names()
    skipped = [names[phase] for phase in config.skipped_phases if phase in names]
    if skipped and config.release.stored_skip_phases:
        document["skipPhases"] = skipped
    if config.release.init_timeouts:
        document["timeouts"] = {**_OTHER_COMMANDS_TIMEOUTS, **config.init["timeouts"]}
    return document


__all__ = ("init_configuration",)
