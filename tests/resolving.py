# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolves variables on a host, for the tests of what comes out of it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve import resolve as resolve_


def variables_of(**variables: t.Any) -> dict[str, t.Any]:
    """The variables with the collection's prefix."""
    return {"kubewright_" + name: value for name, value in variables.items()}


def resolved(facts: dict[str, t.Any], version: str | None = "1.31.0", **variables: t.Any) -> dict[str, t.Any]:
    """The resolved configuration."""
    return resolve_.resolve(read_input(variables_of(kubernetes_version=version, **variables)), facts)


def faults_of(facts: dict[str, t.Any], version: str | None = "1.31.0", **variables: t.Any) -> dict[str, Fault]:
    """What is wrong with the variables, by their names without the prefix."""
    with pytest.raises(InvalidInput) as caught:
        resolved(facts, version, **variables)
    return {fault.path.removeprefix("kubewright_"): fault for fault in caught.value.faults}
