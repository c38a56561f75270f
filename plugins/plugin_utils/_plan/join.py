# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The command that joins nodes."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

WITHHELD = "<value withheld>"


def join_command(
    config: Config, facts: t.Mapping[str, t.Any], tokens: t.Sequence[t.Mapping[str, t.Any]], check: bool
) -> str:
    """The command on one line. Raises KubewrightError where nodes cannot join.

    facts: see C(_api.join.join_facts). tokens: the declared ones. check: whether the cluster, or its token, may be yet to come.
    """
    # In check mode the token that the run makes before is yet to come as well.
    if facts["answers"] and facts["token_id"] is None and not check:
        raise KubewrightError("the cluster has no bootstrap token that can join nodes: run the bootstrap_token phase.")
    ca_hash = facts["ca_hash"]
    if ca_hash is None:
        if not check:
            raise KubewrightError(f"{config.certificates_dir}/ca.crt is not there: run the certs phase first.")
        ca_hash = WITHHELD
    token = WITHHELD
    if facts["token_id"] is not None and not config.data.get("skipTokenPrint"):
        token = facts["token"]
        if not str(token).startswith(facts["token_id"] + "."):
            # A declared one was a secret on its way to the host, and so was blotted out of what came back.
            declared = {str(item["token"]).partition(".")[0]: item["token"] for item in tokens if item.get("token")}
            token = declared.get(facts["token_id"], token)
    endpoint = config.control_plane_endpoint[len("https://") :]
    return f"kubeadm join {endpoint} --token {token} --discovery-token-ca-cert-hash {ca_hash}"


__all__ = ("WITHHELD", "join_command")
