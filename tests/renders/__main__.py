# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of tests/renders.sh, which compares what render.yml writes with what it wrote at another commit.

python -m renders inventory WORK         an inventory: every configuration of tests/parity in every minor
python -m renders render WORK NAME       renders every host of the inventory with the collection that Python finds, into WORK/NAME
python -m renders compare BEFORE AFTER   compares two folders of render.yml; the exit code says whether they are equal
"""

from __future__ import annotations

import difflib
import multiprocessing
import pathlib
import sys
import typing as t

import yaml
from acting import act
from renders.content import content

from any_core import trust_as_template
from parity.cases import CONFIGURATIONS, FORMS, Case, Version

MINORS = range(12, 38)
# The forms that a minor's kubeadm read first, for minors of which no kubeadm runs here.
_OWN_FORM: t.Mapping[int, str] = {12: "v1alpha3", 13: "v1beta1", 15: "v1beta2", 22: "v1beta3", 31: "v1beta4"}
# Making keys takes most of the time, and what is made of them hangs on a few settings and minors.
_SECRETS = (
    "apiserver-names",
    "certificates-dir",
    "default",
    "ecdsa",
    "encryption-ecdsa-p256",
    "endpoint-ipv6",
    "etcd-external",
    "everything",
    "external-ca",
    "tokens",
    "validity-periods",
)
_SECRETS_IN = (12, 20, 29, 37)


def _forms(folder: pathlib.Path, minor: int) -> list[str]:
    """The variables, and the minor's own form of the file or what there is of it."""
    there = [form for name, form in FORMS.items() if (folder / name).exists()]
    own = _OWN_FORM[max(first for first in _OWN_FORM if first <= minor)]
    files = [form for form in there if form != "variables"]
    wanted = [own] if own in files else files[:1]
    return wanted + [form for form in there if form == "variables"]


def inventory(work: pathlib.Path) -> str:
    """The inventory as YAML, with one host for each case; their files are written below work."""
    hosts: dict[str, t.Any] = {}
    (work / "given").mkdir(parents=True)
    for folder in sorted(CONFIGURATIONS.iterdir()):
        for minor in MINORS:
            version = Version(f"1.{minor}", f"v1.{minor}.0")
            for form in _forms(folder, minor):
                case = Case(version, folder.name, form)
                path = work / "given" / f"{case.name}.conf"
                path.write_text(case.given())
                facts = {"hostname": "cp1", "default_address": "192.0.2.10", **case.facts()}
                secrets = folder.name in _SECRETS and minor in _SECRETS_IN
                hosts[case.name] = {
                    "kubewright_render_facts": facts,
                    "kubewright_render_secrets": secrets,
                    "kubewright_kubernetes_version": version.text,
                    **case.variables(path),
                }
    return yaml.safe_dump({"control_plane": {"hosts": hosts}}, sort_keys=False)


def _render(host: str, variables: dict[str, t.Any], folder: pathlib.Path) -> list[str]:
    """Renders one case as role render does; what there is to say of it."""
    given = {**variables, "inventory_hostname": host, "kubewright_render_dir": str(folder)}
    given = {name: trust(value) for name, value in given.items()}
    resolved = act("cluster_config", {"offline": True}, given).result
    results = [resolved]
    if not resolved.get("failed"):
        results.append(act("render", {"config": resolved["resolved"]}, given).result)
    said = [text for result in results for text in [*(result.get("warnings") or []), result.get("msg")] if text]
    return [f"{host}: {text}".replace(str(folder), "FOLDER").replace("\n", "; ") for text in said]


def trust(value: t.Any) -> t.Any:
    """A value as an inventory has it: its texts may be templates."""
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, dict):
        return {key: trust(item) for key, item in value.items()}
    return [trust(item) for item in value] if isinstance(value, list) else value


def render(work: pathlib.Path, name: str) -> int:
    """Renders every case of the inventory; the exit code."""
    hosts = yaml.load((work / "hosts.yml").read_text(), yaml.CSafeLoader)["control_plane"]["hosts"]
    folder = work / name / "rendered"
    folder.mkdir(parents=True)
    with multiprocessing.Pool() as pool:
        said = pool.starmap(_render, [(host, variables, folder) for host, variables in hosts.items()], chunksize=20)
    (work / name / "messages").write_text("".join(f"{text}\n" for texts in said for text in texts))
    print(f"{len(hosts)} cases rendered")
    return 0


def _files(folder: pathlib.Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): f"mode {path.stat().st_mode & 0o777:04o}\n" + content(path.read_text())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def compare(before: pathlib.Path, after: pathlib.Path) -> int:
    """Prints the differences of two folders; the exit code."""
    one, other = _files(before), _files(after)
    different = [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]
    for name in different[:20]:
        lines = [(side.get(name) or "absent\n").splitlines() for side in (one, other)]
        print("\n".join(list(difflib.unified_diff(*lines, f"before/{name}", f"after/{name}", lineterm="", n=1))[:40]))
    hosts = len({name.split("/")[0] for name in one})
    print(f"{len(one)} files of {hosts} cases compared; {len(different)} differ")
    return 1 if different or not one else 0


def main(arguments: t.Sequence[str]) -> int:
    """Runs a step; the exit code."""
    step, *rest = arguments
    if step == "inventory":
        print(inventory(pathlib.Path(rest[0])))
        return 0
    if step == "render":
        return render(pathlib.Path(rest[0]), rest[1])
    return compare(pathlib.Path(rest[0]), pathlib.Path(rest[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
