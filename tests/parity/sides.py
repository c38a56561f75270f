# SPDX-License-Identifier: GPL-3.0-or-later
"""The two sides of a comparison: what kubeadm wrote, and what render.yml wrote."""

from __future__ import annotations

import datetime
import functools
import json
import pathlib
import typing as t

from parity.dry_run import Object, objects_of
from parity.values import load

KUBERNETES, KUBELET = "etc/kubernetes", "var/lib/kubelet"


def _written(path: pathlib.Path) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc)


class Side(t.Protocol):
    """root: the folder that stands for the host's root."""

    root: pathlib.Path

    def modes(self) -> dict[str, str]:
        """Every file with its mode, by absolute path."""

    def images(self) -> list[str]:
        """The images in their order."""

    def objects(self) -> list[Object]:
        """The API objects; what is done to the Node as one."""

    def made_at(self) -> datetime.datetime:
        """When the objects were made."""


# Several forms of one configuration are compared with the same long text.
@functools.lru_cache(maxsize=8)
def _dry_run_objects(path: pathlib.Path) -> list[Object]:
    return objects_of(path.read_text())


# The images of the addons, by the field of the configuration that switches them off.
_ADDONS = {"dns": "coredns", "proxy": "kube-proxy"}


def _stored_configuration(objects: t.Sequence[Object]) -> dict[str, t.Any]:
    """The ClusterConfiguration that is uploaded."""
    for item in objects:
        if (item.get("kind"), item["metadata"]["name"]) == ("ConfigMap", "kubeadm-config"):
            return dict(load(item["data"]["ClusterConfiguration"]))
    return {}


class Oracle:
    """What the real kubeadm wrote. folder: one that oracle.sh filled."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder, self.root = folder, folder / "root"

    def modes(self) -> dict[str, str]:
        """See Side.modes."""
        lines = (self.folder / "modes.txt").read_text().splitlines()
        return {f"/{path.lstrip('/')}": mode.zfill(4) for mode, path in (line.split(" ", 1) for line in lines)}

    def images(self) -> list[str]:
        """See Side.images.

        kubeadm config images list knows nothing of phases that are skipped. Its init pulls no image of an addon that it
        takes for disabled by them (1.31 and later), and stores that with the configuration.
        """
        stored = _stored_configuration(self.objects())
        disabled = [name for key, name in _ADDONS.items() if (stored.get(key) or {}).get("disabled")]
        images = (self.folder / "images.txt").read_text().splitlines()
        return [image for image in images if not any(f"/{name}:" in image for name in disabled)]

    def objects(self) -> list[Object]:
        """See Side.objects."""
        return _dry_run_objects(self.folder / "dry-run.txt")

    def made_at(self) -> datetime.datetime:
        """See Side.made_at."""
        return _written(self.folder / "dry-run.txt")


class Rendered:
    """What render.yml wrote. folder: that of one host."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder, self.root = folder, folder / "files"

    def modes(self) -> dict[str, str]:
        """See Side.modes."""
        listed = json.loads((self.folder / "files.json").read_text())
        found = {
            f"/{path.relative_to(self.root)}": f"{path.stat().st_mode & 0o7777:04o}"
            for path in self.root.rglob("*")
            if path.is_file()
        }
        promised = {item["path"]: item["mode"] for item in listed}
        return found if promised == found else {**found, "files.json": "differs from the files"}

    def images(self) -> list[str]:
        """See Side.images."""
        return (self.folder / "images.txt").read_text().splitlines()

    def objects(self) -> list[Object]:
        """See Side.objects."""
        return [load(path.read_text()) for path in sorted((self.folder / "objects").iterdir())]

    def made_at(self) -> datetime.datetime:
        """See Side.made_at."""
        return _written(self.folder / "files.json")


__all__ = ("KUBELET", "KUBERNETES", "Oracle", "Rendered", "Side")
