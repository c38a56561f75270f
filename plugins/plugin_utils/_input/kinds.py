# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Kinds of values: each checks one value, brings it to normal form and names every fault by its path."""

from __future__ import annotations

import datetime
import re
import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import TOKEN
from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import nanoseconds, normal_form
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.facts import is_global_unicast
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import (
    LARGEST_NUMBER,
    WrittenInteger,
    WrittenNumber,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import is_version

Checked = tuple[t.Any, list[Fault]]

_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")
# A part of an image's path: small letters and digits, with separators between.
_IMAGE_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_IMAGE_REPOSITORY = re.compile(rf"{_IMAGE_PART}(:[0-9]+)?(/{_IMAGE_PART})*\Z")
_IMAGE_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_IMAGE = re.compile(
    rf"{_IMAGE_PART}(:[0-9]+)?(/{_IMAGE_PART})*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{{64}})?\Z"
)
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")
_VOLUME_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_ENVIRONMENT_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_RFC_3339 = re.compile(r"([0-9-]{10}T[0-9:]{8})(?:\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})\Z")
_FLAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_TAKEN_APART = re.compile(r"[\x00-\x20\x7f\"'\\]")
# Of a text, what may stand around it: the end of a file, or of a line of another system.
_AROUND = " \t\r\n"
_CERTIFICATE_KEY = re.compile(r"[0-9A-Fa-f]{64}\Z")
_NO_TOKEN = "a value that is no token"
_HIDDEN = "a value that is not shown"
_GROUP = re.compile(r"\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\Z")


def shown(value: t.Any) -> str:
    """A value for a message, cut to a readable length."""
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return "a number of very many digits"
    try:
        text = redacted(repr(str(value)) if isinstance(value, str) else repr(value))
    except (ValueError, RecursionError):
        return "a value that cannot be shown"
    return text if len(text) <= 80 else text[:77] + "..."


def fault(path: str, value: t.Any, wanted: str, cure: str) -> Fault:
    """A fault that shows a value and its type."""
    return Fault(path, f"{shown(value)} ({_type_name(value)})", wanted, cure)


def _fault(path: str, value: t.Any, wanted: str, cure: str) -> list[Fault]:
    return [fault(path, value, wanted, cure)]


def _type_name(value: t.Any) -> str:
    for kind, name in (
        ((datetime.date, datetime.time), "date"),
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


def _as_written(path: str, value: t.Any) -> tuple[t.Any, list[Fault]]:
    """A number as the text that it was written as, where that is known: in the files that are read here.

    Before a variable comes here Ansible has read it by YAML 1.1, where 0123 is 83, 1:30 is 90 and 1.10 is 1.1.
    """
    if isinstance(value, WrittenInteger):
        return str(int(value)), []
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return None, _fault(path, value, "a string", "Quote it: what is written 0123, 1:30 or 1.10 is another number.")
    return value, []


def text(path: str, value: t.Any) -> Checked:
    """A non-empty string of one line. Blanks around it are left out, and so is the line break of a file's end."""
    value, faults = _as_written(path, value)
    if faults:
        return None, faults
    if isinstance(value, str) and value.strip(_AROUND) and value.strip(_AROUND).isprintable():
        return str(value).strip(_AROUND), []
    return None, _fault(path, value, "a non-empty string of one line", "Give such a string.")


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
        if isinstance(value, WrittenNumber) and ":" not in value:
            value = value.number
        if isinstance(value, str) and re.match(r"-?[0-9]{1,19}\Z", value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return int(value), []
        wanted = "an integer from %d to %d" % (least, most)
        return None, _fault(path, value, wanted, f"Give {wanted}.")

    return check


def port(path: str, value: t.Any) -> Checked:
    """A port of a document, where 0 stands for the default (C(None))."""
    if value in (0, "0") and not isinstance(value, bool):
        return None, []
    return integer(1, 65535)(path, value)


class Choice:
    """One of a few words. allowed: these, for documentation."""

    def __init__(self, *allowed: str) -> None:
        """allowed: in the order in which messages name them."""
        self.allowed = allowed

    def __call__(self, path: str, value: t.Any) -> Checked:
        """The word."""
        if isinstance(value, str) and value in self.allowed:
            return str(value), []
        wanted, hint = " or ".join(self.allowed), did_you_mean(str(value), self.allowed)
        return None, _fault(path, value, wanted, "Give one of them." + hint)


encryption_algorithm = Choice("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384")
image_pull_policy = Choice("Always", "IfNotPresent", "Never")


def absolute_path(path: str, value: t.Any) -> Checked:
    """An absolute path of the host."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    if not checked.startswith("/") or ".." in checked.split("/"):
        return None, _fault(path, value, "an absolute path without ..", "Begin it with /, and write it out.")
    return checked.rstrip("/") or "/", []


def duration(path: str, value: t.Any) -> Checked:
    """A Go duration like 4m0s. Normal form: as Go writes it."""
    try:
        if nanoseconds(str(value)) >= 0:
            return normal_form(str(value)), []
    except KubewrightError:
        pass
    return None, _fault(path, value, "a duration like 30s, 4m0s or 8760h", "Give a number with its unit.")


def positive_duration(path: str, value: t.Any) -> Checked:
    """A Go duration that is not 0. Normal form: as Go writes it."""
    checked, faults = duration(path, value)
    if not faults and checked == "0s":
        return None, _fault(path, value, "a duration above 0, like 15m", "Give a longer one.")
    return checked, faults


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
    if "/" in checked:
        return None, _fault(path, value, "HOST or HOST:PORT with an IP address or DNS name", _cure_of_name(checked))
    if port is not None and not (re.match(r"[0-9]{1,5}\Z", port) and 1 <= int(port) <= 65535):
        return None, _fault(path, value, "a port from 1 to 65535", "Give such a port.")
    if network.parse_ip(host) is None and not network.is_dns_subdomain(host):
        wanted = "HOST or HOST:PORT with an IP address or DNS name"
        return None, _fault(path, value, wanted, _cure_of_name(host))
    return checked, []


def _cure_of_name(host: str) -> str:
    """What to do about a name that is neither an IP address nor a DNS name."""
    if network.is_almost_ipv4(host):
        return "Write the address without leading zeros, each of its four numbers from 0 to 255."
    if network.is_dns_subdomain(host.lower()):
        return "Write the name in lower case."
    return "Give a name or an address alone, without https:// and without a path."


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
    if re.match(r"unix:/[^/]", checked):
        checked = checked.replace("unix:", "unix://", 1)
    # It is an argument of the kubelet too.
    if not checked.startswith(("/", "unix:///")) or _TAKEN_APART.search(checked):
        wanted = "an absolute path or a unix:/// URL, without blanks, quotes and backslashes"
        return None, _fault(path, value, wanted, "Give the runtime's socket.")
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


def image(path: str, value: t.Any) -> Checked:
    """A whole image name."""
    checked, faults = text(path, value)
    if not faults and not _IMAGE.match(checked):
        faults = _fault(path, value, "an image's name", "Give REGISTRY/NAME:TAG.")
    return checked, faults


def etcd_image(path: str, value: t.Any) -> Checked:
    """A whole image name, as v1alpha3 has it for etcd. Normal form: C(repository) and C(tag)."""
    checked, faults = text(path, value)
    if faults:
        return None, faults
    name, _colon, tag = checked.rpartition(":")
    repository, _slash, image = name.rpartition("/")
    if image != "etcd" or not _IMAGE_REPOSITORY.match(repository) or not _IMAGE_TAG.match(tag):
        return None, _fault(path, value, "REPOSITORY/etcd:TAG", "Give the image such a name.")
    return {"repository": repository, "tag": tag}, []


def certificate_key(path: str, value: t.Any) -> Checked:
    """32 bytes in hexadecimal digits. A secret: it is never shown."""
    if isinstance(value, str) and _CERTIFICATE_KEY.match(value):
        return str(value), []
    return None, [Fault(path, "a value that is no such key", "64 hexadecimal digits", "Give such a key.")]


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
        cure = _cure_of_name(checked) if network.is_almost_ipv4(checked) else "Give a name without scheme and port."
        return None, _fault(path, value, "an IP address or a DNS name", cure)
    return checked, []


def mapping(path: str, value: t.Any) -> Checked:
    """A dictionary with string keys."""
    if not isinstance(value, dict):
        return None, _fault(path, value, "a dictionary", "Give a dictionary.")
    wrong = [key for key in value if not isinstance(key, str)]
    if wrong:
        return None, _fault(f"{path}[{wrong[0]!r}]", wrong[0], "string keys", "Quote the key.")
    return dict(value), []


def anything(path: str, value: t.Any) -> Checked:
    """A value that is looked at elsewhere."""
    return value, []


def _mapping_of(path: str, value: t.Any, check: t.Callable[[str, t.Any], Checked]) -> Checked:
    checked, faults = mapping(path, value)
    if faults:
        return None, faults
    result = {}
    for key, item in checked.items():
        result[key], found = check(f"{path}.{key}", item)
        faults += found
    return result, faults


def text_mapping(path: str, value: t.Any) -> Checked:
    """A dictionary of non-empty strings."""
    return _mapping_of(path, value, text)


def labels(path: str, value: t.Any) -> Checked:
    """Version labels with their versions."""
    checked, faults = text_mapping(path, value)
    for label, version in (checked or {}).items():
        if version is not None and not is_version(version):
            faults += _fault(f"{path}.{label}", version, "a version like v1.20.2", "Give the whole version.")
    return checked, faults


def boolean_mapping(path: str, value: t.Any) -> Checked:
    """A dictionary of booleans (feature gates)."""
    return _mapping_of(path, value, boolean)


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
    value, faults = _as_written(path, value)
    if isinstance(value, str):
        return str(value), []
    return None, faults or _fault(path, value, "a string", "Quote the value.")


def _flag(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if not faults and checked.startswith("-"):
        faults = _fault(path, value, "a flag's name without dashes", "Leave out the dashes.")
    elif not faults and not _FLAG.match(checked):
        faults = _fault(path, value, "a flag's name of letters, digits, '-', '_' and '.'", "Give such a name.")
    return checked, faults


def argument_list(path: str, value: t.Any) -> Checked:
    """Extra arguments as the list of name and value that kubeadm has since v1beta4; it allows repeats."""
    if isinstance(value, dict):
        cure = "Write each flag as '- name: ...' with a 'value: ...' of its own."
        return None, _fault(path, value, "a list of name and value", cure)
    return list_of(record({"name": _flag, "value": _any_text}, ("name", "value")))(path, value)


def argument_map(path: str, value: t.Any) -> Checked:
    """Extra arguments as the dictionary that kubeadm had until v1beta3. Normal form: the list, sorted by name."""
    if not isinstance(value, dict):
        return None, _fault(path, value, "a dictionary of flags", "Write each flag as 'name: value'.")
    items: list[t.Any] = []
    faults: list[Fault] = []
    for name in sorted(value, key=str):
        checked_name, wrong = _flag(f"{path}.{name}", name)
        checked, found = _any_text(f"{path}.{name}", value[name])
        items.append({"name": checked_name, "value": checked})
        faults += wrong + found
    return items, faults


def arguments(path: str, value: t.Any) -> Checked:
    """Extra arguments in either form. Normal form: the list."""
    return argument_map(path, value) if isinstance(value, dict) else argument_list(path, value)


def _without_blanks(check: t.Callable[[str, t.Any], Checked]) -> t.Callable[[str, t.Any], Checked]:
    """Arguments for the kubelet. systemd takes the line that they stand in apart (systemd.exec(5), EnvironmentFile): blanks part
    them, quotes and backslashes are left out, and a line break ends it.
    """

    def checked(path: str, value: t.Any) -> Checked:
        items, faults = check(path, value)
        for index, item in enumerate(items or []):
            given = item.get("value") if item is not None else None
            if given is None or not _TAKEN_APART.search(given):
                continue
            place = f"{path}.{item['name']}" if isinstance(value, dict) else "%s[%d].value" % (path, index)
            wanted = "text without blanks, quotes, backslashes and control characters, which systemd would take apart"
            faults = [*faults, fault(place, given, wanted, "Leave them out.")]
        return items, faults

    return checked


kubelet_arguments = _without_blanks(arguments)
kubelet_argument_list = _without_blanks(argument_list)
kubelet_argument_map = _without_blanks(argument_map)


def _matching(
    pattern: re.Pattern[str], wanted: str, cure: str, base: t.Callable[[str, t.Any], Checked] = text
) -> t.Callable[[str, t.Any], Checked]:
    """A string of a form."""

    def check(path: str, value: t.Any) -> Checked:
        checked, faults = base(path, value)
        if not faults and not pattern.match(checked):
            faults = _fault(path, value, wanted, cure)
        return checked, faults

    return check


def _told_apart_by(check: t.Callable[[str, t.Any], Checked], *keys: str) -> t.Callable[[str, t.Any], Checked]:
    """A list of dictionaries of which no two have the same values in some keys."""

    def checked_list(path: str, value: t.Any) -> Checked:
        items, faults = check(path, value)
        seen: dict[tuple[t.Any, ...], int] = {}
        for index, item in enumerate(items or []):
            identity = tuple((item or {}).get(key) for key in keys)
            if None in identity:
                continue
            if identity in seen:
                found = "the same %s as item %d" % (" and ".join(keys), seen[identity])
                wanted = "items of different %s" % " and ".join(keys)
                faults = [*faults, Fault("%s[%d]" % (path, index), found, wanted, "Take one of the two out.")]
            seen.setdefault(identity, index)
        return items, faults

    return checked_list


_VOLUME: t.Mapping[str, t.Callable[[str, t.Any], Checked]] = {
    "name": _matching(_VOLUME_NAME, "a name of a-z, 0-9 and '-', 63 characters at most", "Give such a name."),
    "hostPath": absolute_path,
    "mountPath": absolute_path,
    "pathType": Choice(
        "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"
    ),
}
_VOLUME_REQUIRED = ("name", "hostPath", "mountPath")


def _volumes(more: str) -> t.Callable[[str, t.Any], Checked]:
    check = list_of(record({**_VOLUME, more: boolean}, _VOLUME_REQUIRED))
    return _told_apart_by(_told_apart_by(check, "name"), "mountPath")


volumes = _volumes("readOnly")
_writable_volumes = _volumes("writable")


def writable_volumes(path: str, value: t.Any) -> Checked:
    """Extra volumes of v1alpha3, which are read-only unless C(writable). Normal form: with C(readOnly)."""
    items, faults = _writable_volumes(path, value)
    for item in items or []:
        if item is not None:
            item["readOnly"] = not item.pop("writable", False)
    return items, faults


environment = list_of(
    record(
        {
            "name": _matching(_ENVIRONMENT_NAME, "a variable's name", "Give letters, digits, '_', '-' and '.'."),
            "value": _any_text,
            "valueFrom": mapping,
        },
        ("name",),
    )
)


def _time(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if faults:
        return None, faults
    match = _RFC_3339.match(checked)
    try:
        if match is not None:
            zone = match.group(2).replace("Z", "+00:00")
            # Leap seconds aside, which Go does not take either.
            datetime.datetime.strptime(match.group(1) + zone, "%Y-%m-%dT%H:%M:%S%z")
            return checked, []
    except ValueError:
        pass
    return None, _fault(path, value, "a time like 2030-01-31T12:00:00Z (RFC 3339)", "Give such a time.")


def _utc_time(path: str, value: t.Any) -> Checked:
    """A time. Normal form: as the API server writes it, in UTC and whole seconds."""
    checked, faults = _time(path, value)
    if faults:
        return None, faults
    time = datetime.datetime.fromisoformat(re.sub(r"\.[0-9]+", "", checked).replace("Z", "+00:00"))
    try:
        return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), []
    except OverflowError:
        return None, _fault(path, value, "a time of the years 1 to 9999 in UTC", "Give such a time.")


taints = _told_apart_by(
    list_of(
        record(
            {
                "key": _matching(_LABEL_KEY, "a label key like example.com/name", "Give such a key."),
                "value": _matching(
                    _LABEL_VALUE,
                    "63 characters at most of letters, digits, '_', '-' and '.'",
                    "Give such a value, or none.",
                    _any_text,
                ),
                "effect": Choice("NoSchedule", "PreferNoSchedule", "NoExecute"),
                "timeAdded": _utc_time,
            },
            ("key", "effect"),
        )
    ),
    "key",
    "effect",
)


def _token(path: str, value: t.Any) -> Checked:
    # The value is a secret: it is never shown.
    if isinstance(value, str) and TOKEN.match(value):
        return str(value), []
    return None, [Fault(path, _NO_TOKEN, "6 and 16 characters of a-z and 0-9 joined by a dot", "Give such a token.")]


_group = _matching(_GROUP, "a group that begins with system:bootstrappers:", "Give such a group.")


def _hiding(check: t.Callable[[str, t.Any], Checked]) -> t.Callable[[str, t.Any], Checked]:
    """A kind whose values are secrets: its faults say where and what is allowed, not what was found."""

    def hidden(path: str, value: t.Any) -> Checked:
        checked, faults = check(path, value)
        return checked, [_without_secret(path, fault) for fault in faults]

    return hidden


def _without_secret(path: str, fault: Fault) -> Fault:
    shown_as_is = ("an unknown key", "nothing", _NO_TOKEN)
    found = fault.found if fault.found in shown_as_is or fault.found.startswith("the same ") else _HIDDEN
    if fault.found == "an unknown key" and TOKEN.search(fault.path[len(path) :].rpartition("].")[2]):
        # Somebody wrote the token where a key belongs.
        return fault._replace(path=fault.path.rpartition("].")[0] + "]", found=_HIDDEN, cure="Write 'token: ...'.")
    return fault._replace(found=found)


_TOKEN_FIELDS: t.Mapping[str, t.Callable[[str, t.Any], Checked]] = {
    "token": _token,
    "description": _any_text,
    "ttl": duration,
    "expires": _time,
    "usages": list_of(Choice("signing", "authentication")),
    "groups": list_of(_group),
}


def _tokens(path: str, value: t.Any) -> Checked:
    items, faults = list_of(record(_TOKEN_FIELDS))(path, value)
    seen: dict[str, int] = {}
    for index, item in enumerate(items or []):
        # kubeadm takes an empty list for none given.
        for key in [key for key in ("usages", "groups") if item is not None and item.get(key) == []]:
            del item[key]
        identity = ((item or {}).get("token") or "").split(".")[0]
        if identity and identity in seen:
            found = "the same first six characters as item %d" % seen[identity]
            wanted = "tokens of different first six characters, by which the cluster knows them"
            faults = [*faults, Fault("%s[%d].token" % (path, index), found, wanted, "Choose another token.")]
        seen.setdefault(identity, index)
    return items, faults


bootstrap_tokens = _hiding(_tokens)


def preflight_errors_of_a_document(path: str, value: t.Any) -> Checked:
    """Names of checks; kubeadm takes the word all only from its command line."""
    items, faults = list_of(text)(path, value)
    for index, item in enumerate(items or []):
        if item is not None and item.lower() == "all":
            cure = "Name the checks, or set kubewright_ignore_preflight_errors."
            faults += [Fault("%s[%d]" % (path, index), item, "names of checks in a kubeadm document", cure)]
    return items, faults


def _etcd_endpoint(path: str, value: t.Any) -> Checked:
    checked, faults = text(path, value)
    if faults:
        return None, faults
    try:
        parts = urllib.parse.urlsplit(checked)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", 0
    right = re.match(r"https?://\S+\Z", checked) and host and port != 0
    if not right or network.is_almost_ipv4(host):
        wanted = "a URL like https://10.0.0.5:2379, with a port from 1 to 65535"
        return None, _fault(path, value, wanted, "Give the URL with its scheme, host and port.")
    return checked, []


def _not_empty(check: t.Callable[[str, t.Any], Checked]) -> t.Callable[[str, t.Any], Checked]:
    def checked(path: str, value: t.Any) -> Checked:
        items, faults = check(path, value)
        if not faults and not items:
            faults = [Fault(path, "an empty list", "at least one entry", "Give one.")]
        return items, faults

    return checked


_CA_FILES = record({"cert": text, "key": text}, ("cert",))
ca_files = record({"kubernetes": _CA_FILES, "front_proxy": _CA_FILES, "etcd": _CA_FILES})


def _x509_name(path: str, value: t.Any) -> Checked:
    """A common name or an organization. RFC 5280, appendix A, bounds both; python3-cryptography counts bytes."""
    checked, faults = text(path, value)
    if not faults and len(checked.encode("utf-8")) > 64:
        faults = _fault(path, value, "64 bytes at most in UTF-8", "Shorten it.")
    return checked, faults


kubeconfigs = _told_apart_by(
    list_of(
        record(
            {
                "name": _x509_name,
                "groups": list_of(_x509_name),
                "validity": duration,
                "location": Choice("host", "controller"),
                "path": text,
            },
            ("name", "location", "path"),
        )
    ),
    "name",
)


def renew(path: str, value: t.Any) -> Checked:
    """Which certificates are renewed: those that are due (also C(true)), all, or none (C(false))."""
    switch, faults = boolean(path, value)
    if not faults:
        return ("due" if switch else None), []
    if isinstance(value, str) and value in ("due", "all"):
        return str(value), []
    return None, _fault(path, value, "true (or due), all, or false", "Give one of them.")


render_facts = record(
    {
        "hostname": dns_subdomain,
        "default_address": advertise_address,
        "directories": list_of(absolute_path),
        "sockets": list_of(absolute_path),
        "systemd_resolved": boolean,
        "docker_cgroup_driver": Choice("cgroupfs", "systemd"),
        "proxy_environment": text_mapping,
        "external_ca": boolean,
        "ca_key": boolean,
    }
)


def _path_or_empty(path: str, value: t.Any) -> Checked:
    # kubeadm prints the files of an external etcd that has none as empty texts.
    return ("", []) if value == "" else absolute_path(path, value)


_EXTERNAL_ETCD: t.Mapping[str, t.Callable[[str, t.Any], Checked]] = {
    "endpoints": _not_empty(list_of(_etcd_endpoint)),
    "caFile": _path_or_empty,
    "certFile": _path_or_empty,
    "keyFile": _path_or_empty,
}


def _shared_address(path: str, value: t.Any) -> Checked:
    checked, faults = advertise_address(path, value)
    return checked, [fault._replace(cure="Give an address of the hosts' network that no host has.") for fault in faults]


# Linux takes 15 characters (IFNAMSIZ).
_INTERFACE = re.compile(r"[^\s/:]{1,15}\Z")
virtual_address = record(
    {
        "address": _shared_address,
        "interface": _matching(_INTERFACE, "the name of a network interface, 15 characters at most", "Give a name."),
        "image": image,
    },
    ("address", "interface", "image"),
)
external_etcd_until_v1beta3 = record(_EXTERNAL_ETCD, ("endpoints",))
external_etcd = record({**_EXTERNAL_ETCD, "httpEndpoints": list_of(_etcd_endpoint)}, ("endpoints",))


__all__ = (
    "Checked",
    "Choice",
    "absolute_path",
    "advertise_address",
    "anything",
    "argument_list",
    "argument_map",
    "arguments",
    "boolean",
    "boolean_mapping",
    "bootstrap_tokens",
    "ca_files",
    "certificate_key",
    "cri_socket",
    "dns_subdomain",
    "duration",
    "encryption_algorithm",
    "endpoint",
    "environment",
    "etcd_image",
    "external_etcd",
    "external_etcd_until_v1beta3",
    "fault",
    "image",
    "image_pull_policy",
    "image_repository",
    "image_tag",
    "integer",
    "kubeconfigs",
    "kubelet_argument_list",
    "kubelet_argument_map",
    "kubelet_arguments",
    "labels",
    "list_of",
    "mapping",
    "port",
    "positive_duration",
    "preflight_errors_of_a_document",
    "record",
    "render_facts",
    "renew",
    "shown",
    "subject_alternative_name",
    "subnets",
    "taints",
    "text",
    "text_mapping",
    "virtual_address",
    "volumes",
    "writable_volumes",
)
