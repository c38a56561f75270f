# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What role init asks a host at once."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.init_request import (
    ALL,
    init_request,
    run_phases,
)

MakeConfig = t.Callable[..., Config]


def _none() -> list[t.Mapping[str, t.Any]]:
    return []


def test_the_phases_of_a_run(make_config: MakeConfig) -> None:
    """Breaks tags and kubewright_skip_phases: a phase that does not run is asked for, or one that does is not."""
    config = make_config("1.31.0", skip_phases=["addon"])
    assert run_phases(ALL, config, ["all"], []) == [phase for phase in ALL if phase != "addons"]
    assert run_phases(ALL, config, ["certs", "addons"], ["etcd"]) == ["certs"]
    assert run_phases(["etcd", "certs"], config, ["all"], []) == ["certs", "etcd"]


@pytest.mark.parametrize(
    ("named", "asks", "has_token"),
    [(["audit"], False, False), (["etcd"], True, False), (["preflight"], True, False), (["show_join"], True, True)],
)
def test_what_is_asked(make_config: MakeConfig, named: list[str], asks: bool, has_token: bool) -> None:
    """Breaks a run of one phase: the host is asked for nothing, or an answer with a token is shown."""
    request = init_request(named, make_config("1.31.0"), _none)
    assert (request.asks(), request.has_token()) == (asks, has_token)


def test_the_mark_tells_what_is_asked(make_config: MakeConfig) -> None:
    """Breaks what is read ahead: an answer to another question would be taken, or none ever."""
    config = make_config("1.31.0")
    mark = init_request(ALL, config, _none).mark()
    assert init_request(ALL, make_config("1.31.0"), _none).mark() == mark
    others = [
        init_request([phase for phase in ALL if phase != "etcd"], config, _none),
        init_request(ALL, make_config("1.31.0", node_name="other"), _none),
        init_request(ALL, make_config("1.31.0", advertise_address="192.0.2.77"), _none),
        init_request(
            ALL, config, lambda: [{"token": "abcdef.0123456789abcdef", "ttl": "24h", "usages": [], "groups": []}]
        ),
    ]
    assert mark not in [other.mark() for other in others]


def test_tokens_are_asked_for_where_they_are_needed(make_config: MakeConfig) -> None:
    """Breaks runs in which a template of a token cannot be evaluated and no phase needs it."""

    def broken() -> list[t.Mapping[str, t.Any]]:
        raise AssertionError("the tokens were asked for")

    assert init_request(["etcd", "addons"], make_config("1.31.0"), broken).asks()
    with pytest.raises(AssertionError):
        init_request(["bootstrap_token"], make_config("1.31.0"), broken)
