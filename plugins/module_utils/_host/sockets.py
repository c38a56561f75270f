# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The network as the kernel gives it to a process: interfaces, names, ports and connections."""

from __future__ import annotations

import errno
import fcntl
import socket
import struct

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.network import is_ipv6

OPEN, REFUSED = "open", "refused"
_SIOCGIFADDR = 0x8915


def interfaces() -> list[str]:
    """The names of the network interfaces, in the kernel's order."""
    return [name for _index, name in socket.if_nameindex()]


def interface_address(interface: str) -> str | None:
    """The first IPv4 address of an interface, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            answer = fcntl.ioctl(sock.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])


def resolve(name: str) -> list[str]:
    """The addresses of a name, sorted; none where it does not resolve. It has no time limit of its own."""
    try:
        return sorted({str(answer[4][0]) for answer in socket.getaddrinfo(name, None)})
    except (OSError, UnicodeError):
        return []


def can_be_listened_on(address: str) -> bool:
    """Whether an address is the host's, tried by listening there: C(net.ipv4.ip_nonlocal_bind) makes any address one."""
    family = socket.AF_INET6 if is_ipv6(address) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.bind((address, 0))
    except OSError as error:
        return error.errno != errno.EADDRNOTAVAIL
    return True


def port_is_free(number: int, address: str) -> bool:
    """Whether a port can be listened on, tried as kubeadm tries it: on all addresses of both families where there are two.

    address: where; empty for all addresses.
    """
    for family in (socket.AF_INET6, socket.AF_INET):
        if address and (family == socket.AF_INET6) != is_ipv6(address):
            continue
        try:
            with socket.socket(family, socket.SOCK_STREAM) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind((address, number))
                sock.listen(1)
        except OSError as error:
            # A host without IPv6, or an address that is not there yet, says nothing about the port.
            if error.errno == errno.EADDRINUSE:
                return False
    return True


def connection(host: str, port: int, seconds: float) -> str:
    """What comes of one connection: C(open), C(refused), or why it is not reached. seconds: for each address of the name."""
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except socket.gaierror:
        return "the name does not resolve"
    except socket.timeout:
        return f"no answer within {seconds:g} s"
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        return REFUSED if number == errno.ECONNREFUSED else str(getattr(error, "strerror", None) or error)
    return OPEN


__all__ = (
    "OPEN",
    "REFUSED",
    "can_be_listened_on",
    "connection",
    "interface_address",
    "interfaces",
    "port_is_free",
    "resolve",
)
