#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: worker_config
short_description: Resolves the configuration of a worker
version_added: 0.1.0
description:
  - Takes what the cluster says (M(kubewright.control_plane.join_info)), the C(kubewright_*) variables that say something of the node,
    and the facts of the host, checks the whole, and looks whether the kubelet can log in to the cluster.
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
  config:
    description:
      - The configuration of the cluster's control plane, as M(kubewright.control_plane.cluster_config) returns it. Where O(cluster) is null
        the cluster is taken for what this is going to make, as for a preflight before it is there; nothing can join by that.
    type: dict
notes:
  - The variables are checked on the controller, the facts are read on the host in one execution.
"""

EXAMPLES = r"""
- name: Resolve the configuration of the worker
  kubewright.control_plane.worker_config:
    cluster: "{{ result.cluster }}"
  register: worker
"""

RETURN = r"""
resolved:
  description: The configuration, which the modules of the phases take.
  returned: success
  type: dict
  sample:
    join:
      server: https://192.0.2.10:6443
check_mode:
  description: Whether this was check mode, which a variable does not say where a play or a task switches it on.
  returned: success, where there is a cluster
  type: bool
node:
  description: The name of the node.
  returned: success
  type: str
  sample: worker1
joins:
  description: Why the kubelet has to ask for a certificate; empty where it can log in to the cluster.
  returned: success
  type: str
  sample: it is absent
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
annotations:
  description: The annotations that kubeadm of this version gives a node that joins, where the node has not got them.
  returned: success
  type: dict
  sample: {}
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
