# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The configuration of a host that runs a member of an external etcd, and no control plane.

It is what kubeadm documents: a kubelet without a cluster, etcd as a static pod, and certificates by a CA of etcd's own. The first host
begins the cluster alone and the others join it, so that a run which was cut off at any point can go on.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.etcd_member import etcd_member

Values = dict[str, t.Any]


def etcd_host_variables(own: t.Mapping[str, t.Any]) -> Values:
    """The variables by which the host is resolved. own: all that its task sees. That etcd is external is said to the control planes."""
    return {
        name: value
        for name, value in own.items()
        if name not in VARIABLES or VARIABLES[name].target != targets.ETCD_EXTERNAL
    }


def joining(resolved: t.Mapping[str, t.Any], cluster: t.Mapping[str, t.Any] | None, is_whole: bool = False) -> Values:
    """The configuration with the host's member; see C(Config.etcd_host). cluster: what etcd_info says; None for a host that begins.

    is_whole: whether the host has a member with data.

    Raises KubewrightError.
    """
    config = Config(resolved)
    if config.local_etcd is None:
        raise KubewrightError(
            "etcd is external in the kubeadm document of this host, which is to run it. Give the group etcd variables of its own."
        )
    if config.node["controller_manager_mounts"] is not None:
        raise KubewrightError(
            "the host is a control plane: kube-controller-manager has a manifest on it. Take it out of the group etcd."
        )
    if not config.release.etcd_learner:
        raise KubewrightError(
            f"{config.version}: before 1.17 etcd knows no members without a vote, and stands still until a second one is there. Take a "
            "later version for the hosts of etcd; the control planes may have another one."
        )
    member = t.cast(Values, etcd_member(config, cluster or {}))
    if is_whole and member["is_absent"]:
        raise KubewrightError(
            f"the host has a member whose data lie elsewhere than in {config.local_etcd['dataDir']}, as its manifest says: it would begin "
            "anew with nothing. Set kubewright_etcd_data_dir back, or remove the member and its manifest first."
        )
    if cluster is None:
        member.update(cluster="", has_vote=True)
    # Who may log in to the cluster is said to its control planes.
    return dict(resolved, etcdHost=member, kubeconfigs=[])


__all__ = ("etcd_host_variables", "joining")
