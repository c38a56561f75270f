# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Files of the controller that a user names: beside the playbook, beside the inventory or in the working directory."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LARGEST
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.own_folder import trust_who_started_this


class ControllerFiles:
    """loader: Ansible's, which opens vaults. inventory_dir: where the inventory lies, if it is a file."""

    def __init__(self, loader: t.Any, inventory_dir: str | None) -> None:
        """See the class."""
        self._loader = loader
        trust_who_started_this()
        self._inventory_dir = inventory_dir

    def path(self, path: str) -> str:
        """The file or folder that a path stands for. Raises KubewrightError where there is none."""
        places = [str(self._loader.path_dwim(path))]
        if not os.path.isabs(os.path.expanduser(path)):
            folders = [self._inventory_dir, os.getcwd()]
            places += [os.path.normpath(os.path.join(folder, path)) for folder in folders if folder]
        for place in places:
            if os.path.exists(place):
                return place
        raise KubewrightError("there is no {}".format(" nor ".join(dict.fromkeys(places))))

    def _text(self, path: str) -> str:
        if not os.path.isfile(path):
            raise KubewrightError(f"{path} is not a file")
        try:
            if os.path.getsize(path) > LARGEST:
                raise KubewrightError(f"{path} has more than {LARGEST // 2**20} MiB")
            # In memory: ansible-core's public way decrypts a vault into a temporary file.
            data, _is_secret = self._loader._get_file_contents(path)
            return str(data.decode("utf-8"))
        except OSError as error:
            raise KubewrightError(f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise KubewrightError(f"{path}: not a text in UTF-8") from None
        except AnsibleError as error:
            raise KubewrightError(f"{path}: {error}") from None

    def text(self, path: str) -> str:
        """The text of a file, decrypted where it is a vault; see C(path). Raises KubewrightError."""
        return self._text(self.path(path))

    def directory(self, path: str) -> dict[str, str]:
        """The texts of the files in a folder and below, by their paths in it. Raises KubewrightError."""
        folder = self.path(path)
        if not os.path.isdir(folder):
            raise KubewrightError(f"{folder} is not a folder")
        found = [
            os.path.relpath(os.path.join(directory, name), folder)
            for directory, _directories, names in os.walk(folder)
            for name in names
        ]
        texts = {}
        for name in found:
            try:
                texts[name] = self._text(os.path.join(folder, name))
            except KubewrightError:
                # What an editor has left there, or a picture: kubeadm passes over it too.
                hidden, is_document = os.path.basename(name).startswith("."), name.endswith((".yaml", ".json"))
                if is_document and not hidden:
                    raise
                texts[name] = ""
        return texts


__all__ = ("ControllerFiles",)
