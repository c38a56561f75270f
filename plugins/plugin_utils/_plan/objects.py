# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which objects of the API change, by what is wanted and what was read."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import created
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import Shown, shown
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import bootstrap_token, cluster_info
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_objects
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import ApplyObject

Facts = t.Mapping[str, t.Any]
Values = dict[str, t.Any]
# For how many seconds a token that can join nodes has to last at least, so that what was read of it still holds at the end of a run.
_LASTING = 3600.0


class WantedObject(t.NamedTuple):
    """An object as it is wanted: its manifest, or what the host makes it of; see C(_api.wanted). policy: see C(_api.apply.look)."""

    policy: str
    manifest: Values | None = None
    token: Values | None = None
    cluster_info: Values | None = None

    def mark(self) -> str:
        """By what its facts are found. They hold for this very manifest; the secret half of a token is not part of the mark."""
        token = self.token
        if token is not None and "token" in token:
            token = dict(token, token=token["token"].split(".")[0])
        return value_digest([self.policy, self.manifest, token, self.cluster_info])

    def is_random(self) -> bool:
        """Whether it is a token that is only made where the cluster has none that can join nodes."""
        return self.token is not None and "token" not in self.token

    def arguments(self) -> Values:
        """The object as host_read takes it."""
        return dict({name: value for name, value in self._asdict().items() if value is not None}, mark=self.mark())


def wanted_objects(phase: str, config: Config, tokens: t.Sequence[t.Mapping[str, t.Any]] = ()) -> list[WantedObject]:
    """The objects of a phase, in the order of their creation. tokens: the declared ones, of phase bootstrap_token."""
    objects = [WantedObject(item.policy, item.manifest) for item in phase_objects(phase, config)]
    if phase != "bootstrap_token":
        return objects
    named = [token for token in tokens if token.get("token")]
    made = [bootstrap_token.settings(token) for token in named]
    if not any(bootstrap_token.can_join(token) for token in named):
        made.append(bootstrap_token.random_settings(next((token for token in tokens if not token.get("token")), None)))
    discovery = dict(cluster_info.settings(config), ca=config.certificates_dir + "/ca.crt")
    # The signatures for each token, which a controller adds to cluster-info, stay.
    return [
        *(WantedObject("replace", token=token) for token in made),
        *objects,
        WantedObject("merge", cluster_info=discovery),
    ]


def are_answered(wanted: t.Sequence[WantedObject], facts: Facts | None) -> bool:
    """Whether what was read of the API says all of these objects, and still holds. facts: of C(_api.read.read_objects)."""
    if facts is None or facts["error"]:
        return False
    if not facts["answers"]:
        # Of the others, the manifest says all that can be shown.
        return all(item.mark() in (facts.get("objects") or {}) for item in wanted if item.manifest is None)
    found = [facts["objects"].get(item.mark()) for item in wanted]
    return all(item is not None and not item["error"] and item.get("lasts", _LASTING) >= _LASTING for item in found)


def _shown(found: Facts | None) -> Shown | None:
    return Shown(**found["shown"]) if found is not None and found["shown"] is not None else None


def _blind(wanted: WantedObject, found: Facts | None) -> ApplyObject:
    """Where no server answered. found: of an object that is made on the host, which alone can show it."""
    seen = shown(created(wanted.manifest)) if wanted.manifest is not None else _shown(found)
    return ApplyObject(*wanted, None, True, seen, "no API server answered when the host was read")


def _change(wanted: WantedObject, found: Facts) -> ApplyObject | None:
    if found["error"]:
        raise KubewrightError(found["error"])
    if found["action"] == "unchanged":
        return None
    version, absent = found["version"], found["version"] is None
    reason = "it differs" if not absent else "it is not registered" if wanted.policy == "node" else "it is absent"
    # A Node is registered meanwhile, and whether a token is needed is judged where it is made.
    unseen = absent and (wanted.policy == "node" or wanted.is_random())
    return ApplyObject(*wanted, version, unseen, _shown(found), reason)


def plan_objects(wanted: t.Sequence[WantedObject], facts: Facts) -> list[ApplyObject]:
    """The objects that change, in their order. facts: see C(are_answered); KeyError where an object was not asked for.

    Raises KubewrightError where the server refuses an object.
    """
    found = facts.get("objects") or {}
    if not facts["answers"]:
        return [_blind(item, found.get(item.mark())) for item in wanted]
    changes = (_change(item, found[item.mark()]) for item in wanted)
    return [change for change in changes if change is not None]


__all__ = ("WantedObject", "are_answered", "plan_objects", "wanted_objects")
