# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tests/environment/downloads.sh against a server that has what the release servers have, laid out as theirs.

Only the programs are small: shell scripts, with their real sha256.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import io
import os
import pathlib
import platform
import re
import socket
import subprocess
import tarfile
import threading
import time
import typing as t

import pytest

ENVIRONMENT = pathlib.Path(__file__).parents[2] / "environment"
SCRIPT = ENVIRONMENT / "downloads.sh"

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
KUBERNETES = (ENVIRONMENT / "versions.txt").read_text(encoding="utf-8").splitlines()[-1].split()[1]
PROGRAMS = f"release/{KUBERNETES}/bin/linux/{ARCHITECTURE}"
KUBELET = f"{PROGRAMS}/kubelet"


def _module_version(name: str) -> str:
    text = (ENVIRONMENT / "modules" / name / "go.mod").read_text(encoding="utf-8")
    match = re.search(r"^require \S+ (v\S+)$", text, re.MULTILINE)
    assert match is not None
    return match.group(1)


CONTAINERD_VERSION = _module_version("containerd")
CONTAINERD = (
    f"containerd/containerd/releases/download/{CONTAINERD_VERSION}/"
    f"containerd-{CONTAINERD_VERSION[1:]}-linux-{ARCHITECTURE}.tar.gz"
)
PLUGINS_VERSION = _module_version("cni-plugins")
PLUGINS = (
    f"containernetworking/plugins/releases/download/{PLUGINS_VERSION}/"
    f"cni-plugins-linux-{ARCHITECTURE}-{PLUGINS_VERSION}.tgz"
)
CRICTL_VERSION = _module_version("crictl")
CRICTL = (
    f"kubernetes-sigs/cri-tools/releases/download/{CRICTL_VERSION}/crictl-{CRICTL_VERSION}-linux-{ARCHITECTURE}.tar.gz"
)


def _program(name: str) -> bytes:
    return f"#!/bin/sh\necho {name}\n".encode()


def _archive(**modes: int) -> bytes:
    """A compressed tar with a program for each name (slashes are written as two underscores)."""
    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode="w:gz") as archive:
        for key, mode in modes.items():
            name = key.replace("__", "/").replace("_", "-")
            data = _program(name.rpartition("/")[2])
            member = tarfile.TarInfo(name)
            member.mode = mode
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return result.getvalue()


def _release_files() -> dict[str, bytes]:
    """What is published, by path; the texts of the sha256 files differ as they do in reality."""
    files: dict[str, bytes] = {}
    for name in ("kubelet", "kubectl", "kubeadm"):
        data = _program(name)
        files[f"{PROGRAMS}/{name}"] = data
        files[f"{PROGRAMS}/{name}.sha256"] = hashlib.sha256(data).hexdigest().encode()
    for path, suffix, data in (
        (CONTAINERD, "sha256sum", _archive(bin__containerd=0o755, bin__ctr=0o755, bin__containerd_shim_runc_v2=0o755)),
        (PLUGINS, "sha256", _archive(LICENSE=0o644, bridge=0o755, loopback=0o755)),
        (CRICTL, "sha256", _archive(crictl=0o755)),
    ):
        files[path] = data
        files[f"{path}.{suffix}"] = f"{hashlib.sha256(data).hexdigest()}  {path.rpartition('/')[2]}\n".encode()
    return files


class Server(http.server.ThreadingHTTPServer):
    """Dl.k8s.io, GitHub and a registry in one, with faults by path."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.files = _release_files()
        # Answers nothing; sends headers and half of the file, then nothing; closes there.
        self.silent: set[str] = set()
        self.stalling: set[str] = set()
        self.breaking: dict[str, int] = {}
        self.asked: list[str] = []
        self.closing = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, path = self.server, self.path[1:]
        server.asked.append(path)
        if path in server.silent:
            server.closing.wait(60)
            return
        if path == "v2/":
            self.send_error(401)
            return
        if path not in server.files:
            self.send_error(404)
            return
        data = server.files[path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if path in server.stalling:
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            server.closing.wait(60)
        elif server.breaking.get(path, 0) > 0:
            server.breaking[path] -= 1
            self.wfile.write(data[: len(data) // 2])
        else:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """The tests look at what was asked."""


@pytest.fixture
def server() -> t.Iterator[Server]:
    with Server() as result:
        thread = threading.Thread(target=functools.partial(result.serve_forever, poll_interval=0.02))
        thread.start()
        yield result
        result.closing.set()
        result.shutdown()
        thread.join()


class Run(t.NamedTuple):
    code: int
    output: str
    errors: str
    seconds: float

    @property
    def error_lines(self) -> list[str]:
        return [line for line in self.errors.splitlines() if line.startswith("error:")]


class Downloads:
    """Calls the script with a cache of its own, at first for an unchanged server."""

    def __init__(self, server: Server, cache: pathlib.Path) -> None:
        self.cache = cache
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(cache),
            "KUBEWRIGHT_CACHE": str(cache),
            "KUBEWRIGHT_SERVERS": f"{server.url}/release {server.url} {server.url}/v2/",
            "KUBEWRIGHT_STALL_SECONDS": "1",
            "KUBEWRIGHT_PROBE_SECONDS": "1",
        }

    def __call__(self, *arguments: str, **environment: str) -> Run:
        begin = time.monotonic()
        process = subprocess.run(
            [SCRIPT, *arguments],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Run(process.returncode, process.stdout.strip(), process.stderr, time.monotonic() - begin)

    def kept_files(self) -> list[str]:
        """The names of all files with content in the cache: whole programs, and nothing else should be there."""
        folder = self.cache / "downloads"
        return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


@pytest.fixture
def downloads(server: Server, tmp_path: pathlib.Path) -> Downloads:
    return Downloads(server, tmp_path)


def _says(folder: str, name: str) -> str:
    return subprocess.run([f"{folder}/{name}"], capture_output=True, text=True, check=True).stdout.strip()


def test_programs_of_kubernetes_are_fetched_and_can_run(downloads: Downloads) -> None:
    """Without it, programs would come without their mode, or others than were asked for (each has 60 MB and more)."""
    run = downloads("get", "kubernetes", "kubelet", "kubectl")
    assert run.code == 0, run.errors
    assert _says(run.output, "kubelet") == "kubelet"
    assert downloads.kept_files() == ["kubectl", "kubelet"]


@pytest.mark.parametrize(
    ("name", "programs"),
    [
        ("containerd", ["containerd", "containerd-shim-runc-v2", "ctr"]),
        ("cni-plugins", ["bridge", "loopback"]),
        ("crictl", ["crictl"]),
    ],
)
def test_programs_of_an_archive_are_fetched_and_can_run(downloads: Downloads, name: str, programs: list[str]) -> None:
    """Without it, a node would get the license for a CNI plugin, or containerd in a folder bin/."""
    run = downloads("get", name, programs[0])
    assert run.code == 0, run.errors
    assert _says(run.output, programs[-1]) == programs[-1]
    assert downloads.kept_files() == programs


@pytest.mark.parametrize("what", [("kubernetes", "kubelet"), ("containerd",)])
def test_a_second_run_asks_nobody(downloads: Downloads, server: Server, what: tuple[str, ...]) -> None:
    """Without it, every run would fetch 200 MB again."""
    first = downloads("get", *what)
    server.asked.clear()
    second = downloads("get", *what)
    assert (second.code, second.output) == (0, first.output)
    assert server.asked == []


def test_what_is_absent_is_added(downloads: Downloads, server: Server) -> None:
    """Without it, the node's kubelet would be fetched again when a test asks for kubeadm."""
    downloads("get", "kubernetes", "kubelet")
    server.asked.clear()
    run = downloads("get", "kubernetes", "kubelet", "kubeadm")
    assert _says(run.output, "kubeadm") == "kubeadm"
    assert not [path for path in server.asked if "kubelet" in path]


@pytest.mark.parametrize(
    ("path", "what"), [(KUBELET, ("kubernetes", "kubelet", "kubectl")), (CONTAINERD, ("containerd",))]
)
def test_a_wrong_sha256_is_an_error(downloads: Downloads, server: Server, path: str, what: tuple[str, ...]) -> None:
    """Without it, a damaged or foreign program would run as root in the node."""
    server.files[path] += b"#"
    run = downloads("get", *what)
    assert run.code == 1
    assert run.output == ""
    (line,) = run.error_lines
    assert f"{server.url}/{path} has the sha256 {hashlib.sha256(server.files[path]).hexdigest()}" in line
    assert "KUBEWRIGHT_DOWNLOADS=no" in line
    assert downloads.kept_files() == []


@pytest.mark.parametrize("path", [KUBELET, f"{KUBELET}.sha256"])
def test_a_missing_file_is_an_error(downloads: Downloads, server: Server, path: str) -> None:
    """Without it, the server's error page would be taken for the program, or an unchecked program be taken."""
    del server.files[path]
    run = downloads("get", "kubernetes", "kubelet")
    assert run.code == 1
    (line,) = run.error_lines
    assert f"{server.url}/{path} cannot be downloaded" in line
    assert "404" in line
    assert server.asked.count(path) == 1
    assert downloads.kept_files() == []


def test_a_page_in_place_of_the_sha256_is_an_error(downloads: Downloads, server: Server) -> None:
    """Without it, the log-in page of a hotel's network would be reported as a damaged program."""
    server.files[f"{KUBELET}.sha256"] = b"<html>\n<p>Please log in"
    run = downloads("get", "kubernetes", "kubelet")
    assert run.code == 1
    (line,) = run.error_lines
    assert "kubelet.sha256 holds no sha256" in line


def test_a_file_that_is_no_archive_is_an_error(downloads: Downloads, server: Server) -> None:
    """Without it, what tar says would be all that a person reads."""
    server.files[CRICTL] = b"no archive"
    server.files[f"{CRICTL}.sha256"] = hashlib.sha256(b"no archive").hexdigest().encode()
    run = downloads("get", "crictl")
    assert run.code == 1
    (line,) = run.error_lines
    assert f"{CRICTL} is no archive" in line
    assert downloads.kept_files() == []


@pytest.mark.parametrize("fault", ["silent", "stalling"])
def test_a_transfer_that_stands_still_ends(downloads: Downloads, server: Server, fault: str) -> None:
    """Without it, a run would hang for ever at a server that accepts and sends nothing, or stops half-way."""
    getattr(server, fault).add(KUBELET)
    run = downloads("get", "kubernetes", "kubelet")
    assert run.code == 1
    (line,) = run.error_lines
    assert f"{server.url}/{KUBELET} cannot be downloaded" in line
    assert server.asked.count(KUBELET) == 2
    assert run.seconds < 10
    assert downloads.kept_files() == []


def test_a_transfer_that_broke_off_is_tried_once_more(downloads: Downloads, server: Server) -> None:
    """Without it, one lost connection would cost a build of ten minutes."""
    server.breaking[KUBELET] = 1
    run = downloads("get", "kubernetes", "kubelet")
    assert run.code == 0, run.errors
    assert _says(run.output, "kubelet") == "kubelet"


def test_half_a_file_is_never_taken(downloads: Downloads, server: Server) -> None:
    """Without it, a run that was cut off would leave half a kubelet that the next run believes in."""
    server.breaking[KUBELET] = 2
    assert downloads("get", "kubernetes", "kubelet").code == 1
    assert downloads.kept_files() == []
    run = downloads("get", "kubernetes", "kubelet")
    assert _says(run.output, "kubelet") == "kubelet"


@pytest.fixture
def folder(server: Server, tmp_path: pathlib.Path) -> pathlib.Path:
    """The releases as a folder."""
    result = tmp_path / "releases"
    for path, data in server.files.items():
        (result / path).parent.mkdir(parents=True, exist_ok=True)
        (result / path).write_bytes(data)
    return result


def test_a_folder_is_taken(downloads: Downloads, server: Server, folder: pathlib.Path) -> None:
    """Without it, a machine without a network could not use released programs at all."""
    named = {"KUBERNETES_BINARIES": str(folder / "release"), "KUBEWRIGHT_RELEASES": f"{folder}/"}
    assert _says(downloads("get", "kubernetes", "kubelet", **named).output, "kubelet") == "kubelet"
    assert _says(downloads("get", "cni-plugins", **named).output, "bridge") == "bridge"
    assert server.asked == []


def test_another_build_in_a_folder_is_taken(downloads: Downloads, folder: pathlib.Path) -> None:
    """Without it, who tries a kubelet of their own would go on with the one before."""
    named = {"KUBERNETES_BINARIES": str(folder / "release")}
    assert _says(downloads("get", "kubernetes", "kubelet", **named).output, "kubelet") == "kubelet"
    other = (folder / KUBELET).read_bytes().replace(b"echo kubelet", b"echo another")
    (folder / KUBELET).write_bytes(other)
    (folder / f"{KUBELET}.sha256").write_text(hashlib.sha256(other).hexdigest(), encoding="ascii")
    assert _says(downloads("get", "kubernetes", "kubelet", **named).output, "kubelet") == "another"


def test_a_folder_that_is_not_there_is_an_error(downloads: Downloads, folder: pathlib.Path) -> None:
    """Without it, a slip in the folder's name would end the run without a word."""
    run = downloads("get", "kubernetes", "kubelet", KUBERNETES_BINARIES=str(folder / "nowhere"))
    assert run.code == 1
    (line,) = run.error_lines
    assert "cannot be read; KUBERNETES_BINARIES must have" in line


def test_a_folder_without_a_file_is_an_error(downloads: Downloads, folder: pathlib.Path) -> None:
    """Without it, a person would read cp's message and not what the folder must hold."""
    (folder / KUBELET).unlink()
    run = downloads("get", "kubernetes", "kubelet", KUBERNETES_BINARIES=str(folder / "release"))
    assert run.code == 1
    (line,) = run.error_lines
    assert f"{folder / KUBELET} cannot be read; KUBERNETES_BINARIES must have" in line


def test_kubernetes_sh_takes_what_is_named(downloads: Downloads, folder: pathlib.Path) -> None:
    """Without it, KUBERNETES_BINARIES would not reach what makes the node image."""
    run = subprocess.run(
        [ENVIRONMENT / "kubernetes.sh", "kubelet"],
        env=downloads.environment | {"KUBERNETES_BINARIES": str(folder / "release")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert _says(run.stdout.strip(), "kubelet") == "kubelet"


GET_PARTS: t.Final = ("choose", str(SCRIPT), "get", "containerd")


def test_downloads_are_chosen_where_they_work(downloads: Downloads) -> None:
    """Without it, everybody with a network would wait for a build."""
    run = downloads(*GET_PARTS)
    assert (run.code, run.output) == (0, "yes"), run.errors
    assert "containerd" in downloads.kept_files()


def test_nothing_is_built_in_silence_when_a_download_fails(downloads: Downloads, server: Server) -> None:
    """Without it, a stalled or broken download would end the run, or a build would begin without a word why."""
    server.stalling.add(CONTAINERD)
    run = downloads(*GET_PARTS)
    assert (run.code, run.output) == (0, "no")
    (line,) = run.error_lines
    assert f"{CONTAINERD} cannot be downloaded" in line
    assert "A download has failed: building the parts of the node instead" in run.errors


def test_a_failure_ends_the_run_for_who_wants_downloads(downloads: Downloads, server: Server) -> None:
    """Without it, KUBEWRIGHT_DOWNLOADS=yes would mean no more than nothing."""
    del server.files[CONTAINERD]
    run = downloads(*GET_PARTS, KUBEWRIGHT_DOWNLOADS="yes")
    assert (run.code, run.output) == (1, "")


def test_nobody_is_asked_by_who_wants_no_downloads(downloads: Downloads, server: Server) -> None:
    """Without it, a machine behind a firewall that drops packets would lose seconds at every run."""
    run = downloads(*GET_PARTS, KUBEWRIGHT_DOWNLOADS="no")
    assert (run.code, run.output) == (0, "no")
    assert server.asked == []


def test_another_answer_is_an_error(downloads: Downloads) -> None:
    """Without it, KUBEWRIGHT_DOWNLOADS=true would build."""
    run = downloads(*GET_PARTS, KUBEWRIGHT_DOWNLOADS="true")
    assert run.code == 1
    assert "KUBEWRIGHT_DOWNLOADS is 'true'; allowed: yes, no, or empty to find out" in run.errors


def test_a_named_source_that_fails_is_an_error(downloads: Downloads, server: Server) -> None:
    """Without it, who names a mirror with a slip would get a build of something else."""
    run = downloads(*GET_PARTS, KUBERNETES_BINARIES=f"{server.url}/mirror")
    assert (run.code, run.output) == (1, "")
    assert all("KUBERNETES_BINARIES must have" in line for line in run.error_lines)
    run = downloads(*GET_PARTS, KUBEWRIGHT_RELEASES=f"{server.url}/mirror")
    assert (run.code, run.output) == (1, "")
    assert all("KUBEWRIGHT_RELEASES must be laid out" in line for line in run.error_lines)


def test_servers_that_are_not_used_are_not_asked(downloads: Downloads, server: Server, folder: pathlib.Path) -> None:
    """Without it, somebody's own mirror of Kubernetes would be given up when Kubernetes' own server is out of reach."""
    server.silent.add(f"{KUBELET}.sha256")
    run = downloads(*GET_PARTS, KUBERNETES_BINARIES=str(folder / "release"))
    assert (run.code, run.output) == (0, "yes"), run.errors


@contextlib.contextmanager
def _closed_port() -> t.Iterator[str]:
    """A URL at which nothing listens, and nothing will while the test runs."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield "http://127.0.0.1:%d" % reserved.getsockname()[1]


def test_no_server_is_seen_at_once(downloads: Downloads) -> None:
    """Without it, every run on a machine without a network would begin with a wait."""
    with _closed_port() as url:
        run = downloads(*GET_PARTS, KUBEWRIGHT_SERVERS=f"{url}/release {url} {url}/v2/", KUBEWRIGHT_PROBE_SECONDS="")
    assert (run.code, run.output) == (0, "no")
    assert "No downloads" in run.errors
    assert run.seconds < 5


def test_servers_that_accept_and_say_nothing_are_seen_within_ten_seconds(downloads: Downloads, server: Server) -> None:
    """Without it, a run behind a proxy that swallows everything would not come to its build. With the real time limits."""
    server.silent.update({f"{KUBELET}.sha256", f"{CONTAINERD}.sha256sum", "v2/"})
    run = downloads(*GET_PARTS, KUBEWRIGHT_PROBE_SECONDS="")
    assert (run.code, run.output) == (0, "no")
    assert f"{server.url}/v2/ does not answer" in run.errors
    assert run.seconds < 10


@pytest.mark.parametrize("path", [f"{KUBELET}.sha256", f"{CONTAINERD}.sha256sum", "v2/"])
def test_one_server_that_is_out_of_reach_is_enough(downloads: Downloads, server: Server, path: str) -> None:
    """Without it, a run would fetch 200 MB and then build, or start a node that cannot pull its images."""
    server.silent.add(path)
    run = downloads(*GET_PARTS)
    assert (run.code, run.output) == (0, "no")
    assert "does not answer" in run.errors
    assert downloads.kept_files() == []


def test_a_server_without_the_release_is_no_server(downloads: Downloads, server: Server) -> None:
    """Without it, a version that is not published yet would end the run and not be built."""
    del server.files[f"{KUBELET}.sha256"]
    run = downloads(*GET_PARTS)
    assert (run.code, run.output) == (0, "no")
    assert "answers 404" in run.errors
