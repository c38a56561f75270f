# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""All preflight checks of one host: gather everything in one pass, then judge it."""

from __future__ import annotations

import concurrent.futures
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import (
    _addresses,
    _certificates,
    _commands,
    _container_runtime,
    _endpoint,
    _entropy,
    _etcd_directory,
    _external_etcd,
    _firewall,
    _folders,
    _hostname,
    _identity,
    _ipvs,
    _kernel_parameters,
    _leftovers,
    _manifests,
    _ports,
    _proxies,
    _resources,
    _security_modules,
    _services,
    _subnets,
    _swap,
    _system_verification,
    _user,
    _versions,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._check import Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._host import Host

Facts = t.Dict[str, t.Any]

_GATHERERS: t.Mapping[str, t.Callable[[Host, Config], t.Any]] = {
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
}


def gather(host: Host, config: Config) -> Facts:
    """The facts of one host by family, side by side because some wait for an answer. Without root only who runs this."""
    user = _user.gather(host, config)
    if user["uid"] != 0:
        return {"user": user}
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(_GATHERERS)) as pool:
        running = {family: pool.submit(function, host, config) for family, function in _GATHERERS.items()}
        return {family: future.result() for family, future in running.items()}


def run_checks(config: Config, facts: Facts) -> list[Check]:
    """All checks: kubeadm's in kubeadm's order, then this collection's own. Without root only the one that says so."""
    first = _user.check(config, facts["user"])
    if not first[0].passed:
        return first
    manifests = facts["manifests"]
    runtime = facts["container_runtime"]
    services = facts["services"]
    return [
        *first,
        *_resources.check(config, facts["resources"]),
        *_versions.kubernetes_version(config, {}),
        *_services.firewalld(config, services),
        *_ports.check(config, facts["ports"], manifests),
        *_manifests.file_available(config, manifests),
        *_proxies.check(config, {}),
        *_container_runtime.answers(config, runtime),
        *_container_runtime.runtime_config(config, runtime),
        *_services.runtime(config, services, not runtime["error"]),
        *_container_runtime.docker_uses_systemd(config, runtime),
        *_kernel_parameters.check(config, facts["kernel_parameters"]),
        *_swap.check(config, facts["swap"]),
        *_commands.check(config, facts["commands"]),
        *_system_verification.check(config, facts["system_verification"]),
        *_hostname.check(config, facts["hostname"]),
        *_versions.kubelet_version(config, {}),
        *_services.kubelet(config, services),
        *_ipvs.check(config, facts["ipvs"]),
        *_external_etcd.check(config, facts["external_etcd"]),
        *_etcd_directory.dir_available(config, facts["etcd_directory"], manifests),
        *_container_runtime.images(config, runtime),
        *_certificates.usable(config, facts["certificates"]),
        *_certificates.expiry(config, facts["certificates"]),
        *_folders.check(config, facts["folders"]),
        *_container_runtime.interface_version(config, runtime),
        *_container_runtime.cgroup_driver(config, runtime),
        *_container_runtime.sandbox_image(config, runtime),
        *_firewall.check(config, facts["firewall"]),
        *_subnets.check(config, facts["subnets"], manifests),
        *_addresses.check(config, facts["addresses"]),
        *_endpoint.check(config, facts["endpoint"]),
        *_etcd_directory.disk(config, facts["etcd_directory"]),
        *_entropy.check(config, facts["entropy"]),
        *_security_modules.check(config, facts["security_modules"]),
        *_manifests.foreign_manifest(config, manifests),
        *_leftovers.check(config, facts["leftovers"], manifests),
    ]


__all__ = ("Facts", "gather", "run_checks")
