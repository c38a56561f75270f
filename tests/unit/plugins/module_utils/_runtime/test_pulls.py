# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives and pulls: their order, their end, and what is said when they fail."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import pulls as image_pulls
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import Images

Failures = t.Sequence[Exception | None]


class _Time:
    """Passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        """Waits."""
        self.now += seconds

    def clock(self) -> image_pulls.Clock:
        """What is passed in."""
        return image_pulls.Clock(lambda: self.now, self.sleep)


def _images(
    pull: t.Callable[[str, float], None] = lambda _image, _timeout: None, present: t.Collection[str] = ()
) -> Images:
    return Images("/run/s.sock", lambda image: image in present, pull, lambda: "containerd")


def _imports(
    images: Images,
    archives: t.Sequence[str],
    absent: list[str],
    take: t.Callable[[str], str | None] = lambda _archive: None,
    stored: t.Collection[str] = (),
    time: _Time | None = None,
) -> image_pulls.Imports:
    clock = (time or _Time()).clock()
    return image_pulls.import_archives(images, archives, absent, take, lambda: stored.__contains__, clock)


def _pull(failures: Failures, seconds: float = 1, timeout: float = 60) -> tuple[image_pulls.Pull, list[float]]:
    """How a pull ends whose attempts fail so, and the time that each was given."""
    time, left, to_come = _Time(), [], list(failures)

    def pull(_image: str, timeout: float) -> None:
        left.append(timeout)
        time.sleep(min(seconds, timeout))
        error = to_come.pop(0)
        if error is not None:
            raise error

    return image_pulls.pull_image(_images(pull), "a", timeout, time.clock()), left


@pytest.mark.parametrize(
    ("policy", "expected"), [("Always", ["a", "b"]), ("IfNotPresent", ["b"]), ("Never", []), ("", ["b"])]
)
def test_the_pull_policy(policy: str, expected: list[str]) -> None:
    """Breaks imagePullPolicy: what is there is pulled again, or what is missing is not pulled."""
    assert image_pulls.images_to_pull(policy, ["a", "b"], ["b"]) == expected


@pytest.mark.parametrize("failures", range(6))
def test_tries_like_kubeadm(failures: int) -> None:
    """Breaks kubeadm's five tries. A registry that fails once must not end a run."""
    pull, left = _pull([grpc.Refused(2, "busy")] * failures + [None])
    assert pull == image_pulls.Pull("" if failures < 5 else "busy", False, float(len(left)))
    assert len(left) == min(failures + 1, 5)
    assert left == [60 - number for number in range(len(left))]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (grpc.Refused(5, "a: not\nfound"), "a: not found"),
        (docker_engine.EngineError("manifest unknown"), "manifest unknown"),
        (
            ConnectionRefusedError(111, "Connection refused"),
            "runtime does not answer on /run/s.sock (Connection refused)",
        ),
        (grpc.CallFailed("the connection was closed"), "the connection was closed"),
    ],
)
def test_a_failed_pull_says_why(error: Exception, text: str) -> None:
    """Breaks the reason in the message, or ends in a traceback."""
    assert text in _pull([error] * 5)[0].error


def test_a_registry_that_stalls() -> None:
    """Breaks the end of a pull: the time is for all tries together, and the message names its variable."""
    pull, left = _pull([TimeoutError("timed out")], seconds=1000)
    assert (pull.timed_out, pull.seconds, len(left)) == (True, 60.0, 1)
    assert "within 60 s (kubewright_image_pull_timeout)" in pull.error
    pull, left = _pull([grpc.Refused(2, "reset by peer")] * 5, seconds=20)
    assert (pull.timed_out, left) == (True, [60.0, 40.0, 20.0])
    assert pull.error.endswith("before that: reset by peer")


@pytest.mark.parametrize("serial", [True, False])
def test_pulls_side_by_side_unless_serial(serial: bool) -> None:
    """Breaks when serial pulls overlap, parallel ones wait for each other, or an error is given to another image."""
    running, most = 0, 0
    all_run = threading.Barrier(3)
    lock = threading.Lock()
    seen: list[str] = []

    def pull(image: str, _timeout: float) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            first = image not in seen
            seen.append(image)
        if first and not serial:
            all_run.wait(timeout=30)
        with lock:
            running -= 1
        if image == "b":
            raise grpc.Refused(7, "denied")

    pulls = image_pulls.pull_images(_images(pull), ["a", "b", "c"], serial, 60, _Time().clock())
    assert {image: found.error for image, found in pulls.items()} == {"a": "", "b": "denied", "c": ""}
    assert most == (1 if serial else 3)


def test_no_images_to_pull() -> None:
    """Breaks a second run, where there is nothing to pull."""
    assert image_pulls.pull_images(_images(), [], False, 60, _Time().clock()) == {}


def test_archives_as_long_as_an_image_is_missing() -> None:
    """Breaks hosts without a registry: too little is imported, too much, or after a damaged archive nothing more."""
    present: set[str] = set()
    content = {"/1": {"a"}, "/2": None, "/3": {"b"}, "/4": {"c"}}

    def take(archive: str) -> str | None:
        found = content[archive]
        if found is None:
            return "damaged"
        present.update(found)
        return None

    found = _imports(_images(present=present), list(content), ["a", "b"], take)
    assert found == image_pulls.Imports(["/1", "/3"], {"/2": "damaged"}, [])
    assert _imports(_images(present=present), ["/4"], ["d"], take) == image_pulls.Imports(["/4"], {}, ["d"])
    assert _imports(_images(), ["/1"], [], take).imported == []


def test_archives_in_check_mode() -> None:
    """Breaks when check mode promises an archive that is not there, or names one as failed that may not be needed."""
    faults = {"/2": None, "/4": None}
    found = image_pulls.planned_imports(["/1", "/2", "/3", "/4"], ["a"], lambda archive: faults.get(archive, "absent"))
    assert found == image_pulls.Imports(["/2", "/3", "/4"], {"/1": "absent"}, ["a"])
    assert image_pulls.planned_imports(["/1"], ["a"], lambda _archive: "absent").imported == []


def test_an_image_that_appears_a_moment_later() -> None:
    """Breaks the import on a busy host: CRI sees a new image some seconds after it is stored; it would be pulled then."""
    time = _Time()
    images = Images("/s", lambda _image: time.now >= 120.0, lambda _image, _timeout: None, lambda: "containerd")
    assert _imports(images, ["/1"], ["a"], stored=["a"], time=time).absent == []


def test_an_image_that_the_archive_lacks() -> None:
    """Breaks when a run waits for what no archive has brought, or without end for what the runtime never shows."""
    time = _Time()
    assert _imports(_images(), ["/1", "/2"], ["a"], stored=["b"], time=time).absent == ["a"]
    assert time.now == 100.0
    assert _imports(_images(), ["/1"], ["a"], stored=["a"], time=time).absent == ["a"]
    assert time.now == pytest.approx(160.0, abs=1)


# What containerd 1.6 and 2, Docker and this collection really say.
SAID = {
    'failed to resolve reference "r/pause:9": r/pause:9: not found': "kubewright_image_repository and kubewright_kubernetes",
    "manifest for r/pause:9 not found: manifest unknown: manifest unknown": "does not have the image",
    "authorization failed: no basic auth credentials": "credentials",
    "pull access denied for r/pause, repository does not exist or may require 'docker login': denied": "credentials",
    "unexpected status from HEAD request to https://r/v2/pause/manifests/9: 401 Unauthorized": "credentials",
    "tls: failed to verify certificate: x509: certificate signed by unknown authority": "CA",
    "http: server gave HTTP response to HTTPS client": "plain HTTP",
    "dial tcp 127.0.0.1:5999: connect: connection refused": "that the host reaches",
    "dial tcp: lookup r.example on 192.0.2.53:53: no such host": "that the host reaches",
    "the pull has not ended within 60 s (kubewright_image_pull_timeout)": "that the host reaches",
    "the container runtime does not answer on /run/s.sock (Permission denied)": "Start the container runtime",
}


@pytest.mark.parametrize("said", SAID)
def test_the_cure(said: str) -> None:
    """Breaks what a person is told to do, which depends on what the registry or the runtime has said."""
    text = image_pulls.failure_message({}, {"r/pause:9": said})
    assert f"r/pause:9: {said}" in text
    assert SAID[said] in text.partition(said)[2]


def test_all_failures_at_once() -> None:
    """Breaks when failures come one by one, or the same cure is repeated for each image."""
    text = image_pulls.failure_message(
        {"/a.tar": "damaged"}, {"r/a:1": "not found", "r/b:1": "not found", "r/c:1": "x509"}
    )
    assert all(part in text for part in ("/a.tar: damaged", "r/a:1: not found; r/b:1: not found; r/c:1: x509"))
    assert text.count("does not have the image") == 1


def test_registry() -> None:
    """Breaks what is not tried after a registry has stalled."""
    assert image_pulls.registry("r.example:5000/kube/pause:1") == "r.example:5000"
