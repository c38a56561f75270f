#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: init_read
short_description: Reads what all phases of init have to know of a host
version_added: 0.1.0
description:
  - Reads what M(kubewright.control_plane.host_read) reads, and looks at what the phases ask that plan nothing - whether the host is fit,
    which images it lacks, what runs and is well, and how nodes join - in one execution. A run that changes nothing then asks the host for
    nothing else.
  - Each phase takes from it what it has to know where it would ask the very same. What could not be answered, the phase asks again.
  - It waits for nothing and changes nothing.
  - What is answered to show_join holds a bootstrap token where one can join nodes, so the result is hidden then.
extends_documentation_fragment:
  - kubewright.control_plane.phase
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  phases:
    description: The phases that are to be run. Those that the configuration leaves out are not read for.
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
    default:
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
"""

EXAMPLES = r"""
- name: Read the host once
  kubewright.control_plane.init_read:
    config: "{{ result }}"
  register: read

- name: Check the host
  kubewright.control_plane.preflight_check:
    config: "{{ result }}"
    read: "{{ read.facts.preflight }}"

- name: Write the static pod manifest of etcd
  kubewright.control_plane.host_files:
    phase: etcd
    config: "{{ result }}"
    read: "{{ read.facts.etcd }}"
"""

RETURN = r"""
config:
  description: What M(kubewright.control_plane.cluster_config) would return, where O(config) was made of other variables.
  returned: where the configuration was resolved anew
  type: dict
facts:
  description: What was read, by the phase whose module takes it as its O(kubewright.control_plane.host_files#module:read).
  returned: success
  type: dict
  sample:
    etcd:
      files:
        /etc/kubernetes/manifests/etcd.yaml: null
together:
  description: Which phases can be carried out in one execution, as the tags of the run and C(kubewright_skip_phases) leave them.
  returned: success
  type: dict
  contains:
    kubeconfigs:
      description: Whether the kubeconfigs are made with the certificates.
      type: bool
    certs:
      description: The phases whose files are written with the certificates and kubeconfigs.
      type: list
      elements: str
    wait_control_plane:
      description: The phases whose objects are applied as soon as all is healthy.
      type: list
      elements: str
    closing:
      description: The phases that end the run and are carried out after these.
      type: list
      elements: str
join_facts:
  description: What was answered to M(kubewright.control_plane.join_command), for its O(kubewright.control_plane.join_command#module:read).
  returned: where the phase show_join is read for
  type: dict
"""
