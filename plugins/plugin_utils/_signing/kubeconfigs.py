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
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import kubeconfig_content
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import KUBECONFIG_MODE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import user_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import OK
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Kubeconfig as Present
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import Dates, Issuer
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubeconfig import (
    FOREIGN_CURE,
    foreign_content,
    inspect_present,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.planned_changes import kubeconfig_settings
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal


class Wanted(t.NamedTuple):
    """A kubeconfig to write on the controller, and why. due: whether its end being near is the only reason."""

    kubeconfig: Kubeconfig
    reason: str
    due: bool


class KubeconfigsHere(t.NamedTuple):
    """The kubeconfigs to write, and the paths of those whose mode is too loose. Paths are absolute."""

    steps: list[Wanted]
    loose_files: list[str]


NOTHING = KubeconfigsHere([], [])


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


def _present(state: files.FileState) -> Present:
    return kubeconfig_of(kubeconfig_facts(state.content))


def refuse_foreign(config: Config) -> None:
    """Raises KubewrightError where a file is in the way that is somebody's own, before any host is changed."""
    problems = []
    for wanted in _declared(config):
        state = _read(wanted.path)
        foreign = foreign_content(_present(state)) if state is not None else None
        if foreign is not None:
            problems.append(f"kubewright_kubeconfigs: {wanted.path} on the controller {foreign}. {FOREIGN_CURE}")
    if problems:
        raise KubewrightError("\n".join(problems))


def plan(config: Config, ca_pem: bytes | None, renewal: Renewal) -> KubeconfigsHere:
    """What has to be done. ca_pem: None where there is no CA yet.

    Raises KubewrightError where files belong to other clusters.
    """
    steps, loose, problems = [], [], []
    ca = _x509.load_certificate(ca_pem) if ca_pem is not None else None
    for wanted in _declared(config):
        state = _read(wanted.path)
        if state is None:
            steps.append(Wanted(wanted, "missing", False))
            continue
        present = _present(state)
        if _is_another_clusters(present, ca):
            problems.append(
                f"kubewright_kubeconfigs: {wanted.path} on the controller is the kubeconfig of a cluster with another CA. "
                f"{FOREIGN_CURE}"
            )
            continue
        reason, due = _reason(present, wanted, ca, config, renewal)
        if reason is not None:
            steps.append(Wanted(wanted, reason, due))
        elif state.mode & ~KUBECONFIG_MODE:
            loose.append(wanted.path)
    if problems:
        raise KubewrightError("\n".join(problems))
    return KubeconfigsHere(steps, loose)


def _reason(
    present: Present, wanted: Kubeconfig, ca: _x509.X509Certificate | None, config: Config, renewal: Renewal
) -> tuple[str | None, bool]:
    """Why a kubeconfig has to be written anew, or None, and whether only the end of its certificate is the reason."""
    if ca is None:
        return "its CA is new", False
    dates = Dates(renewal.now, renewal.due_at(wanted.certificate))
    inspection = inspect_present(present, wanted.path, wanted, Issuer(ca), config.key_algorithm, dates)
    if inspection.status == OK:
        return ("all are renewed" if renewal.everything else None), False
    return inspection.reason, inspection.due


def _is_another_clusters(present: Present, ca: _x509.X509Certificate | None) -> bool:
    """ca: None where there is none yet: then every kubeconfig that is there is that of another cluster."""
    if present.blank:
        return False
    if present.problem or present.ca is None or ca is None:
        return True
    return _x509.certificate_pem(present.ca) != _x509.certificate_pem(ca)


def write(config: Config, wanted: Kubeconfig, ca_pem: bytes, certificate_pem: bytes, key: _x509.PrivateKey) -> None:
    """Writes one. Raises KubewrightError, also where another cluster's has come to lie there since the plan was made."""
    pair = _x509.Pair(_x509.load_certificate(certificate_pem), key)
    ca = _x509.load_certificate(ca_pem)
    state = _read(wanted.path)
    if state is not None and _is_another_clusters(_present(state), ca):
        raise KubewrightError(
            f"kubewright_kubeconfigs: {wanted.path} on the controller was just written for another cluster. Give each cluster a path "
            "of its own."
        )
    with _named():
        files.ensure_directory(os.path.dirname(wanted.path), 0o755)
        content = kubeconfig_content(kubeconfig_settings(config, wanted)._asdict(), _x509.certificate_pem(ca), pair)
        files.write_file(wanted.path, content, KUBECONFIG_MODE)


def tighten(planned: KubeconfigsHere) -> None:
    """Takes others' rights to the files away; each keeps its owner. Raises KubewrightError."""
    for path in planned.loose_files:
        try:
            os.chmod(path, KUBECONFIG_MODE)
        except OSError as error:
            raise KubewrightError(
                f"the mode of {path} on the controller cannot be set: {error.strerror}. Set it to 0600."
            ) from None


__all__ = ("NOTHING", "KubeconfigsHere", "Wanted", "plan", "refuse_foreign", "tighten", "write")
