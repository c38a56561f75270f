# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as YAML: PyYAML, which is no part of hosts, reads the same from it."""

from __future__ import annotations

import typing as t

import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.legible import legible

TEXTS = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=12),
    st.lists(st.sampled_from(["a: 1", "  b", "", "- c", "#d", "e ", "\t", "|", "yes", "1.0"]), max_size=5).map(
        "\n".join
    ),
    st.sampled_from(
        ["yes", "null", "1", "1e3", "a: b", "a:", "- a", "~", "", " ", "\n", "a\n", "a\n\n", "\na", "0x1", "1:1"]
    ),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(2**40), 2**40)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_it_means_the_same(value: dict[str, t.Any]) -> None:
    """Breaks what a diff shows: another value than the object has."""
    assert yaml.safe_load(legible(value)) == value


def test_a_document_inside_stands_line_by_line() -> None:
    """Breaks a diff of kubeadm-config: all of it would be one line."""
    document = "kind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.244.0.0/16\n"
    value = {
        "data": {"ClusterConfiguration": document, "one": "line"},
        "kind": "ConfigMap",
        "list": [{"b": 1, "a": []}, [1, "x"], "", {}],
    }
    assert legible(value) == (
        "data:\n"
        "  ClusterConfiguration: |\n"
        "    kind: ClusterConfiguration\n"
        "    networking:\n"
        "      podSubnet: 10.244.0.0/16\n"
        "  one: line\n"
        "kind: ConfigMap\n"
        "list:\n"
        "  - a: []\n"
        "    b: 1\n"
        "  - - 1\n"
        "    - x\n"
        '  - ""\n'
        "  - {}\n"
    )


def test_nothing() -> None:
    """Breaks with a traceback on an object without fields."""
    assert legible({}) == "{}\n"
