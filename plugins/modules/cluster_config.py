#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_config
short_description: Resolves the configuration of a control plane
version_added: 0.1.0
description:
  - Takes the C(kubewright_*) variables of a host and kubeadm's own documents (C(kubewright_kubeadm_config)), completes them with the
    defaults of the Kubernetes minor and with the facts of the host, and checks the whole.
  - Nothing is changed. Every fault is reported at once, with the path of the value and the cure.
  - In a run of role P(kubewright.control_plane.init#role) it removes the plan that an earlier run has written into
    C(kubewright_plan_file), so that nobody takes it for that of this run.
  - The variables are documented with role P(kubewright.control_plane.init#role).
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Asks the host as in a run.
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  earlier:
    description:
      - What this module has returned before on this host. Where it was made of the same variables as this task sees, it is returned, and
        the host is not asked.
    type: dict
  offline:
    description:
      - Takes the facts from the inventory and from C(kubewright_render_facts) in place of asking the host.
    type: bool
    default: false
  only_first:
    description:
      - Fails on a host of the group C(control_plane) that is not the first one of its cluster. The others join it.
    type: bool
    default: false
  read_for:
    description:
      - The phases for which the host is read in the same execution, by what the inventory says of it. Where the host turns out to have
        another name or address, nothing is returned for them, and each reads for itself.
    type: list
    elements: str
    choices:
      - preflight
      - images
      - certs
      - kubeconfig
      - audit
      - etcd
      - control_plane
      - kubelet_start
      - wait_control_plane
      - upload_config
      - mark_control_plane
      - bootstrap_token
      - kubelet_finalize
      - addons
      - show_join
    default: []
notes:
  - The variables are checked on the controller, the facts are read on the host in one execution.
  - Run for role init, it reads in the same execution what all of its phases have to know, by what the inventory says of the host. Where
    the host turns out to have another name or address, or the configuration to ask for anything else, it is asked once more.
"""

EXAMPLES = r"""
- name: Resolve the configuration
  kubewright.control_plane.cluster_config:
  register: result

- name: Show the images that this host needs
  ansible.builtin.debug:
    msg: "{{ result.resolved.ClusterConfiguration.imageRepository }}"
"""

RETURN = r"""
resolved:
  description:
    - The resolved configuration, in the shape of kubeadm's newest documents whatever the minor, with the facts of the host beside them.
    - The bootstrap tokens are not in it.
  returned: success
  type: dict
  sample:
    ClusterConfiguration:
      kubernetesVersion: v1.20.2
      networking:
        dnsDomain: cluster.local
        serviceSubnet: 10.96.0.0/12
    InitConfiguration:
      localAPIEndpoint:
        advertiseAddress: 192.0.2.10
        bindPort: 6443
input:
  description: A mark of the variables that it was made of, by which other modules see whether it holds for their task.
  returned: success
  type: str
  sample: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
offline:
  description: Whether it was made without asking the host.
  returned: success
  type: bool
  sample: false
check_mode:
  description: Whether the task is in check mode, by the play or the command line.
  returned: success
  type: bool
  sample: false
facts:
  description: What was read for O(read_for), by the phase whose module takes it as its O(kubewright.control_plane.host_files#module:read).
  returned: with O(read_for), where the inventory says of the host what it says itself
  type: dict
  sample:
    etcd:
      files:
        /etc/kubernetes/manifests/etcd.yaml: null
join_facts:
  description: The same for show_join. It may hold a bootstrap token; the result is hidden then.
  returned: with O(read_for), for show_join
  type: dict
ahead:
  description:
    - What was read for the phases of role init, for M(kubewright.control_plane.init_read). It may hold a bootstrap token; the result is
      hidden then.
  returned: for role init, where the inventory says what the host does
  type: dict
"""
