# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which certificate a TLS server shows, also one that wants a certificate of its clients. Nothing is sent but the handshake."""

from __future__ import annotations

import socket
import ssl
import time

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import unverified

_TIMEOUT = 5.0
_CHUNK = 16384
# RFC 5246: the content types of A.1 and the handshake type of A.4.
_CHANGE_CIPHER_SPEC, _HANDSHAKE, _CERTIFICATE = 20, 22, 11


def certificate_message(received: bytes) -> bytes | None:
    """The server's own certificate (DER) among the bytes that a TLS 1.2 server has sent; None where it is not there yet.

    Until TLS 1.2 it travels in the clear (RFC 5246, 6.2.1 for the records, 7.4.2 for the message).
    """
    messages = bytearray()
    while len(received) >= 5 and received[0] != _CHANGE_CIPHER_SPEC:
        length = int.from_bytes(received[3:5], "big")
        if received[0] == _HANDSHAKE:
            messages += received[5 : 5 + length]
        received = received[5 + length :]
    while len(messages) >= 4:
        length = int.from_bytes(messages[1:4], "big")
        body = bytes(messages[4 : 4 + length])
        if messages[0] == _CERTIFICATE and len(body) == length >= 6:
            first = int.from_bytes(body[3:6], "big")
            return body[6 : 6 + first] if first and len(body) >= 6 + first else None
        del messages[: 4 + length]
    return None


def served_certificate(host: str, port: int) -> bytes | None:
    """The certificate (DER) that the server behind an address shows, or None where it shows none."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = unverified().wrap_bio(incoming, outgoing)
    received = b""
    deadline = time.monotonic() + _TIMEOUT
    try:
        with socket.create_connection((host, port), timeout=_TIMEOUT) as connection:
            while time.monotonic() < deadline:
                try:
                    tls.do_handshake()
                    # TLS 1.3: the server looks for the client's certificate only after this.
                    return tls.getpeercert(binary_form=True)
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                chunk = connection.recv(_CHUNK)
                received += chunk
                # TLS 1.2: a server that wants a certificate of its client does not finish without one.
                found = certificate_message(received)
                if found is not None or not chunk:
                    return found
                incoming.write(chunk)
    except (OSError, ValueError):
        return None
    return None


__all__ = ("certificate_message", "served_certificate")
