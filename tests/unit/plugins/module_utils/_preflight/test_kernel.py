# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's configuration: where it is found, and what is read of it."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import kernel
from facts.hosts import HOSTS, RecordedHost, configuration, place

MakeConfig = t.Callable[..., t.Any]
DEBIAN = "6.1.0-56-cloud-amd64"
BOOT = f"/boot/config-{DEBIAN}"
DEPENDENCIES = f"/lib/modules/{DEBIAN}/modules.dep"
DONE = Result(0, "", "")


def test_option_states() -> None:
    """Breaks on the lines of a configuration that are no switches, or reads options that nobody asked for."""
    text = 'CONFIG_A=y\n  CONFIG_B=m\nCONFIG_C=n\n# CONFIG_D is not set\nCONFIG_E="y"\nCONFIG_F=100\nCONFIG_G=y\nXCONFIG_H=y\n'
    assert kernel.option_states(text, "ABCDEFH") == {"A": "y", "B": "m", "C": "n"}


@pytest.mark.parametrize(
    ("name", "path", "module"),
    [
        ("linux-6.18-v1", "/proc/config.gz", "y"),
        ("debian-12-v2", BOOT, "m"),
        ("rocky-8-v1", "/boot/config-4.18.0-553.51.1.el8_10.x86_64", "m"),
    ],
)
def test_recorded_configurations(
    tmp_path: pathlib.Path, make_config: MakeConfig, name: str, path: str, module: str
) -> None:
    """Breaks the reading of a configuration, packed or plain."""
    facts = kernel.gather(place(tmp_path, name), make_config("1.20.2"))
    assert facts["config"] == path
    assert facts["options"]["NAMESPACES"] == "y"
    assert facts["options"]["NETFILTER_XT_MATCH_COMMENT"] == module
    assert "AUFS_FS" not in facts["options"]
    assert "HZ" not in facts["options"]


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
    assert kernel.gather(host, make_config("1.20.2"))["config"] == PLACES[first]


def test_1_12_knows_fewer_places(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks parity with 1.12, which does not look at the headers."""
    host = place(tmp_path, "debian-12-v2", **{BOOT: None, PLACES[7]: configuration("MEMCG")})
    assert kernel.gather(host, make_config("1.12.10"))["config"] is None


def test_a_damaged_file_ends_the_search(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks when a damaged /proc/config.gz raises, or the next file is taken in its place."""
    config = make_config("1.20.2")
    facts = kernel.gather(place(tmp_path, "debian-12-v2", **{"/proc/config.gz": "damaged"}), config)
    assert facts == {"release": DEBIAN, "config": "/proc/config.gz", "options": None}
    row = kernel.kernel_config(config, facts, 2)
    assert (row.passed, row.severity, row.found) == (False, "error", "/proc/config.gz is not a gzip file")


class _ShowsConfiguration(RecordedHost):
    """A host whose module configs makes /proc/config.gz appear while it is loaded."""

    def _answer(self, argv: t.Sequence[str]) -> Result:
        if argv[-1] == "configs" and "-r" not in argv:
            place(
                pathlib.Path(self.path("/")), "debian-12-v2", **{BOOT: None, "/proc/config.gz": configuration("MEMCG")}
            )
        return super()._answer(argv)


@pytest.mark.parametrize(
    ("dependencies", "loads", "calls"),
    [
        ("kernel/kernel/configs.ko:\nkernel/a.ko: kernel/b.ko\n", 0, ["modprobe configs", "modprobe -r configs"]),
        ("kernel/kernel/configs.ko.xz:\n", 0, ["modprobe configs", "modprobe -r configs"]),
        ("kernel/kernel/configs.ko:\n", 1, ["modprobe configs"]),
        ("kernel/drivers/usb/gadget/libcomposite.ko: kernel/fs/configfs.ko\n", 0, []),
        (None, 0, []),
    ],
)
def test_the_module_that_shows_the_configuration(
    tmp_path: pathlib.Path, make_config: MakeConfig, dependencies: str | None, loads: int, calls: list[str]
) -> None:
    """Breaks kernels that have their configuration in a module; it is not to stay loaded, nor asked for where there is none."""
    place(tmp_path, "debian-12-v2", **{BOOT: None, DEPENDENCIES: dependencies})
    host = _ShowsConfiguration(tmp_path, {"modprobe configs": Result(loads, "", ""), "modprobe -r configs": DONE})
    kernel.gather(host, make_config("1.20.2"))
    assert host.calls == calls


def test_what_is_read_while_the_module_is_loaded(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks when the module is loaded for nothing."""
    place(tmp_path, "debian-12-v2", **{BOOT: None, DEPENDENCIES: "kernel/kernel/configs.ko:\n"})
    host = _ShowsConfiguration(tmp_path, {"modprobe configs": DONE, "modprobe -r configs": DONE})
    facts = kernel.gather(host, make_config("1.20.2"))
    assert facts == {"release": DEBIAN, "config": "/proc/config.gz", "options": {"MEMCG": "y"}}


def test_a_host_without_a_configuration(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks the cure of the most frequent failure in containers and on small kernels: where the file has to go."""
    config = make_config("1.20.2")
    row = kernel.kernel_config(config, kernel.gather(place(tmp_path, "debian-12-v2", **{BOOT: None}), config), 2)
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
    names = {
        option for name in HOSTS for option in kernel.option_states(HOSTS[name].get(BOOT) or "", _all_names(config))
    }
    rest = dict.fromkeys(names - {"NETFILTER_XT_TARGET_REDIRECT", "IP_NF_TARGET_REDIRECT"}, "y")
    row = kernel.kernel_config(config, {"release": DEBIAN, "config": BOOT, "options": {**rest, **states}}, 2)
    assert row.passed == passed
    if found:
        assert f"CONFIG_NETFILTER_XT_TARGET_REDIRECT or CONFIG_IP_NF_TARGET_REDIRECT {found}" in row.found


def _all_names(config: t.Any) -> set[str]:
    return {name for option in kernel._all_options(kernel.specification(config)) for name in option.names}


def test_an_unreadable_release(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks when there is no release to judge: that is a failure, not an exception."""
    config = make_config("1.20.2")
    row = kernel.kernel_release(
        config, kernel.gather(place(tmp_path, "debian-12-v2", **{kernel.RELEASE: None}), config)
    )
    assert (row.passed, row.found) == (False, "no kernel release in /proc/sys/kernel/osrelease")
