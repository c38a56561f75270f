# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix of versions in docs/ is current and has everything in it."""

from __future__ import annotations

import pytest

import generate_version_matrix as generator
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import FEATURES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.gates import FEATURE_GATES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.settings import SETTINGS

TEXT = generator.text()
ROWS = {
    cells[0]: cells[1:]
    for line in TEXT.splitlines()
    if line.startswith("| ") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 27
}


def test_the_document_is_current() -> None:
    """Breaks when the table was changed and tests/generate_version_matrix.py was not run."""
    assert generator.PATH.read_text(encoding="utf-8") == TEXT


def test_every_feature_gate_and_setting_has_a_row() -> None:
    """Breaks when the matrix keeps silent about something that differs between minors."""
    names = {name.replace("_", " ") for name in FEATURES} | set(FEATURE_GATES) | set(SETTINGS)
    assert names == set(ROWS) - {"", "---"}


def test_every_part_begins_with_a_feature_that_exists() -> None:
    """Breaks when a feature is renamed and its heading is lost."""
    assert set(generator.PARTS) <= set(FEATURES)
    assert next(iter(generator.PARTS)) == next(iter(FEATURES))


@pytest.mark.parametrize(
    ("row", "minor", "mark"),
    [
        ("startup probe", 18, "·"),
        ("startup probe", 19, "●"),
        ("component port zero", 16, "·*"),
        ("wait mode", 29, "a"),
        ("wait mode", 30, "b"),
        ("PublicKeysECDSA", 17, "·"),
        ("PublicKeysECDSA", 18, "off"),
        ("IPv6DualStack", 23, "locked"),
        ("patchesDirectory", 18, "·"),
        ("patchesDirectory", 19, "●"),
    ],
)
def test_marks(row: str, minor: int, mark: str) -> None:
    """Breaks when the matrix says something else than the table."""
    assert ROWS[row][minor - 12] == mark


def test_values_and_patches_are_explained() -> None:
    """Breaks when a letter stands for nothing."""
    assert "- wait mode: a api_and_kubelet; b kubelet_then_api; c all_components" in TEXT
    assert "- component port zero: from 1.16.13 ●; from 1.17.9 ●; from 1.18.6 ●" in TEXT
