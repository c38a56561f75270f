# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and kubeconfigs of a folder, planned and made in one line; for the tests."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _credentials as credentials
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import Renewal

CERTIFICATES, KUBECONFIGS = (credentials.CERTIFICATES,), (credentials.KUBECONFIGS,)


def plan(
    config: Config,
    now: datetime.datetime,
    parts: t.Collection[str] = CERTIFICATES + KUBECONFIGS,
    before: float = 0,
    root: str = "",
    everything: bool = False,
    **task: t.Any,
) -> credentials.Plan:
    """What has to be done. before: seconds before its end at which a leaf is due. task: further fields of the task."""
    return credentials.plan(config, Renewal(now, before, everything), credentials.Task(parts, **task), root)


def make(
    config: Config, now: datetime.datetime, parts: t.Collection[str] = CERTIFICATES + KUBECONFIGS, root: str = ""
) -> None:
    """Does it."""
    credentials.apply(config, plan(config, now, parts, root=root), now, root)
