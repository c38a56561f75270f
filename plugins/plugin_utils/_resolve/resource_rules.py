# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the kubelet refuses of reserved resources and of thresholds of eviction (pkg/kubelet of 1.37.2: cm and eviction)."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import nanoseconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import quantity
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.kinds import shown
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean

_RESOURCES = ("cpu", "memory", "ephemeral-storage", "pid")
_SIGNALS = (
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
    "imagefs.inodesFree",
    "containerfs.available",
    "containerfs.inodesFree",
    "allocatableMemory.available",
    "pid.available",
)
_PERCENTAGE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{0,9})?)%\Z")


def _entries(document: t.Mapping[str, t.Any], field: str) -> dict[str, str]:
    return dict(document.get(field) or {})


def _unknown(name: str, given: t.Iterable[str], allowed: t.Sequence[str]) -> list[Fault]:
    return [
        Fault(f"{name}.{key}", f"the unknown {key}", ", ".join(allowed), "Correct it." + did_you_mean(key, allowed))
        for key in given
        if key not in allowed
    ]


def _amount(text: str) -> quantity.Quantity | None:
    try:
        return quantity.parse(text)
    except KubewrightError:
        return None


def _reserved_faults(name: str, given: t.Mapping[str, str]) -> list[Fault]:
    faults = _unknown(name, given, _RESOURCES)
    for key, text in given.items():
        amount = _amount(text)
        if amount is None or amount.value < 0:
            faults.append(
                Fault(f"{name}.{key}", shown(text), "a quantity like 500m or 2Gi, not below 0", "Give such a quantity.")
            )
    return faults


def _percentage_faults(name: str, given: t.Mapping[str, str]) -> list[Fault]:
    faults = _unknown(name, given, ("memory",))
    for key, text in given.items():
        match = _PERCENTAGE.match(text)
        if match is None or float(match.group(1)) > 100:
            faults.append(Fault(f"{name}.{key}", shown(text), "0% to 100%", "Give such a percentage."))
    return faults


def _threshold_faults(name: str, given: t.Mapping[str, str], may_be_zero: bool) -> list[Fault]:
    faults = _unknown(name, given, _SIGNALS)
    for key, text in given.items():
        match, amount = _PERCENTAGE.match(text), _amount(text)
        if match is not None and float(match.group(1)) <= 100:
            continue
        if amount is not None and (amount.value > 0 or (may_be_zero and amount.value == 0)):
            continue
        least = "not below 0" if may_be_zero else "above 0"
        wanted = f"0% to 100% without a blank, or a quantity like 100Mi, {least}"
        faults.append(Fault(f"{name}.{key}", shown(text), wanted, "Give such a value."))
    return faults


def _grace_faults(name: str, soft: t.Mapping[str, str], grace: t.Mapping[str, str]) -> list[Fault]:
    faults = _unknown(f"{name}.evictionSoftGracePeriod", grace, _SIGNALS)
    for key, text in grace.items():
        try:
            right = nanoseconds(text) >= 0
        except KubewrightError:
            right = False
        if not right:
            path = f"{name}.evictionSoftGracePeriod.{key}"
            faults.append(Fault(path, shown(text), "a duration like 1m30s", "Give a number with its unit."))
    for key in soft:
        if key not in grace:
            wanted = f"a duration, since evictionSoft has {key}"
            faults.append(Fault(f"{name}.evictionSoftGracePeriod.{key}", "nothing", wanted, "Give it."))
    return faults


def resource_faults(name: str, document: t.Mapping[str, t.Any]) -> list[Fault]:
    """What is wrong in a KubeletConfiguration whose types are right. name: how messages call it."""
    faults = []
    for field in ("systemReserved", "kubeReserved"):
        faults += _reserved_faults(f"{name}.{field}", _entries(document, field))
    faults += _percentage_faults(f"{name}.qosReserved", _entries(document, "qosReserved"))
    soft = _entries(document, "evictionSoft")
    faults += _threshold_faults(f"{name}.evictionHard", _entries(document, "evictionHard"), False)
    faults += _threshold_faults(f"{name}.evictionSoft", soft, False)
    faults += _threshold_faults(f"{name}.evictionMinimumReclaim", _entries(document, "evictionMinimumReclaim"), True)
    return faults + _grace_faults(name, soft, _entries(document, "evictionSoftGracePeriod"))


__all__ = ("resource_faults",)
