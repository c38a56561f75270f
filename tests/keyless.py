# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that has all but the keys of its CAs, and who signs for it elsewhere; for the tests of requests."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CredentialsPlan
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Request
from credentials_made import CAS, KUBECONFIGS, apply, make, move_keys_away, plan, sign_all

DAYS_30 = 30 * 86400.0
CONFS = ["admin.conf", "super-admin.conf", "kubelet.conf", "controller-manager.conf", "scheduler.conf", "users/jane"]
Requests = t.Sequence[Request]


class Keyless(t.NamedTuple):
    """A host that has all but the keys of its CAs. elsewhere: the folder of the CAs with their keys."""

    host: t.Any
    config: Config
    elsewhere: pathlib.Path

    def plan(self, now: datetime.datetime | None = None, **task: t.Any) -> CredentialsPlan:
        """With requests for whatever cannot be signed."""
        task.setdefault("requests", CAS)
        return plan(self.config, now or self.host.now, before=DAYS_30, **task)

    def run(self, now: datetime.datetime | None = None, **task: t.Any) -> list[Request]:
        """Plans and applies."""
        return apply(self.config, self.plan(now, **task), now or self.host.now)

    def sign(self, requests: Requests, begin: datetime.datetime | None = None, days: float = 365) -> dict[str, bytes]:
        """The certificates that come back."""
        return sign_all(requests, self.elsewhere, begin or self.host.now, days)


def config_with_jane(host: t.Any, version: str = "1.31.0", **variables: t.Any) -> Config:
    """With the kubeconfig of a person."""
    jane = {"name": "jane", "groups": ["dev"], "location": "host", "path": str(host.kubernetes / "jane.conf")}
    return t.cast("Config", host.config(version, kubeconfigs=[jane], **variables))


def keyless_host(host: t.Any, elsewhere: pathlib.Path) -> Keyless:
    """A whole host whose CAs were taken away."""
    shutil.copytree(host.sound, host.pki)
    config = config_with_jane(host)
    make(config, host.now, KUBECONFIGS)
    move_keys_away(host.pki, elsewhere)
    return Keyless(host, config, elsewhere)


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


__all__ = ("CONFS", "DAYS_30", "Keyless", "config_with_jane", "contents", "keyless_host")
