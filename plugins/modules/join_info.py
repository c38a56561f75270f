#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: join_info
short_description: Reads what nodes need to know of a cluster to join it
version_added: 0.1.0
description:
  - Reads, with the credentials of a control plane, what C(kubeadm join) reads in the cluster. That is its configuration, that of its
    kubelets, and the server and the CA by which nodes know it.
  - It is run on a control plane. The cluster may have been made by this collection or by kubeadm. There is no secret in the result.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Where there is no API server yet, C(cluster) is null.
  diff_mode:
    support: none
    details: Nothing is changed.
requirements:
  - cryptography (python3-cryptography)
options:
  timeout:
    description: For how many seconds the API server may be away.
    type: float
    default: 60.0
  required:
    description: Whether the task fails where there is no control plane yet, or no API server answers. If not, C(cluster) is null then.
    type: bool
    default: true
  config:
    description:
      - The configuration of the control plane, as M(kubewright.control_plane.cluster_config) returns it. In check mode RV(cluster) has the
        documents then that a run would store in the cluster, so that nodes foretell what they get from it. It does not travel to the
        host.
    type: dict
"""

EXAMPLES = r"""
- name: Ask a control plane for what nodes need to join
  kubewright.control_plane.join_info:
  delegate_to: cp1
  become: true
  register: result
"""

RETURN = r"""
cluster:
  description:
    - The text of ClusterConfiguration (C(configuration)), the texts of KubeletConfiguration by the names of their ConfigMaps (C(kubelet)),
      the URL of the API server (C(server)) and the CA as PEM (C(ca)), the members of the host's own etcd (C(etcd_members)) and the id
      of its cluster (C(etcd_cluster)), the nodes with what they are annotated with as the socket of their runtime
      (C(nodes)), those of them that a run has emptied of their pods (C(emptied)), and digests of what all control planes have in
      common (C(shared_certs)).
    - Null in check mode, and without O(required), where no API server answers.
  returned: success
  type: dict
  sample:
    server: https://192.0.2.10:6443
state:
  description:
    - What of a control plane is on the host, whatever it answers. V(blank) is nothing of it, V(whole) one that runs and whose etcd has a
      vote, and V(begun) one that was never finished, as by a run that was cut off.
  returned: success
  type: str
problem:
  description: Why C(cluster) is null on a host with a control plane; else empty.
  returned: success
  type: str
etcd_problem:
  description: What the host's own member of etcd says is wrong with it, where no API server answers; else empty.
  returned: success
  type: str
  sample: RAFT NO LEADER
"""

import functools
import posixpath
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.joined_cluster import joined_cluster
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import own_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import call
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import members
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import (
    api_server,
    has_member,
    has_vote,
    server,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.quorum import lost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import digests, read
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import (
    BEGUN,
    BLANK,
    WHOLE,
    control_plane_state,
)


def _certificates_dir(host: Host) -> str:
    """The folder of the certificates, by the CA that the API server's manifest names."""
    pod = api_server(host)
    return posixpath.dirname(pod.flag("client-ca-file")) or KUBERNETES_DIR + "/pki"


def _of_etcd(host: Host) -> dict[str, t.Any]:
    """The members of the host's own etcd, and the id of its cluster; none where it is external."""
    if not has_member(host):
        return {"etcd_members": [], "etcd_cluster": ""}
    asked = server(host)
    found, cluster = members(functools.partial(call, asked))
    return {"etcd_members": [dict(member._asdict()) for member in found], "etcd_cluster": cluster}


def _cluster(host: Host, client: Client) -> dict[str, t.Any]:
    found = dict(joined_cluster(client), **_of_etcd(host))
    folder = _certificates_dir(host)
    return dict(found, shared_certs=digests(read(host, folder, has_member(host))))


def body(module: AnsibleModule) -> ModuleResult:
    """Reads."""
    host, is_required = Host(run_command), module.params["required"] and not module.check_mode
    state = control_plane_state(host)
    nothing = {"changed": False, "state": state, "cluster": None, "problem": "", "etcd_problem": ""}
    if state == BLANK and not is_required:
        return nothing
    try:
        client = own_client(host, module.params["timeout"], waits=is_required)
        if client is None:
            return dict(
                nothing, problem="its API server does not answer", etcd_problem=lost(host, time.sleep, time.monotonic)
            )
        cluster = _cluster(host, client)
        if state == WHOLE and not has_vote(host, cluster["etcd_members"]):
            state = BEGUN
        return dict(nothing, state=state, cluster=cluster)
    except KubewrightError as error:
        if is_required:
            raise
        return dict(nothing, problem=str(error), etcd_problem=lost(host, time.sleep, time.monotonic))


def main() -> None:
    """Runs the module."""
    options = {
        "timeout": {"type": "float", "default": 60.0},
        "required": {"type": "bool", "default": True},
        "config": {"type": "dict"},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
