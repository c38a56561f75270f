# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rendering of YAML."""

from __future__ import annotations

import random
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates import render


def test_to_yaml_is_sorted_block_style_on_one_line_each() -> None:
    """Breaks the form of kubeadm's files."""
    value = {"b": ["x" * 300, {"d": 1, "c": None}], "a": {}}
    assert render.to_yaml(value) == "a: {}\nb:\n- %s\n- c: null\n  d: 1\n" % ("x" * 300)


def test_no_anchors() -> None:
    """Breaks readers of a subset of YAML (kubelets of some versions among them) when a value occurs twice."""
    shared = {"a": [1]}
    assert "&" not in render.to_yaml({"x": shared, "y": shared})


@pytest.mark.parametrize(
    "text",
    [
        "y",
        "n",
        "Y",
        "N",
        "yes",
        "on",
        "1e3",
        "1E3",
        "0o17",
        "0x1f",
        "1.",
        "null",
        "~",
        "1_0",
        "0b1",
        "+1",
        ".5",
        "12e5",
    ],
)
def test_texts_that_kubernetes_would_take_for_a_value_are_quoted(text: str) -> None:
    """Breaks the kubelet's and the API server's reading: their YAML makes a number or boolean of these plain words."""
    written = render.to_yaml({"key": text})
    assert written.startswith(("key: '", 'key: "'))
    assert yaml.safe_load(written) == {"key": text}


@pytest.mark.parametrize("value", [1, 1.5, True, None, "a", "", "10.96.0.10", "--flag=x", "v1.31.0", "100Mi"])
def test_values_keep_their_types(value: t.Any) -> None:
    """Breaks numbers and booleans, when everything is quoted to be safe."""
    assert yaml.safe_load(render.to_yaml({"key": value})) == {"key": value}
    assert "'" not in render.to_yaml({"key": value}) or value == ""


def test_a_template_that_fails_is_named() -> None:
    """Breaks the message of a faulty template."""
    with pytest.raises(KubewrightError, match=r"template audit/audit\.yaml\.j2 cannot be rendered"):
        render.render("audit/audit.yaml.j2", {})


def test_plain() -> None:
    """Breaks dumping of Ansible's own string types."""

    class Tagged(str):
        pass

    assert not isinstance(render.plain({"a": Tagged("x")})["a"], Tagged)


def test_templates_are_there_before_a_task_is() -> None:
    """Breaks the time of every run: each task of each host would compile the templates anew."""
    names = [str(path.relative_to(render.ROLES)) for path in render.ROLES.glob("*/templates/*.j2")]
    cache = t.cast("t.Any", render._ENVIRONMENT.cache)
    assert len(names) > 10
    assert {key[1] for key in list(cache.keys())} >= set(names)


# What YAML takes for something else than text, or has to quote.
WORDS = [
    "true",
    "null",
    "~",
    "0x1f",
    "2026-01-01",
    "12:30",
    "=",
    "<<",
    "- a",
    "a: b",
    "a #b",
    "@a",
    "%a",
    "!a",
    "&a",
    "*a",
]
WORDS += [
    "? a",
    "|",
    "[a]",
    "{a}",
    "'a'",
    " a",
    "a ",
    "",
    "a" * 130,
    "x " * 90,
    "---",
    "...",
    "a:",
    "017",
    "1_000",
    "+1",
]
WORDS += ["a\nb\n", "\n", " \n a\n\n\nb", "a: b\n- c\n", "a\r\nb", "\ta\n", "x\n" * 40, '"\\n"\n', "# a\n b\n", "a \n"]
WORDS += ["a\tb", "\u00e4", "\U0001f600", 'a "b"', "a\\b", "a\nb", "\x85", "\ufeff"]


def _random_value(random: random.Random, depth: int = 0) -> t.Any:
    kind = random.random()
    if depth > 3 or kind < 0.5:
        length = random.choice([1, 2, 5, 40, 140])
        return random.choice([*WORDS, "".join(chr(random.randrange(32, 127)) for _index in range(length))])
    if kind < 0.6:
        return random.choice([True, None, 0, -5, 10**15, 1.5, 1e20, 1e-7])
    if kind < 0.8:
        return [_random_value(random, depth + 1) for _index in range(random.randrange(4))]
    return {random.choice(WORDS): _random_value(random, depth + 1) for _index in range(random.randrange(5))}


@pytest.mark.parametrize("seed", range(20))
def test_libyaml_changes_no_text(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Breaks when a controller whose PyYAML has no libyaml writes other files than the others: each would undo the other's."""
    if not hasattr(yaml, "CSafeDumper"):
        pytest.fail("PyYAML was built without libyaml here: there is nothing to compare")
    source = random.Random(seed)
    values = [{"key": _random_value(source)} for _index in range(100)] + [_random_value(source) for _index in range(50)]
    quick = [(render.to_yaml(value), render._scalar_filter(value)) for value in values]
    monkeypatch.setattr(render, "_QuickDumper", render._Dumper)
    assert quick == [(render.to_yaml(value), render._scalar_filter(value)) for value in values]


@pytest.mark.parametrize("seed", range(20))
def test_what_needs_no_quotes(seed: int) -> None:
    """Breaks manifests: a flag or a path that is written as it is must be what YAML writes."""
    source = random.Random(seed)
    characters = "aZ09/.,_:=- #'\"{}[]&*!|>%@`?\n\t~\u00e4"
    for _number in range(500):
        flag = source.choice(["--a", "--a-b=", "--x=1", "/", "/a", "-a=", "--A=", "--=", ""])
        text = flag + "".join(source.choice(characters) for _index in range(source.randrange(6)))
        if render._BARE.fullmatch(text):
            assert render._scalar_filter(text) == render._dumped(text, flow=True).split("\n", 1)[0], text
    assert [bool(render._BARE.fullmatch(text)) for text in ("--a=b:c,d", "/etc/pki", "--a=b: c", "--a= #")] == [
        True,
        True,
        False,
        False,
    ]
