# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What kube-proxy needs in its mode ipvs: kernel modules and ipset until 1.15, and a word of warning since 1.37."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import kernel
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host

Facts = t.Dict[str, t.Any]

LOADED = "/proc/modules"
MODULES = ("ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh")
_CONNTRACK_RENAMED = (4, 19)
_LEAST_IPSET = (6, 0)


def _uses_ipvs(config: Config) -> bool:
    return config.kube_proxy.get("mode") == "ipvs"


def wanted_modules(config: Config, release: str) -> list[str]:
    """The modules that kubeadm looks for, on a kernel of that release."""
    match = re.match(r"([0-9]+)\.([0-9]+)", release)
    renamed = match is not None and (int(match.group(1)), int(match.group(2))) >= _CONNTRACK_RENAMED
    by_kernel = renamed and config.release.preflight_ipvs_by_kernel
    return [*MODULES, "nf_conntrack" if by_kernel else "nf_conntrack_ipv4"]


def _can_load(host: Host, module: str) -> bool:
    modprobe = host.command("modprobe")
    return modprobe is not None and host.run([modprobe, "--dry-run", "--", module]).code == 0


def _ipset_version(host: Host) -> str | None:
    ipset = host.command("ipset")
    if ipset is None:
        return None
    answer = host.run([ipset, "--version"])
    match = re.search(r"v([0-9]+\.[0-9]+)", answer.stdout + answer.stderr)
    return match.group(1) if match and answer.code == 0 else None


def gather(host: Host, config: Config) -> Facts | None:
    """The facts, or None where kubeadm does not look at them.

    C(release): the kernel's. C(loaded), C(builtin): names of modules, None where the file cannot be read. C(loadable): those
    of the wanted ones that could be loaded and C(ipset): its version or None, both only where they are asked for (1.15).
    """
    name = config.release.preflight_ipvs
    if name is None or not _uses_ipvs(config):
        return None
    release = kernel.release(host)
    wanted = wanted_modules(config, release)
    loaded = host.text(LOADED)
    builtin = host.text(f"/lib/modules/{release}/modules.builtin")
    facts: Facts = {
        "release": release,
        "loaded": None if loaded is None else [line.split(" ")[0] for line in loaded.splitlines()],
        "builtin": None if builtin is None else [module for module in wanted if re.search(f"{module}.ko", builtin)],
        "loadable": [],
        "ipset": None,
    }
    if name == "IPVSProxierCheck":
        there = {*(facts["loaded"] or []), *(facts["builtin"] or [])}
        facts["loadable"] = [module for module in wanted if module not in there and _can_load(host, module)]
        facts["ipset"] = _ipset_version(host)
    return facts


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
    passed = len(facts["builtin"]) == len(wanted)
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
        by_proxier = name == "IPVSProxierCheck"
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


__all__ = ("LOADED", "MODULES", "Facts", "check", "gather", "wanted_modules")
