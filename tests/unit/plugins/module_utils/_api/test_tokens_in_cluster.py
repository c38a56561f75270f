# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listing bootstrap tokens."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.tokens_in_cluster import token_secrets


def test_only_token_secrets_are_asked_for() -> None:
    """Breaks when all Secrets of kube-system are fetched, or an empty list is an error."""
    asked = []

    class Client:
        def request(self, *arguments: t.Any, **more: t.Any) -> dict[str, t.Any]:
            asked.append((arguments, more))
            return {"items": None}

    assert token_secrets(Client()) == []
    query = {"fieldSelector": "type=bootstrap.kubernetes.io/token"}
    assert asked == [(("GET", "/api/v1/namespaces/kube-system/secrets"), {"query": query})]
