#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_remove
short_description: Takes a node out of its cluster
version_added: 0.1.0
description:
  - Empties a node that is Ready of its pods (evictions, which respect disruption budgets), removes its member of etcd, and deletes it. The
    host itself is not touched, and may be gone.
  - It is run on a control plane. That one's own node is not removed.
  - The member of etcd is known by its name and its address together. It is removed only while all others are healthy, so that they keep
    their quorum.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is changed.
  diff_mode:
    support: none
    details: C(planned) says what is changed.
requirements:
  - cryptography (python3-cryptography)
options:
  name:
    description: The name of the node.
    type: str
    required: true
  addresses:
    description: The addresses of its host, beside those that the node itself names.
    type: list
    elements: str
    default: []
  same_host:
    description: Whether it fails where the node has none of O(addresses), because it is another host's.
    type: bool
    default: false
  force:
    description: Whether what cannot be removed, as a member of an etcd that is not well, or another host's node, is passed over.
    type: bool
    default: false
  drain:
    description: Whether a node that is Ready is emptied before.
    type: bool
    default: true
  drain_timeout:
    description: For how many seconds its pods may need to end.
    type: float
    default: 300.0
  timeout:
    description: For how many seconds the API server may be away.
    type: float
    default: 60.0
"""

EXAMPLES = r"""
- name: Take a control plane out of the cluster whose host is lost
  kubewright.control_plane.node_remove:
    name: cp3
  delegate_to: cp1
  become: true
"""

RETURN = r"""
evicted:
  description: The pods that were evicted, each with its namespace.
  returned: success
  type: list
  elements: str
  sample: [default/web-1]
removed:
  description: What was removed.
  returned: success
  type: list
  elements: str
  sample: [etcd member cp3, Node cp3]
planned:
  description: What changes, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: Node cp3
      action: remove
      reason: as asked
"""

import functools
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.control_plane_endpoints import (
    forget,
    is_named,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.drain import cordon, drain
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import (
    addresses,
    find_node,
    is_ready,
    node_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import own_client, waiting_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.network import host_port, is_dns_subdomain
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.ports import ETCD_PEER
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import call
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import (
    Member,
    members,
    named,
    refuse_unhealthy,
    remove,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import (
    api_server,
    has_member,
    server,
    unhealthy,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

# Seconds that an API server may be away in a drain.
_A_MOMENT = 15.0


def _nothing() -> None:
    """Ends no member."""


def _of_etcd(host: Host, name: str, known: t.Sequence[str]) -> tuple[Member | None, t.Callable[[], None]]:
    """The node's member, and what removes it. Raises KubewrightError where that would cost the others their quorum."""
    if not has_member(host):
        return None, _nothing
    asked = server(host)
    asking = functools.partial(call, asked)
    found, _cluster = members(asking)
    member = named(found, name, ["https://" + host_port(address, ETCD_PEER) for address in known])
    if member is None:
        return None, _nothing

    def end() -> None:
        # Once more: a drain takes its time.
        refuse_unhealthy(members(asking)[0], lambda item: unhealthy(asked, item), member)
        remove(asking, member)

    refuse_unhealthy(found, lambda item: unhealthy(asked, item), member)
    return member, end


def body(module: AnsibleModule) -> ModuleResult:
    """Removes it."""
    params, host, name = module.params, Host(run_command), module.params["name"]
    if not is_dns_subdomain(name):
        raise KubewrightError(f"name: found {name!r}; a node's name consists of a-z, 0-9, '-' and '.'.")
    client = waiting_client(host, params["timeout"])
    node = find_node(client, name)
    is_foreign = node is not None and bool(addresses(node)) and not set(addresses(node)) & set(params["addresses"])
    if params["same_host"] and is_foreign:
        shown = f"the node {name} of the cluster is at {', '.join(addresses(node or {}))}, which is not this host"
        if not params["force"]:
            raise KubewrightError(
                f"{shown}: another host has its name now. Nothing is removed. To reset this host alone, set kubewright_reset_force to true."
            )
        module.warn(f"{shown}, so it stays.")
        return {"changed": False, "removed": [], "evicted": []}
    known = [*params["addresses"], *addresses(node or {})]
    if api_server(host).flag("advertise-address") in known:
        raise KubewrightError(
            f"{name} is the node of this host, which is asked to remove it. Ask another control plane."
        )
    try:
        member, end_member = _of_etcd(host, name, known)
    except KubewrightError as error:
        if not params["force"]:
            raise
        module.warn(f"The member {name} of etcd stays: {error}")
        member, end_member = None, _nothing
    removed = [f"etcd member {name}"] if member is not None else []
    removed += [f"Node {name}"] if node is not None else []
    evicted: list[str] = []
    removed += ["ConfigMap kube-system/kubeadm-config"] if is_named(client, name) else []
    if not module.check_mode:
        if node is not None and params["drain"] and is_ready(node):
            cordon(client, name)
            # One that tries again for long by itself would keep the other pods waiting.
            at_once = own_client(host, _A_MOMENT, waits=False) or client
            evicted = drain(client, at_once, name, params["drain_timeout"], time.sleep, time.monotonic)
        end_member()
        if node is not None:
            client.request("DELETE", node_path(name), {"preconditions": {"uid": node["metadata"]["uid"]}})
        forget(client, name)
    return {"changed": bool(removed), "removed": removed, "evicted": evicted}


def main() -> None:
    """Runs the module."""
    options = {
        "name": {"type": "str", "required": True},
        "addresses": {"type": "list", "elements": "str", "default": []},
        "same_host": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "drain": {"type": "bool", "default": True},
        "drain_timeout": {"type": "float", "default": 300.0},
        "timeout": {"type": "float", "default": 60.0},
    }
    run_module("remove", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
