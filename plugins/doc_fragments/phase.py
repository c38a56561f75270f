# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that the modules of the phases share."""

from __future__ import annotations


class ModuleDocFragment:
    """The option O(config) and the attributes; READ: of those that plan; API and OBJECTS: what the actions ship."""

    DOCUMENTATION = r"""
options:
  config:
    description:
      - The configuration of the host, as M(kubewright.control_plane.cluster_config) returns it.
      - Its whole result is taken where this task sees the same variables as that one did. Where it sees others, they are resolved anew,
        with another look at the host. This is what the roles do.
      - RV(kubewright.control_plane.cluster_config#module:resolved) alone is taken whatever the variables are.
    type: dict
    required: true
requirements:
  - python >= 3.8
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and returns what it would change without changing anything.
  diff_mode:
    support: full
    description: Returns in diff mode what has changed, or in check mode what would change; secrets are never in it.
  idempotent:
    support: full
    description: When run twice in a row with the same input, the second run does not change anything.
  platform:
    support: full
    platforms: linux
    description: The platforms that it runs on.
author:
  - The kubewright contributors (@kubewright)
"""

    READ = r"""
options:
  read:
    description:
      - What M(kubewright.control_plane.host_read) has read of the host for this phase a moment ago.
      - The default is to read it.
    type: dict
"""

    API = r"""
options:
  api:
    description: How to reach the API server. Set by the module's own action on the controller; give it no value.
    type: dict
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

    OBJECTS = r"""
options:
  objects:
    description: The rendered objects. Set by the module's own action on the controller; give it no value.
    type: list
    elements: dict
    default: []
    suboptions:
      manifest:
        description: The object.
        type: dict
        required: true
      policy:
        description: How it is applied.
        type: str
        required: true
        choices: [replace, merge, create, node]
"""
