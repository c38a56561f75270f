# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether servers show the certificates of the host, with a clock that only sleeping moves."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.served import (
    RELOAD_PATIENCE,
    Served,
    Server,
    ask,
    certificates_of,
    describe,
    first_certificate,
    servers,
    shows_another,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.control_plane import apiserver
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd

MakeConfig = t.Callable[..., Config]
PKI = "/etc/kubernetes/pki/"
API, ETCD = Server("kube-apiserver", "127.0.0.1", 6443, ("/a",)), Server("etcd", "127.0.0.1", 2379, ("/e",))

HOST = WatchedHost(lambda _argv: Result(127, "", ""))


def _servers(config: Config) -> list[Server]:
    return servers(
        control_plane(config), {"kube-apiserver": apiserver(config)["command"], "etcd": etcd(config)["command"]}
    )


@pytest.mark.parametrize("version", ["1.13.0", "1.20.0", "1.37.0"])
def test_what_is_asked(make_config: MakeConfig, version: str) -> None:
    """Breaks the proof in a plain control plane: an address or a file is not the one that the processes use."""
    assert _servers(make_config(version)) == [
        Server("kube-apiserver", "127.0.0.1", 6443, (PKI + "apiserver.crt",)),
        Server("etcd", "127.0.0.1", 2379, (PKI + "etcd/server.crt",)),
        Server("etcd-peer", "192.0.2.10", 2380, (PKI + "etcd/peer.crt",)),
    ]


def test_nothing_runs(make_config: MakeConfig) -> None:
    """Breaks where etcd is external, or a component's process is not found."""
    assert servers(control_plane(make_config("1.20.0")), {}) == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {"apiserver_extra_args": {"tls-cert-file": "/own/api.crt", "bind-address": "192.0.2.10"}},
            [Server("kube-apiserver", "192.0.2.10", 6443, ("/own/api.crt",))],
        ),
        (
            {"apiserver_extra_args": {"bind-address": "::", "tls-sni-cert-key": "/s.crt,/s.key:x.example.com"}},
            [Server("kube-apiserver", "::1", 6443, (PKI + "apiserver.crt", "/s.crt"))],
        ),
        ({"apiserver_extra_args": {"tls-cert-file": ""}}, []),
        (
            {"bind_port": 8443},
            [Server("kube-apiserver", "127.0.0.1", 8443, (PKI + "apiserver.crt",))],
        ),
    ],
)
def test_the_users_own_flags_of_the_api_server(
    make_config: MakeConfig, variables: dict[str, t.Any], expected: list[Server]
) -> None:
    """Breaks the run of a working cluster: the certificate that its flags name is not the one that is wanted of it."""
    assert [server for server in _servers(make_config("1.20.0", **variables)) if server.name == API.name] == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            {"listen-client-urls": "https://0.0.0.0:2379", "cert-file": "/own/e.crt"},
            [("etcd", "127.0.0.1", 2379, ("/own/e.crt",)), ("etcd-peer", "192.0.2.10", 2380, (PKI + "etcd/peer.crt",))],
        ),
        (
            {"listen-client-urls": "http://127.0.0.1:2379", "listen-peer-urls": "https://[::]:2390"},
            [("etcd-peer", "::1", 2390, (PKI + "etcd/peer.crt",))],
        ),
        ({"listen-client-urls": "unix://localhost", "peer-cert-file": ""}, []),
        ({"config-file": "/etc/etcd.yaml"}, []),
    ],
)
def test_the_users_own_flags_of_etcd(
    make_config: MakeConfig, arguments: dict[str, str], expected: list[tuple[t.Any, ...]]
) -> None:
    """Breaks the run of a working cluster: etcd is asked where it does not listen, or for what it does not use."""
    found = _servers(make_config("1.20.0", etcd_extra_args=arguments))
    assert [tuple(server) for server in found if server.name != API.name] == expected


def _ask(
    wanted: dict[Server, set[bytes]], shown: t.Callable[[int, float], bytes | None], patience: float = 90.0
) -> tuple[Served, float]:
    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    return ask(wanted, lambda _host, port: shown(port, clock[0]), patience, sleep, lambda: clock[0]), clock[0]


def test_right_at_once_does_not_sleep() -> None:
    """Breaks the second run, which would lose time."""
    wanted = {API: {b"a"}, ETCD: {b"e"}}
    assert _ask(wanted, lambda port, _now: b"a" if port == 6443 else b"e") == (
        Served({"kube-apiserver": b"a", "etcd": b"e"}, {}),
        0.0,
    )


def test_a_certificate_that_is_reloaded_is_waited_for() -> None:
    """Breaks a renewal: the API server reads its files once a minute, which is no failure."""
    found, slept = _ask({API: {b"new"}}, lambda _port, now: b"new" if now >= 60 else b"old", RELOAD_PATIENCE)
    assert (found, slept) == (Served({"kube-apiserver": b"new"}, {}), 60.0)


def test_a_certificate_that_stays_the_old_one() -> None:
    """Breaks the proof: an old certificate passes, or the wait has no end."""
    assert _ask({API: {b"new"}}, lambda _port, _now: b"old") == (Served({}, {"kube-apiserver": b"old"}), 90.0)


def test_any_of_several_will_do() -> None:
    """Breaks where the certificate for a name (tls-sni-cert-key) is shown at the address that is asked."""
    assert _ask({API: {b"a", b"s"}}, lambda _port, _now: b"s")[0].right == {"kube-apiserver": b"s"}


def test_without_a_file_what_is_shown_is_right() -> None:
    """Breaks the run of a working cluster whose file cannot be found from outside of the container."""
    assert _ask({API: set()}, lambda _port, _now: b"a") == (Served({"kube-apiserver": b"a"}, {}), 0.0)


def test_who_shows_nothing_is_left_out_after_three_attempts() -> None:
    """Breaks the run of a working cluster whose etcd cannot be asked, or loses a proof for one lost connection."""
    assert _ask({API: {b"a"}}, lambda _port, _now: None) == (Served({}, {}), 1.0)
    assert _ask({API: {b"a"}}, lambda _port, now: b"a" if now else None) == (Served({"kube-apiserver": b"a"}, {}), 0.5)


def test_certificates_of_files(sound: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Breaks the comparison: the server's own certificate is the first of its file."""
    pem, ca = (sound / "apiserver.crt").read_bytes(), (sound / "ca.crt").read_bytes()
    chain, damaged = tmp_path / "chain.crt", tmp_path / "damaged.crt"
    chain.write_bytes(b"words\n" + pem + ca)
    damaged.write_text("-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n", encoding="utf-8")
    paths = [str(path) for path in (chain, damaged, tmp_path / "absent")]
    assert certificates_of(HOST, paths) == {first_certificate(pem)}
    assert first_certificate(b"words") is None


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [("1.16.0", "front-proxy-client.crt", True), ("1.16.0", "apiserver.crt", False), ("1.17.0", "ca.crt", False)],
)
def test_an_old_certificate_in_a_minor_that_reads_it_once(
    make_config: MakeConfig, sound: pathlib.Path, version: str, name: str, expected: bool
) -> None:
    """Breaks when a file that was put in its place with an old time is never taken up, or the API server goes down in vain."""
    config = make_config(version, certificates_dir=str(sound))
    arguments = {"kube-apiserver": apiserver(config)["command"], "etcd": etcd(config)["command"]}
    shown = first_certificate((sound / name).read_bytes())
    assert shows_another(HOST, control_plane(config), arguments, lambda _host, _port: shown) == (
        str(sound / "apiserver.crt") if expected else None
    )
    assert shows_another(HOST, control_plane(config), arguments, lambda _host, _port: None) is None


def test_description(sound: pathlib.Path) -> None:
    """Breaks what shows a renewal: number, end and fingerprint as openssl prints them."""
    pem = (sound / "apiserver.crt").read_bytes()
    loaded = _x509.load_certificate(pem)
    found = describe(API, t.cast("bytes", first_certificate(pem)))
    assert (found["address"], found["path"]) == ("127.0.0.1:6443", "/a")
    assert (int(found["serial_number"], 16), len(found["serial_number"]) % 2) == (loaded.serial_number, 0)
    assert found["not_after"] == _x509.not_after(loaded).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(found["sha256"]) == 64


def test_a_certificate_that_cannot_be_read() -> None:
    """Breaks with a traceback for a certificate that Go takes and Python's library does not."""
    found = describe(API, b"0")
    assert (found["serial_number"], found["not_after"]) == (None, None)
