# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pki_generate: plan and run agree, and no private key leaves the host."""

from __future__ import annotations

import pathlib
import typing as t

RunModule = t.Callable[..., t.Any]


def _arguments(make_config: t.Callable[..., t.Any], folder: pathlib.Path) -> dict[str, t.Any]:
    config = make_config("1.31.0", certificates_dir=str(folder / "pki"), encryption_algorithm="ECDSA-P256")
    return {"config": config.data}


def test_plan_run_second_run(
    run_module: RunModule, make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path
) -> None:
    """Breaks check mode (another result, or files written), idempotence, or the reasons."""
    arguments = _arguments(make_config, tmp_path)
    planned = run_module("pki_generate", arguments, check=True)
    assert not (tmp_path / "pki").exists()
    real = run_module("pki_generate", arguments)
    assert {key: real.result[key] for key in ("changed", "reasons", "diff")} == {
        key: planned.result[key] for key in ("changed", "reasons", "diff")
    }
    assert (real.result["changed"], real.result["reasons"]["apiserver"]) == (True, "its CA is new")
    shown = "".join(f"{name}: {reason}\n" for name, reason in real.result["reasons"].items())
    assert real.result["diff"] == {"before": "", "after": shown}
    second = run_module("pki_generate", arguments)
    assert (second.result["changed"], second.result["reasons"], second.result["diff"]) == (False, {}, {})


def test_no_private_key_is_in_any_output(
    run_module: RunModule, make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path
) -> None:
    """Breaks the safety of every key of the cluster: result, diff and error must not quote them."""
    arguments = _arguments(make_config, tmp_path)
    outputs = [run_module("pki_generate", arguments).text]
    keys = [path.read_text(encoding="ascii") for path in (tmp_path / "pki").rglob("*.key")]
    (tmp_path / "pki" / "apiserver.key").write_text(keys[0][:-60], encoding="ascii")
    outputs.append(run_module("pki_generate", arguments, check=True).text)
    (tmp_path / "pki" / "ca.key").write_text(keys[0][:-60], encoding="ascii")
    outputs.append(run_module("pki_generate", arguments).text)
    assert "is not an unencrypted PEM private key" in outputs[2]
    lines = {line for key in keys for line in key.splitlines()[1:-1]}
    assert len(keys) == 11
    assert not [line for line in lines for output in outputs if line in output]
    assert not [output for output in outputs if "PRIVATE KEY" in output]


def test_the_key_of_a_given_ca_is_in_no_output(
    run_module: RunModule, make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path
) -> None:
    """Breaks the safety of the user's own CA, or hides the variable from the reasons."""
    config = make_config("1.31.0", certificates_dir=str(tmp_path / "own"), encryption_algorithm="ECDSA-P256")
    run_module("pki_generate", {"config": config.data})
    given = {
        "path": "ca",
        "source": "kubewright_ca_files.kubernetes",
        "certificate": (tmp_path / "own/ca.crt").read_text(encoding="ascii"),
        "key": (tmp_path / "own/ca.key").read_text(encoding="ascii"),
    }
    run = run_module("pki_generate", dict(_arguments(make_config, tmp_path), authorities=[given]))
    assert run.result["reasons"]["ca"] == "given as kubewright_ca_files.kubernetes"
    assert (tmp_path / "pki/ca.key").read_text(encoding="ascii") == given["key"]
    assert not [line for line in given["key"].splitlines()[1:-1] if line in run.text]
