# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Hostname: the node's name has a form that Kubernetes takes, and resolves."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check

# Kubernetes' IsQualifiedName, of which a node's name has no prefix.
_QUALIFIED_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_LONGEST = 63


def question(config: Config) -> dict[str, t.Any]:
    """C(name): the one under which the node registers."""
    return {"name": config.node_name}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """A warning if the name does not resolve; since 1.21 another one if it has not the form of a qualified name."""
    name, addresses = config.node_name, facts["addresses"]
    checks = []
    if config.release.preflight_hostname_form:
        fits = len(name) <= _LONGEST and bool(_QUALIFIED_NAME.match(name))
        wanted = f"at most {_LONGEST} letters, digits, '-', '_' and '.', a letter or digit at both ends"
        checks.append(Check("Hostname", WARNING, fits, name, wanted, "Set kubewright_node_name to a shorter name."))
    found = f"{name} resolves to {', '.join(addresses)}" if addresses else f"{name} does not resolve"
    cure = f"Add {config.advertise_address} {name} to /etc/hosts, or {name} to DNS."
    return [*checks, Check("Hostname", WARNING, bool(addresses), found, "a name that resolves", cure)]


__all__ = ("check", "question")
