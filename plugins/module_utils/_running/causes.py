# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The causes that components name when they end, by their words, and what to do about each.

The words are those of the components themselves: of the libraries for their flags (spf13/pflag for Kubernetes, Go's own for etcd), of
Go's standard library, and of the runtimes; they have been the same in all minors from 1.12 to 1.37 where nothing else is said.
"""

from __future__ import annotations

import re
import typing as t

_VARIABLES = {
    "kubelet": "kubewright_kubelet_extra_args or kubewright_kubelet_configuration",
    "etcd": "kubewright_etcd_extra_args",
    "kube-apiserver": "kubewright_apiserver_extra_args",
    "kube-controller-manager": "kubewright_controller_manager_extra_args",
    "kube-scheduler": "kubewright_scheduler_extra_args",
}
# Of etcd there are no volumes but its own.
_VOLUMES = {
    "kube-apiserver": "kubewright_apiserver_extra_volumes",
    "kube-controller-manager": "kubewright_controller_manager_extra_volumes",
    "kube-scheduler": "kubewright_scheduler_extra_volumes",
}


class Rule(t.NamedTuple):
    """fault: see C(verdict.Verdict). words: what is looked for in a line. cause, cure: with C({component}), C({variable}),
    C({volumes}) and the groups of words.

    is_sure: see C(verdict.Verdict). only: the component whose words they are, empty for all.
    """

    fault: str
    words: re.Pattern[str]
    cause: str
    cure: str
    is_sure: bool
    only: str


def _rule(fault: str, words: str, cause: str, cure: str, is_sure: bool = True, only: str = "") -> Rule:
    return Rule(fault, re.compile(words), cause, cure, is_sure, only)


_IN_CONTAINER = " (as it is seen inside its container)"
_IN_ARGUMENTS = "Correct or remove it in {variable} (or kubeadm's extraArgs) and run again."

# The first that fits counts: what is special comes first.
RULES = (
    _rule(
        "UnknownFeatureGate",
        r"unrecognized feature gate: (?P<gate>\w+)",
        "does not know the feature gate {gate}",
        "Remove it from kubewright_feature_gates or from feature-gates in {variable}, and run again.",
    ),
    _rule(
        "LockedFeatureGate",
        r"cannot set feature gate (?P<gate>\w+) to \w+, feature is locked",
        "does not let anybody set the feature gate {gate} in this version",
        "Remove it from kubewright_feature_gates or from feature-gates in {variable}, and run again.",
    ),
    _rule(
        "UnknownFlag",
        r"unknown (?:shorthand )?flag: (?:'\w+' in )?(?P<flag>--?[\w.-]+)",
        "does not know the flag {flag} in this version",
        _IN_ARGUMENTS,
    ),
    _rule(
        "UnknownFlag",
        r"flag provided but not defined: (?P<flag>-[\w.-]+)",
        "does not know the flag -{flag} in this version",
        _IN_ARGUMENTS,
    ),
    _rule(
        "InvalidFlagValue",
        r'invalid argument (?P<value>\\?".*?\\?") for \\?"(?:-\w, )?(?P<flag>--[\w.-]+)\\?" flag',
        "does not take the value {value} of the flag {flag}",
        _IN_ARGUMENTS,
    ),
    _rule(
        "InvalidFlagValue",
        r'invalid value (?P<value>\\?".*?\\?") for flag (?P<flag>-[\w.-]+)',
        "does not take the value {value} of the flag -{flag}",
        _IN_ARGUMENTS,
    ),
    _rule(
        "KubeletConfigurationInvalid",
        # pkg/kubelet's command: of a file that cannot be read as what it has to be, and of values.
        r"(?:failed to load kubelet config file|failed to validate kubelet configuration)",
        "cannot use its configuration",
        "Correct /var/lib/kubelet/config.yaml (kubewright_kubelet_configuration, a patch) and restart the kubelet.",
        only="kubelet",
    ),
    _rule(
        "SwapOn",
        r"[Rr]unning with swap on is not supported",
        "does not start while swap is on",
        "Turn it off (swapoff -a, and in /etc/fstab), or set failSwapOn: false in kubewright_kubelet_configuration.",
    ),
    _rule(
        "CgroupDriverMismatch",
        r"kubelet cgroup driver: .* is different from docker cgroup driver",
        "and the Docker engine have different cgroup drivers",
        "Set cgroupDriver (kubewright_kubelet_configuration) to the engine's, and restart the kubelet.",
    ),
    _rule(
        "UnknownAdmissionPlugin",
        r'(?:admission-plugins plugin|unknown admission plugin:?) \\?"(?P<plugin>[\w-]+)',
        "does not know the admission plugin {plugin}",
        "Correct or remove it in enable-admission-plugins or disable-admission-plugins of {variable}, and run again.",
    ),
    _rule(
        "AuditPolicyInvalid",
        r"loading audit policy(?! file: failed to read file path)",
        "cannot use its audit policy",
        "Correct the audit policy (kubewright_audit_policy, audit-policy-file in {variable}) and run again.",
    ),
    _rule(
        "EncryptionConfigurationInvalid",
        r"(?:error decoding encryption provider configuration|error while parsing (?:encryption provider configuration )?file|"
        r"encryption (?:provider )?config\w*: invalid|EncryptionConfiguration)",
        "cannot use its encryption configuration",
        "Correct the file of encryption-provider-config in {variable}, and run again.",
    ),
    _rule(
        "InvalidAuthorizationMode",
        r'authorization-mode \\?"(?P<mode>[^"\\]+)\\?" is not a valid mode',
        "does not know the authorization mode {mode}",
        "Correct authorization-mode in {variable} and run again.",
    ),
    _rule(
        "InvalidServiceSubnet",
        # Not of an etcd that lets the allocator of these addresses wait.
        r"^(?!.*(?:etcdserver|deadline|time[d ]*out|refused)).*(?:service-cluster-ip-range|service cluster IP range|service IP range)",
        "cannot use the range of service addresses",
        "Correct kubewright_service_subnet (service-cluster-ip-range) and run again.",
    ),
    _rule(
        "EtcdMemberKnown",
        r"member \S+ has already been bootstrapped",
        "has lost its data, and is a member of its cluster still",
        "Put its data back, or remove the member from the cluster and let it join anew.",
        only="etcd",
    ),
    _rule(
        "EtcdDataDamaged",
        # server/storage/wal, etcdserver/api/snap and bbolt, of 3.2 to 3.6.
        r"(?:crc mismatch|wal: file not found|snapshot file doesn't exist|failed to recover v3 backend|invalid database|"
        r"failed to find database snapshot|database file .* (?:is )?(?:missing|not exist)|page \d+ already freed|"
        r"wal: (?:slice bounds|max entry size limit exceeded)|fileutil: file too (?:small|large)|failed to open WAL|failed to read WAL|"
        # Of two blanks each build of Go's protobuf takes one at random, so that nobody relies on its words.
        r"proto:[ \u00a0](?:cannot parse invalid wire-format|illegal|wrong wireType|integer overflow))",
        "cannot read its data: they are damaged",
        "Restore its data folder (--data-dir) from a snapshot (etcdutl snapshot restore) or from the other members.",
        only="etcd",
    ),
    _rule(
        "NotWritable",
        r"read-only file system",
        "cannot write: a file system is read-only",
        "See 'mount' and 'dmesg', and mount it for writing; or let the pod have it by a volume that is not read-only.",
    ),
    _rule(
        "CertificateUnreadable",
        r"(?:failed to find any PEM data|no PEM data|data does not contain any valid RSA or ECDSA cert|asn1: |malformed certificate|"
        r"x509: malformed)",
        "cannot use a certificate or key that its flags name",
        "Run again with the phases certs and kubeconfig, or correct the files that its flags name.",
        is_sure=False,
    ),
    _rule(
        "ComponentConfigurationInvalid",
        r"(?:strict decoding error|no kind \\?\".*?\\?\" is registered|couldn't get version/kind|error converting YAML to JSON)",
        "cannot use the configuration file that it is given",
        "Correct the file that its flag config names, and run again.",
    ),
    _rule(
        "CertificateKeyMismatch",
        r"(?:x509: |tls: )?private key does not match public key",
        "has a certificate and a key that do not belong together",
        "Run again with the phases certs and kubeconfig, or correct the files that its flags name.",
        # It may have looked in between, while the one was written and the other one was not.
        is_sure=False,
    ),
    _rule(
        "FileMissing",
        r"(?:open|stat|read|lstat) (?P<path>/[^\s:\"]+): no such file or directory",
        "finds no file {path}" + _IN_CONTAINER,
        "Put it there, and let the pod see it by {volumes}, or correct the flag that names it in {variable}.",
    ),
    _rule(
        "FileNotReadable",
        r"(?:open|stat|read|lstat) (?P<path>/[^\s:\"]+): permission denied",
        "may not read {path}",
        "Correct its owner and mode and run again.",
    ),
    _rule(
        "AddressNotAvailable",
        r"bind: cannot assign requested address",
        "listens at an address that this host does not have",
        "Correct kubewright_advertise_address or the address in {variable} and run again.",
        # A virtual address may still come.
        is_sure=False,
    ),
    _rule(
        "InotifyWatchesUsedUp",
        r"inotify\w*.*(?:no space left on device|too many open files)",
        "can watch no more files",
        "Raise fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl) and run again.",
        is_sure=False,
    ),
    _rule(
        "DiskFull",
        r"no space left on device",
        "finds no space left on a file system",
        "Free space (df -h, df -i) and run again.",
    ),
    _rule(
        "ProgramMissing",
        r"exec: (?P<path>\\?\".+?\\?\"|\S+): (?:executable file not found|stat .*?no such file or directory|no such file)",
        "cannot be started: the image has no program {path}",
        "Correct the image (kubewright_image_repository, kubewright_kubernetes_version) or the patch of its command, and run again.",
    ),
)


def variable(component: str) -> str:
    """The variable by which a user declares the flags of a component."""
    return _VARIABLES.get(component, "its flags")


def filled(text: str, component: str, groups: t.Mapping[str, str | None]) -> str:
    """A cause or cure of a component. groups: those of the words."""
    known = {name: (value or "").replace("\\", "") for name, value in groups.items()}
    if component not in _VOLUMES:
        # Its files are the host's own, or it has no volumes but its own.
        text = text.replace(_IN_CONTAINER, "").replace(", and let the pod see it by {volumes},", "")
    return text.format(component=component, variable=variable(component), volumes=_VOLUMES.get(component, ""), **known)


__all__ = ("RULES", "Rule", "filled", "variable")
