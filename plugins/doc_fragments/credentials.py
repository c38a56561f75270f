# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that pki_generate and kubeconfig_write share."""

from __future__ import annotations


class ModuleDocFragment:
    """How certificates are signed and renewed."""

    DOCUMENTATION = r"""
options:
  renew:
    description:
      - Renews what is there on a control plane, V(due) as every run does and V(all) whether it is due or not. On a host without CAs it
        is an error in place of making new ones.
    type: str
    choices: [due, all]
  requests:
    description:
      - The CAs, by their paths below the certificates folder without extension, for which requests are returned in place of an error
        where their keys are not on the host. Set by the module's own action on the controller; give it no value.
    type: list
    elements: str
    default: []
  signed:
    description:
      - Certificates in PEM form that were signed for earlier requests, by the names of these. Set by the module's own action on the
        controller; give it no value.
    type: dict
    default: {}
  only_signed:
    description:
      - Whether nothing but the certificates in O(signed) is installed. Set by the module's own action on the controller; give it no value.
    type: bool
    default: false
  client_requests:
    description:
      - Requests for the client certificates of kubeconfigs that are kept on the controller. Set by the module's own action on the
        controller; give it no value.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of the kubeconfig.
        type: str
        required: true
      csr:
        description: The request in PEM form.
        type: str
        required: true
"""

    AUTHORITIES = r"""
options:
  authorities:
    description:
      - The CAs of C(kubewright_ca_files) or C(kubewright_ca_dir). Set by the module's own action on the controller; give it no value.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The CA's path below the certificates folder, without extension.
        type: str
        required: true
      source:
        description: Where it is from, for messages.
        type: str
        required: true
      certificate:
        description: The CA's certificate in PEM form; only the first one is written.
        type: str
        required: true
      key:
        description: Its private key in PEM form. Without it somebody else signs.
        type: str
"""
