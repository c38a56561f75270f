# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of catalog.yml."""

from __future__ import annotations

import pathlib
import typing as t

import yaml

_HERE = pathlib.Path(__file__).resolve().parent
FUNCTIONS = (_HERE / "functions.sh").read_text(encoding="utf-8")


class Fault(t.NamedTuple):
    """component, faults: what the diagnosis has to name first; of the words any will do. make, mend: what the node's shell runs.

    minors: of which alone; empty for all.
    """

    name: str
    component: str
    faults: t.Sequence[str]
    make: str
    mend: str
    minors: t.Sequence[str]


def _fault(row: t.Mapping[str, t.Any]) -> Fault:
    words = row["fault"]
    faults = [words] if isinstance(words, str) else words
    return Fault(row["name"], row["component"], faults, row["make"], row.get("mend", "true"), row.get("minors", []))


def faults(minor: str) -> list[Fault]:
    """Those that a minor can have."""
    rows = yaml.safe_load((_HERE / "catalog.yml").read_text(encoding="utf-8"))
    return [fault for fault in map(_fault, rows) if not fault.minors or minor in fault.minors]


__all__ = ("FUNCTIONS", "Fault", "faults")
