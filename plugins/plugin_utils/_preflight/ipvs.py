# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What kube-proxy needs in its mode ipvs: kernel modules and ipset until 1.15, and a word of warning since 1.37."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.ipvs import LOADED
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

Facts = dict[str, t.Any]

MODULES = ("ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh")
# Since Linux 4.19, and before.
_CONNTRACK = ("nf_conntrack", "nf_conntrack_ipv4")
_CONNTRACK_RENAMED = (4, 19)
_BY_PROXIER = "IPVSProxierCheck"
_LEAST_IPSET = (6, 0)


def _uses_ipvs(config: Config) -> bool:
    return config.kube_proxy.get("mode") == "ipvs"


def wanted_modules(config: Config, release: str) -> list[str]:
    """The modules that kubeadm looks for, on a kernel of that release."""
    match = re.match(r"([0-9]+)\.([0-9]+)", release)
    renamed = match is not None and (int(match.group(1)), int(match.group(2))) >= _CONNTRACK_RENAMED
    by_kernel = renamed and config.release.preflight_ipvs_by_kernel
    return [*MODULES, _CONNTRACK[0] if by_kernel else _CONNTRACK[1]]


def question(config: Config) -> dict[str, t.Any] | None:
    """C(modules): names. C(loadable), C(ipset): whether to look at what modprobe and ipset say. None where kubeadm does not look.

    Which module counts connections depends on the kernel, so that both are asked for.
    """
    name = config.release.preflight_ipvs
    if name is None or not _uses_ipvs(config):
        return None
    if name == _BY_PROXIER:
        return {"modules": list(MODULES), "loadable": True, "ipset": True}
    return {"modules": [*MODULES, *_CONNTRACK], "loadable": False, "ipset": False}


def _modules_available(name: str, wanted: t.Sequence[str], facts: Facts) -> Check:
    """Until 1.14: all loaded, or all built in; a mixture of both is a warning, as kubeadm has it."""
    load = "modprobe -a %s; and list them in /etc/modules-load.d/ipvs.conf." % " ".join(wanted)
    cure = f"Load them: {load}"
    text = "the kernel modules %s" % ", ".join(wanted)
    if facts["loaded"] is None:
        cure = f"Run a kernel with loadable modules, or add {name} to kubewright_ignore_preflight_errors."
        return Check(name, ERROR, False, f"no {LOADED} to read", text, cure)
    missing = [module for module in wanted if module not in facts["loaded"]]
    if not missing:
        return Check(name, WARNING, True, "loaded: %s" % ", ".join(wanted), text, cure)
    if facts["builtin"] is None:
        path = "/lib/modules/{}/modules.builtin".format(facts["release"])
        cure = f"Install the kernel's modules below /lib/modules, or load those that there are: {load}"
        return Check(name, ERROR, False, "not loaded: {}; no {} to read".format(", ".join(missing), path), text, cure)
    passed = set(wanted) <= set(facts["builtin"])
    found = "built in: %s" % ", ".join(wanted) if passed else "not loaded: %s" % ", ".join(missing)
    return Check(name, WARNING, passed, found, text, cure)


def _proxier_usable(name: str, facts: Facts) -> Check:
    """In 1.15: an error unless each module is loaded, built in or can be loaded, and ipset is new enough.

    A missing conntrack module alone does not count there. kubeadm loads the modules to find out; here modprobe only says
    what it would do.
    """
    text = "the kernel modules %s, and ipset %d.%d or newer" % (", ".join(MODULES), *_LEAST_IPSET)
    cure = "Install the kernel's modules and ipset from the distribution."
    if facts["loaded"] is None:
        return Check(name, ERROR, False, f"no {LOADED} to read", text, cure)
    there = {*facts["loaded"], *(facts["builtin"] or []), *facts["loadable"]}
    missing = [module for module in MODULES if module not in there]
    if missing:
        return Check(name, ERROR, False, "neither loaded nor installed: %s" % ", ".join(missing), text, cure)
    if facts["ipset"] is None:
        return Check(name, ERROR, False, "no ipset", text, cure)
    version = tuple(int(part) for part in facts["ipset"].split("."))
    return Check(
        name, ERROR, version >= _LEAST_IPSET, "the kernel modules, and ipset {}".format(facts["ipset"]), text, cure
    )


def check(config: Config, facts: Facts | None) -> list[Check]:
    """The outcomes under kubeadm's names; KubeProxyMode is this collection's, for what kubeadm 1.37 only logs."""
    checks = []
    name = config.release.preflight_ipvs
    if facts is not None and name is not None:
        by_proxier = name == _BY_PROXIER
        wanted = wanted_modules(config, facts["release"])
        checks.append(_proxier_usable(name, facts) if by_proxier else _modules_available(name, wanted, facts))
    if config.release.kube_proxy_ipvs_warning and config.uses_kube_proxy:
        mode = config.kube_proxy.get("mode") or "iptables"
        cure = (
            "Set mode: nftables in KubeProxyConfiguration, or iptables where the kernel is too old for it; Kubernetes is giving "
            "up ipvs, which is deprecated since 1.35."
        )
        passed = not _uses_ipvs(config)
        checks.append(
            Check("KubeProxyMode", WARNING, passed, f"kube-proxy's mode {mode}", "another mode than ipvs", cure)
        )
    return checks


__all__ = ("MODULES", "Facts", "check", "question", "wanted_modules")
