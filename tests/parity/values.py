# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain nested values: read, and their differences, each named by its path."""

from __future__ import annotations

import typing as t

import yaml


def load(text: str) -> t.Any:
    """A YAML document. With the parser in C: thousands of them are read, which takes minutes with the other."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def shown(value: t.Any) -> str:
    """A value for a report, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def differences(wanted: t.Any, found: t.Any, path: str = "") -> list[str]:
    """What differs between kubeadm's value and ours. Booleans and numbers are told apart."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        result = []
        for key in sorted({*wanted, *found}, key=str):
            below = f"{path}.{key}" if path else str(key)
            if key not in found:
                result.append(f"{below}: kubeadm has {shown(wanted[key])}, ours has nothing")
            elif key not in wanted:
                result.append(f"{below}: kubeadm has nothing, ours has {shown(found[key])}")
            else:
                result += differences(wanted[key], found[key], below)
        return result
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            line
            for index, pair in enumerate(zip(wanted, found, strict=True))
            for line in differences(*pair, f"{path}[{index}]")
        ]
    if type(wanted) is type(found) and wanted == found:
        return []
    return [f"{path or 'value'}: kubeadm has {shown(wanted)}, ours has {shown(found)}"]


__all__ = ("differences", "load", "shown")
