# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of this scenario, their registries, and runs of the playbook that are looked at."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import re
import subprocess
import time
import typing as t

from run_output import changed_tasks, environment, failed_message

PROJECT = pathlib.Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
EPHEMERAL = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"])
NODE = "registry-cp1"
DOCKER_NODE = "registry-docker1"
IMAGES = 7


class Registry(t.NamedTuple):
    """plain, tls, stall: HOST:PORT of each. user: USER:PASSWORD of the one with TLS. folder: its logs and its CA."""

    plain: str
    tls: str
    stall: str
    user: str
    folder: pathlib.Path


def registry_of() -> Registry:
    """What registry.sh has printed."""
    folder = EPHEMERAL / "registry"
    lines = (folder / "registry.env").read_text(encoding="ascii").splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line)
    return Registry(told["PLAIN"], told["TLS"], told["STALL"], told["USER"], folder)


def on_node(command: str, data: bytes | None = None, node: str = NODE) -> str:
    """The output of a command on a node, as root."""
    argv = ["docker", "exec", *(["-i"] if data is not None else []), node, "bash", "-ec", command]
    answer = subprocess.run(argv, input=data, capture_output=True, check=False)
    assert answer.returncode == 0, (command, answer.stdout, answer.stderr)
    return answer.stdout.decode()


def present() -> list[str]:
    """The names of the images that the runtime has."""
    return sorted(
        name
        for name in on_node("ctr -n k8s.io images ls -q").split()
        if not name.startswith("sha256:") and "@" not in name
    )


def blank() -> None:
    """Takes all images and all settings of registries away."""
    on_node(
        "rm -rf /etc/containerd/certs.d; mkdir -p /etc/containerd/certs.d; "
        "ctr -n k8s.io images ls -q | xargs -r ctr -n k8s.io images rm --sync >/dev/null"
    )
    # CRI follows a moment later.
    time.sleep(1)


def configure(host: str, url: str, registry: Registry | None = None, *, ca: bool = False, user: bool = False) -> None:
    """Tells containerd how a registry is reached: by which URL, whether with the CA, whether with credentials."""
    lines = [f'server = "{url}"', "", f'[host."{url}"]', '  capabilities = ["pull", "resolve"]']
    if ca:
        assert registry is not None
        data = (registry.folder / "ca.crt").read_bytes()
        on_node("cat >/etc/containerd/registry-ca.crt", data)
        lines.append('  ca = "/etc/containerd/registry-ca.crt"')
    if user:
        assert registry is not None
        value = base64.b64encode(registry.user.encode()).decode()
        lines += [f'  [host."{url}".header]', f'    Authorization = "Basic {value}"']
    folder = f"/etc/containerd/certs.d/{host}"
    on_node(f"mkdir -p '{folder}' && cat >'{folder}/hosts.toml'", ("\n".join(lines) + "\n").encode())


class Run(t.NamedTuple):
    """A finished run. message: the failed task's. changed: from the recap. told: lines of images. seconds: how long."""

    code: int
    output: str
    message: str
    changed: int
    told: list[str]
    seconds: float


def play(
    variables: dict[str, t.Any],
    *options: str,
    playbook: str = "molecule/registry/images.yml",
    inventory: str = "inventory",
) -> Run:
    """Runs a playbook with extra variables on a node: that of containerd, or that of Docker (docker-inventory)."""
    command = ["ansible-playbook", str(PROJECT / playbook), "-i", str(EPHEMERAL / inventory)]
    start = time.monotonic()
    answer = subprocess.run(
        [*command, "-e", json.dumps(variables), *options],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environment(),
        check=False,
    )
    seconds = time.monotonic() - start
    output = answer.stdout + answer.stderr
    assert "Traceback" not in output, output
    return Run(
        answer.returncode,
        output,
        failed_message(output),
        changed_tasks(output),
        re.findall(rf"^(?:{NODE}|{DOCKER_NODE}): (.*)$", answer.stderr, re.MULTILINE),
        seconds,
    )
