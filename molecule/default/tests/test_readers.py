# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd texts, as Kubernetes' own decoder, its reader of kubeconfigs and systemd read the files that they are written into."""

from __future__ import annotations

import base64
import json
import pathlib
import random

from finished_node import Node, run_playbook

ODD = "\n\r\t\x1b\x01\x7f\x85\xa0\u2028\u2029\ufeff\U0001f600\"'\\ #:-[]&*!|>%@`,$=~ab1äß日"
# What systemd takes apart is refused.
PLAIN = "".join(item for item in ODD if item not in "\n\r\t\x1b\x01\x7f\"'\\ ") + "+/;()<>^"
FIXED = [
    "a\n---\nb",
    "a\nb\n",
    "\n",
    "yes",
    "1:30",
    "0123",
    "1_000",
    ".inf",
    "<<",
    "- a",
    "a: b",
    " a ",
    "#a",
    "a #b",
    "\u2028",
    "",
    "~",
]
ARGV = "import json, sys; print(json.dumps(sys.argv[1:]))"


def _texts(source: random.Random, characters: str, count: int) -> list[str]:
    return ["".join(source.choices(characters, k=source.randrange(1, 12))) for _text in range(count)]


def _rendered(folder: pathlib.Path, variables: dict[str, object]) -> pathlib.Path:
    """The files that are rendered for the node with more variables."""
    given = folder / "variables.json"
    given.write_text(json.dumps({**variables, "kubewright_render_dir": str(folder)}), encoding="utf-8")
    options = ("-e", f"@{given}", "-e", "kubewright_render_secrets=true", "--limit", "control_plane")
    run_playbook(*options, name="render.yml")
    return next(path for path in folder.glob("*/files") if path.is_dir())


def _on_node(node: Node, path: pathlib.Path) -> str:
    """The path of a copy on the node."""
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    node.run(f"echo {content} | base64 -d >/root/{path.name}")
    return f"/root/{path.name}"


def test_every_text_is_read_as_it_was_given(node: Node, tmp_path: pathlib.Path) -> None:
    """Breaks a component: an argument that is cut off or changed, a manifest that the kubelet drops, a file void for systemd."""
    source = random.Random(1)
    texts = [*FIXED, *_texts(source, ODD, 150)]
    plain = [text for text in _texts(source, PLAIN, 60) if not text.isspace()]
    name = "a\U0001f600 b\u2028c".replace("\u2028", "ß")
    files = _rendered(
        tmp_path,
        {
            "kubewright_apiserver_extra_args": {f"t{number}": text for number, text in enumerate(texts)},
            "kubewright_scheduler_extra_envs": [
                {"name": f"T{number}", "value": text} for number, text in enumerate(texts) if text
            ],
            "kubewright_kubelet_extra_args": {f"t{number}": text for number, text in enumerate(plain)},
            "kubewright_cluster_name": name,
        },
    )
    kubernetes = files / "etc/kubernetes"

    def pod(component: str) -> dict[str, list[object]]:
        path = _on_node(node, kubernetes / "manifests" / f"{component}.yaml")
        read = json.loads(node.run(f"kubectl label --local -f {path} example.com/a=b -o json"))
        container: dict[str, list[object]] = read["spec"]["containers"][0]
        return container

    command = pod("kube-apiserver")["command"]
    assert [text for number, text in enumerate(texts) if f"--t{number}={text}" not in command] == []
    environment = pod("kube-scheduler")["env"]
    given = [{"name": f"T{number}", "value": text} for number, text in enumerate(texts) if text]
    assert [item for item in given if item not in environment] == []
    config = _on_node(node, kubernetes / "admin.conf")
    read = json.loads(node.run(f"kubectl config view --raw --kubeconfig {config} -o json"))
    assert [item["name"] for item in read["clusters"]] == [name]
    flags = _on_node(node, files / "var/lib/kubelet/kubeadm-flags.env")
    unit = f"systemd-run --quiet --wait --pipe -p EnvironmentFile={flags} /usr/bin/python3 -c '{ARGV}' '$KUBELET_KUBEADM_ARGS'"
    arguments = json.loads(node.run(unit))
    assert [text for number, text in enumerate(plain) if f"--t{number}={text}" not in arguments] == []
