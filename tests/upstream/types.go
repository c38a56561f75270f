// SPDX-License-Identifier: GPL-3.0-or-later

// Prints what the types of the configurations say, and what kubeadm itself says: its defaults, gates and constants.
//
// Its argument is the folder with the sources of kubeadm's internal types.
package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"sort"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	kubeproxyv1alpha1 "k8s.io/kube-proxy/config/v1alpha1"
	kubeletv1beta1 "k8s.io/kubelet/config/v1beta1"
	kubeadmscheme "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/scheme"
	"k8s.io/kubernetes/cmd/kubeadm/app/constants"
	"k8s.io/kubernetes/cmd/kubeadm/app/features"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/patches"
	validators "k8s.io/system-validators/validators"
)

func kubeadmFacts(facts map[string]section, sources string) {
	versions := section{}
	for place, version := range kubeadmscheme.Scheme.PrioritizedVersionsForGroup("kubeadm.k8s.io") {
		versions[version.Version] = place + 1
		for _, name := range []string{"InitConfiguration", "ClusterConfiguration"} {
			object, err := kubeadmscheme.Scheme.New(schema.GroupVersionKind{
				Group: version.Group, Version: version.Version, Kind: name,
			})
			check(err)
			structs := section{}
			fields(reflect.TypeOf(object).Elem(), "", structs)
			facts["kubeadm "+version.Version+" "+name+" fields"] = structs
			kubeadmscheme.Scheme.Default(object)
			facts["kubeadm "+version.Version+" "+name+" defaults"] = flattened(object, structs)
		}
	}
	facts["kubeadm API versions"] = versions
	gates := section{}
	for name, feature := range features.InitFeatureGates {
		gates[name] = section{"default": feature.Default, "locked": feature.LockToDefault, "stage": string(feature.PreRelease)}
	}
	facts["kubeadm feature gates"] = gates
	facts["kubeadm constants"] = section{
		"ControlPlaneMem":                 constants.ControlPlaneMem,
		"ControlPlaneNumCPU":              constants.ControlPlaneNumCPU,
		"CoreDNSVersion":                  constants.CoreDNSVersion,
		"DefaultCRISocket":                constants.DefaultCRISocket,
		"DefaultEtcdVersion":              constants.DefaultEtcdVersion,
		"EncryptionAlgorithms":            constantsOf(sources, "EncryptionAlgorithmType"),
		"KnownCRISockets":                 []string{constants.CRISocketContainerd, constants.CRISocketCRIO, constants.CRISocketDocker},
		"KubeControllerManagerPort":       constants.KubeControllerManagerPort,
		"KubeSchedulerPort":               constants.KubeSchedulerPort,
		"KubeletSkewMinors":               constants.CurrentKubernetesVersion.Minor() - constants.MinimumKubeletVersion.Minor(),
		"MaximumBitsForServiceSubnet":     constants.MaximumBitsForServiceSubnet,
		"MinExternalEtcdVersion":          constants.MinExternalEtcdVersion,
		"MinimumAddressesInPodSubnet":     constants.MinimumAddressesInPodSubnet,
		"MinimumAddressesInServiceSubnet": constants.MinimumAddressesInServiceSubnet,
		"PatchTargets":                    patches.KnownTargets(),
		"PauseVersion":                    constants.PauseVersion,
		"PodSubnetNodeMaskMaxDiff":        constants.PodSubnetNodeMaskMaxDiff,
		"SupportedEtcdVersion":            constants.SupportedEtcdVersion,
	}
	text, err := clientcmd.Write(*clientcmdapi.NewConfig())
	check(err)
	facts["kubeconfig"] = section{"empty": string(text)}
}

// constantsOf are the string constants of a type, which reflection does not know. folder: the sources of its package.
func constantsOf(folder, name string) []string {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	check(err)
	found := []string{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		check(err)
		ast.Inspect(file, func(node ast.Node) bool {
			specification, is := node.(*ast.ValueSpec)
			if !is {
				return true
			}
			if of, is := specification.Type.(*ast.Ident); !is || of.Name != name {
				return true
			}
			for _, value := range specification.Values {
				if literal, is := value.(*ast.BasicLit); is {
					text, err := strconv.Unquote(literal.Value)
					check(err)
					found = append(found, text)
				}
			}
			return true
		})
	}
	sort.Strings(found)
	return found
}

func systemFacts(facts map[string]section) {
	specification := section{}
	text, err := json.Marshal(validators.DefaultSysSpec)
	check(err)
	check(json.Unmarshal(text, &specification))
	found := section{}
	for key, value := range specification {
		inner, is := value.(map[string]any)
		if !is {
			found[key] = value
			continue
		}
		// Words for people are nothing that is compared.
		delete(inner, "versionsNote")
		for name, item := range inner {
			if options, is := item.([]any); is {
				for _, option := range options {
					if option, is := option.(map[string]any); is {
						delete(option, "description")
					}
				}
			}
			found[key+"."+name] = item
		}
	}
	facts["system validators"] = found
}

func moduleFacts(facts map[string]section) {
	info, _ := debug.ReadBuildInfo()
	found := section{}
	for _, module := range info.Deps {
		if module.Path == "k8s.io/kubernetes" || module.Path == "k8s.io/system-validators" {
			found[module.Path] = module.Version
		}
	}
	facts["modules"] = found
}

func componentFacts(facts map[string]section, name string, object any) {
	structs := section{}
	fields(reflect.TypeOf(object).Elem(), "", structs)
	facts[name+" fields"] = structs
}

func main() {
	facts := map[string]section{}
	moduleFacts(facts)
	componentFacts(facts, "KubeletConfiguration", &kubeletv1beta1.KubeletConfiguration{})
	componentFacts(facts, "KubeProxyConfiguration", &kubeproxyv1alpha1.KubeProxyConfiguration{})
	kubeadmFacts(facts, os.Args[1])
	systemFacts(facts)
	write(facts)
}
