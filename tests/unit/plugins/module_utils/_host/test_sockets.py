# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ports, addresses and connections, with real sockets of this machine."""

from __future__ import annotations

import contextlib
import socket
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import sockets

LOOPBACKS = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


@contextlib.contextmanager
def _listener(address: str = "127.0.0.1") -> t.Iterator[int]:
    """The port at which somebody listens."""
    try:
        listening = socket.create_server((address, 0), family=LOOPBACKS[address])
    except OSError:
        pytest.skip(f"{address} is not here")
    with listening:
        yield listening.getsockname()[1]


def test_a_port_is_free_when_its_holder_is_gone() -> None:
    """Breaks Port-*: a taken port passes, or one of a component that has just ended does not."""
    with _listener() as port:
        assert not sockets.port_is_free(port, "127.0.0.1")
        assert not sockets.port_is_free(port, "")
        with socket.create_connection(("127.0.0.1", port)):
            pass
    assert sockets.port_is_free(port, "127.0.0.1")
    assert sockets.port_is_free(port, "")


def test_a_port_of_another_address_is_free() -> None:
    """Breaks etcd's ports: those of its address alone are to be free."""
    with _listener() as port:
        assert sockets.port_is_free(port, "127.0.0.2")


def test_a_port_that_only_ipv6_holds() -> None:
    """Breaks hosts with two families: a component listens at both, so that both have to be free."""
    with _listener("::1") as port:
        assert not sockets.port_is_free(port, "")
        assert sockets.port_is_free(port, "127.0.0.1")


def test_an_address_that_is_not_there_says_nothing_of_a_port() -> None:
    """Breaks hosts whose address is not up yet: a port counts as taken although nobody has it."""
    assert sockets.port_is_free(1, "192.0.2.77")


def test_connections() -> None:
    """Breaks the check of the endpoint: what is refused has to be told from what is not reached."""
    with _listener() as port:
        assert sockets.connection("127.0.0.1", port, 5.0) == sockets.OPEN
    assert sockets.connection("127.0.0.1", port, 5.0) == sockets.REFUSED


@pytest.mark.parametrize("name", ["no-such-host.invalid", "a" * 300, "a..b", "\udcff"])
def test_names_that_do_not_resolve(name: str) -> None:
    """Breaks with a traceback for a name that is none, which Python refuses with errors of other kinds."""
    assert sockets.resolve(name) == []
    assert sockets.connection(name, 1, 1.0) not in (sockets.OPEN, sockets.REFUSED, "")


def test_an_address_is_its_own_name() -> None:
    """Breaks the check of the host's name where it is an address: what was asked comes back once."""
    assert sockets.resolve("192.0.2.1") == ["192.0.2.1"]
    assert "127.0.0.1" in sockets.resolve("localhost")


def test_interfaces_and_their_addresses() -> None:
    """Breaks the default address: the interface that everybody has, and one that nobody has."""
    assert "lo" in sockets.interfaces()
    assert sockets.interface_address("lo") == "127.0.0.1"
    assert sockets.interface_address("kubewright0") is None
    # The kernel knows names of 15 bytes at most, and a longer one must not end in a traceback.
    assert sockets.interface_address("kubewright-with-a-long-name") is None


def test_where_can_be_listened() -> None:
    """Breaks the check of the advertised address: that of another host passes."""
    assert sockets.can_be_listened_on("127.0.0.1")
    with open("/proc/sys/net/ipv4/ip_nonlocal_bind", encoding="ascii") as stream:
        anywhere = stream.read().strip() == "1"
    assert sockets.can_be_listened_on("192.0.2.77") is anywhere
