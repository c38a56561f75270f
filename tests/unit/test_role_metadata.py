# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The generated documentation of the roles is current."""

from __future__ import annotations

import pathlib

import pytest

import generate_role_metadata as generator
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = {str(path.relative_to(ROOT)): text for path, text in generator.files().items()}


@pytest.mark.parametrize("path", FILES)
def test_generated_file_is_current(path: str) -> None:
    """Breaks when a variable was changed and tests/generate_role_metadata.py was not run."""
    assert (ROOT / path).read_text() == FILES[path]


def test_every_role_is_described() -> None:
    """Breaks when a role is added without a description, or a description is left behind."""
    assert {path.name for path in (ROOT / "roles").iterdir()} == set(generator.DESCRIPTIONS)


@pytest.mark.parametrize("name", VARIABLES)
def test_variable_belongs_to_roles_that_exist(name: str) -> None:
    """Breaks when a variable names a phase that there is not."""
    assert set(VARIABLES[name].phases) <= set(generator.DESCRIPTIONS)
