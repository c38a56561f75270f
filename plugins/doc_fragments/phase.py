# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that the modules of the phases share."""

from __future__ import annotations


class ModuleDocFragment:
    """The option O(config) and the attributes; READ: of those that plan; API: what the actions ship.

    CARRIED: of those that may be carried out with another phase.
    """

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
      - What M(kubewright.control_plane.init_read) or M(kubewright.control_plane.host_read) has read of the host for this phase a moment
        ago, and nothing has changed since.
      - The default is to read it.
    type: dict
"""

    CARRIED = r"""
options:
  carried:
    description:
      - What came of this phase when it was carried out with another one, as M(kubewright.control_plane.pki_generate) and
        M(kubewright.control_plane.wait_apiserver) return it.
      - Where it is the result of the very changes that this task would make by O(read), the host is not asked again.
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
