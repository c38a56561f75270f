# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""kubeadm's patches: files of a folder on the controller that change what is rendered, by kubeadm's rules.

A file is called C(TARGET[SUFFIX][+TYPE].EXTENSION). Several apply in the order of their names.
"""

from __future__ import annotations

import copy
import posixpath
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import WrittenNumber
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import load_documents
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.pod_rules import pod_problems
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.shape import pod_spec, shape_problem
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.strategic_merge import MERGE_KEYS, merge

Values = dict[str, t.Any]
Checked = tuple[t.Any, list[Fault]]

TYPES = ("strategic", "merge", "json")
_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
_EXTENSION = re.compile(r".+\.(json|yaml)\Z")
_CURE = "Correct the file, or give it a name that does not begin with a target."


class FoundPatches(t.NamedTuple):
    """The patches of a folder, as plain values: C(target), C(type), C(patch) and C(file) of each."""

    patches: list[Values]
    faults: list[Fault]
    warnings: list[str]


def no_directory(path: str) -> dict[str, str]:
    """Stands for a controller whose files cannot be read."""
    raise KubewrightError(f"{path} cannot be read here")


def parsed_name(name: str, targets: t.Sequence[str]) -> tuple[str, str] | None:
    """The target and type that a file's name stands for; None for a file that is not a patch.

    Raises KubewrightError for a type that does not exist.
    """
    if not targets or not _EXTENSION.match(name):
        return None
    match = re.match(r"({})[^.+\n]*(\+)?({})?".format("|".join(map(re.escape, targets)), "|".join(TYPES)), name)
    if match is None:
        return None
    if match.group(2) and not match.group(3):
        raise KubewrightError("has no type behind its '+', or one that does not exist")
    return match.group(1), match.group(3) or "strategic"


def _documents(text: str, kind: str) -> list[t.Any]:
    try:
        documents = [document for document in load_documents(text) if document is not None]
    except KubewrightError as error:
        raise KubewrightError(f"is neither YAML nor JSON that can be taken ({error})") from None
    wanted = list if kind == "json" else dict
    for document in documents:
        if not isinstance(document, wanted):
            raise KubewrightError("is no %s" % ("list of operations (RFC 6902)" if kind == "json" else "mapping"))
    return [_as_go_reads(document) for document in documents]


def _as_go_reads(value: t.Any) -> t.Any:
    """Numbers as kubeadm's reader has them: of YAML 1.1, but for base 60, which is text to it."""
    if isinstance(value, WrittenNumber):
        return str(value) if ":" in value else value.number
    if isinstance(value, dict):
        return {key: _as_go_reads(item) for key, item in value.items()}
    return [_as_go_reads(item) for item in value] if isinstance(value, list) else value


def read_patches(
    name: str, path: str, targets: t.Sequence[str], read_directory: t.Callable[[str], dict[str, str]]
) -> FoundPatches:
    """The patches of a folder on the controller.

    name: how messages call the setting. targets: what the minor's kubeadm can patch.
    read_directory: the texts of the files in a folder and below by their paths in it; raises KubewrightError where it
    cannot be read.
    """
    found = FoundPatches([], [], [])
    try:
        texts = read_directory(path)
    except KubewrightError as error:
        found.faults.append(Fault(name, str(error), "a readable folder on the controller", "Give such a folder."))
        return found
    # The order in which Go walks a folder: by name, each folder at its own place.
    for file_name in sorted(texts, key=lambda name: name.split("/")):
        try:
            parsed = parsed_name(posixpath.basename(file_name), targets)
            documents = _documents(texts[file_name], parsed[1]) if parsed is not None else []
        except KubewrightError as error:
            wanted = "patches of the type {}".format(", ".join(TYPES))
            found.faults.append(Fault(f"{name}/{file_name}", f"a file that {error}", wanted, _CURE))
            continue
        if parsed is None or not documents:
            found.warnings.append(
                f"{name}: {path}/{file_name} is not used: it is empty, or its name is not that of a patch for "
                "{} with the extension yaml or json.".format(", ".join(targets))
            )
            continue
        found.patches.extend(
            {"target": parsed[0], "type": parsed[1], "patch": document, "file": file_name} for document in documents
        )
    return found


def _json_patched(value: t.Any, operations: list[t.Any]) -> t.Any:
    try:
        import jsonpatch
    except ImportError:
        raise KubewrightError("needs the Python package jsonpatch on the controller (pip install jsonpatch)") from None
    for number, operation in enumerate(operations, 1):
        try:
            value = jsonpatch.apply_patch(value, [operation])
        except (
            jsonpatch.JsonPatchException,
            jsonpatch.JsonPointerException,
            # What the library lets through for operations of a wrong form.
            AttributeError,
            IndexError,
            KeyError,
            TypeError,
            ValueError,
        ):
            raise KubewrightError(_misfit(number, operation, value)) from None
    return value


def _existing(value: t.Any, path: str) -> str:
    """As much of a JSON pointer (RFC 6901) as is there."""
    there = ""
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and re.match(r"(0|[1-9][0-9]{0,8})\Z", key) and int(key) < len(value):
            value = value[int(key)]
        else:
            break
        there += f"/{part}"
    return there


def _misfit(number: int, operation: t.Any, value: t.Any) -> str:
    """What is wrong with an operation (RFC 6902) that cannot be carried out."""
    name = operation.get("op") if isinstance(operation, dict) else None
    path = operation.get("path") if isinstance(operation, dict) else None
    if name not in _OPERATIONS or not isinstance(path, str) or (path and not path.startswith("/")):
        return f"operation {number} is not one of RFC 6902: it needs op ({', '.join(_OPERATIONS)}) and a path that begins with /"
    source = str(operation.get("from"))
    if name in ("move", "copy") and _existing(value, source) != source:
        path = source
    there = _existing(value, path)
    if name == "test" and there == path:
        return f"operation {number} (test {line(path)}) finds another value"
    exists = f"only {line(there)} exists" if there else "nothing of it exists"
    return f"operation {number} ({name} {line(path)}) cannot be carried out: {exists}"


def _merge_patched(value: t.Any, patch: t.Any) -> t.Any:
    """A JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(value) if isinstance(value, dict) else {}
    for key, item in patch.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = _merge_patched(result.get(key), item)
    return result


def patched(
    value: Values, target: str, patches: t.Sequence[t.Mapping[str, t.Any]], read: t.Callable[[Values], Checked]
) -> Values:
    """A copy of an object with the patches for its target applied, in the form in which Go would write it.

    read: reads an object into its type; see C(decode.decoded).
    Raises KubewrightError naming the file of a patch that cannot be applied, or whose result is not of the type.
    """
    result = copy.deepcopy(value)
    for item in patches:
        if item["target"] != target:
            continue
        try:
            if item["type"] == "json":
                result = _json_patched(result, item["patch"])
            elif item["type"] == "merge":
                result = _merge_patched(result, item["patch"])
            else:
                result = merge(result, item["patch"], MERGE_KEYS[value["kind"]])
            problem = shape_problem(value, result)
            if problem is not None:
                raise KubewrightError(problem)
            result, faults = read(result)
            if faults:
                raise KubewrightError("; ".join(map(str, faults)))
            problems = pod_problems(pod_spec(result), result["kind"]) if "metadata" in value else []
            if problems:
                raise KubewrightError("; ".join(problems))
        except KubewrightError as error:
            raise KubewrightError("the patch {} for {}: {}".format(item["file"], target, error)) from None
    return result


__all__ = ("TYPES", "FoundPatches", "no_directory", "parsed_name", "patched", "read_patches")
