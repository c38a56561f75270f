# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""YAML as Kubernetes' own reader takes it: only the values that JSON has, and nothing that would be lost in silence."""

from __future__ import annotations

import re
import typing as t

import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import soundness
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import (
    WrittenInteger,
    WrittenNumber,
)

# The same safe loader, several times as fast where PyYAML was built with libyaml.
SafeLoader: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MERGE = "tag:yaml.org,2002:merge"
# A key that may be quoted in a message: no secret looks like one.
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}\Z", re.ASCII)


class _Loader(SafeLoader):  # type: ignore[misc]  # its class depends on libyaml
    """The safe loader, which also refuses a key that stands twice in a mapping: one of the two would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[t.Any, t.Any]:
        seen = set()
        for key_node, _value in node.value:
            if key_node.tag == _MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                problem = "a key that is no text: quote it"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key in seen:
                name = f"the key {key}" if _FIELD_NAME.match(key) else "a key"
                problem = f"{name} stands twice in its mapping"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return t.cast("dict[t.Any, t.Any]", super().construct_mapping(node, deep=deep))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[t.Any, t.Any]:
    return loader.construct_mapping(node, deep=True)


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int | str:
    # What is not written as a plain decimal number (0644, 12:30, 1_000) is text to whoever wants text.
    text = str(loader.construct_scalar(node))
    if re.match(r"-?(0|[1-9][0-9]{0,18})\Z", text, re.ASCII):
        return WrittenInteger(text)
    try:
        return WrittenNumber(text, loader.construct_yaml_int(node))
    except (IndexError, ValueError):
        return text


def _tagged(construct: t.Callable[[_Loader, yaml.ScalarNode], t.Any]) -> t.Callable[[_Loader, yaml.ScalarNode], t.Any]:
    """A reader of a type, which PyYAML leaves with an error of its own where a tag stands before what is not of the type."""

    def made(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
        try:
            return construct(loader, node)
        except (IndexError, KeyError, ValueError):
            problem = "a value that is not of the type of its tag"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None

    return made


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _refused(loader: _Loader, node: yaml.Node) -> t.NoReturn:
    problem = "a tag that Kubernetes does not know"
    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
_Loader.add_constructor("tag:yaml.org,2002:bool", _tagged(SafeLoader.construct_yaml_bool))
_Loader.add_constructor("tag:yaml.org,2002:float", _tagged(SafeLoader.construct_yaml_float))
for _tag in ("binary", "omap", "pairs", "set"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _refused)
_Loader.add_constructor(None, _refused)


def _holds_itself(value: t.Any, above: set[int], done: set[int]) -> bool:
    if not isinstance(value, (dict, list)) or id(value) in done:
        return False
    if id(value) in above:
        return True
    above.add(id(value))
    items = value.values() if isinstance(value, dict) else value
    found = any(_holds_itself(item, above, done) for item in items)
    above.discard(id(value))
    done.add(id(value))
    return found


def load_documents(text: str) -> list[t.Any]:
    """The documents of a YAML or JSON text, empty ones as C(None).

    Raises KubewrightError, whose text says where and what, and never quotes values: they may be secrets.
    """
    try:
        # libyaml's reader takes no subclass of str, as Ansible's strings are.
        documents = list(yaml.load_all(str(text), _Loader))
        if _holds_itself(documents, set(), set()):
            raise KubewrightError("an anchor whose value holds itself")
        for fault in soundness.faults("", documents)[:1]:
            raise KubewrightError(
                f"{fault.path.partition('].')[2] or 'the whole'}: {fault.found}; allowed: {fault.wanted}"
            )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = "in line %d, column %d: " % (mark.line + 1, mark.column + 1) if mark is not None else ""
        raise KubewrightError(place + str(getattr(error, "problem", "") or "no YAML")) from None
    except (RecursionError, ValueError):
        # Of digits without end, too.
        raise KubewrightError("nested too deep, or a number of too many digits") from None
    return documents


__all__ = ("SafeLoader", "load_documents")
