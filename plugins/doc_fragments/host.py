# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options by which the controller tells a host what to read and to change: it need not travel."""

from __future__ import annotations


# The suboptions of an object stand twice: ansible-test takes no text that is put together, and fragments do not merge below options.
class ModuleDocFragment:
    """What both appliers of files and of objects share. APPLY: of host_apply; OBJECTS: of objects_apply; READ: of host_read."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and returns what it would change without changing anything.
  diff_mode:
    support: full
    description: Returns in diff mode what has changed, or in check mode what would change; secrets are never in it.
  platform:
    support: full
    platforms: linux
    description: The platforms that it runs on.
requirements:
  - python >= 3.8
author:
  - The kubewright contributors (@kubewright)
"""

    APPLY = r"""
options:
  phase:
    description: The phase that the changes are of, for messages.
    type: str
    required: true
  changes:
    description: The changes.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description: What is to be done.
        type: str
        required: true
        choices: [write_file, tighten_file, stop_kubelet, start_kubelet, enable_kubelet]
      reason:
        description: Why it is to be done.
        type: str
        required: true
      path:
        description: The file.
        type: path
      content:
        description: The file's text.
        type: str
      mode:
        description: The file's permission bits.
        type: int
      directory_mode:
        description: The permission bits of the file's folder, where that is absent.
        type: int
      expected:
        description: The SHA-256 of the file as it was read; none where it was absent.
        type: str
      watched:
        description: Whether something runs what lies in the file's folder, so that no temporary file may be made there.
        type: bool
        default: false
      shown:
        description: What a diff shows before and after, in place of contents that are not to be shown.
        type: list
        elements: str
  lock_timeout:
    description: For how many seconds another run that changes the host is waited for.
    type: float
    default: 120.0
"""

    OBJECTS = r"""
options:
  phase:
    description: The phase that the changes are of, for messages.
    type: str
    required: true
  changes:
    description: The changes.
    type: list
    elements: dict
    required: true
    suboptions:
      reason:
        description: Why it is to be done.
        type: str
        required: true
      expected:
        description: The version of the object as it was read; none where it was absent.
        type: str
      unseen:
        description: Whether the object was not read, so that whatever is there is brought to its declared state.
        type: bool
        default: false
      policy:
        description: How an object is applied.
        type: str
        required: true
        choices: [replace, keep_replicas, merge, create, node]
      manifest:
        description: The object.
        type: dict
      token:
        description: The bootstrap token that the object is of. Without C(token) a random one is made on the host.
        type: dict
        suboptions:
          token:
            description: The token.
            type: str
          description:
            description: What it is for.
            type: str
          lifetime:
            description: For how many seconds it lasts; V(0) is without end.
            type: float
          expires:
            description: When it ends.
            type: str
          usages:
            description: What it may be used for.
            type: list
            elements: str
          groups:
            description: The groups of those who log in with it.
            type: list
            elements: str
      cluster_info:
        description: What the ConfigMap C(cluster-info) is made of on the host.
        type: dict
        suboptions:
          ca:
            description: The certificate of the CA.
            type: path
            required: true
          endpoint:
            description: The URL of the control plane.
            type: str
            required: true
          empty_list:
            description: How an empty list is written.
            type: str
            required: true
          preferences:
            description: Whether empty preferences are written.
            type: bool
            required: true
  api:
    description: How to reach the API server.
    type: dict
    required: true
    suboptions:
      server:
        description: The URL of the host's own API server.
        type: str
        required: true
      timeout:
        description: For how many seconds it may be away.
        type: float
        required: true
"""

    READ = r"""
options:
  paths:
    description: The files to read. Set by the module's own action on the controller; give it no value.
    type: list
    elements: path
    default: []
  credentials:
    description:
      - The certificates, keys and kubeconfigs to read, by what they hold. Set by the module's own action on the controller; give it no
        value.
    type: dict
  kubelet:
    description: Whether to look at the kubelet. Set by the module's own action on the controller; give it no value.
    type: bool
    default: false
  objects:
    description: The API objects to look at. Set by the module's own action on the controller; give it no value.
    type: list
    elements: dict
    default: []
    suboptions:
      mark:
        description: By what its facts are found.
        type: str
        required: true
      policy:
        description: How an object is applied.
        type: str
        choices: [replace, keep_replicas, merge, create, node]
      manifest:
        description: The object.
        type: dict
      token:
        description: The bootstrap token that the object is of. Without C(token) a random one is made on the host.
        type: dict
        suboptions:
          token:
            description: The token.
            type: str
          description:
            description: What it is for.
            type: str
          lifetime:
            description: For how many seconds it lasts; V(0) is without end.
            type: float
          expires:
            description: When it ends.
            type: str
          usages:
            description: What it may be used for.
            type: list
            elements: str
          groups:
            description: The groups of those who log in with it.
            type: list
            elements: str
      cluster_info:
        description: What the ConfigMap C(cluster-info) is made of on the host.
        type: dict
        suboptions:
          ca:
            description: The certificate of the CA.
            type: path
            required: true
          endpoint:
            description: The URL of the control plane.
            type: str
            required: true
          empty_list:
            description: How an empty list is written.
            type: str
            required: true
          preferences:
            description: Whether empty preferences are written.
            type: bool
            required: true
"""
