# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes' OpenAPI documents as kubernetes-validate has them: one version of it has 1.25 and later, an older one those before."""

from __future__ import annotations

import pathlib
import subprocess

import kubernetes_validate

PROJECT = pathlib.Path(__file__).parents[1]
_FIRST_OF_THE_NEWER = 25


def _folder_of_the_older() -> pathlib.Path:
    command = [str(PROJECT / "tests/environment/python.sh"), str(PROJECT / "tests/older-schemas-requirements.txt")]
    environment = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return next(pathlib.Path(environment).glob("lib/python3*/site-packages/kubernetes_validate"))


def folder(minor: int, strict: bool) -> pathlib.Path:
    """The folder of a minor's schemas. strict: those that take no unknown field."""
    newer = pathlib.Path(kubernetes_validate.__file__).parent
    package = newer if minor >= _FIRST_OF_THE_NEWER else _folder_of_the_older()
    return package / "kubernetes-json-schema" / f"v1.{minor}.0-local{'-strict' if strict else ''}"
