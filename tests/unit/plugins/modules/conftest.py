# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module with a real AnsibleModule and reads what it prints."""

from __future__ import annotations

import importlib
import json
import typing as t

import pytest

from any_core import patch_module_args

PACKAGE = "ansible_collections.kubewright.control_plane.plugins.modules."


class Run(t.NamedTuple):
    """code: the exit code. result: the printed result. text: the same as it was printed."""

    code: int
    result: dict[str, t.Any]
    text: str


@pytest.fixture
def run_module(capsys: pytest.CaptureFixture[str]) -> t.Callable[..., Run]:
    """Runs a module by its name with arguments; check and diff choose the mode."""

    def run(name: str, arguments: dict[str, t.Any], check: bool = False, diff: bool = True) -> Run:
        module = importlib.import_module(PACKAGE + name)
        given = dict(arguments, _ansible_check_mode=check, _ansible_diff=diff, _ansible_no_log=True)
        with patch_module_args(given), pytest.raises(SystemExit) as caught:
            module.main()
        text = capsys.readouterr().out
        return Run(t.cast("int", caught.value.code), json.loads(text), text)

    return run
