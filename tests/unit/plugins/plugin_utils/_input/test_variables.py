# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of variables."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import PREFIX, VARIABLES


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_every_variable_is_documented_and_has_the_prefix(name: str) -> None:
    """Breaks the argument specs that are made of this table."""
    variable = VARIABLES[name]
    assert name.startswith(PREFIX)
    assert variable.description.endswith(".")
    assert variable.default
    assert variable.type in {"str", "int", "bool", "list", "dict", "path", "raw"}
    assert (variable.elements is not None) == (variable.type == "list")


def test_no_two_variables_have_one_place() -> None:
    """Breaks when one variable silently overwrites another."""
    targets = [variable.target for variable in VARIABLES.values()]
    assert len(set(targets)) == len(targets)


def test_tokens_are_marked_as_secret() -> None:
    """Breaks when documentation and logs treat tokens like any value."""
    assert [name for name, variable in VARIABLES.items() if variable.secret] == [
        PREFIX + "kubeadm_config",
        PREFIX + "bootstrap_tokens",
    ]
