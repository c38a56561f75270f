# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Getting the images that are wanted: archives first, then pulls, each with an end; what failed and what to do about it."""

from __future__ import annotations

import concurrent.futures
import re
import socket
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import (
    Images,
    absent_images,
    reason,
)

# kubeadm's number.
_ATTEMPTS = 5
# containerd's CRI learns of what was imported a moment later, on a busy host some seconds.
_AFTER_IMPORT = 60.0
_INTERVAL = 0.2
# How the reason begins for what was only left out; it has no cure of its own.
NOT_TRIED = "not tried"
_REACH = (
    "Set kubewright_image_repository to a registry that the host reaches, give the container runtime a mirror, or import the "
    "images (kubewright_image_archives)."
)
_CURES = (
    (
        r"^the container runtime does not answer",
        "Start the container runtime, or set kubewright_cri_socket to its socket.",
    ),
    (
        r"no space left on device",
        "Free space where the container runtime has its images.",
    ),
    (
        r"HTTP response to HTTPS client",
        "Tell the container runtime that the registry speaks plain HTTP (containerd: certs.d/HOST/hosts.toml).",
    ),
    (
        r"x509|certificate|tls: ",
        "Make the container runtime trust the registry's CA (containerd: ca in certs.d/HOST/hosts.toml).",
    ),
    (
        r"unauthori[sz]ed|authori[sz]ation|authentication|(?<!permission )denied|forbidden|no basic auth",
        "Give the container runtime the registry's credentials in its own configuration (Docker: docker login on the host).",
    ),
    (
        r"not found|manifest unknown|name unknown|no such image",
        "Check kubewright_image_repository and kubewright_kubernetes_version: the registry does not have the image.",
    ),
)


class Clock(t.NamedTuple):
    """The time that passes, from outside."""

    now: t.Callable[[], float]
    sleep: t.Callable[[float], None]


class Pull(t.NamedTuple):
    """How a pull ended. error: why it failed, or empty. timed_out: whether it had no end within its time."""

    error: str
    timed_out: bool
    seconds: float


class Imports(t.NamedTuple):
    """imported: the archives that were. failed: the reason for each other that was tried. absent: what is missing still."""

    imported: list[str]
    failed: dict[str, str]
    absent: list[str]


def images_to_pull(policy: str, wanted: t.Sequence[str], absent: t.Sequence[str]) -> list[str]:
    """What kubeadm's imagePullPolicy asks to pull: C(Always), C(IfNotPresent) or C(Never)."""
    return {"Always": list(wanted), "Never": []}.get(policy, list(absent))


def _absent_after_import(
    images: Images, absent: list[str], in_store: t.Callable[[str], bool], clock: Clock
) -> list[str]:
    end = clock.now() + _AFTER_IMPORT
    while True:
        absent = absent_images(images, absent)
        if clock.now() >= end or not any(in_store(image) for image in absent):
            return absent
        clock.sleep(_INTERVAL)


def import_archives(
    images: Images,
    archives: t.Sequence[str],
    absent: list[str],
    import_archive: t.Callable[[str], str | None],
    stored: t.Callable[[], t.Callable[[str], bool]],
    clock: Clock,
) -> Imports:
    """Imports one archive after the other as long as an image is missing.

    stored: asks what the runtime's store has by now, and tells of an image whether it is there. Those are waited for until
    the runtime knows of them itself.
    """
    imported: list[str] = []
    failed: dict[str, str] = {}
    for archive in archives:
        if not absent:
            break
        error = import_archive(archive)
        if error is not None:
            failed[archive] = error
            continue
        imported.append(archive)
        absent = _absent_after_import(images, absent, stored(), clock)
    return Imports(imported, failed, absent)


def planned_imports(
    archives: t.Sequence[str], absent: list[str], archive_fault: t.Callable[[str], str | None]
) -> Imports:
    """What check mode can say of archives: those that would be tried before the first that can be read have failed.

    Which images an archive has is not known before, so that all are taken to be missing still.
    """
    failed: dict[str, str] = {}
    for index, archive in enumerate(archives):
        fault = archive_fault(archive)
        if fault is None:
            return Imports(list(archives[index:]), failed, absent)
        failed[archive] = fault
    return Imports([], failed, absent)


def pull_image(images: Images, image: str, timeout: float, clock: Clock) -> Pull:
    """Pulls one image, as often as kubeadm tries it, but no longer than so many seconds in all."""
    start = clock.now()
    error = ""
    for _attempt in range(_ATTEMPTS):
        left = start + timeout - clock.now()
        if left <= 0:
            return Pull(_too_long(timeout, error), True, clock.now() - start)
        try:
            images.pull(image, left)
            return Pull("", False, clock.now() - start)
        except socket.timeout:
            return Pull(_too_long(timeout, error), True, clock.now() - start)
        except OSError as failure:
            error = f"the container runtime does not answer on {images.socket} ({reason(failure)})"
        except (grpc.CallFailed, docker_engine.EngineError) as failure:
            error = reason(failure)
    return Pull(error, False, clock.now() - start)


def _too_long(timeout: float, error: str) -> str:
    before = f"; before that: {error}" if error else ""
    return f"the pull has not ended within {timeout:g} s (kubewright_image_pull_timeout){before}"


def pull_images(
    images: Images, asked_for: t.Sequence[str], serial: bool, timeout: float, clock: Clock
) -> dict[str, Pull]:
    """Pulls images, one after the other or side by side; how each pull ended."""
    workers = 1 if serial else len(asked_for) or 1
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        pulls = pool.map(lambda image: pull_image(images, image, timeout, clock), asked_for)
        return dict(zip(asked_for, pulls))


def registry(image: str) -> str:
    """The registry in an image's name."""
    return image.partition("/")[0]


def _cure(error: str) -> str:
    for pattern, cure in _CURES:
        if re.search(pattern, error, re.IGNORECASE):
            return cure
    return _REACH


def failure_message(failed_archives: t.Mapping[str, str], failed_pulls: t.Mapping[str, str]) -> str:
    """All that failed, with its reasons and what to do, each cure once."""
    parts = []
    if failed_archives:
        text = "; ".join(f"{archive}: {error}" for archive, error in failed_archives.items())
        parts.append(f"these archives of kubewright_image_archives cannot be imported: {text}.")
        parts.append("Correct them, or take them out.")
    if failed_pulls:
        text = "; ".join(f"{image}: {error}" for image, error in failed_pulls.items())
        parts.append(f"these images cannot be pulled: {text}.")
        parts += dict.fromkeys(_cure(error) for error in failed_pulls.values() if not error.startswith(NOT_TRIED))
    return " ".join(parts)


__all__ = (
    "NOT_TRIED",
    "Clock",
    "Imports",
    "Pull",
    "failure_message",
    "images_to_pull",
    "import_archives",
    "planned_imports",
    "pull_image",
    "pull_images",
    "registry",
)
