# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kernel's configuration: what is read of it, and the module that shows it."""

from __future__ import annotations

import pathlib
import resource
import typing as t
import zlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import kernel
from facts.hosts import RecordedHost, configuration, place

DEBIAN = "6.1.0-56-cloud-amd64"
BOOT = f"/boot/config-{DEBIAN}"
DEPENDENCIES = f"/lib/modules/{DEBIAN}/modules.dep"

DONE = Result(0, "", "")

QUESTION = {
    "paths": ["/proc/config.gz", "/boot/config-{release}"],
    "options": ["AUFS_FS", "MEMCG", "NAMESPACES", "NETFILTER_XT_MATCH_COMMENT"],
}


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
def test_recorded_configurations(tmp_path: pathlib.Path, name: str, path: str, module: str) -> None:
    """Breaks the reading of a configuration, packed or plain."""
    facts = kernel.gather(place(tmp_path, name), QUESTION)
    assert facts["config"] == path
    assert facts["options"]["NAMESPACES"] == "y"
    assert facts["options"]["NETFILTER_XT_MATCH_COMMENT"] == module
    assert "AUFS_FS" not in facts["options"]
    assert "HZ" not in facts["options"]


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
    tmp_path: pathlib.Path, dependencies: str | None, loads: int, calls: list[str]
) -> None:
    """Breaks kernels that have their configuration in a module; it is not to stay loaded, nor asked for where there is none."""
    place(tmp_path, "debian-12-v2", **{BOOT: None, DEPENDENCIES: dependencies})
    host = _ShowsConfiguration(tmp_path, {"modprobe configs": Result(loads, "", ""), "modprobe -r configs": DONE})
    kernel.gather(host, QUESTION)
    assert host.calls == calls


def test_what_is_read_while_the_module_is_loaded(tmp_path: pathlib.Path) -> None:
    """Breaks when the module is loaded for nothing."""
    place(tmp_path, "debian-12-v2", **{BOOT: None, DEPENDENCIES: "kernel/kernel/configs.ko:\n"})
    host = _ShowsConfiguration(tmp_path, {"modprobe configs": DONE, "modprobe -r configs": DONE})
    facts = kernel.gather(host, QUESTION)
    assert facts == {"release": DEBIAN, "config": "/proc/config.gz", "options": {"MEMCG": "y"}}


def test_a_compressed_configuration_without_end(tmp_path: pathlib.Path) -> None:
    """Breaks the memory of the host: 0.7 MB of zeros were 1.4 GB."""
    kernel_config = tmp_path / "proc/config.gz"
    kernel_config.parent.mkdir(parents=True)
    packer = zlib.compressobj(wbits=31)
    kernel_config.write_bytes(b"".join(packer.compress(b"\0" * 2**20) for _piece in range(1000)) + packer.flush())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = kernel.gather(RecordedHost(tmp_path), QUESTION)
    assert facts["options"] in (None, {})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
