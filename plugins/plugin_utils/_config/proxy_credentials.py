# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The names and passwords in a host's proxy variables: they stand in manifests, and must not be shown."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import longest_first, split_proxy
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config

_NAME = re.compile(r"(?i).*_proxy\Z")
# A JSON patch may have the value of a variable without its name.
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s@]+@")


def _in_patch(patch: t.Any) -> t.Iterator[str]:
    """What a patch gives proxies' variables, and every URL in it with a name and a password."""
    if isinstance(patch, dict):
        name, value = patch.get("name"), patch.get("value")
        if isinstance(name, str) and isinstance(value, str) and _NAME.match(name):
            yield value
        for below in patch.values():
            yield from _in_patch(below)
    elif isinstance(patch, list):
        for below in patch:
            yield from _in_patch(below)
    elif isinstance(patch, str) and _URL.match(patch):
        yield patch


def _values(config: Config) -> t.Iterator[str]:
    yield from map(str, config.node.get("proxy_environment", {}).values())
    sections = [config.cluster.get(section) or {} for section in SECTIONS.values()]
    for section in [*sections, config.local_etcd or {}]:
        for item in section.get("extraEnvs") or []:
            if _NAME.match(str(item.get("name"))):
                yield str(item.get("value") or "")
    for item in config.patches:
        yield from _in_patch(item["patch"])


def proxy_credentials(config: Config) -> list[str]:
    """Each C(user:password), the longest first."""
    return longest_first(found for value in _values(config) if (found := split_proxy(value)[0]))


__all__ = ("proxy_credentials",)
