# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/versions.md: what differs between the minors, from the release table.

Run it after a change of the table; a unit test fails where the file is not current.
"""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import (
    kube_proxy_fields as kube_proxy_table,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release import kubelet_fields as kubelet_table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import Feature
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import FEATURES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField, fields_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.gates import FEATURE_GATES, Gate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import FIRST_MINOR, LAST_MINOR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.settings import SETTINGS, Setting

PATH = pathlib.Path(__file__).resolve().parents[1] / "docs/versions.md"
MINORS = range(FIRST_MINOR, LAST_MINOR + 1)
YES, NO = "●", "·"
LETTERS = "abcdefghijklmnopqrstuvwxyz"

# The first feature of each part of the table, with the heading of the part.
PARTS: t.Mapping[str, str] = {
    "config_api": "Stored configuration",
    "dual_stack": "Validation",
    "image_repository": "Images",
    "argument_order": "Command lines",
    "apiserver_lease_reconciler": "kube-apiserver",
    "component_bind_flag": "kube-controller-manager and kube-scheduler",
    "etcd_on_node_address": "etcd",
    "pod_priority_class": "Static pods",
    "admin_organization": "Certificates and kubeconfigs",
    "component_configs_defaulted": "kubelet",
    "node_labels": "Node object",
    "rbac_get_nodes": "Roles",
    "coredns_priority_class": "CoreDNS",
    "kube_proxy_hostname_override": "kube-proxy",
    "kubelet_skew_minors": "Preflight",
    "wait_mode": "Waiting",
}

INTRODUCTION = f"""# What differs between Kubernetes versions

Made by `tests/generate_version_matrix.py` from the release table of the collection, the one place that knows versions.

Each table has a column for each minor, 1.{FIRST_MINOR} to 1.{LAST_MINOR}. {YES} is there, {NO} is not; a letter stands for a value,
which is given under the table. A `*` stands where patch releases of the minor differ; they are given with the values.
"""


def _words(value: t.Any) -> str:
    if value is None:
        return "none"
    if value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}={_words(item)}" for key, item in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(_words(item) for item in value) or "none"
    return str(value)


def _minors(first: int, last: int) -> str:
    return f"1.{first}" if first == last else f"1.{first} to 1.{last}"


def _table(rows: t.Mapping[str, t.Sequence[str]]) -> list[str]:
    head = "| | " + " | ".join(str(minor) for minor in MINORS) + " |"
    return [
        head,
        "| --- |" + " :-: |" * len(MINORS),
        *(f"| {name} | {' | '.join(row)} |" for name, row in rows.items()),
    ]


def _values(feature: Feature) -> list[t.Any]:
    """The different values of a feature in the order of their appearance."""
    found: list[t.Any] = []
    for value in [value for _minor, value in feature.since] + [value for _minor, _patch, value in feature.patches]:
        if value not in found:
            found.append(value)
    return found


def _mark(feature: Feature, value: t.Any) -> str:
    values = _values(feature)
    if all(isinstance(item, bool) for item in values):
        return YES if value else NO
    repeated, letter = divmod(values.index(value), len(LETTERS))
    return LETTERS[letter] * (repeated + 1)


def _row(feature: Feature) -> list[str]:
    guarded = {minor for minor, _patch, _value in feature.patches}
    return [_mark(feature, feature.at(minor, 0)) + ("*" if minor in guarded else "") for minor in MINORS]


def _legend(name: str, feature: Feature) -> str | None:
    values = _values(feature)
    parts = []
    if not all(isinstance(item, bool) for item in values):
        parts = [f"{_mark(feature, value)} {_words(value)}" for value in values]
    parts += [f"from 1.{minor}.{patch} {_mark(feature, value)}" for minor, patch, value in feature.patches]
    return f"- {name}: {'; '.join(parts)}" if parts else None


def _features() -> list[str]:
    lines: list[str] = []
    parts: dict[str, dict[str, Feature]] = {}
    heading = ""
    for key, feature in FEATURES.items():
        heading = PARTS.get(key, heading)
        parts.setdefault(heading, {})[key.replace("_", " ")] = feature
    for heading, features in parts.items():
        lines += ["", f"## {heading}", "", *_table({name: _row(feature) for name, feature in features.items()})]
        legends = [line for name, feature in features.items() if (line := _legend(name, feature))]
        lines += ["", *legends] if legends else []
    return lines


def _gate_mark(gate: Gate, minor: int) -> str:
    if not gate.first <= minor <= gate.last:
        return NO
    if gate.locked_since is not None and gate.locked_since <= minor:
        return "locked"
    return "on" if gate.on_since is not None and gate.on_since <= minor else "off"


def _gates() -> list[str]:
    rows = {name: [_gate_mark(gate, minor) for minor in MINORS] for name, gate in FEATURE_GATES.items()}
    refused = [f"- {name} cannot be on: {gate.refused}" for name, gate in FEATURE_GATES.items() if gate.refused]
    return [
        *("", "## Feature gates of kubeadm", ""),
        "The default of each; a locked one is on and cannot be turned off.",
        *("", *_table(rows), "", *refused),
    ]


def _has(setting: Setting, minor: int) -> str:
    return YES if setting.first <= minor <= setting.last else NO


def _settings() -> list[str]:
    rows = {name: [_has(setting, minor) for minor in MINORS] for name, setting in SETTINGS.items()}
    return [
        *("", "## Settings with a meaning in some minors only", ""),
        "Where there is none, the setting is an error that says so. All others have a meaning in every minor.",
        *("", *_table(rows)),
    ]


def _fields(heading: str, rows: t.Sequence[ComponentField]) -> list[str]:
    """The fields of a component that not every minor has, by the minors that have them."""
    by_range: dict[tuple[int, int], list[str]] = {}
    for row in rows:
        has = [minor for minor in MINORS if row.path in fields_of(rows, (minor, 999))]
        if len(has) < len(MINORS):
            paths = by_range.setdefault((has[0], has[-1]), [])
            if row.path not in paths:
                paths.append(row.path)
    every = sorted({row.path for row in rows} - {path for paths in by_range.values() for path in paths})
    return [
        *("", f"## Fields of {heading}", ""),
        f"{len(every)} fields are in every minor. The others:",
        "",
        "| minors | fields |",
        "| --- | --- |",
        *(
            f"| {_minors(first, last)} | {', '.join(sorted(paths))} |"
            for (first, last), paths in sorted(by_range.items())
        ),
    ]


def text() -> str:
    """The whole document."""
    lines = [
        *_features(),
        *_gates(),
        *_settings(),
        *_fields("KubeletConfiguration", kubelet_table.FIELDS),
        *_fields("KubeProxyConfiguration", kube_proxy_table.FIELDS),
    ]
    return INTRODUCTION + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
