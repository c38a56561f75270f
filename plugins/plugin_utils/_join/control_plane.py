# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The configuration of a control plane that joins a cluster, or has joined it: its own variables, which are those of all control planes.

What the cluster cannot be given has to be the same in them.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import (
    Fault,
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.cluster import (
    document_of,
    problem_of,
    version_of,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.etcd_member import etcd_member
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import (
    are_of_one_minor,
    parse_version,
)

Values = dict[str, t.Any]
_SAME = (
    targets.CONTROL_PLANE_ENDPOINT,
    targets.SERVICE_SUBNET,
    targets.POD_SUBNET,
    targets.DNS_DOMAIN,
    targets.CLUSTER_NAME,
    targets.CERTIFICATES_DIR,
)


def _value(document: t.Mapping[str, t.Any], target: targets.Target) -> str:
    value: t.Any = document
    for part in target[1:]:
        value = (value or {}).get(part)
    return str(value or "")


def refuse_other_cluster(
    resolved: t.Mapping[str, t.Any], cluster: t.Mapping[str, t.Any], name_of: t.Callable[[targets.Target], str]
) -> None:
    """Raises InvalidInput where the host's variables are of another cluster than the one that it joins.

    cluster: what join_info says of it. name_of: what the user calls a setting.
    """
    theirs, own = document_of(cluster), resolved["ClusterConfiguration"]
    faults = []
    for target in _SAME:
        wanted, found = _value(theirs, target), _value(own, target)
        if wanted != found:
            cure = "Set the same for all control planes of a cluster, as in group_vars."
            faults.append(
                Fault(name_of(target), found or "nothing", f"{wanted or 'nothing'}, as the cluster has it", cure)
            )
    version = parse_version(version_of(cluster))
    if not are_of_one_minor(Config(resolved).release.version, version):
        name, found = name_of(targets.KUBERNETES_VERSION), str(own["kubernetesVersion"])
        faults.append(
            Fault(name, found, f"{version.text}, as the cluster has it, or another patch release of it", "Set that.")
        )
    if not _value(theirs, targets.CONTROL_PLANE_ENDPOINT):
        faults.append(
            Fault(
                name_of(targets.CONTROL_PLANE_ENDPOINT),
                "nothing, in a cluster of one control plane",
                "an address at which all control planes are reached, before others join",
                "Set it, as to a load balancer or a DNS name that can be given to others, and run on the first control plane again.",
            )
        )
    if Config(resolved).local_etcd is not None and not Config(resolved).release.etcd_learner:
        faults.append(
            Fault(
                name_of(targets.ETCD_EXTERNAL),
                "nothing",
                "an external etcd: before 1.17 etcd knows no members without a vote, and stands still until a second one is there",
                "Give one, join by 'kubeadm join --control-plane', or take a later version.",
            )
        )
    if faults:
        raise InvalidInput(faults)


def joining(resolved: t.Mapping[str, t.Any], cluster: t.Mapping[str, t.Any], identity: t.Mapping[str, t.Any]) -> Values:
    """The configuration with what the control plane has to know of its cluster; see C(Config.joined_control_plane).

    cluster: what join_info says of it. identity: see C(_pki.kubelet_identity). Raises KubewrightError.
    """
    config = Config(resolved)
    member = etcd_member(config, cluster)
    if member is not None and member["is_absent"] and not cluster.get("etcd_members"):
        raise KubewrightError(
            "the cluster names no members of etcd: its control plane that was asked has no etcd of its own."
        )
    server = config.local_endpoint if config.release.kubelet_kubeconfig_endpoint == "local" else cluster["server"]
    joined = {
        "server": server,
        "cluster_server": cluster["server"],
        "ca": cluster["ca"],
        "problem": problem_of(identity, config.node_name, [config.local_endpoint, cluster["server"]], cluster["nodes"]),
        "etcd": member,
    }
    # What the cluster has the host gets, before it makes anything of its own.
    node = dict(resolved["node"], ca_on_host=True, external_ca="ca.key" not in cluster["shared_certs"])
    return dict(resolved, joinedControlPlane=joined, node=node)


__all__ = ("joining", "refuse_other_cluster")
