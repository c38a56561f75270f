# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""ControlPlaneEndpoint: this host resolves and reaches it."""

from __future__ import annotations

import errno
import socket
import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import within

_TIMEOUT = 1.5


def _target(config: Config) -> tuple[str, int]:
    parsed = urllib.parse.urlsplit(config.control_plane_endpoint)
    return str(parsed.hostname), int(parsed.port or 6443)


def _attempt(host: str, port: int) -> str:
    """C(open), C(refused), or why it is not reached."""
    try:
        socket.create_connection((host, port), timeout=_TIMEOUT).close()
    except socket.gaierror:
        return "the name does not resolve"
    except socket.timeout:
        return f"no answer within {_TIMEOUT:g} s"
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        return "refused" if number == errno.ECONNREFUSED else str(getattr(error, "strerror", None) or error)
    return "open"


def gather(_host: Host, config: Config) -> dict[str, t.Any]:
    """C(outcome): of one connection. Without controlPlaneEndpoint nothing is tried: it is the host itself."""
    if not config.control_plane_host:
        return {"outcome": "open"}
    return {"outcome": within(2 * _TIMEOUT, lambda: _attempt(*_target(config)), "no answer in time")}


def _is_in_own_network(host: str, routes: t.Sequence[t.Sequence[str]]) -> bool:
    address = network.parse_ip(host)
    networks = [network.parse_subnet(text) for text, _interface in routes]
    return address is not None and any(subnet is not None and address in subnet for subnet in networks)


def check(
    config: Config,
    facts: t.Mapping[str, t.Any],
    subnet_facts: t.Mapping[str, t.Any],
    manifest_facts: t.Mapping[str, t.Any],
) -> list[Check]:
    """A refusal is well: the way is open, and nothing listens there before the first init.

    So is an address of the host's own network that is silent before the first init: a virtual one comes with the control plane.
    """
    if not config.control_plane_host:
        return []
    outcome, target = facts["outcome"], network.host_port(*_target(config))
    is_first = not manifests.is_control_plane(manifest_facts)
    if (
        outcome not in ("open", "refused")
        and is_first
        and _is_in_own_network(_target(config)[0], subnet_facts["routes"])
    ):
        found, wanted = (
            f"{target} is silent yet ({outcome})",
            "an endpoint that this host reaches, or a virtual address that comes up",
        )
        return [Check("ControlPlaneEndpoint", WARNING, True, found, wanted, "See to the virtual address.")]
    found = {"open": f"{target} is reached", "refused": f"{target} is reached (nothing listens yet)"}.get(
        outcome, f"{target}: {outcome}"
    )
    cure = (
        "See to its DNS record, virtual address or load balancer, and to firewalls on the way; or correct "
        "kubewright_control_plane_endpoint."
    )
    passed = outcome in ("open", "refused")
    return [Check("ControlPlaneEndpoint", WARNING, passed, found, "an endpoint that this host reaches", cure)]


__all__ = ("check", "gather")
