# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Version labels like C(stable-1.20), resolved from a map that is on the controller: nothing is looked up elsewhere."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import is_version

# The last patch release of each minor: of those that are maintained, the last one known when this was written.
LAST_PATCHES: t.Mapping[int, int] = {
    12: 10,
    13: 12,
    14: 10,
    15: 12,
    16: 15,
    17: 17,
    18: 20,
    19: 16,
    20: 15,
    21: 14,
    22: 17,
    23: 17,
    24: 17,
    25: 16,
    26: 15,
    27: 16,
    28: 15,
    29: 15,
    30: 14,
    31: 14,
    32: 13,
    33: 13,
    34: 10,
    35: 9,
    36: 4,
    37: 1,
}
# What kubeadm takes for a label and asks the internet for.
_LABEL = re.compile(r"((ci|ci-cross|release)/)?(k8s-master|(latest|stable)(-[1-9](\.[1-9]([0-9])?)?)?)\Z")


def known_labels() -> dict[str, str]:
    """The labels that need no map of the user, with their versions."""
    labels = {"stable-1.%d" % minor: "v1.%d.%d" % (minor, patch) for minor, patch in LAST_PATCHES.items()}
    newest = labels["stable-1.%d" % max(LAST_PATCHES)]
    return dict(labels, stable=newest, **{"stable-1": newest})


def resolved_version(text: str, labels: t.Mapping[str, str]) -> str:
    """The version that a version or label stands for. labels: the user's, which win over the known ones.

    Raises KubewrightError for a label that is in neither, and for text that is neither version nor label.
    """
    if is_version(text):
        return text
    found = labels.get(text) or known_labels().get(text)
    if found is not None:
        return found
    if _LABEL.match(text):
        raise KubewrightError(
            "is a label that cannot be resolved without asking the internet; known here are stable, stable-1 and "
            "stable-1.%d to stable-1.%d" % (min(LAST_PATCHES), max(LAST_PATCHES))
        )
    raise KubewrightError("is neither a version like v1.20.2 nor a label like stable-1.20")


__all__ = ("LAST_PATCHES", "known_labels", "resolved_version")
