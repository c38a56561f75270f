# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The resolved configuration of a module's task."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config


def config_of(module: AnsibleModule) -> Config:
    """The resolved configuration of the task. Raises KubewrightError where it is none."""
    return Config(module.params["config"])


__all__ = ("config_of",)
