# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The part of SystemVerification that looks at the kernel: its release and its configuration."""

from __future__ import annotations

import gzip
import re
import typing as t
import zlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.specification import (
    WAIVER,
    specification,
    verification,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._release.system_verification import (
    KernelOption,
    Specification,
)

Facts = t.Dict[str, t.Any]

RELEASE = "/proc/sys/kernel/osrelease"
_OPTION = re.compile(r"CONFIG_([A-Z0-9_]+)=([myn])")
_STATES = {"y": "built in", "m": "a module", "n": "disabled", None: "not set"}
_MODULE = "configs"


def release(host: Host) -> str:
    """The kernel's release, as C(uname -r) prints it; empty where it cannot be read."""
    return (host.text(RELEASE) or "").strip()


def _all_options(spec: Specification) -> list[KernelOption]:
    by_cgroups = [option for options in spec.required_options_by_cgroups.values() for option in options]
    return [*spec.required_options, *by_cgroups, *spec.optional_options]


def option_states(text: str, names: t.Collection[str]) -> dict[str, str]:
    """The state (C(y), C(m) or C(n)) of those of the options that a kernel configuration has."""
    states = {}
    for line in text.splitlines():
        match = _OPTION.match(line.strip())
        if match and match.group(1) in names:
            states[match.group(1)] = match.group(2)
    return states


def _read(host: Host, paths: t.Sequence[str]) -> tuple[str, str | None] | None:
    """The first of the files that is there, with its text; None for the text where it is damaged."""
    for path in paths:
        data = host.data(path)
        if data is None:
            continue
        if path.endswith(".gz"):
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError, zlib.error):
                return path, None
        return path, data.decode("utf-8", "replace")
    return None


def _read_from_module(host: Host, paths: t.Sequence[str], kernel: str) -> tuple[str, str | None] | None:
    """As _read, with the module that shows the configuration loaded meanwhile, where this kernel has it.

    kubeadm tries to load it on every host without a file; without the module that comes to nothing.
    """
    modprobe = host.command("modprobe")
    installed = host.text(f"/lib/modules/{kernel}/modules.dep") or ""
    if modprobe is None or not re.search(rf"/{_MODULE}\.ko\S*:", installed):
        return None
    if host.run([modprobe, _MODULE]).code != 0:
        return None
    try:
        return _read(host, paths)
    finally:
        host.run([modprobe, "-r", _MODULE])


def gather(host: Host, config: Config) -> Facts:
    """The facts: C(release); C(config), the path of the kernel's configuration or None; C(options), their states by name or
    None where the file is damaged."""
    spec = specification(config)
    kernel = release(host)
    paths = [path.format(release=kernel) for path in spec.kernel_config_paths]
    path, text = _read(host, paths) or _read_from_module(host, paths, kernel) or (None, None)
    names = {name for option in _all_options(spec) for name in option.names}
    return {"release": kernel, "config": path, "options": None if text is None else option_states(text, names)}


def kernel_release(config: Config, facts: Facts) -> Check:
    """Whether the kernel's release is one that the validators know. Until 1.15 that leaves out kernels that were newer."""
    spec = specification(config)
    kernel = facts["release"]
    return verification(
        spec.kernel_severity,
        any(re.search(pattern, kernel) for pattern in spec.kernel_releases),
        f"kernel {kernel}" if kernel else f"no kernel release in {RELEASE}",
        f"kernel {spec.kernels}",
        f"Install such a kernel from the distribution and restart the host; where this one is newer than those that kubeadm "
        f"{config.release.minor_text} knows, {WAIVER}.",
    )


def _state(option: KernelOption, states: t.Mapping[str, str]) -> str | None:
    return next((states[name] for name in option.names if name in states), None)


def _described(option: KernelOption, states: t.Mapping[str, str]) -> str:
    names = " or ".join(f"CONFIG_{name}" for name in option.names)
    purpose = f" ({option.purpose})" if option.purpose else ""
    return f"{names}{purpose} {_STATES[_state(option, states)]}"


def _missing(options: t.Sequence[KernelOption], states: t.Mapping[str, str]) -> list[str]:
    return [_described(option, states) for option in options if _state(option, states) not in ("y", "m")]


def kernel_config(config: Config, facts: Facts, cgroups: int | None) -> Check:
    """Whether the kernel has what the validators require. Optional options are reported, and never a failure.

    cgroups: the version of cgroups, which since 1.35 decides what is required; None where it is not known.
    """
    spec = specification(config)
    options = [*spec.required_options, *spec.required_options_by_cgroups.get(cgroups or 0, ())]
    wanted = "%d kernel options, each built in or a module" % len(options)
    cure = f"Run a kernel that has them (those of the usual distributions do), or {WAIVER}."
    path, states = facts["config"], facts["options"]
    if path is None:
        places = [place.format(release=facts["release"]) for place in spec.kernel_config_paths]
        cure = "Put the kernel's configuration into %s, where distributions have it, or %s. Looked for: %s." % (
            places[1],
            WAIVER,
            ", ".join(places),
        )
        return verification(ERROR, False, "no file with the kernel's configuration", wanted, cure)
    if states is None:
        return verification(ERROR, False, f"{path} is not a gzip file", wanted, cure)
    missing, optional = _missing(options, states), _missing(spec.optional_options, states)
    found = "%s: %s" % (path, ", ".join(missing) if missing else "all of the required kernel options")
    if optional:
        found += "; of the optional ones: " + ", ".join(optional)
    return verification(ERROR, not missing, found, wanted, cure)


__all__ = ("RELEASE", "Facts", "gather", "kernel_config", "kernel_release", "option_states", "release")
