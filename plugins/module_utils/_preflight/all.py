# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the preflight checks have to know of a host, gathered in one pass. It is judged on the controller.

The facts travel as the result of a module: plain JSON, without secrets.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import addresses as _addresses
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import certificates as _certificates
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import commands as _commands
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import (
    container_runtime as _container_runtime,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import endpoint as _endpoint
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import entropy as _entropy
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import (
    etcd_directory as _etcd_directory,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import external_etcd as _external_etcd
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import firewall as _firewall
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import folders as _folders
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import hostname as _hostname
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import identity as _identity
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import ipvs as _ipvs
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import (
    kernel_parameters as _kernel_parameters,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import leftovers as _leftovers
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import manifests as _manifests
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import ports as _ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import reachability as _reachability
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import resources as _resources
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import (
    security_modules as _security_modules,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import services as _services
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import subnets as _subnets
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import swap as _swap
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import (
    system_verification as _system_verification,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import user as _user
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import all_within

Facts = t.Dict[str, t.Any]
Question = t.Mapping[str, t.Any]

_GATHERERS: t.Mapping[str, t.Callable[[InspectedHost, Question], t.Any]] = {
    "user": _user.gather,
    "resources": _resources.gather,
    "services": _services.gather,
    "firewall": _firewall.gather,
    "ports": _ports.gather,
    "manifests": _manifests.gather,
    "container_runtime": _container_runtime.gather,
    "kernel_parameters": _kernel_parameters.gather,
    "swap": _swap.gather,
    "commands": _commands.gather,
    "system_verification": _system_verification.gather,
    "hostname": _hostname.gather,
    "ipvs": _ipvs.gather,
    "etcd_directory": _etcd_directory.gather,
    "external_etcd": _external_etcd.gather,
    "certificates": _certificates.gather,
    "folders": _folders.gather,
    "subnets": _subnets.gather,
    "addresses": _addresses.gather,
    "endpoint": _endpoint.gather,
    "entropy": _entropy.gather,
    "security_modules": _security_modules.gather,
    "leftovers": _leftovers.gather,
    "identity": _identity.gather,
    "reachability": _reachability.gather,
}

# No family needs more on a host that is well; a name server, a disk or a command that hangs must not hold up a fleet.
_SECONDS = 20.0
# In place of the facts of a family, why there are none; in place of a question, why it could not be made.
BROKEN = "broken"


def _look(host: InspectedHost, family: str, question: Question) -> t.Any:
    """The facts of a family. What is unexpected on one host must not hide what the other families have to say."""
    if BROKEN in question:
        return question
    try:
        return _GATHERERS[family](host, question)
    except Exception as error:
        return {BROKEN: f"{type(error).__name__}: {error}"}


def gather(host: InspectedHost, questions: t.Mapping[str, Question]) -> Facts:
    """The facts of one host by family, side by side because some wait for an answer. Without root only who runs this.

    questions: by family, what it has to know to gather its facts; only those families are looked at.
    """
    user = _user.gather(host, {})
    if user["uid"] != 0:
        return {"user": user}
    asked = {family: functools.partial(_look, host, family, question) for family, question in questions.items()}
    return all_within(_SECONDS, asked, {BROKEN: f"no answer within {_SECONDS:.0f} s"})


__all__ = ("BROKEN", "Facts", "gather")
