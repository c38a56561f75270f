# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's configuration: where each minor finds it, and what it means."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.kernel import (
    RELEASE,
    gather,
    option_states,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import kernel
from facts.hosts import HOSTS, configuration, place

MakeConfig = t.Callable[..., t.Any]
DEBIAN = "6.1.0-56-cloud-amd64"
BOOT = f"/boot/config-{DEBIAN}"


PLACES = [
    "/proc/config.gz",
    BOOT,
    f"/usr/src/linux-{DEBIAN}/.config",
    "/usr/src/linux/.config",
    f"/usr/lib/modules/{DEBIAN}/config",
    f"/usr/lib/ostree-boot/config-{DEBIAN}",
    f"/usr/lib/kernel/config-{DEBIAN}",
    f"/usr/src/linux-headers-{DEBIAN}/.config",
    f"/lib/modules/{DEBIAN}/build/.config",
]


@pytest.mark.parametrize("first", range(len(PLACES)))
def test_the_first_of_kubeadms_places_counts(tmp_path: pathlib.Path, make_config: MakeConfig, first: int) -> None:
    """Breaks hosts that have the configuration elsewhere than in /boot, or have two of them."""
    files: dict[str, str | None] = dict.fromkeys(PLACES[first:], configuration("MEMCG"))
    host = place(tmp_path, "debian-12-v2", **{BOOT: None, **files})
    assert gather(host, kernel.question(make_config("1.20.2")))["config"] == PLACES[first]


def test_1_12_knows_fewer_places(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks parity with 1.12, which does not look at the headers."""
    host = place(tmp_path, "debian-12-v2", **{BOOT: None, PLACES[7]: configuration("MEMCG")})
    assert gather(host, kernel.question(make_config("1.12.10")))["config"] is None


def test_a_damaged_file_ends_the_search(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks when a damaged /proc/config.gz raises, or the next file is taken in its place."""
    config = make_config("1.20.2")
    facts = gather(place(tmp_path, "debian-12-v2", **{"/proc/config.gz": "damaged"}), kernel.question(config))
    assert facts == {"release": DEBIAN, "config": "/proc/config.gz", "options": None}
    row = kernel.kernel_config(config, facts, 2)
    assert (row.passed, row.severity, row.found) == (False, "error", "/proc/config.gz is not a gzip file")


def test_a_host_without_a_configuration(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks the cure of the most frequent failure in containers and on small kernels: where the file has to go."""
    config = make_config("1.20.2")
    row = kernel.kernel_config(
        config, gather(place(tmp_path, "debian-12-v2", **{BOOT: None}), kernel.question(config)), 2
    )
    assert (row.passed, row.severity) == (False, "error")
    assert row.found == "no file with the kernel's configuration"
    assert row.cure.startswith(f"Put the kernel's configuration into {BOOT}, where")
    assert row.cure.endswith("Looked for: %s." % ", ".join(PLACES))
    assert "kubewright_ignore_preflight_errors" in row.cure


@pytest.mark.parametrize(
    ("states", "passed", "found"),
    [
        ({"NETFILTER_XT_TARGET_REDIRECT": "m"}, True, None),
        ({"IP_NF_TARGET_REDIRECT": "y"}, True, None),
        # The first of the names that the file has decides.
        ({"NETFILTER_XT_TARGET_REDIRECT": "n", "IP_NF_TARGET_REDIRECT": "y"}, False, "disabled"),
        ({}, False, "not set"),
    ],
)
def test_names_of_one_option(make_config: MakeConfig, states: dict[str, str], passed: bool, found: str | None) -> None:
    """Breaks kernels from before the option was renamed."""
    config = make_config("1.20.2")
    names = {option for name in HOSTS for option in option_states(HOSTS[name].get(BOOT) or "", _all_names(config))}
    rest = dict.fromkeys(names - {"NETFILTER_XT_TARGET_REDIRECT", "IP_NF_TARGET_REDIRECT"}, "y")
    row = kernel.kernel_config(config, {"release": DEBIAN, "config": BOOT, "options": {**rest, **states}}, 2)
    assert row.passed == passed
    if found:
        assert f"CONFIG_NETFILTER_XT_TARGET_REDIRECT or CONFIG_IP_NF_TARGET_REDIRECT {found}" in row.found


def _all_names(config: t.Any) -> set[str]:
    return set(kernel.question(config)["options"])


def test_an_unreadable_release(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks when there is no release to judge: that is a failure, not an exception."""
    config = make_config("1.20.2")
    row = kernel.kernel_release(
        config, gather(place(tmp_path, "debian-12-v2", **{RELEASE: None}), kernel.question(config))
    )
    assert (row.passed, row.found) == (False, "no kernel release in /proc/sys/kernel/osrelease")
