# SPDX-License-Identifier: GPL-3.0-or-later
"""The deliberate differences that the comparison meets. Each is a row of the README's table."""

from __future__ import annotations

import re
import typing as t


class Difference(t.NamedTuple):
    """A deliberate difference. row: the first cell of its row in the README. pattern: what it looks like."""

    row: str
    artefact: str
    pattern: str

    def matches(self, artefact: str, line: str) -> bool:
        """Whether a line of a comparison is this difference."""
        return artefact == self.artefact and re.search(self.pattern, line) is not None


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "serial number of CAs until 1.26", "certificates", r"ca\.crt: serial: kubeadm has '0', ours has 'random'$"
    ),
    Difference(
        "key type with the gate PublicKeysECDSA (1.18 to 1.30)",
        "kubeconfigs",
        r"client-(certificate|key)-data\.(key|PEM): kubeadm has '(RSA-2048|RSA PRIVATE KEY)', ours has '(ECDSA-secp256r1|EC PRIVATE KEY)'$",
    ),
)

__all__ = ("DIFFERENCES", "Difference")
