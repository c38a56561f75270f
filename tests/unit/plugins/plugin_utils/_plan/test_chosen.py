# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which phases a run has, and which are carried out in one execution."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.chosen import chosen, together
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ALL = [phase.name for phase in PHASES]
STARTED = ["audit", "etcd", "control_plane", "kubelet_start"]
OBJECTS = ["upload_config", "mark_control_plane", "bootstrap_token", "addons"]


@pytest.mark.parametrize(
    ("run", "skip", "expected"),
    [
        (["all"], [], ALL),
        (["all"], ["images", "site"], [name for name in ALL if name != "images"]),
        (["etcd", "certs"], [], ["certs", "etcd"]),
        (["etcd", "certs"], ["certs"], ["etcd"]),
        (["site"], [], ALL),
        # Whether it stands for all of them is not known.
        (["site", "etcd"], ["addons"], [name for name in ALL if name != "addons"]),
        (["all", "etcd"], [], ALL),
        (["always", "etcd"], [], ["etcd"]),
    ],
)
def test_tags_say_which_phases_run(run: list[str], skip: list[str], expected: list[str]) -> None:
    """Breaks runs of one phase, which would look at all that the others need."""
    assert chosen(ALL, run, skip) == expected


@pytest.mark.parametrize(
    ("run", "phases", "kubeconfigs", "certs", "wait"),
    [
        (["all"], ALL, True, STARTED, OBJECTS),
        (["tagged"], ALL, True, STARTED, OBJECTS),
        (["all"], [name for name in ALL if name != "etcd"], True, ["audit", "control_plane", "kubelet_start"], OBJECTS),
        (["all"], [name for name in ALL if name != "kubeconfig"], False, [], OBJECTS),
        # Kubeconfigs are not made with the certificates.
        (["certs", "etcd", "kubelet_start"], ["certs", "etcd", "kubelet_start"], False, [], []),
        (
            ["certs", "kubeconfig", "etcd", "addons"],
            ["certs", "kubeconfig", "etcd", "addons"],
            True,
            ["etcd"],
            ["addons"],
        ),
        # Which of them have a tag of the play's is not known.
        (["site"], ALL, False, [], OBJECTS),
        (["site", "certs"], ALL, False, [], []),
        (["site", "certs", "kubeconfig", "control_plane"], ALL, True, [], []),
        (["all", "certs"], ALL, True, STARTED, OBJECTS),
    ],
)
def test_what_is_carried_out_with_another_phase(
    run: list[str], phases: list[str], kubeconfigs: bool, certs: list[str], wait: list[str]
) -> None:
    """Breaks tags and kubewright_skip_phases: a phase that is not asked for is carried out with another one."""
    found = together(phases, run)
    assert found[:3] == (kubeconfigs, certs, wait)
    closing = [name for name in ("kubelet_finalize", "show_join") if name in phases]
    assert found.closing == (closing if wait or run == ["certs", "etcd", "kubelet_start"] else [])
