#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: control_plane_config
short_description: Resolves the configuration of a control plane that joins its cluster
version_added: 0.1.0
description:
  - Takes the C(kubewright_*) variables, which are those of all control planes of the cluster, what the cluster says
    (M(kubewright.control_plane.join_info)) and the facts of the host, checks the whole, and looks whether the kubelet can log in to the
    cluster.
  - Nothing is changed. Every fault is reported at once, with the path of the value and the cure.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Asks the host as in a run, where there is a cluster. Where there is none, RV(planned) says that the node is going to join.
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  cluster:
    description:
      - What M(kubewright.control_plane.join_info) has returned. Needed but in check mode, where there may be no cluster yet. RV(resolved)
        is null then.
    type: dict
notes:
  - The variables are checked on the controller, the facts are read on the host in one execution.
"""

EXAMPLES = r"""
- name: Resolve the configuration of the control plane
  kubewright.control_plane.control_plane_config:
    cluster: "{{ result.cluster }}"
  register: joined
"""

RETURN = r"""
resolved:
  description: The configuration, which the modules of the phases take.
  returned: success
  type: dict
  sample:
    joinedControlPlane:
      server: https://192.0.2.11:6443
check_mode:
  description: Whether this was check mode, which a variable does not say where a play or a task switches it on.
  returned: success, where there is a cluster
  type: bool
node:
  description: The name of the node.
  returned: success
  type: str
  sample: cp2
joins:
  description: Why the kubelet has to ask for a certificate; empty where it can log in to the cluster.
  returned: success
  type: str
  sample: it is absent
absent_shared_certs:
  description:
    - Of what all control planes have in common what the host lacks, as M(kubewright.control_plane.shared_certs) finds out; null where
      that fails, as where the host has another cluster's.
  returned: success
  type: list
  elements: str
  sample: [ca.crt, ca.key]
shared_mode:
  description: The mode of the certificates and of the public key that control planes have in common, as kubeadm join of the minor has it.
  returned: success
  type: str
  sample: "0644"
empties:
  description:
    - The settings of the kubelet that pods are made by and that change, as C(cgroupDriver), C(cpuManagerPolicy) or the runtime. The node is
      to be emptied of its pods before (M(kubewright.control_plane.node_drain)).
  returned: success
  type: list
  elements: str
  sample: [cpuManagerPolicy from none to static]
emptied:
  description: Whether a run that was cut off has emptied the node, and not had it take pods again.
  returned: success
  type: bool
has_token:
  description: Whether a token lies on the host that a run which was cut off has left there.
  returned: success
  type: bool
etcd:
  description:
    - Of the host's member of etcd its C(name), the URL of it for the others (C(peer)), whether its data C(is_absent), whether it
      begins as a C(learner), and whether it C(has_vote). Null where etcd is external.
  returned: success
  type: dict
  sample:
    name: cp2
    peer: https://192.0.2.11:2380
    is_absent: true
    learner: true
    has_vote: false
in_status:
  description: Whether the configuration that is stored in the cluster names each control plane, as it does until 1.21.
  returned: success
  type: bool
planned:
  description: That the node is going to join, each with C(artefact), C(action), C(reason) and C(fields).
  returned: in check mode, where there is no cluster yet
  type: list
  elements: dict
  sample:
    - artefact: node worker1
      action: create
      reason: it joins when there is a cluster, and what it needs is known then
"""
