# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Answers what the configuration and the phases ask that plan nothing, all in one execution."""

from __future__ import annotations

import datetime
import importlib
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost

Question = t.Mapping[str, t.Any]
Answer = t.Dict[str, t.Any]


# What an answer is found by is imported where it is asked for: on a slow host imports take longer than the answers.


def _cryptography_error() -> str | None:
    """Why python3-cryptography cannot be used; None where it can be."""
    try:
        # A tenth of the time that the whole takes, and what fails where versions do not fit together.
        importlib.import_module("cryptography.hazmat.bindings._rust")
    except ImportError:
        # Old versions have no such part.
        from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

        return CRYPTOGRAPHY_ERROR
    return None


def _config(run: Runner, question: Question, _check: bool) -> Answer:
    return facts.gather(
        run,
        question["directories"],
        question["sockets"],
        question["certificates_dir"],
        question["etcd_data_dir"],
        _cryptography_error(),
    )


def _preflight(run: Runner, question: Question, _check: bool) -> Answer:
    from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
    from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.all import gather

    found = gather(InspectedHost(run), question)
    return {"facts": found, "identity": found.get("identity", {}), "gathered": time.monotonic()}


def _images(run: Runner, question: Question, check: bool) -> Answer:
    from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.ensure import ensure

    return ensure(question["settings"], question["images"], [], False, check, run)


def _needs_cryptography() -> None:
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

    if CRYPTOGRAPHY_ERROR is not None:
        raise KubewrightError(CRYPTOGRAPHY_ERROR)


def _wait_control_plane(run: Runner, question: Question, _check: bool) -> Answer:
    _needs_cryptography()
    from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import control_plane
    from ansible_collections.kubewright.control_plane.plugins.module_utils._running.look import look

    return look(control_plane(question), WatchedHost(run))


def _show_join(run: Runner, question: Question, _check: bool) -> Answer:
    _needs_cryptography()
    from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import admin_client
    from ansible_collections.kubewright.control_plane.plugins.module_utils._api.join import join_facts

    ca = WatchedHost(run).content(question["ca"])
    now = datetime.datetime.now(datetime.timezone.utc)
    return join_facts(admin_client(question["api"], waits=False), ca, now, question)


def _join(run: Runner, question: Question, _check: bool) -> Answer:
    _needs_cryptography()
    from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
    from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_settings import settings_of
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_identity import (
        BOOTSTRAP_PATH,
        identity,
    )

    host = Host(run)
    found = identity(host, question["ca"], datetime.datetime.now(datetime.timezone.utc))
    return dict(found._asdict(), has_token=host.exists(BOOTSTRAP_PATH), settings=settings_of(host.content))


def _shared_certs(run: Runner, question: Question, _check: bool) -> Answer:
    from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import absent

    return {"absent": absent(Host(run), question["folder"], question["digests"])}


_ANSWERING: t.Mapping[str, t.Callable[[Runner, Question, bool], Answer]] = {
    "config": _config,
    "preflight": _preflight,
    "images": _images,
    "wait_control_plane": _wait_control_plane,
    "show_join": _show_join,
    "join": _join,
    "shared_certs": _shared_certs,
}


def answers(run: Runner, questions: t.Mapping[str, Question], check: bool) -> dict[str, Answer]:
    """The answer to each question, by the phase that asks it. One that cannot be answered is left out: its phase asks again itself, and
    says in its own words what is wrong. Raises KubewrightError for the configuration, which nothing can do without.

    What show_join is answered holds a token. check: of the run.
    """
    found = {}
    for phase, question in questions.items():
        try:
            found[phase] = _ANSWERING[phase](run, question, check)
        except KubewrightError:
            if phase == "config":
                raise
            continue
    return found


__all__ = ("answers",)
