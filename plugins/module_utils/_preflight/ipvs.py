# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Kernel modules and ipset."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import kernel

Facts = t.Dict[str, t.Any]

LOADED = "/proc/modules"


def _can_load(host: InspectedHost, module: str) -> bool:
    modprobe = host.command("modprobe")
    return modprobe is not None and host.run([modprobe, "--dry-run", "--", module]).code == 0


def _ipset_version(host: InspectedHost) -> str | None:
    ipset = host.command("ipset")
    if ipset is None:
        return None
    answer = host.run([ipset, "--version"])
    match = re.search(r"v([0-9]+\.[0-9]+)", answer.stdout + answer.stderr)
    return match.group(1) if match and answer.code == 0 else None


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> Facts:
    """C(release): the kernel's. C(loaded): the names of all modules that are loaded, C(builtin): those of the asked ones that are
    built in, each None where the file cannot be read. C(loadable): those of the other asked ones that could be loaded, and C(ipset):
    its version or None, both only where they are asked for.

    question: C(modules), names. C(loadable), C(ipset): whether to look.
    """
    release, wanted = kernel.release(host), question["modules"]
    loaded = host.text(LOADED)
    builtin = host.text(f"/lib/modules/{release}/modules.builtin")
    facts: Facts = {
        "release": release,
        "loaded": None if loaded is None else [line.split(" ")[0] for line in loaded.splitlines()],
        "builtin": None if builtin is None else [module for module in wanted if re.search(f"{module}.ko", builtin)],
        "loadable": [],
        "ipset": None,
    }
    if question["loadable"]:
        there = {*(facts["loaded"] or []), *(facts["builtin"] or [])}
        facts["loadable"] = [module for module in wanted if module not in there and _can_load(host, module)]
    if question["ipset"]:
        facts["ipset"] = _ipset_version(host)
    return facts


__all__ = ("LOADED", "Facts", "gather")
