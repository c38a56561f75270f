# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The configuration of a host, resolved from the variables that a task sees and what the host says of itself."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ansible_collections.kubewright.control_plane.plugins.filter.first_of_each_cluster import is_first_of_its_cluster
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import (
    Fault,
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import CheckedAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.controller_files import ControllerFiles
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input, read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import PREFIX, VARIABLES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import (
    mount_faults,
    patch_problems,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.init_request import run_phases
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.offline_facts import offline_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import (
    bootstrap_tokens,
    certificates_dir,
    etcd_data_dir,
    resolve,
    watched_directories,
    watched_sockets,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    given_authorities,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain

# Not part of what is resolved; a template may make them anew each time it is looked at.
_SECRETS = tuple(name for name, variable in VARIABLES.items() if variable.secret)


class NotAsked(Exception):
    """The host could not be asked. answer: what Ansible says of it."""

    def __init__(self, answer: Result) -> None:
        """answer: the result of the module."""
        super().__init__("the host could not be asked")
        self.answer = answer


def misread() -> KubewrightError:
    """What is wrong where a host answers something that this collection did not ask it."""
    return KubewrightError(
        "the host answers in another way than this collection's modules do. Find out what stands between: its Python, a "
        "wrapper of a become method, or somebody else."
    )


def initialises(variables: t.Mapping[str, t.Any]) -> bool:
    """Whether a host is the one of its cluster that is initialised: the first, or one of a site's own play."""
    hosts = (variables.get("groups") or {}).get("control_plane") or []
    host = variables.get("inventory_hostname")
    return host not in hosts or is_first_of_its_cluster(str(host), hosts, variables.get("hostvars") or {})


class ConfiguringAction(CheckedAction):
    """An action that reads the user's variables as its task sees them."""

    def controller_files(self, variables: Result) -> ControllerFiles:
        """The files that the user names."""
        return ControllerFiles(self._loader, variables.get("inventory_dir"))

    def user_input(self, variables: Result) -> Input:
        """The user's input, checked value by value; a template that fails is a fault."""
        found, broken = self._user_variables(variables)
        read = read_input(found, self.controller_files(variables).text)
        read.faults[:0] = [
            Fault(name, f"a template that fails ({cause})", "a value", "Correct the template.")
            for name, cause in broken.items()
        ]
        return read

    def run_tags(self, variables: Result) -> t.Sequence[str]:
        """The tags of the run."""
        return variables.get("ansible_run_tags") or ["all"]

    def run_phases(self, named: t.Collection[str], config: Config, variables: Result) -> list[str]:
        """Those of the named phases that the run has."""
        return run_phases(named, config, self.run_tags(variables), variables.get("ansible_skip_tags") or [])

    def declared_tokens(self, variables: Result) -> list[Result]:
        """The declared bootstrap tokens with their defaults: secrets, which are in no configuration. Raises InvalidInput."""
        return t.cast("list[Result]", plain(bootstrap_tokens(self.user_input(variables))))

    def input_digest(self, variables: Result) -> str:
        """A mark of the variables that a configuration is made of: equal where a task sees the same ones."""
        found, broken = self._user_variables(variables)
        seen = {name: value for name, value in {**found, **broken}.items() if name not in _SECRETS}
        return value_digest(seen)

    def made(self, resolved: Result, variables: Result, offline: bool = False) -> Result:
        """A configuration as cluster_config returns it, by which C(holds) can tell."""
        return {"resolved": resolved, "input": self.input_digest(variables), "offline": offline}

    def holds(self, earlier: Result, variables: Result) -> bool:
        """Whether a result of cluster_config was made of the variables that this task sees."""
        is_whole = {"resolved", "input", "offline"} <= earlier.keys()
        return is_whole and earlier["input"] == self.input_digest(variables)

    def resolve(self, read: Input, variables: Result, offline: bool = False) -> Result:
        """The resolved configuration; see C(_resolve.resolve.resolve). Warnings are added to C(read).

        offline: without asking the host. Raises InvalidInput with every fault, NotAsked.
        """
        facts = self.offline_facts(read, variables) if offline else self._host_facts(read, variables)
        return self.resolved(read, facts, variables)

    def resolved(self, read: Input, facts: Result, variables: Result) -> Result:
        """The resolved configuration. facts: of the host. Raises InvalidInput with every fault."""
        files = self.controller_files(variables)
        if not read.has_fault(targets.CA_FILES):
            named = read.get(targets.CA_FILES) or {}
            read.faults.extend(given_authorities(named, False, files.text)[1])
        resolved = resolve(read, facts, files.directory)
        if resolved["kubeconfigs"] and not initialises(variables):
            # Those for people are made once for a cluster.
            resolved["kubeconfigs"] = []
        wrong = mount_faults(Config(resolved), read.name)
        if wrong:
            raise InvalidInput(wrong)
        problems = patch_problems(Config(resolved)) if resolved["patches"] else []
        if problems:
            name, wanted = read.name(targets.PATCHES_DIRECTORY), "patches that can be applied"
            raise InvalidInput([Fault(name, problem, wanted, "Correct the file.") for problem in problems])
        return t.cast(Result, plain(resolved))

    def offline_facts(self, read: Input, variables: Result) -> Result:
        """What is known of a host that is not asked, for render.yml: a folder to write into is needed too."""
        if read.get(targets.RENDER_DIR) is None and not read.has_fault(targets.RENDER_DIR):
            name = read.name(targets.RENDER_DIR)
            read.faults.append(Fault(name, "nothing", "a folder on the controller", "Name the folder to write into."))
        return self.assumed_facts(variables, read.get(targets.RENDER_FACTS) or {})

    def assumed_facts(self, variables: Result, given: Result) -> Result:
        """The facts of a host that is not asked, by the inventory. given: what the user says of it."""
        known = {"inventory_hostname": variables["inventory_hostname"]}
        known["ansible_host"] = self._templar.template(variables.get("ansible_host"))
        return offline_facts(known, given)

    def question(self, read: Input) -> Result:
        """What the host is asked; see C(_read.answers)."""
        return {
            "certificates_dir": certificates_dir(read),
            "etcd_data_dir": etcd_data_dir(read),
            "directories": watched_directories(),
            "sockets": watched_sockets(),
        }

    def _host_facts(self, read: Input, variables: Result) -> Result:
        # A proxy's password may be among what it says of itself.
        self.hide_answer()
        # The one that reads for the phases too, so that it is packed once for a run.
        answer = self._execute_module(
            module_name="kubewright.control_plane.host_read",
            module_args={"config": {}, "questions": {"config": self.question(read)}},
            task_vars=variables,
        )
        return self.answered_facts(answer, read)

    def answered_facts(self, answer: Result, read: Input) -> Result:
        """The facts by the answer of the host. Raises NotAsked where there are none."""
        if answer.get("failed") or answer.get("unreachable") or "facts" not in answer:
            raise NotAsked(answer)
        found = answer["facts"].get("answers") if isinstance(answer["facts"], dict) else None
        facts = found.get("config") if isinstance(found, dict) else None
        # Whether it was asked is not for the host to say.
        if (
            not isinstance(facts, dict)
            or offline_facts({"inventory_hostname": ""}, {}).keys() - {"host_was_asked"} - facts.keys()
        ):
            raise misread()
        read.warnings[:0] = answer.get("warnings") or []
        return facts

    def _user_variables(self, variables: Result) -> tuple[Result, dict[str, str]]:
        """The user's variables with their templates resolved, and the cause for each that could not be."""
        found: Result = {}
        broken: dict[str, str] = {}
        for name, value in variables.items():
            if not name.startswith(PREFIX):
                continue
            try:
                found[name] = self._templar.template(value)
            except AnsibleError as error:
                broken[name] = str(error)
        return found, broken


__all__ = ("ConfiguringAction", "NotAsked", "initialises", "misread")
