# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of variables."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import (
    PREFIX,
    VARIABLES,
    Words,
    default_in_words,
)


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_every_variable_is_documented_and_has_the_prefix(name: str) -> None:
    """Breaks the argument specs that are made of this table."""
    variable = VARIABLES[name]
    assert name.startswith(PREFIX)
    assert variable.description.endswith(".")
    assert default_in_words(variable)
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


# Only a run of their own has a use for these, so the configuration does not say them.
NOT_RESOLVED = ("kubewright_renew", "kubewright_cert_renew_before", "kubewright_skip_phases", "kubewright_audit")


@pytest.mark.parametrize(
    "name", [name for name, variable in VARIABLES.items() if not isinstance(variable.default, Words)]
)
def test_the_documented_default_is_what_is_resolved(make_config: t.Callable[..., t.Any], name: str) -> None:
    """Breaks the documentation: somebody leaves a variable out because of a default that is another one."""
    variable = VARIABLES[name]
    found: t.Any = make_config("1.37.0").data
    for key in variable.target:
        found = found.get(key) if isinstance(found, dict) else None
    if found is None or name in NOT_RESOLVED:
        assert variable.default in (None, False, [], {}) or name in AT_USE
    else:
        assert found == (variable.default if variable.default is not None else [])


# What is worked out from the default where it is used.
AT_USE = ("kubewright_cert_renew_before", "kubewright_audit_log_dir", "kubewright_audit_log_max_age")


@pytest.mark.parametrize("name", AT_USE)
def test_a_default_that_is_used_elsewhere(make_config: t.Callable[..., t.Any], name: str) -> None:
    """Breaks the same for what is in the configuration only with another variable, or in another unit."""
    config, default = make_config("1.37.0", audit=True).data, VARIABLES[name].default
    if name == "kubewright_cert_renew_before":
        assert config["certRenewBeforeSeconds"] == seconds(default)
    else:
        assert config["audit"][VARIABLES[name].target[-1]] == default
