# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Renders the templates of the roles."""

from __future__ import annotations

import functools
import io
import json
import pathlib
import re
import textwrap
import typing as t

import jinja2
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import is_ambiguous
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import SafeLoader

ROLES = pathlib.Path(__file__).resolve().parents[3] / "roles"


_STRING = "tag:yaml.org,2002:str"
# What PyYAML calls a lone sign of YAML's own ("*", "&", "!"): no value of any type.
_SIGN = "tag:yaml.org,2002:yaml"


class _Dumper(yaml.SafeDumper):
    """Plain YAML without anchors."""

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


class _QuickDumper(t.cast(t.Any, getattr(yaml, "CSafeDumper", yaml.SafeDumper))):  # type: ignore[misc]  # its class depends on libyaml
    """The same, several times as fast where PyYAML was built with libyaml. It writes some texts in another way; see C(_SLOW)."""

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


_TYPES = yaml.SafeDumper(io.StringIO())


# Most texts of a document, its keys above all, are there many times.
@functools.lru_cache(maxsize=4096)
def _is_typed(text: str) -> bool:
    """Whether a text that stands there as it is could be taken for a value of another type."""
    resolve: t.Callable[..., str] = _TYPES.resolve
    return resolve(yaml.ScalarNode, text, (True, False)) not in (_STRING, _SIGN) or is_ambiguous(text)


def _represent_string(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # What could be taken for another type stands between double quotes, as with the library that kubeadm uses: it hashes
    # some of its texts. Kubernetes reads some things as YAML 1.2 has them, others as YAML 1.1.
    return dumper.represent_scalar(_STRING, text, style='"' if _is_typed(text) else None)


_Dumper.add_representer(str, _represent_string)
_QuickDumper.add_representer(str, _represent_string)
# By the JSON of a value, what libyaml may write in another way than PyYAML: characters that are escaped. What a controller
# writes must not depend on how its PyYAML was built.
_SLOW = re.compile(r"\\[ubf]")
# The same of keys, which may be quoted, or stand on lines of their own.
_QUICK_KEY = re.compile(r"[ !#-\[\]-~]{1,99}")
# A flag with its value, or a path: what nearly all scalars of the templates are. They need no quotes, whoever reads them.
_BARE = re.compile(r"(--[a-z][a-z0-9-]*(=([A-Za-z0-9/.,_:=-]*[A-Za-z0-9/])?)?|/[A-Za-z0-9/._-]*[A-Za-z0-9])")


def plain(value: t.Any) -> t.Any:
    """A value in Python's own types: Ansible's variables carry types of their own, which YAML does not know.

    Raises jinja2.UndefinedError for one that a template does not have.
    """
    return json.loads(_json(value))


def _json(value: t.Any) -> str:
    if isinstance(value, jinja2.Undefined):
        value._fail_with_undefined_error()
    return json.dumps(value)


def _has_quick_keys(value: t.Any) -> bool:
    if isinstance(value, dict):
        return all(_QUICK_KEY.fullmatch(key) and _has_quick_keys(below) for key, below in value.items())
    return not isinstance(value, list) or all(map(_has_quick_keys, value))


def _dumped(value: t.Any, flow: bool) -> str:
    text = _json(value)
    known = json.loads(text)
    # A single value has an end of its own, which libyaml does not write.
    is_quick = not _SLOW.search(text) and (flow or isinstance(known, (dict, list))) and _has_quick_keys(known)
    dumper = _QuickDumper if is_quick else _Dumper
    return str(yaml.dump(known, Dumper=dumper, default_flow_style=flow, sort_keys=True, width=2**20))


def to_yaml(value: t.Any) -> str:
    """Block style, keys sorted, one line a scalar, as kubeadm writes YAML."""
    return _dumped(value, flow=False)


def _yaml_filter(value: t.Any, indent: int) -> str:
    return textwrap.indent(to_yaml(value).rstrip("\n"), " " * indent)


def _scalar_filter(value: t.Any) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value):
        return str(value)
    if isinstance(value, str) and "\n" in value:
        # On one line.
        text = yaml.dump(json.loads(_json(value)), Dumper=_Dumper, default_style='"', width=2**20)
        return str(text).rstrip("\n")
    return _dumped(value, flow=True).split("\n", 1)[0]


def _go_quoted_filter(text: str) -> str:
    """A text between double quotes as Go's %q writes it, for the characters that flags may hold."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'


def _flow_filter(value: t.Any) -> str:
    return json.dumps(plain(value))


def _environment() -> jinja2.Environment:
    # The output is YAML for machines, never HTML.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROLES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(go_quoted=_go_quoted_filter, yaml=_yaml_filter, scalar=_scalar_filter, flow=_flow_filter)
    # ansible-core imports an action once and forks for each task and host: what is compiled here is there in all of them.
    for path in sorted(ROLES.glob("*/templates/*.j2")):
        environment.get_template(str(path.relative_to(ROLES)))
    return environment


_ENVIRONMENT = _environment()


def render(template: str, context: t.Mapping[str, t.Any]) -> str:
    """The text of a template, named by role and file (C(etcd/etcd.yaml.j2)). Raises KubewrightError where it fails."""
    role, name = template.split("/", 1)
    try:
        text = _ENVIRONMENT.get_template(f"{role}/templates/{name}").render(context)
    except jinja2.TemplateError as error:
        raise KubewrightError(f"the template {template} cannot be rendered: {error}") from error
    return text.rstrip("\n") + "\n"


def read_document(text: str) -> dict[str, t.Any]:
    """The one YAML document of a rendered text."""
    return t.cast("dict[str, t.Any]", yaml.load(text, SafeLoader))


def render_objects(template: str, context: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """The API objects of a template with one or more YAML documents."""
    return [document for document in yaml.load_all(render(template, context), SafeLoader) if document]


__all__ = ("plain", "read_document", "render", "render_objects", "to_yaml")
