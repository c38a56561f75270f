# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Command line arguments in the order in which each minor's kubeadm writes them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Arguments


def command_arguments(defaults: t.Mapping[str, str], overrides: Arguments, order: str) -> list[str]:
    """Merges default flags with the user's; an override replaces every default of its name.

    order: the release's C(argument_order). C(overrides_first): the user's sorted, then the defaults sorted (1.12, 1.13).
    C(sorted): one list (1.14 to 1.35). C(overrides_last): the defaults sorted, then the user's as given (1.36).
    """
    overridden = {name for name, _value in overrides}
    kept = sorted((name, value) for name, value in defaults.items() if name not in overridden)
    if order == "overrides_first":
        merged = sorted(overrides) + kept
    elif order == "sorted":
        merged = sorted(kept + list(overrides))
    else:
        merged = kept + list(overrides)
    return ["--{}={}".format(*pair) for pair in merged]


__all__ = ("command_arguments",)
