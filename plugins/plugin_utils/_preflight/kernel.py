# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The part of SystemVerification that looks at the kernel: its release and its configuration."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.kernel import RELEASE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.specification import (
    WAIVER,
    specification,
    verification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.system_verification import (
    KernelOption,
    Specification,
)

Facts = dict[str, t.Any]

_STATES = {"y": "built in", "m": "a module", "n": "disabled", None: "not set"}


def _all_options(spec: Specification) -> list[KernelOption]:
    by_cgroups = [option for options in spec.required_options_by_cgroups.values() for option in options]
    return [*spec.required_options, *by_cgroups, *spec.optional_options]


def question(config: Config) -> dict[str, t.Any]:
    """C(paths): where this minor's validators look for the configuration. C(options): the names of those that they look at."""
    spec = specification(config)
    names = {name for option in _all_options(spec) for name in option.names}
    return {"paths": list(spec.kernel_config_paths), "options": sorted(names)}


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


__all__ = ("Facts", "kernel_config", "kernel_release", "question")
