# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which control plane takes a node out of its cluster."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.remaining import Leaver, remaining

WELL = {"state": "whole", "cluster": {"server": "x"}}
ILL = {"state": "whole", "cluster": None, "problem": "its API server does not answer"}
HALF = {"state": "begun", "cluster": {"server": "x"}, "problem": ""}
BLANK = {"state": "blank", "cluster": None}
AWAY = {"unreachable": True, "msg": "x"}


@pytest.mark.parametrize(
    ("answers", "state", "is_node", "force", "host"),
    [
        ({"h1": ILL, "h2": HALF, "h3": WELL}, "whole", True, False, "h3"),
        ({"h1": WELL}, "blank", True, True, "h1"),
        # A host that is none, which is reset once more.
        ({"h1": AWAY}, "blank", False, False, ""),
        ({}, "whole", True, True, ""),
    ],
)
def test_who_does_it(answers: dict[str, t.Any], state: str, is_node: bool, force: bool, host: str) -> None:
    """Breaks the reset: a node and a member of etcd stay in the cluster, or the second run fails."""
    assert remaining(answers, Leaver(state, is_node, ""), force) == host


@pytest.mark.parametrize(
    ("answers", "state", "words"),
    [
        ({}, "whole", "only control plane of its cluster.*ends with it.*kubewright_reset_force"),
        ({}, "begun", "only control plane"),
        (
            {"h1": ILL, "h2": AWAY},
            "whole",
            "h1: its API server does not answer; h2: it is out of reach.*member of etcd and its node",
        ),
        (
            {"h1": BLANK, "h2": {"failed": True, "msg": "why"}},
            "blank",
            "h1: it has no control plane; h2: why.*so its node cannot",
        ),
        ({"h1": HALF}, "blank", "h1: it has not joined"),
        ({}, "blank", "the group control_plane has no host of it"),
    ],
)
def test_nobody_does_it(answers: dict[str, t.Any], state: str, words: str) -> None:
    """Breaks the cluster: its last control plane is removed by mistake; or what has left stays a member."""
    with pytest.raises(KubewrightError, match=words):
        remaining(answers, Leaver(state, True, ""), False)


def test_of_another_cluster() -> None:
    """Breaks the only control plane of a cluster: one of another cluster in the same inventory is taken for the one that remains."""

    def pem(text: str) -> str:
        return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"

    other = {"state": "whole", "cluster": {"ca": pem("b")}}
    own = {"state": "whole", "cluster": {"ca": pem("c") + pem("a").replace("\n", "\r\n")}}
    leaver = Leaver("whole", True, pem("a"))
    assert remaining({"h1": other, "h2": own}, leaver, False) == "h2"
    with pytest.raises(KubewrightError, match="h1: it is of another cluster, by its CA"):
        remaining({"h1": other}, leaver, False)
    assert remaining({"h1": other}, leaver, True) == ""
