# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's estimate of its entropy."""

from __future__ import annotations

import pathlib

import pytest
from inspected_folder import host_in, host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import entropy


def test_this_kernel_says_a_number() -> None:
    """Breaks the check on every host."""
    bits = entropy.gather(host_in(), {})["bits"]
    assert isinstance(bits, int)
    assert bits >= 0


@pytest.mark.parametrize(("text", "bits"), [("256\n", 256), ("", None), ("many\n", None), ("-1\n", None)])
def test_what_is_no_number(tmp_path: pathlib.Path, text: str, bits: int | None) -> None:
    """Breaks with a traceback on a kernel that says something else, or nothing."""
    assert entropy.gather(host_in(tmp_path), {}) == {"bits": None}
    host = host_with(tmp_path, **{"/proc/sys/kernel/random/entropy_avail": text})
    assert entropy.gather(host, {}) == {"bits": bits}
