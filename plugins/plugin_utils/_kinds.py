# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Kinds of values: each checks one value, brings it to normal form and names every fault by its path."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._bootstrap_token import TOKEN
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._node_facts import is_global_unicast
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._nearest import did_you_mean

Checked = tuple[t.Any, list[Fault]]

_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")
_IMAGE_REPOSITORY = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9._-]+)*\Z")
_IMAGE_TAG = re.compile(r"[\w][\w.-]{0,127}\Z")
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})\Z")
_NO_TOKEN = "a value that is no token"
_GROUP = re.compile(r"\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\Z")


def shown(value: t.Any) -> str:
    """A value for a message, cut to a readable length."""
    text = repr(str(value)) if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _fault(path: str, value: t.Any, wanted: str, cure: str) -> list[Fault]:
    return [Fault(path, f"{shown(value)} ({_type_name(value)})", wanted, cure)]


def _type_name(value: t.Any) -> str:
    for kind, name in (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "list"),
        (dict, "dictionary"),
    ):
        if isinstance(value, kind):
            return name
    return "null" if value is None else type(value).__name__


def text(path: str, value: t.Any) -> Checked:
    """A non-empty string. Numbers are taken as what they print."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.strip():
        return str(value).strip(), []
    return None, _fault(path, value, "a non-empty string", "Give a string.")


def boolean(path: str, value: t.Any) -> Checked:
    """True or false, also as the words that -e passes."""
    if isinstance(value, bool):
        return value, []
    if isinstance(value, str) and value.lower() in ("true", "yes", "on", "false", "no", "off"):
        return value.lower() in ("true", "yes", "on"), []
    return None, _fault(path, value, "true or false", "Give a boolean.")


def integer(least: int, most: int) -> t.Callable[[str, t.Any], Checked]:
    """A whole number in a range, also as text."""

    def check(path: str, value: t.Any) -> Checked:
        if isinstance(value, str) and re.match(r"-?\d+\Z", value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return int(value), []
        wanted = "an integer from %d to %d" % (least, most)
        return None, _fault(path, value, wanted, f"Give {wanted}.")

    return check


def choice(*allowed: str) -> t.Callable[[str, t.Any], Checked]:
    """One of a few words."""

    def check(path: str, value: t.Any) -> Checked:
        if isinstance(value, str) and value in allowed:
            return str(value), []
        return None, _fault(path, value, " or ".join(allowed), "Give one of them." + did_you_mean(str(value), allowed))

    return check


def absolute_path(path: str, value: t.Any) -> Checked:
    """An absolute path of the host."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    if not checked.startswith("/"):
        return None, _fault(path, value, "an absolute path", "Begin it with /.")
    return checked.rstrip("/") or "/", []


def duration(path: str, value: t.Any) -> Checked:
    """A Go duration like 4m0s."""
    try:
        seconds(str(value))
    except KubewrightError:
        return None, _fault(path, value, "a duration like 30s, 4m0s or 8760h", "Give a number with its unit.")
    return str(value), []


def dns_subdomain(path: str, value: t.Any) -> Checked:
    """A lower-case DNS name; upper case is lowered as kubeadm does."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    checked = checked.lower()
    if not network.is_dns_subdomain(checked):
        return None, _fault(path, value, "a DNS name of a-z, 0-9, '-' and '.' (RFC 1123)", "Give such a name.")
    return checked, []


def advertise_address(path: str, value: t.Any) -> Checked:
    """An address that others can reach: no loopback, link-local, multicast or 0.0.0.0."""
    parsed = network.parse_ip(str(value))
    if parsed is None or not is_global_unicast(str(parsed)):
        return None, _fault(path, value, "an IP address that other hosts can reach", "Give the host's own address.")
    return str(parsed), []


def endpoint(path: str, value: t.Any) -> Checked:
    """host[:port], the host an IP address or DNS name."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    host, port = network.split_endpoint(checked)
    right = network.parse_ip(host) is not None or network.is_dns_subdomain(host)
    right = right and (port is None or (re.match(r"[0-9]{1,5}\Z", port) is not None and 1 <= int(port) <= 65535))
    if not right:
        return None, _fault(
            path, value, "HOST or HOST:PORT with an IP address or DNS name", "Give such an endpoint, without https://."
        )
    return checked, []


def subnets(path: str, value: t.Any) -> Checked:
    """One subnet, or two of different families joined by a comma (or as a list)."""
    if isinstance(value, list):
        value = ",".join(str(item) for item in value)
    if not isinstance(value, str) or not value.strip():
        return None, _fault(path, value, "a subnet like 10.96.0.0/12", "Give a subnet with its prefix length.")
    items = network.split_subnets(value)
    faults: list[Fault] = []
    parsed = []
    for item in items:
        subnet = network.parse_subnet(item)
        if subnet is None:
            faults += _fault(path, item, "a subnet like 10.96.0.0/12", "Give a subnet with its prefix length.")
        elif subnet.num_addresses < 10:
            faults += _fault(path, item, "a subnet of at least 10 addresses", "Give a larger subnet.")
        else:
            parsed.append(subnet)
    if not faults and (len(items) > 2 or len({subnet.version for subnet in parsed}) != len(items)):
        faults += _fault(path, value, "one subnet, or one of IPv4 and one of IPv6", "Give at most one of each family.")
    return ",".join(items), faults


def cri_socket(path: str, value: t.Any) -> Checked:
    """An absolute path or a unix:// URL."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    if not checked.startswith("/") and not checked.startswith("unix:///"):
        return None, _fault(path, value, "an absolute path or a unix:/// URL", "Give the runtime's socket.")
    return checked, []


def image_repository(path: str, value: t.Any) -> Checked:
    """A registry with an optional path, without a tag."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    checked = checked.rstrip("/")
    if not _IMAGE_REPOSITORY.match(checked):
        return None, _fault(path, value, "REGISTRY[:PORT][/PATH] in lower case", "Leave out https:// and the tag.")
    return checked, []


def image_tag(path: str, value: t.Any) -> Checked:
    """An image tag."""
    checked, faults = text(path, value)
    if not faults and not _IMAGE_TAG.match(checked):
        faults = _fault(path, value, "an image tag", "Give letters, digits, '_', '.' and '-'.")
    return checked, faults


def list_of(item: t.Callable[[str, t.Any], Checked]) -> t.Callable[[str, t.Any], Checked]:
    """A list whose items are of one kind. A comma-separated string is taken apart."""

    def check(path: str, value: t.Any) -> Checked:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if not isinstance(value, list):
            return None, _fault(path, value, "a list", "Give a list.")
        items: list[t.Any] = []
        faults: list[Fault] = []
        for index, element in enumerate(value):
            checked, found = item("%s[%d]" % (path, index), element)
            items.append(checked)
            faults += found
        return items, faults

    return check


def subject_alternative_name(path: str, value: t.Any) -> Checked:
    """An IP address or DNS name; a leading wildcard label is allowed."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    checked = checked.lower()
    if network.parse_ip(checked) is None and not network.is_dns_subdomain(
        checked[2:] if checked.startswith("*.") else checked
    ):
        return None, _fault(path, value, "an IP address or a DNS name", "Give a name without scheme and port.")
    return checked, []


def mapping(path: str, value: t.Any) -> Checked:
    """A dictionary with string keys."""
    if not isinstance(value, dict):
        return None, _fault(path, value, "a dictionary", "Give a dictionary.")
    wrong = [key for key in value if not isinstance(key, str)]
    if wrong:
        return None, _fault(f"{path}[{wrong[0]!r}]", wrong[0], "string keys", "Quote the key.")
    return dict(value), []


def boolean_mapping(path: str, value: t.Any) -> Checked:
    """A dictionary of booleans (feature gates)."""
    checked, faults = mapping(path, value)
    if faults:
        return None, faults
    result = {}
    for key, item in checked.items():
        result[key], found = boolean(f"{path}.{key}", item)
        faults += found
    return result, faults


def _record(
    path: str, value: t.Any, fields: t.Mapping[str, t.Callable[[str, t.Any], Checked]], required: t.Sequence[str]
) -> Checked:
    if not isinstance(value, dict):
        return None, _fault(path, value, "a dictionary with {}".format(", ".join(fields)), "Give a dictionary.")
    result: dict[str, t.Any] = {}
    faults: list[Fault] = []
    for key, item in value.items():
        if key not in fields:
            faults += [
                Fault(
                    f"{path}.{key}",
                    "an unknown key",
                    ", ".join(fields),
                    "Take it out." + did_you_mean(str(key), list(fields)),
                )
            ]
        elif item is not None:
            result[key], found = fields[key](f"{path}.{key}", item)
            faults += found
    faults += [Fault(f"{path}.{key}", "nothing", "a value", "Give it.") for key in required if value.get(key) is None]
    return result, faults


def record(
    fields: t.Mapping[str, t.Callable[[str, t.Any], Checked]], required: t.Sequence[str] = ()
) -> t.Callable[[str, t.Any], Checked]:
    """A dictionary with known keys, each of its own kind."""
    return lambda path, value: _record(path, value, fields, required)


def _any_text(path: str, value: t.Any) -> Checked:
    """A string that may be empty; booleans are written as Kubernetes flags have them."""
    if isinstance(value, bool):
        return "true" if value else "false", []
    if isinstance(value, (str, int, float)):
        return str(value), []
    return None, _fault(path, value, "a string", "Quote the value.")


def arguments(path: str, value: t.Any) -> Checked:
    """Extra arguments: a dictionary, or kubeadm's list of name and value, which allows repeats. Normal form: the list."""
    if isinstance(value, dict):
        value = [{"name": name, "value": value[name]} for name in value]
    items, faults = list_of(record({"name": text, "value": _any_text}, ("name", "value")))(path, value)
    for index, item in enumerate(items or []):
        if item and str(item.get("name", "")).startswith("-"):
            faults += _fault(
                "%s[%d].name" % (path, index), item["name"], "a flag's name without dashes", "Leave out the dashes."
            )
    return items, faults


volumes = list_of(
    record(
        {
            "name": dns_subdomain,
            "hostPath": absolute_path,
            "mountPath": absolute_path,
            "readOnly": boolean,
            "pathType": choice(
                "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"
            ),
        },
        ("name", "hostPath", "mountPath"),
    )
)
environment = list_of(record({"name": text, "value": _any_text, "valueFrom": mapping}, ("name",)))


def _taint_key(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if not faults and not _LABEL_KEY.match(checked):
        faults = _fault(path, value, "a label key like example.com/name", "Give such a key.")
    return checked, faults


taints = list_of(
    record(
        {"key": _taint_key, "value": _any_text, "effect": choice("NoSchedule", "PreferNoSchedule", "NoExecute")},
        ("key", "effect"),
    )
)


def _token(path: str, value: t.Any) -> Checked:
    # The value is a secret: it is never shown.
    if isinstance(value, str) and TOKEN.match(value):
        return str(value), []
    return None, [Fault(path, _NO_TOKEN, "6 and 16 characters of a-z and 0-9 joined by a dot", "Give such a token.")]


def _group(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if not faults and not _GROUP.match(checked):
        faults = _fault(path, value, "a group that begins with system:bootstrappers:", "Give such a group.")
    return checked, faults


def _time(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if not faults and not _RFC_3339.match(checked):
        faults = _fault(path, value, "a time like 2030-01-31T12:00:00Z (RFC 3339)", "Give such a time.")
    return checked, faults


def _hiding(check: t.Callable[[str, t.Any], Checked]) -> t.Callable[[str, t.Any], Checked]:
    """A kind whose values are secrets: its faults say where and what is allowed, not what was found."""

    def hidden(path: str, value: t.Any) -> Checked:
        checked, faults = check(path, value)
        plain = ("an unknown key", "nothing", _NO_TOKEN)
        return checked, [
            fault if fault.found in plain else fault._replace(found="a value that is not shown") for fault in faults
        ]

    return hidden


bootstrap_tokens = _hiding(
    list_of(
        record(
            {
                "token": _token,
                "description": text,
                "ttl": duration,
                "expires": _time,
                "usages": list_of(choice("signing", "authentication")),
                "groups": list_of(_group),
            },
            ("token",),
        )
    )
)


def _etcd_endpoint(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if not faults and not re.match(r"https?://\S+\Z", checked):
        faults = _fault(path, value, "a URL like https://10.0.0.5:2379", "Give the URL with its scheme.")
    return checked, faults


def _not_empty(check: t.Callable[[str, t.Any], Checked]) -> t.Callable[[str, t.Any], Checked]:
    def checked(path: str, value: t.Any) -> Checked:
        items, faults = check(path, value)
        if not faults and not items:
            faults = [Fault(path, "an empty list", "at least one entry", "Give one.")]
        return items, faults

    return checked


external_etcd = record(
    {
        "endpoints": _not_empty(list_of(_etcd_endpoint)),
        "caFile": absolute_path,
        "certFile": absolute_path,
        "keyFile": absolute_path,
    },
    ("endpoints",),
)


__all__ = (
    "Checked",
    "absolute_path",
    "advertise_address",
    "arguments",
    "boolean",
    "boolean_mapping",
    "bootstrap_tokens",
    "choice",
    "cri_socket",
    "dns_subdomain",
    "duration",
    "endpoint",
    "environment",
    "external_etcd",
    "image_repository",
    "image_tag",
    "integer",
    "list_of",
    "mapping",
    "record",
    "shown",
    "subject_alternative_name",
    "subnets",
    "taints",
    "text",
    "volumes",
)
