# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that pki_generate and kubeconfig_write share."""

from __future__ import annotations


class ModuleDocFragment:
    """How certificates are renewed."""

    DOCUMENTATION = r"""
options:
  renew:
    description:
      - Renews what is there on a control plane, V(due) as every run does and V(all) whether it is due or not. On a host without CAs it
        is an error in place of making new ones.
    type: str
    choices: [due, all]
"""
