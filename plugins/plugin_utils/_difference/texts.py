# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What differs between two texts of files or objects, field by field."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.arguments import environment
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import Field
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.lines import line_fields
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.values import compare, document


def differences(before: str, after: str) -> list[Field]:
    """The fields that differ, in the order of the texts: of YAML, else of an environment file, else of lines. None only where the texts
    are the same.
    """
    if before == after:
        return []
    for read in (document, environment):
        old, new = read(before), read(after)
        if old is not None and new is not None:
            # Comments alone may differ.
            return compare("", old, new) or line_fields("", before, after)
    return line_fields("", before, after)


__all__ = ("differences",)
