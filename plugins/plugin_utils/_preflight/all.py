# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""All preflight checks of one host: what is asked of it, and how the answers are judged."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.all import BROKEN, Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import addresses as _addresses
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import certificates as _certificates
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import commands as _commands
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    container_runtime as _container_runtime,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import endpoint as _endpoint
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import entropy as _entropy
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    etcd_directory as _etcd_directory,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import external_etcd as _external_etcd
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import firewall as _firewall
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import folders as _folders
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import hostname as _hostname
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import identity as _identity
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import ipvs as _ipvs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    kernel_parameters as _kernel_parameters,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import leftovers as _leftovers
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests as _manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import ports as _ports
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import proxies as _proxies
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import reachability as _reachability
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import resources as _resources
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    running_cluster as _running_cluster,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    security_modules as _security_modules,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import services as _services
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import subnets as _subnets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import swap as _swap
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    system_verification as _system_verification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import user as _user
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import versions as _versions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

Question = dict[str, t.Any]


def _nothing(_config: Config) -> Question:
    """What a family is asked that looks at the same things whatever the configuration is."""
    return {}


# None of a question: with this configuration there is nothing to look at.
_QUESTIONS: t.Mapping[str, t.Callable[[Config], Question | None]] = {
    "user": _nothing,
    "resources": _nothing,
    "services": _nothing,
    "firewall": _firewall.question,
    "ports": _ports.question,
    "manifests": _nothing,
    "container_runtime": _container_runtime.question,
    "kernel_parameters": _kernel_parameters.question,
    "swap": _nothing,
    "commands": _commands.question,
    "system_verification": _system_verification.question,
    "hostname": _hostname.question,
    "ipvs": _ipvs.question,
    "etcd_directory": _etcd_directory.question,
    "external_etcd": _external_etcd.question,
    "certificates": _certificates.question,
    "folders": _folders.question,
    "subnets": _nothing,
    "addresses": _addresses.question,
    "endpoint": _endpoint.question,
    "entropy": _nothing,
    "security_modules": _nothing,
    "leftovers": _nothing,
    "identity": _identity.question,
    "reachability": _reachability.question,
}

# Families whose failures are only warnings. Of the others nobody knows whether init would succeed.
_ONLY_WARNINGS = (
    "addresses",
    "endpoint",
    "entropy",
    "firewall",
    "hostname",
    "leftovers",
    "security_modules",
    "subnets",
)

# What a worker is asked: kubeadm's checks of a node that joins, and those of this collection that concern any node.
_OF_WORKERS = (
    "user",
    "services",
    "ports",
    "container_runtime",
    "kernel_parameters",
    "swap",
    "commands",
    "system_verification",
    "hostname",
    "ipvs",
    "entropy",
    "security_modules",
    "reachability",
)
# What a host of an external etcd is asked beside that.
_OF_ETCD_HOSTS = (
    *_OF_WORKERS,
    "manifests",
    "etcd_directory",
    "certificates",
    "folders",
)
# Of these, the checks that concern the control plane alone.
_NOT_OF_WORKERS = ("Firewalld", "HTTPProxy", "HTTPProxyCIDR", "ImagePull", "KubernetesVersion")
_NOT_OF_ETCD_HOSTS = ("Firewalld", "HTTPProxy", "HTTPProxyCIDR", "KubernetesVersion")

_Judge = t.Callable[[], list[Check]]


def _families(config: Config) -> t.Collection[str]:
    """What a host of this kind is asked."""
    if config.is_control_plane:
        return _QUESTIONS
    return _OF_WORKERS if config.join is not None else _OF_ETCD_HOSTS


def _asked(question: t.Callable[[Config], Question | None], config: Config) -> Question | None:
    """The question of a family, or why it could not be made: that is said with the outcomes, beside those of the others."""
    try:
        return question(config)
    except Exception as error:
        return {BROKEN: f"{type(error).__name__}: {error}"}


def questions(config: Config) -> dict[str, Question]:
    """What is asked of the host, by family, as plain JSON; a family that this configuration does not ask for is not there."""
    asked = {family: _asked(_QUESTIONS[family], config) for family in _families(config)}
    return {family: question for family, question in asked.items() if question is not None}


def _judged(family: str, facts: Facts, judge: _Judge) -> list[Check]:
    """The checks of a family, or one that says why they could not be made."""
    cause = (facts.get(family) or {}).get(BROKEN)
    if cause is None:
        try:
            return judge()
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
    cure = "See what is special about this host there; report it if nothing is."
    severity = WARNING if family in _ONLY_WARNINGS else ERROR
    return [Check(f"NotChecked-{family}", severity, False, f"could not be looked at ({cause})", "an answer", cure)]


def run_checks(config: Config, facts: Facts) -> list[Check]:
    """All checks: kubeadm's in kubeadm's order, then this collection's own. Without root only the one that says so.

    facts: by family, what C(gather) returned for the questions of this configuration.
    """
    first = _user.check(config, facts["user"])
    if not first[0].passed:
        return first
    # A family that was not asked for has no facts, and its checks need none.
    facts = {**dict.fromkeys(_QUESTIONS), **facts}
    manifests = facts["manifests"] or {"files": {}}
    manifests = manifests if BROKEN not in manifests else {"files": {}}
    runtime, services, etcd = facts["container_runtime"], facts["services"], facts["etcd_directory"]
    nowhere: Facts = {"routes": [], "nameservers": []}
    subnets = facts["subnets"] or nowhere
    subnets = subnets if BROKEN not in subnets else nowhere
    judges: list[tuple[str, _Judge]] = [
        ("resources", lambda: _resources.check(config, facts["resources"])),
        ("user", lambda: _versions.kubernetes_version(config)),
        ("services", lambda: _services.firewalld(config, services)),
        ("ports", lambda: _ports.check(config, facts["ports"], manifests)),
        ("manifests", lambda: _manifests.file_available(config, manifests)),
        ("manifests", lambda: _running_cluster.check(config, manifests)),
        ("user", lambda: _proxies.check(config)),
        ("container_runtime", lambda: _container_runtime.answers(config, runtime)),
        ("container_runtime", lambda: _container_runtime.runtime_config(config, runtime)),
        ("services", lambda: _services.runtime(config, services, not runtime.get("error"))),
        ("container_runtime", lambda: _container_runtime.docker_uses_systemd(config, runtime)),
        ("kernel_parameters", lambda: _kernel_parameters.check(config, facts["kernel_parameters"])),
        ("swap", lambda: _swap.check(config, facts["swap"])),
        ("commands", lambda: _commands.check(config, facts["commands"])),
        ("system_verification", lambda: _system_verification.check(config, facts["system_verification"])),
        ("hostname", lambda: _hostname.check(config, facts["hostname"])),
        ("user", lambda: _versions.kubelet_version(config)),
        ("services", lambda: _services.kubelet(config, services)),
        ("ipvs", lambda: _ipvs.check(config, facts["ipvs"])),
        ("external_etcd", lambda: _external_etcd.check(config, facts["external_etcd"])),
        ("etcd_directory", lambda: _etcd_directory.dir_available(config, etcd, manifests)),
        ("container_runtime", lambda: _container_runtime.images(config, runtime)),
        ("certificates", lambda: _certificates.usable(config, facts["certificates"])),
        ("certificates", lambda: _certificates.expiry(config, facts["certificates"])),
        ("folders", lambda: _folders.check(config, facts["folders"])),
        ("container_runtime", lambda: _container_runtime.interface_version(config, runtime)),
        ("container_runtime", lambda: _container_runtime.cgroup_driver(config, runtime)),
        ("container_runtime", lambda: _container_runtime.sandbox_image(config, runtime)),
        ("firewall", lambda: _firewall.check(config, facts["firewall"])),
        ("subnets", lambda: _subnets.check(config, subnets, manifests)),
        ("addresses", lambda: _addresses.check(config, facts["addresses"])),
        ("endpoint", lambda: _endpoint.check(config, facts["endpoint"], subnets, manifests)),
        ("etcd_directory", lambda: _etcd_directory.disk(config, etcd)),
        ("entropy", lambda: _entropy.check(config, facts["entropy"])),
        ("security_modules", lambda: _security_modules.check(config, facts["security_modules"])),
        ("manifests", lambda: _manifests.foreign_manifest(config, manifests)),
        ("leftovers", lambda: _leftovers.check(config, facts["leftovers"], manifests)),
        ("reachability", lambda: _reachability.check(config, facts["reachability"])),
    ]
    families = _families(config)
    judges = [(family, judge) for family, judge in judges if family in families]
    made = [*first, *(check for family, judge in judges for check in _judged(family, facts, judge))]
    if not config.is_control_plane:
        without = _NOT_OF_WORKERS if config.join is not None else _NOT_OF_ETCD_HOSTS
        made = [check for check in made if check.name not in without]
    # A family that could not be looked at is said once.
    return list(dict.fromkeys(made))


__all__ = ("questions", "run_checks")
