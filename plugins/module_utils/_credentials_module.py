# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What pki_generate and kubeconfig_write have in common: their options and their body."""

from __future__ import annotations

import datetime
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._config_module import config_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import CONFIG_SPEC, Outcome
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import client_requests, credentials
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import Renewal
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.given_ca import GivenCA

CREDENTIALS_SPEC: dict[str, t.Any] = dict(
    CONFIG_SPEC,
    client_requests={
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"name": {"type": "str", "required": True}, "csr": {"type": "str", "required": True}},
    },
    renew={"type": "str", "choices": ["due", "all"]},
    requests={"type": "list", "elements": "str", "default": []},
    signed={"type": "dict", "default": {}},
    only_signed={"type": "bool", "default": False},
)

AUTHORITIES_SPEC: dict[str, t.Any] = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {
        "path": {"type": "str", "required": True},
        "source": {"type": "str", "required": True},
        "certificate": {"type": "str", "required": True},
        "key": {"type": "str", "no_log": True},
    },
}


def given_authorities(module: AnsibleModule) -> dict[str, GivenCA]:
    """The user's own CAs, which the action ships, by their paths below the certificates folder."""
    return {
        item["path"]: GivenCA(
            item["source"], item["certificate"].encode(), item["key"].encode() if item["key"] is not None else None
        )
        for item in module.params["authorities"]
    }


def run_credentials(
    module: AnsibleModule, parts: t.Collection[str], given: t.Mapping[str, GivenCA] | None = None
) -> Outcome:
    """Reads, plans, makes. Raises KubewrightError."""
    config, params = config_of(module), module.params
    now = datetime.datetime.now(datetime.timezone.utc)
    renewal = Renewal(now, config.data["certRenewBeforeSeconds"], params["renew"] == "all")
    task = credentials.Task(
        parts=parts,
        given=given or {},
        requests=params["requests"],
        signed={name: str(pem).encode() for name, pem in params["signed"].items()},
        only_signed=params["only_signed"],
        existing_cluster=params["renew"] is not None,
    )
    planned = credentials.plan(config, renewal, task)
    for warning in planned.warnings:
        module.warn(warning)
    reasons = credentials.reasons(config, planned)
    requests = credentials.planned_requests(planned)
    if (reasons or requests) and not module.check_mode:
        requests = credentials.apply(config, planned, now)
    result: Outcome = {
        "changed": bool(reasons),
        "reasons": reasons,
        "requests": [request._asdict() for request in requests],
        "diff": credentials.reasons_diff(reasons),
    }
    if credentials.KUBECONFIGS in parts:
        result.update(client_requests.answers(config, params["client_requests"], now))
    return result


__all__ = ("AUTHORITIES_SPEC", "CREDENTIALS_SPEC", "given_authorities", "run_credentials")
