# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credentials that docker login stores."""

from __future__ import annotations

import base64
import json
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker_credentials as credentials

AUTH = base64.b64encode(b"kube:se:cret").decode()


def _header(image: str, auths: t.Any) -> t.Any:
    header = credentials.registry_header(image, json.dumps({"auths": auths}))
    return json.loads(base64.urlsafe_b64decode(header)) if header else None


@pytest.mark.parametrize(
    ("image", "server"),
    [
        ("r.example:5000/kube/pause", "r.example:5000"),
        ("r.example:5000/pause", "https://r.example:5000"),
        ("r.example/pause", "https://r.example/v1/"),
        ("docker.io/library/nginx", "https://index.docker.io/v1/"),
    ],
)
def test_the_registry_of_the_image(image: str, server: str) -> None:
    """Breaks private registries with Docker: the engine itself knows no credentials."""
    found = _header(image, {"other.example": {"auth": "eDp5"}, server: {"auth": AUTH}})
    assert found == {"serveraddress": server, "username": "kube", "password": "se:cret"}


def test_a_token() -> None:
    """Breaks registries that give a token in place of the password."""
    assert _header("r.example/a", {"r.example": {"identitytoken": "t", "auth": ""}})["identitytoken"] == "t"


@pytest.mark.parametrize(
    "config",
    [
        None,
        "",
        "no JSON",
        "[]",
        '{"auths": []}',
        '{"auths": {"r.example": 1}}',
        '{"auths": {"r.example": {"auth": "%"}}}',
    ],
)
def test_nothing_to_be_had(config: str | None) -> None:
    """Breaks with a traceback that shows the file, which holds secrets."""
    assert credentials.registry_header("r.example/a", config) in ("", "e30=")


def test_another_registry() -> None:
    """Breaks secrecy: the password of one registry is not for another."""
    assert _header("r.example/a", {"r.example:5000": {"auth": AUTH}, "example": {"auth": AUTH}}) is None
