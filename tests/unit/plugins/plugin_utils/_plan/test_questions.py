# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the phases ask that plan nothing."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

MakeConfig = t.Callable[..., Config]
ALL = [phase.name for phase in PHASES]


def test_every_phase_is_read_for(make_config: MakeConfig) -> None:
    """Breaks the time of a run that changes nothing: a phase that is forgotten asks the host by itself."""
    asked = questions(ALL, make_config("1.31.0"))
    assert sorted([*asked, *PLANNED]) == sorted(ALL)
    assert list(questions(["images", "certs"], make_config("1.31.0"))) == ["images"]


def test_no_secret_is_asked_for(make_config: MakeConfig) -> None:
    """Breaks when a declared token travels, though its public half is enough; all of it is plain data."""
    tokens = [{"token": "abcdef.0123456789abcdef"}, {"description": "a random one"}]
    for minor in (12, 20, 37):
        text = json.dumps(questions(ALL, make_config(f"1.{minor}.0"), tokens))
        assert "abcdef" in text
        assert "0123456789abcdef" not in text
