# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The names and passwords in a host's proxy variables: they stand in manifests, and must not be shown."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_NAME = re.compile(r"(?i).*_proxy\Z")


def split_proxy(value: str) -> tuple[str, str]:
    """C(user:password), or empty, and host and port of a proxy, whatever its URL looks like.

    Passwords hold anything, also slashes and at signs.
    """
    before, _at, host = _SCHEME.sub("", value, count=1).rpartition("@")
    return before.lstrip("/"), host.partition("/")[0]


def _values(config: Config) -> t.Iterator[str]:
    yield from map(str, config.node.get("proxy_environment", {}).values())
    sections = [config.cluster.get(section) or {} for section in SECTIONS.values()]
    for section in [*sections, config.local_etcd or {}]:
        for item in section.get("extraEnvs") or []:
            if _NAME.match(str(item.get("name"))):
                yield str(item.get("value") or "")


def proxy_credentials(config: Config) -> list[str]:
    """Each C(user:password), the longest first."""
    return sorted(
        {found for value in _values(config) if (found := split_proxy(value)[0])}, key=lambda text: (-len(text), text)
    )


__all__ = ("proxy_credentials", "split_proxy")
