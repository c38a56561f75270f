# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The configuration of a worker: what its cluster says, and what its own variables say of the node.

As with kubeadm join, everything of the cluster is read in the cluster. A worker's variables for the control plane have no say.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import PREFIX, VARIABLES

Values = dict[str, t.Any]
_NODE = targets.NODE_NAME[:-1]
_OF_THE_NODE = (
    targets.CLUSTER,
    targets.JOIN_FROM,
    targets.IGNORE_PREFLIGHT_ERRORS,
    targets.PREFLIGHT_ERRORS,
    targets.PATCHES_DIRECTORY,
    targets.SKIP_PHASES,
    targets.KUBELET_TIMEOUT,
    targets.CONTROL_PLANE_TIMEOUT,
    targets.API_CALL_TIMEOUT,
    targets.LOCK_TIMEOUT,
    targets.DRAIN_AT_ONCE,
    targets.DRAIN_TIMEOUT,
    targets.PLAN_FAIL,
    targets.PLAN_FIELDS,
    targets.PLAN_FILE,
)
_DOCUMENTS, _TAINTS = PREFIX + "kubeadm_config", PREFIX + "taints"
# A worker has no address at which others reach an API server.
_NO_ADDRESS = "192.0.2.1"


def is_of_the_node(name: str) -> bool:
    """Whether a variable says something of the node, and not of its cluster."""
    target = VARIABLES[name].target if name in VARIABLES else ()
    return target in _OF_THE_NODE or target[: len(_NODE)] == _NODE


def kubelet_text(cluster: t.Mapping[str, t.Any], map_name: str) -> str:
    """The text of KubeletConfiguration. map_name: of the ConfigMap in this minor. Raises KubewrightError where there is none."""
    found = cluster["kubelet"].get(map_name)
    if found is None:
        raise KubewrightError(
            f"the cluster has no ConfigMap kube-system/{map_name} with a KubeletConfiguration, which nodes need to join. Run role init on "
            "its control plane, or 'kubeadm init phase upload-config kubelet'."
        )
    return str(found)


def worker_variables(own: t.Mapping[str, t.Any], configuration: str, kubelet: str) -> Values:
    """The variables by which a worker is resolved. own: all that its task sees. configuration, kubelet: the cluster's documents."""
    found = {name: value for name, value in own.items() if is_of_the_node(name)}
    # kubeadm taints no worker by itself.
    found.setdefault(_TAINTS, [])
    return dict(found, **{_DOCUMENTS: f"{configuration.rstrip()}\n---\n{kubelet.rstrip()}\n"})


def worker_facts(facts: t.Mapping[str, t.Any]) -> Values:
    """The facts of a host that is to be a worker."""
    return dict(facts, default_address=facts["default_address"] or _NO_ADDRESS)


def joining(resolved: t.Mapping[str, t.Any], cluster: t.Mapping[str, t.Any], kubelet: str, problem: str = "") -> Values:
    """The configuration with what the node has to know of its cluster; see C(Config.join)."""
    join = {"server": cluster["server"], "ca": cluster["ca"], "kubelet": kubelet, "problem": problem}
    return dict(resolved, join=join)


__all__ = ("is_of_the_node", "joining", "kubelet_text", "worker_facts", "worker_variables")
