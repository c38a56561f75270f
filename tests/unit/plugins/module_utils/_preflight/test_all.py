# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is gathered of one host, here of this machine."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import all as _all


def test_gathering_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when one family's surprise, or one that does not end, is the end of the module."""

    def surprise(_host: InspectedHost, _question: t.Any) -> t.NoReturn:
        raise ValueError("odd")

    def endless(_host: InspectedHost, _question: t.Any) -> bool:
        return threading.Event().wait(60)

    monkeypatch.setattr(_all, "_GATHERERS", dict(_all._GATHERERS, swap=surprise, entropy=endless))
    monkeypatch.setattr(_all, "_SECONDS", 3.0)
    facts = _all.gather(
        InspectedHost(lambda argv: Result(127, "", "")), {family: {} for family in ("swap", "entropy", "resources")}
    )
    assert facts["swap"] == {"broken": "ValueError: odd"}
    assert facts["entropy"] == {"broken": "no answer within 3 s"}
    assert facts["resources"]["cpus"] > 0


def test_what_could_not_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when the reason why there is no question is lost, or a family that nobody knows is the end of the module."""
    questions: dict[str, t.Any] = {"hostname": {"broken": "ValueError: odd"}, "unknown": {}}
    facts = _all.gather(InspectedHost(lambda argv: Result(127, "", "")), questions)
    assert facts == {"hostname": {"broken": "ValueError: odd"}, "unknown": {"broken": "KeyError: 'unknown'"}}


def test_without_root_nothing_else_is_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    """K2: breaks hosts without root: what can be read there is half of it, or a traceback."""
    monkeypatch.setattr(InspectedHost, "user_id", lambda _self: 1000)
    questions: dict[str, t.Any] = {"user": {}, "swap": {}}
    assert _all.gather(InspectedHost(lambda argv: Result(127, "", "")), questions) == {"user": {"uid": 1000}}
