# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: each configuration, each version that it holds for, and each form in which our side takes it there."""

from __future__ import annotations

import functools
import pathlib
import typing as t

import yaml

CONFIGURATIONS = pathlib.Path(__file__).parent / "configurations"
VERSIONS_TABLE = pathlib.Path(__file__).parents[1] / "environment/versions.txt"
# The files of a configuration, which say the same in different ways.
FORMS: t.Mapping[str, str] = {
    "v1beta4.conf": "v1beta4",
    "v1beta3.conf": "v1beta3",
    "v1beta2.conf": "v1beta2",
    "v1beta1.conf": "v1beta1",
    "v1alpha3.conf": "v1alpha3",
    "variables.yml": "variables",
}
# What kubeadm itself reads, from a minor on, the one that is its own first.
READ_BY_KUBEADM: t.Mapping[int, tuple[str, ...]] = {
    20: ("v1beta2", "v1beta1"),
    22: ("v1beta3", "v1beta2"),
    27: ("v1beta3",),
    31: ("v1beta4", "v1beta3"),
    37: ("v1beta4",),
}
# Their files have no phases to skip; kubeadm is always told by a flag.
_WITHOUT_SKIP_PHASES = ("v1alpha3", "v1beta1", "v1beta2")
# Stands in the files for the version that is compared.
_PLACEHOLDER = "X.Y.Z"
# Where kubeadm finds the configurations in its container; files name their folder of patches there.
_IN_THE_CONTAINER = "/parity/configurations"
# Kinds of file that have no place for it.
_WITHOUT_PATCHES = ("v1alpha3", "v1beta1", "v1beta2", "variables")


class Version(t.NamedTuple):
    """A row of the table of versions: C(1.37) and C(v1.37.2)."""

    minor: str
    text: str

    @property
    def number(self) -> int:
        """The minor as a number."""
        return int(self.minor.split(".")[1])

    @property
    def read_by_kubeadm(self) -> tuple[str, ...]:
        """The forms that this version's kubeadm reads."""
        return READ_BY_KUBEADM[max(first for first in READ_BY_KUBEADM if first <= self.number)]


@functools.cache
def versions() -> tuple[Version, ...]:
    """All versions, the oldest first."""
    rows = [line.split() for line in VERSIONS_TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return tuple(Version(*row[:2]) for row in rows)


@functools.cache
def settings(folder: pathlib.Path) -> t.Mapping[str, str]:
    """What settings.env of a configuration says."""
    path = folder / "settings.env"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def holds(folder: pathlib.Path, version: Version) -> bool:
    """Whether a configuration means something in a version: VERSIONS is C(1.20), C(1.34-1.36), C(1.34+), or absent."""
    first, dash, last = settings(folder).get("VERSIONS", "1.0+").partition("-")
    number = version.number
    if first.endswith("+"):
        return number >= int(first.strip("1.+") or 0)
    return int(first[2:]) <= number <= int((last if dash else first)[2:])


class Case(t.NamedTuple):
    """A configuration in one form, for one version."""

    version: Version
    configuration: str
    form: str

    @property
    def name(self) -> str:
        """The name of the case, which is also that of its host in the inventory."""
        return f"{self.version.minor}-{self.configuration}-as-{self.form}"

    @property
    def folder(self) -> pathlib.Path:
        """The folder of the configuration."""
        return CONFIGURATIONS / self.configuration

    @property
    def file(self) -> str:
        """The name of its file."""
        return next(file for file, form in FORMS.items() if form == self.form)

    @property
    def oracle(self) -> Case:
        """The case of the same version that kubeadm itself is given: this one, or what is kubeadm's own form of it."""
        read = self.version.read_by_kubeadm
        if self.form in read:
            return self
        own = next(form for form in read if (self.folder / f"{form}.conf").exists())
        return self._replace(form=own)

    def given_to_kubeadm(self) -> str:
        """Its file, for its version."""
        return (self.folder / self.file).read_text().replace(_PLACEHOLDER, self.version.text.lstrip("v"))

    def given(self) -> str:
        """Its file as our side gets it, which runs elsewhere."""
        return self.given_to_kubeadm().replace(_IN_THE_CONTAINER, str(CONFIGURATIONS))

    def variables(self, path: pathlib.Path) -> dict[str, t.Any]:
        """The variables with which our side gets the configuration. path: where its text is."""
        found: dict[str, t.Any] = {"kubewright_kubeadm_config": str(path)}
        if self.form == "variables":
            found = yaml.safe_load(self.given())
        if (self.folder / "patches").is_dir() and self.form in _WITHOUT_PATCHES:
            found["kubewright_patches_directory"] = str(self.folder / "patches")
        flags = settings(self.folder).get("FLAGS")
        if flags and self.form in _WITHOUT_SKIP_PHASES:
            found["kubewright_skip_phases"] = flags.split(",")
        return found

    def facts(self) -> dict[str, t.Any]:
        """What our side is told of the host beside its name, its address and its folders."""
        path = self.folder / "facts.yml"
        return yaml.safe_load(path.read_text()) if path.exists() else {}


def _compared(folder: pathlib.Path, version: Version, form: str) -> bool:
    """Whether a form is compared in a version: what its kubeadm reads, the variables, and what the settings ask for.

    FORMS=all: in the oldest and the newest version every form that there is.
    """
    if settings(folder).get("FORMS") == "all" and version in (versions()[0], versions()[-1]):
        return True
    return form in (*version.read_by_kubeadm, "variables")


def cases(chosen: t.Sequence[Version] | None = None) -> list[Case]:
    """All cases of the chosen versions, or of all of them; the forms of a configuration together."""
    return [
        Case(version, folder.name, form)
        for version in chosen or versions()
        for folder in sorted(CONFIGURATIONS.iterdir())
        if holds(folder, version)
        for name, form in FORMS.items()
        if (folder / name).exists() and _compared(folder, version, form)
    ]


def oracles(chosen: t.Sequence[Version] | None = None) -> list[Case]:
    """The cases that kubeadm itself is given."""
    return list(dict.fromkeys(case.oracle for case in cases(chosen)))


__all__ = ("CONFIGURATIONS", "FORMS", "READ_BY_KUBEADM", "Case", "Version", "cases", "holds", "oracles", "versions")
