# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways to damage the files of a host."""

from __future__ import annotations

import pathlib
import typing as t

# Of a folder.
Damage = t.Callable[[pathlib.Path], None]
# Of a file; the other is its counterpart in another cluster, by its content.
FileDamage = t.Callable[[pathlib.Path, bytes], None]

FILE_DAMAGES: t.Mapping[str, FileDamage] = {
    "deleted": lambda path, _other: path.unlink(),
    "emptied": lambda path, _other: path.write_bytes(b""),
    "truncated": lambda path, _other: path.write_bytes(path.read_bytes()[:150]),
    "one byte changed": lambda path, _other: path.write_bytes(path.read_bytes().replace(b"M", b"!", 1)),
}


def delete(*names: str) -> Damage:
    """Files of the folder are gone."""

    def damage(folder: pathlib.Path) -> None:
        for name in names:
            (folder / name).unlink()

    return damage


def truncate(name: str) -> Damage:
    """A file of the folder was cut off."""

    def damage(folder: pathlib.Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:100])

    return damage


def copy(source: str, target: str) -> Damage:
    """A file of the folder has the content of another."""

    def damage(folder: pathlib.Path) -> None:
        (folder / target).write_bytes((folder / source).read_bytes())

    return damage
