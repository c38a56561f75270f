# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host is told of the end of a run."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import Reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import CLOSING
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.close import (
    close,
    finalize_mark,
    with_closing_marks,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import join_question

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("version", "phases", "expected"),
    [
        ("1.31.0", CLOSING, {"kubelet_conf", "join"}),
        ("1.31.0", ["show_join"], {"join"}),
        ("1.31.0", [], set()),
        # Their kubeadm has no such phase.
        ("1.12.0", CLOSING, {"join"}),
    ],
)
def test_only_the_phases_that_run(
    make_config: MakeConfig, version: str, phases: t.Sequence[str], expected: set[str]
) -> None:
    """Breaks tags and kubewright_skip_phases, or kubelet.conf in minors that leave it as it is."""
    found = close(phases, make_config(version), [])
    assert set(found) - {"lock_timeout"} == expected
    assert ("lock_timeout" in found) is bool(expected)


def test_the_host_is_asked_what_the_phases_would_ask(make_config: MakeConfig) -> None:
    """Breaks the time of the first run: each phase would ask again."""
    config, tokens = make_config("1.31.0"), [{"token": "abcdef.0123456789abcdef"}]
    closing = close(CLOSING, config, tokens)
    assert closing["join"] == join_question(config, tokens)
    assert "0123456789abcdef" not in str(closing)
    assert Reference(**closing["kubelet_conf"]).user == "system:node:cp1"
    answer = {"carried": {"kubelet_finalize": {"changed": True}, "addons": {"changed": True}}}
    assert with_closing_marks(closing, answer) == {"kubelet_finalize": {"changed": True, "mark": finalize_mark(config)}}


@pytest.mark.parametrize(
    ("closing", "answer"), [({}, {"carried": {"kubelet_finalize": {}}}), ({"kubelet_conf": {}}, {})]
)
def test_where_nothing_was_done(closing: dict[str, t.Any], answer: dict[str, t.Any]) -> None:
    """Breaks with a traceback where the objects could not be applied, so that the run was not ended."""
    assert with_closing_marks(closing, answer) == {}
