#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: render
short_description: Writes what init would write into a folder on the controller
version_added: 0.1.0
description:
  - Lays down every file and every API object that init would write for a host, its list of images and its resolved configuration, below
    C(kubewright_render_dir) in a folder of the host's name. The host is not asked, and nothing on it is changed.
  - Certificates, keys, kubeconfigs and bootstrap tokens are made and written only with C(kubewright_render_secrets).
  - A folder that was rendered before is brought to the new state, and files that no longer belong to it are removed. Certificates that
    are in it stay as long as they are as declared.
extends_documentation_fragment:
  - kubewright.control_plane.phase
attributes:
  diff_mode:
    details: The texts of secrets are not in it.
notes:
  - All of it is done on the controller, by the module's own action.
"""

EXAMPLES = r"""
- name: Resolve the configuration without asking the host
  kubewright.control_plane.cluster_config:
    offline: true
  register: result

- name: Write the files
  kubewright.control_plane.render:
    config: "{{ result.resolved }}"
  vars:
    kubewright_render_dir: rendered
"""

RETURN = r"""
folder:
  description: The folder of the host.
  returned: success
  type: str
  sample: /home/user/rendered/cp1
written:
  description: The files that were written, or would be in check mode, below the folder.
  returned: success
  type: list
  elements: str
  sample: [files/etc/kubernetes/manifests/kube-apiserver.yaml]
removed:
  description: The files of an earlier run that were removed, or would be in check mode, below the folder.
  returned: success
  type: list
  elements: str
"""
