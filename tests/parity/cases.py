# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: each configuration, and each form in which our side takes it."""

from __future__ import annotations

import pathlib
import typing as t

import yaml

CONFIGURATIONS = pathlib.Path(__file__).parent / "configurations"
# kubeadm itself gets kubeadm.conf; the other files say the same to us in another way.
FORMS: t.Mapping[str, str] = {
    "kubeadm.conf": "",
    "v1alpha3.conf": "v1alpha3",
    "v1beta1.conf": "v1beta1",
    "v1beta3.conf": "v1beta3",
    "v1beta4.conf": "v1beta4",
    "variables.yml": "variables",
}


class Case(t.NamedTuple):
    """A configuration in one form. form: empty for kubeadm's own file."""

    configuration: str
    form: str
    path: pathlib.Path

    @property
    def name(self) -> str:
        """The name of the case, which is also that of its host in the inventory."""
        return f"{self.configuration}-as-{self.form}" if self.form else self.configuration

    @property
    def folder(self) -> pathlib.Path:
        """The folder of the configuration."""
        return self.path.parent

    def settings(self) -> dict[str, str]:
        """What settings.env says."""
        path = self.folder / "settings.env"
        lines = path.read_text().splitlines() if path.exists() else []
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    def variables(self) -> dict[str, t.Any]:
        """The variables with which our side gets the configuration."""
        found: dict[str, t.Any] = {"kubewright_kubeadm_config": str(self.path)}
        if self.form == "variables":
            found = yaml.safe_load(self.path.read_text())
        if (self.folder / "patches").is_dir():
            found["kubewright_patches_directory"] = str(self.folder / "patches")
        flags = self.settings().get("FLAGS")
        if flags and self.form == "":
            found["kubewright_skip_phases"] = flags.split(",")
        return found

    def facts(self) -> dict[str, t.Any]:
        """What our side is told of the host beside its name and address."""
        path = self.folder / "facts.yml"
        return yaml.safe_load(path.read_text()) if path.exists() else {}


def cases() -> list[Case]:
    """All cases, the forms of a configuration together."""
    return [
        Case(folder.name, form, folder / name)
        for folder in sorted(CONFIGURATIONS.iterdir())
        for name, form in FORMS.items()
        if (folder / name).exists()
    ]


__all__ = ("CONFIGURATIONS", "FORMS", "Case", "cases")
