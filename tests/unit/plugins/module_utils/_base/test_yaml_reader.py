# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The YAML reader against PyYAML: it may refuse a text, but never read another value out of it."""

from __future__ import annotations

import contextlib
import string
import time
import typing as t

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import to_yaml

TEXTS = st.one_of(
    st.text(string.printable, max_size=12),
    st.text("0123456789eE+-._:xo ", max_size=8),
    st.text("ab:#'\"-?&*!|>%@`{}[],~ \n\\", max_size=8),
    st.text(max_size=6),
    st.sampled_from(
        ["yes", "on", "null", "~", "true", "=", "<<", "1e3", "0o17", "0x1f", "1_0", "2020-01-01", "--- a", "..."]
    ),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
KEYS = TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda children: st.one_of(st.lists(children, max_size=4), st.dictionaries(KEYS, children, max_size=4)),
    max_leaves=12,
)


def _typed(value: t.Any) -> t.Any:
    """A value with its types: Python takes True for 1 and 1 for 1.0."""
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return type(value).__name__, value


def _agrees(text: str) -> None:
    try:
        found = read_yaml(text)
    except Unreadable:
        return
    assert _typed(found) == _typed(yaml.safe_load(text))


@pytest.mark.parametrize("sort_keys", [True, False])
@settings(max_examples=150)
@example(value={"a": "1e3"})
@example(value=[{"a": [], "b": {}}, [[None]], {"c": [{"d": 1}]}])
@given(value=VALUES)
def test_dumped_values_are_read_as_they_are_or_refused(value: t.Any, sort_keys: bool) -> None:
    """Breaks drift detection: a wrong value hides a difference, or shows one that is not there."""
    _agrees(yaml.safe_dump(value, default_flow_style=False, sort_keys=sort_keys, width=2**20))


@settings(max_examples=200)
@given(st.text("ab1:#'\"-?&|> \n{}[],\\", max_size=24))
def test_arbitrary_text_is_never_misread(text: str) -> None:
    """Breaks when a file that somebody edited by hand is read as something else than the kubelet reads."""
    try:
        expected = yaml.safe_load(text)
    except yaml.YAMLError:
        return  # what no parser takes may be anything: it differs from what is wanted anyway
    try:
        found = read_yaml(text)
    except Unreadable:
        return
    assert _strings(found) == _strings(expected)


LINES = st.lists(st.sampled_from(["  x", "  y z", "", "   deeper", "  ", "  # no comment", "b: 1"]), max_size=5)


@settings(max_examples=300)
@given(st.sampled_from(["|", "|-", "|+", ">", ">-", ">+"]), LINES, st.booleans())
def test_block_scalars_are_never_misread(header: str, lines: list[str], newline: bool) -> None:
    """Breaks the texts inside ConfigMaps, where the newlines at the end count."""
    text = "\n".join(["a: " + header, *lines]) + ("\n" if newline else "")
    try:
        found = read_yaml(text)
    except Unreadable:
        return
    assert found == yaml.safe_load(text)


def _strings(value: t.Any) -> t.Any:
    """Keys as text, as JSON and so Kubernetes has them."""
    if isinstance(value, dict):
        return {str(key) if not isinstance(key, str) else key: _strings(item) for key, item in value.items()}
    return [_strings(item) for item in value] if isinstance(value, list) else value


ORDINARY = st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), TEXTS)


@given(st.dictionaries(st.text(string.ascii_letters + "-./", min_size=1, max_size=6), ORDINARY, max_size=4))
def test_what_the_collection_writes_is_readable_for_ordinary_text(value: dict[str, t.Any]) -> None:
    """Breaks the second run: a file of ours that cannot be read back counts as changed for ever."""
    ordinary = {
        key: item
        for key, item in value.items()
        if not isinstance(item, str) or all(letter in string.printable[:95] for letter in item)
    }
    assert _typed(read_yaml(to_yaml(ordinary))) == _typed(ordinary)


@pytest.mark.parametrize("minor", [12, 16, 20, 24, 31, 34, 37])
def test_rendered_files_are_read_in_full(make_config: t.Callable[..., t.Any], minor: int) -> None:
    """Breaks the second run of every file phase."""
    from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files

    facts = {"proxy_environment": {"HTTPS_PROXY": "http://user:pass@proxy:3128", "NO_PROXY": "10.0.0.0/8,.local"}}
    config = make_config("1.%d.0" % minor, facts=facts, audit=True, pod_subnet="10.244.0.0/16")
    files = [
        item for phase in ("audit", "control_plane", "etcd", "kubelet_start") for item in phase_files(phase, config)
    ]
    texts = [item.content for item in files if item.path.endswith(".yaml")]
    assert len(texts) >= 6
    for text in texts:
        assert _typed(read_yaml(text)) == _typed(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\na: 1 # another\n\n  # indented comment\nb: 2\n",
        "a: 'it''s'\nb: \"tab\\tnew\\nline\"\n'quoted key': x\n\"double\": z\n",
        "a: # nothing but a comment\nb:\n",
        "a:\n- 1\n- x\nb:\n  - 2\n",
        "- - a\n  - b\n- c: 1\n  d:\n  - e\n",
        "-\n  a: 1\n-\n- b\n",
        "a: |\n  one\n   two\n\n  three\nb: 1\n",
        "a: |-\n  one\n  two\nb: |+\n  x\n\n\nc: 1\n",
        "a: >\n  folded\n  text\nb: >-\n  one\n  two\n",
        "---\na: 1\n...\n",
        "a: {}\nb: []\nc: {} # none\n",
        'a: ["x", 1]\nb: {"c": true}\n',
        '{"a": [1, 2, {"b": null}]}',
        "a: http://x:1/y#z\nb: a#b\nc: -x\nd: --flag=a:b\n",
        "a: 1.5\nb: -0.25\nc: +3\nd: 0\n",
        "true\n",
        "",
        "# only a comment\n",
    ],
)
def test_hand_edited_forms_are_read(text: str) -> None:
    """Breaks when a harmless edit (a comment, other quotes) counts as drift and restarts a component."""
    assert _typed(read_yaml(text)) == _typed(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: &x\n  b: 1\n<<: *x\n",
        "a: !!str 1\n",
        "a: {b: c}\n",
        "a: [b, c]\n",
        "? a\n: b\n",
        "a: 1\na: 2\n",
        "a: one\n  two\n",
        "a: 'one\n  two'\n",
        "a:\n\t b: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: |2\n   x\n",
        "a: b: c\n",
        "a: 1\n  b: 2\n",
        "%YAML 1.2\n---\na: 1\n",
        'a: "\\q"\n',
        "{a: 1",
    ],
)
def test_forms_outside_the_subset_are_refused(text: str) -> None:
    """Breaks when the reader guesses at what it does not know."""
    with pytest.raises(Unreadable):
        read_yaml(text)


@pytest.mark.parametrize(
    "text", ["a: yes\n", "a: 0x10\n", "a: 0777\n", "a: 1_000\n", "a: 1e3\n", "a: 2020-01-01\n", "a: y\n"]
)
def test_where_the_versions_of_yaml_disagree_nothing_is_guessed(text: str) -> None:
    """Breaks when a plain word that Kubernetes (YAML 1.1) takes for a value counts as the same text."""
    with pytest.raises(Unreadable):
        read_yaml(text)


HARD = {
    "blanks before a comment": "a" + " " * 200_000 + "b",
    "blanks in a value": "a: b" + " " * 200_000 + "c",
    "underscores": "a: " + "1_" * 200_000 + "x",
    "dashes": "- " * 5000,
    "brackets": "[" * 5000,
    "brackets in a value": "a: " + "[" * 5000,
    "digits": "a: " + "1" * 20_000,
    "quotes": "a: '" + "''" * 100_000 + "x",
    "steps": "\n".join(" " * level + "- " for level in range(3000)),
    "colons": ": " * 50_000,
    "hash signs": "a " + "#" * 200_000,
    "size": "a" * (5 * 2**20),
}


@pytest.mark.parametrize("name", HARD)
def test_hostile_texts_end(name: str) -> None:
    """Breaks a run when a file on the host takes time by the square of its size, or all of the stack."""
    start = time.process_time()
    with contextlib.suppress(Unreadable):
        read_yaml(HARD[name])
    # Each took ten seconds and more, or ended in a RecursionError.
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\U0001f600b"', "a\U0001f600b"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\x41\e\L\_\/"', "A\x1b\u2028\xa0/"),
    ],
)
def test_escapes(text: str, value: str) -> None:
    """YAML 1.2, 5.7: breaks a kubeconfig with a name outside of ASCII."""
    assert read_yaml(f"a: {text}\n") == yaml.safe_load(f"a: {text}\n") == {"a": value} or "ud83d" in text
    assert read_yaml(f"a: {text}\n") == {"a": value}


@pytest.mark.parametrize("text", [r'"\ud83d"', r'"\U00110000"', r'"\x4"'])
def test_escapes_of_no_character(text: str) -> None:
    """Breaks with a traceback."""
    with pytest.raises(Unreadable):
        read_yaml(f"a: {text}\n")
