# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Kubernetes versions as values."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

_VERSION = re.compile(
    r"v?([0-9]|[1-9][0-9]{1,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(?:[-+][0-9A-Za-z.+-]*[0-9A-Za-z])?\Z"
)


class Version(t.NamedTuple):
    """A Kubernetes version; C(text) has the leading C(v) and any suffix."""

    major: int
    minor: int
    patch: int
    text: str

    @property
    def minor_text(self) -> str:
        """C(1.20), as it stands in the names of objects."""
        return "%d.%d" % (self.major, self.minor)


def parse_version(text: str) -> Version:
    """Reads C(v1.20.2), C(1.20.2) or one with a suffix (C(v1.20.2-rc.0+build)).

    Raises KubewrightError for anything else.
    """
    match = _VERSION.match(text.strip())
    if not match:
        raise KubewrightError(f"{text!r} is not a Kubernetes version like v1.20.2")
    major, minor, patch = (int(group) for group in match.groups())
    text = text.strip()
    return Version(major, minor, patch, text if text.startswith("v") else "v" + text)


def is_version(text: str) -> bool:
    """Whether a text is a whole version, with or without the leading C(v)."""
    return _VERSION.match(text.strip()) is not None


def are_of_one_minor(first: Version, second: Version) -> bool:
    """Whether two versions are patch releases of the same minor."""
    return first.minor_text == second.minor_text


__all__ = ("Version", "are_of_one_minor", "is_version", "parse_version")
