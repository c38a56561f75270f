# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubeconfigs for people that are kept on the controller (kubewright_kubeconfigs). Their keys are made here."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import user_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import Renewal
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig import (
    FOREIGN_CURE,
    foreign_content,
    kubeconfig_due,
    text_of,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    KUBECONFIG_MODE,
    decode_data,
    read_kubeconfig,
)


class Wanted(t.NamedTuple):
    """A kubeconfig to write on the controller, and why. due: whether its end being near is the only reason."""

    kubeconfig: Kubeconfig
    reason: str
    due: bool


class Plan(t.NamedTuple):
    """The kubeconfigs to write, and the paths of those whose mode is too loose. Paths are absolute."""

    steps: list[Wanted]
    loose_files: list[str]


NOTHING = Plan([], [])


def _declared(config: Config) -> list[Kubeconfig]:
    return [
        wanted._replace(path=os.path.abspath(os.path.expanduser(wanted.path)))
        for wanted in user_kubeconfigs(config, "controller")
    ]


@contextlib.contextmanager
def _named() -> t.Iterator[None]:
    """Says of a file that cannot be used whose it is: the same path may well be in order on the host."""
    try:
        yield
    except KubewrightError as error:
        raise KubewrightError(f"kubewright_kubeconfigs, on the controller: {error}") from None


def _read(path: str) -> files.FileState | None:
    with _named():
        return files.read_file(path)


def refuse_foreign(config: Config) -> None:
    """Raises KubewrightError where a file is in the way that is somebody's own, before any host is changed."""
    problems = []
    for wanted in _declared(config):
        state = _read(wanted.path)
        foreign = foreign_content(state.content) if state is not None else None
        if foreign is not None:
            problems.append(f"kubewright_kubeconfigs: {wanted.path} on the controller {foreign}. {FOREIGN_CURE}")
    if problems:
        raise KubewrightError("\n".join(problems))


def plan(config: Config, ca_pem: bytes | None, renewal: Renewal) -> Plan:
    """What has to be done. ca_pem: None where there is no CA yet.

    Raises KubewrightError where files belong to other clusters.
    """
    steps, loose, problems = [], [], []
    ca = _x509.Pair(_x509.load_certificate(ca_pem), None) if ca_pem is not None else None
    for wanted in _declared(config):
        state = _read(wanted.path)
        if state is None:
            steps.append(Wanted(wanted, "missing", False))
            continue
        if _is_another_clusters(state.content, ca):
            problems.append(
                f"kubewright_kubeconfigs: {wanted.path} on the controller is the kubeconfig of a cluster with another CA. "
                f"{FOREIGN_CURE}"
            )
            continue
        reason, due = kubeconfig_due(state.content, wanted, ca, config, renewal)
        if reason is not None:
            steps.append(Wanted(wanted, reason, due))
        elif state.mode & ~KUBECONFIG_MODE:
            loose.append(wanted.path)
    if problems:
        raise KubewrightError("\n".join(problems))
    return Plan(steps, loose)


def _is_another_clusters(content: bytes, ca: _x509.Pair | None) -> bool:
    """ca: None where there is none yet: then every kubeconfig that is there is that of another cluster."""
    if not content.strip():
        return False
    try:
        embedded = _x509.load_certificate(
            decode_data(read_kubeconfig(content.decode("utf-8", "replace")).ca_data) or b""
        )
    except KubewrightError:
        return True
    return ca is None or _x509.certificate_pem(embedded) != _x509.certificate_pem(ca.certificate)


def write(config: Config, wanted: Kubeconfig, ca_pem: bytes, certificate_pem: bytes, key: _x509.PrivateKey) -> None:
    """Writes one. Raises KubewrightError, also where another cluster's has come to lie there since the plan was made."""
    pair = _x509.Pair(_x509.load_certificate(certificate_pem), key)
    ca = _x509.load_certificate(ca_pem)
    state = _read(wanted.path)
    if state is not None and _is_another_clusters(state.content, _x509.Pair(ca, None)):
        raise KubewrightError(
            f"kubewright_kubeconfigs: {wanted.path} on the controller was just written for another cluster. Give each cluster a path "
            "of its own."
        )
    with _named():
        files.ensure_directory(os.path.dirname(wanted.path), 0o755)
        files.write_file(wanted.path, text_of(config, wanted, ca, pair), KUBECONFIG_MODE)


def tighten(planned: Plan) -> None:
    """Takes others' rights to the files away; each keeps its owner. Raises KubewrightError."""
    for path in planned.loose_files:
        try:
            os.chmod(path, KUBECONFIG_MODE)
        except OSError as error:
            raise KubewrightError(
                f"the mode of {path} on the controller cannot be set: {error.strerror}. Set it to 0600."
            ) from None


__all__ = ("NOTHING", "Plan", "Wanted", "plan", "refuse_foreign", "tighten", "write")
