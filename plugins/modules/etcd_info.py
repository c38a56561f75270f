#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_info
short_description: Says which members an external etcd has
version_added: 0.1.0
description:
  - Asks the member of a host of an external etcd, which runs as a static pod (role P(kubewright.control_plane.etcd_host#role), or kubeadm
    as its documentation has it), for what the others and those who ask it need to know.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Asks as in a run.
  diff_mode:
    support: none
    details: Nothing is changed.
requirements:
  - cryptography (python3-cryptography)
options: {}
"""

EXAMPLES = r"""
- name: Ask a host of etcd for its members
  kubewright.control_plane.etcd_info:
  delegate_to: etcd1
  become: true
  register: result
"""

RETURN = r"""
cluster:
  description:
    - The members (C(etcd_members)) and the id of their cluster (C(etcd_cluster)), the folder of the certificates (C(certificates_dir)), and
      digests of what the hosts of etcd have in common (C(shared_certs)) and of what those have who ask it (C(client_certs),
      empty where the host has not all of that).
    - Null where the host has no member that answers.
  returned: success
  type: dict
  sample:
    certificates_dir: /etc/kubernetes/pki
state:
  description:
    - What of a member is on the host, whatever it answers. V(blank) is nothing of it, V(whole) one that has data and a vote, and V(begun)
      one that was never finished, as by a run that was cut off.
  returned: success
  type: str
problem:
  description: Why C(cluster) is null on a host with a member; else empty.
  returned: success
  type: str
etcd_problem:
  description: What the member says is wrong with it, where it does not answer; else empty.
  returned: success
  type: str
  sample: RAFT NO LEADER
"""

import functools
import posixpath
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import call
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.host_state import etcd_host_state
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import members
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import has_vote, own_ca, server
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.quorum import lost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import (
    OF_ETCD_CLIENTS,
    OF_ETCD_HOSTS,
    digests,
    read_files,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import BEGUN, WHOLE


def _cluster(host: Host) -> dict[str, t.Any]:
    found, cluster = members(functools.partial(call, server(host)))
    ca = own_ca(host)
    folder = posixpath.dirname(posixpath.dirname(ca)) if ca else KUBERNETES_DIR + "/pki"
    client = digests(read_files(host, folder, OF_ETCD_CLIENTS))
    return {
        "etcd_members": [dict(member._asdict()) for member in found],
        "etcd_cluster": cluster,
        "certificates_dir": folder,
        "shared_certs": digests(read_files(host, folder, OF_ETCD_HOSTS)),
        # A part of them leads nowhere.
        "client_certs": client if len(client) == len(OF_ETCD_CLIENTS) else {},
    }


def body(_module: AnsibleModule) -> ModuleResult:
    """Asks."""
    host = Host(run_command)
    state = etcd_host_state(host)
    nothing = {"changed": False, "state": state, "cluster": None, "problem": "", "etcd_problem": ""}
    if state != WHOLE:
        return nothing
    try:
        cluster = _cluster(host)
    except KubewrightError as error:
        return dict(nothing, problem=str(error), etcd_problem=lost(host, time.sleep, time.monotonic))
    return dict(nothing, state=state if has_vote(host, cluster["etcd_members"]) else BEGUN, cluster=cluster)


def main() -> None:
    """Runs the module."""
    run_module("etcd", {}, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
