# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The folder of a host on the controller: named like the host, inside of the folder that the user names, and nowhere else."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.ca_folder import is_folder_name


def host_folder(name: str, directory: str, variables: t.Mapping[str, t.Any]) -> str:
    """The absolute path of a host's folder. name: of the variable that names the directory.

    Raises KubewrightError for a host whose name in the inventory cannot be that of a folder.
    """
    host = str(variables["inventory_hostname"])
    if not is_folder_name(host):
        raise KubewrightError(
            f"inventory_hostname: found '{line(host)}'; allowed with {name}: what can be the name of a folder, without '/', control "
            "characters and a leading '~', and not . or .. . Rename the host in the inventory; ansible_host says where it is."
        )
    return os.path.join(os.path.abspath(os.path.expanduser(directory)), host)


__all__ = ("host_folder",)
