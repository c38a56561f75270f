# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The names and passwords in a host's proxy variables: they stand in manifests, and must not be shown."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/*")
_NAME = re.compile(r"(?i).*_proxy\Z")


def _of_value(value: str) -> str:
    """C(user:password) of a proxy's URL, whatever that looks like; empty where there is none."""
    before, at, _host = value.rpartition("@")
    if not at:
        return ""
    scheme = _SCHEME.match(before)
    # Without a scheme the first colon is that between name and password.
    return before[scheme.end() :] if scheme is not None and "/" in scheme.group() else before.lstrip("/")


def _values(config: Config) -> t.Iterator[str]:
    yield from map(str, config.node.get("proxy_environment", {}).values())
    sections = [config.cluster.get(section) or {} for section in SECTIONS.values()]
    for section in [*sections, config.local_etcd or {}]:
        for item in section.get("extraEnvs") or []:
            if _NAME.match(str(item.get("name"))):
                yield str(item.get("value") or "")


def proxy_credentials(config: Config) -> list[str]:
    """Each C(user:password), the longest first."""
    return sorted({found for found in map(_of_value, _values(config)) if found}, key=lambda text: (-len(text), text))


__all__ = ("proxy_credentials",)
