#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bootstrap_token
short_description: Makes bootstrap tokens, their rules and the discovery information
version_added: 0.1.0
description:
  - Creates the declared bootstrap tokens. Where none is declared, makes sure that the cluster has one that can join nodes and makes a
    random one on the host where it has not.
  - Applies the RBAC rules for bootstrap tokens and the ConfigMap C(cluster-info) in C(kube-public).
  - Tokens are never returned; see M(kubewright.control_plane.join_command).
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.api
  - kubewright.control_plane.phase.objects
options:
  ca:
    description: The CA's certificate on the host. Set by the module's own action on the controller; give it no value.
    type: path
  cluster_info:
    description: How the ConfigMap C(cluster-info) is written. Set by the module's own action on the controller; give it no value.
    type: dict
    suboptions:
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
  tokens:
    description:
      - The declared tokens. Set by the module's own action from C(kubewright_bootstrap_tokens); give it no value.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Make sure that nodes can join
  kubewright.control_plane.bootstrap_token:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
objects:
  description: The objects that were created or updated, or would be in check mode, with the action.
  returned: success
  type: dict
  sample:
    ConfigMap kube-public/cluster-info: created
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import (
    admin_client,
    apply_objects,
    report,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.cluster_info import cluster_info
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.tokens_in_cluster import token_secrets
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    API_SPEC,
    CONFIG_SPEC,
    OBJECTS_SPEC,
    Outcome,
    run_module,
)


def body(module: AnsibleModule) -> Outcome:
    """Tokens, rules, discovery."""
    now = datetime.datetime.now(datetime.timezone.utc)
    ca = files.read_file(module.params["ca"])
    if ca is None and not module.check_mode:
        raise KubewrightError("{} is not there: run the certs phase first.".format(module.params["ca"]))
    client = admin_client(module.params["api"], module.check_mode)
    existing = token_secrets(client) if client is not None else []
    declared = module.params["tokens"]
    tokens = [token for token in declared if token.get("token")]
    joins = any(bootstrap_token.can_join(token) for token in tokens)
    if not joins and bootstrap_token.usable_token(existing, now) is None:
        tokens.append(bootstrap_token.random_token(next((one for one in declared if not one.get("token")), None)))
    by_name = {secret["metadata"]["name"]: secret for secret in existing}
    wanted = []
    for token in tokens:
        secret = bootstrap_token.token_secret(token, now)
        if not token.get("expires"):
            secret = bootstrap_token.keep_expiration(secret, by_name.get(secret["metadata"]["name"]))
        wanted.append((secret, "replace"))
    wanted += [(item["manifest"], item["policy"]) for item in module.params["objects"]]
    # The signatures for each token, which a controller adds to it, stay.
    wanted.append(
        (cluster_info(ca_pem=ca.content if ca is not None else b"", **module.params["cluster_info"]), "merge")
    )
    return report(apply_objects(module.params["api"], wanted, module.check_mode))


def main() -> None:
    """Runs the module."""
    tokens = {"type": "list", "elements": "dict", "default": [], "no_log": True}
    cluster = {
        "endpoint": {"type": "str", "required": True},
        "empty_list": {"type": "str", "required": True},
        "preferences": {"type": "bool", "required": True},
    }
    specification = dict(
        CONFIG_SPEC,
        api=API_SPEC,
        ca={"type": "path"},
        cluster_info={"type": "dict", "options": cluster},
        objects=OBJECTS_SPEC,
        tokens=tokens,
    )
    run_module("bootstrap_token", specification, body, from_action=("api", "ca", "cluster_info"))


if __name__ == "__main__":
    main()
