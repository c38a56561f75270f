# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kernel modules and ipset, by a recorded host."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import ipvs
from facts.hosts import place

RELEASE = "4.18.0-553.51.1.el8_10.x86_64"
BUILTIN = f"/lib/modules/{RELEASE}/modules.builtin"
PROBE = "modprobe --dry-run -- "


def _ask(**more: t.Any) -> dict[str, t.Any]:
    return {"modules": ["ip_vs", "ip_vs_rr", "ip_vs_sh"], "loadable": False, "ipset": False, **more}


def test_where_each_module_is(tmp_path: pathlib.Path) -> None:
    """Breaks the mode ipvs: a module that is loaded, built in or could be loaded counts as missing, or one as there."""
    answers = {PROBE + "ip_vs_sh": Result(0, "", "")}
    files = {ipvs.LOADED: "ip_vs 16384 2 - Live 0x0\noverlay 1 0 - Live 0x0\n", BUILTIN: "kernel/net/ip_vs_rr.ko\n"}
    host = place(tmp_path, "rocky-8-v1", answers, **files)
    found = ipvs.gather(host, _ask(loadable=True))
    assert (found["release"], found["loaded"]) == (RELEASE, ["ip_vs", "overlay"])
    assert (found["builtin"], found["loadable"], found["ipset"]) == (["ip_vs_rr"], ["ip_vs_sh"], None)
    assert host.calls == [PROBE + "ip_vs_sh"]


def test_nothing_is_run_that_is_not_asked_for(tmp_path: pathlib.Path) -> None:
    """Breaks minors that look only at what is loaded: a command would be run on every host for nothing."""
    host = place(tmp_path, "rocky-8-v1", {"ipset --version": Result(0, "ipset v7.1", "")}, **{ipvs.LOADED: ""})
    found = ipvs.gather(host, _ask())
    assert (found["loaded"], found["builtin"], found["loadable"], host.calls) == ([], None, [], [])


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        (Result(0, "ipset v7.1, protocol version: 7\n", ""), "7.1"),
        (Result(0, "", "ipset v6.38\n"), "6.38"),
        (Result(1, "ipset v7.1\n", ""), None),
        (Result(0, "nonsense", ""), None),
        (None, None),
    ],
)
def test_the_version_of_ipset(tmp_path: pathlib.Path, answer: Result | None, version: str | None) -> None:
    """Breaks the check of ipset with a traceback, or takes one for installed that does not run."""
    answers = {"ipset --version": answer} if answer is not None else {}
    assert ipvs.gather(place(tmp_path, "rocky-8-v1", answers), _ask(ipset=True))["ipset"] == version


def test_what_cannot_be_read(tmp_path: pathlib.Path) -> None:
    """Breaks a kernel without modules: absent is not the same as empty."""
    found = ipvs.gather(place(tmp_path, "rocky-8-v1"), _ask(loadable=True))
    assert (found["loaded"], found["builtin"], found["loadable"]) == (None, None, [])
