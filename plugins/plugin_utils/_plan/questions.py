# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the phases ask that plan nothing, in their order: the host answers it in one execution, or each phase by itself."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import api_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.all import (
    questions as preflight_questions,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

Question = dict[str, t.Any]


def image_settings(config: Config) -> Question:
    """How images are got; see C(_runtime.ensure.SETTINGS_SPEC)."""
    registration = config.init["nodeRegistration"]
    return {
        "socket": config.cri_socket,
        "docker": config.uses_docker,
        "policy": registration["imagePullPolicy"],
        "serial": registration["imagePullSerial"],
        "timeout": seconds(config.data.get("imagePullTimeout", "15m0s")),
    }


def image_question(config: Config) -> Question:
    """Which images of init are missing."""
    return {"images": images(config), "settings": image_settings(config)}


def join_question(config: Config, tokens: t.Sequence[t.Mapping[str, t.Any]]) -> Question:
    """How nodes join. tokens: the declared ones, which are preferred, by their public halves."""
    return {
        "api": api_of(config),
        "ca": config.certificates_dir + "/ca.crt",
        "withhold_token": bool(config.data.get("skipTokenPrint")),
        "preferred_token_ids": [token["token"].split(".")[0] for token in tokens if token.get("token")],
    }


def questions(
    phases: t.Collection[str], config: Config, tokens: t.Sequence[t.Mapping[str, t.Any]] = ()
) -> dict[str, Question]:
    """What each of the phases asks that plans nothing; see C(_read.answers.answers)."""
    asked: dict[str, t.Callable[[], Question]] = {
        "preflight": lambda: dict(preflight_questions(config)),
        "images": lambda: image_question(config),
        "wait_control_plane": lambda: control_plane(config).plain(),
        "show_join": lambda: join_question(config, tokens),
    }
    return {phase: question() for phase, question in asked.items() if phase in phases}


__all__ = ("Question", "image_question", "image_settings", "join_question", "questions")
