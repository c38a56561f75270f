# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SELinux and AppArmor."""

from __future__ import annotations

import pathlib

import pytest
from inspected_folder import host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import security_modules
from facts.hosts import RecordedHost


@pytest.mark.parametrize(
    ("files", "enforces", "knows", "apparmor"),
    [
        ({}, False, False, False),
        ({"/sys/fs/selinux/enforce": "0"}, False, False, False),
        ({"/sys/fs/selinux/enforce": "1"}, True, False, False),
        (
            {"/sys/fs/selinux/enforce": "1", "/etc/selinux/targeted/active/modules/200/container/x": ""},
            True,
            True,
            False,
        ),
        ({"/sys/fs/selinux/enforce": "1", "/usr/share/selinux/packages/container.pp.bz2": ""}, True, True, False),
        ({"/sys/module/apparmor/parameters/enabled": "Y\n"}, False, False, True),
        ({"/sys/module/apparmor/parameters/enabled": "N\n"}, False, False, False),
    ],
)
def test_what_is_on(tmp_path: pathlib.Path, files: dict[str, str], enforces: bool, knows: bool, apparmor: bool) -> None:
    """Breaks the warnings on hosts whose static pods do not start, or warns of a module that is off."""
    found = security_modules.gather(host_with(tmp_path, **files), {})
    assert (found["selinux_enforces"], found["selinux_knows_containers"]) == (enforces, knows)
    assert found["apparmor"] is apparmor


def test_the_parser_is_looked_for(tmp_path: pathlib.Path) -> None:
    """Breaks Debian without the package apparmor: the runtime cannot start containers."""
    assert security_modules.gather(RecordedHost(tmp_path), {})["apparmor_parser"] is None
    host = RecordedHost(tmp_path, {"apparmor_parser --version": Result(0, "", "")})
    assert security_modules.gather(host, {})["apparmor_parser"] == "apparmor_parser"
