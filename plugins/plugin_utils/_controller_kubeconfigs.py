# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubeconfigs for people that are kept on the controller (kubewright_kubeconfigs). Their keys are made here."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _files as files
from ansible_collections.kubewright.control_plane.plugins.module_utils import _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._certificates import (
    Kubeconfig,
    user_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._kubeconfig import kubeconfig_due, text_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._kubeconfig_text import (
    KUBECONFIG_MODE,
    decode_data,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import Renewal


class Wanted(t.NamedTuple):
    """A kubeconfig to write on the controller, and why."""

    kubeconfig: Kubeconfig
    reason: str


def plan(config: Config, ca_pem: bytes | None, renewal: Renewal) -> list[Wanted]:
    """Those that have to be written. ca_pem: None where there is no CA yet.

    Raises KubewrightError where a file belongs to another cluster.
    """
    found = []
    ca = _x509.Pair(_x509.load_certificate(ca_pem), None) if ca_pem is not None else None
    for wanted in user_kubeconfigs(config, "controller"):
        wanted = wanted._replace(path=os.path.abspath(os.path.expanduser(wanted.path)))
        state = files.read_file(wanted.path)
        if state is None:
            found.append(Wanted(wanted, "missing"))
            continue
        reason, _due = kubeconfig_due(state.content, wanted, ca, config, renewal)
        if reason is not None and ca is not None:
            _refuse_another_cluster(wanted.path, state.content, ca.certificate)
        if reason is None and state.mode & ~KUBECONFIG_MODE:
            reason = "mode too loose"
        if reason is not None:
            found.append(Wanted(wanted, reason))
    return found


def _refuse_another_cluster(path: str, content: bytes, ca: _x509.X509Certificate) -> None:
    try:
        embedded = _x509.load_certificate(
            decode_data(read_kubeconfig(content.decode("utf-8", "replace")).ca_data) or b""
        )
    except KubewrightError:
        return
    if _x509.certificate_pem(embedded) != _x509.certificate_pem(ca):
        raise KubewrightError(
            f"kubewright_kubeconfigs: {path} on the controller is the kubeconfig of a cluster with another CA. Give each cluster a path "
            "of its own, or move the file away."
        )


def write(config: Config, wanted: Kubeconfig, ca_pem: bytes, certificate_pem: bytes, key: _x509.PrivateKey) -> None:
    """Writes one. Raises KubewrightError."""
    pair = _x509.Pair(_x509.load_certificate(certificate_pem), key)
    text = text_of(config, wanted, _x509.load_certificate(ca_pem), pair)
    files.ensure_directory(os.path.dirname(wanted.path), 0o755)
    files.write_file(wanted.path, text, KUBECONFIG_MODE)


__all__ = ("Wanted", "plan", "write")
