// SPDX-License-Identifier: GPL-3.0-or-later

// Prints what the kubelet and kube-proxy do with their configurations: the defaults of one in which nothing is set, and the
// words and numbers that their validations take.
//
// Its arguments are folders of Go sources, whose string literals are the words that enumerated fields are tried with.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	_ "k8s.io/component-base/logs/json/register"
	kubeproxyv1alpha1 "k8s.io/kube-proxy/config/v1alpha1"
	kubeletv1beta1 "k8s.io/kubelet/config/v1beta1"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	kubeletscheme "k8s.io/kubernetes/pkg/kubelet/apis/config/scheme"
	kubeletvalidation "k8s.io/kubernetes/pkg/kubelet/apis/config/validation"
	kubeproxyconfig "k8s.io/kubernetes/pkg/proxy/apis/config"
	kubeproxyscheme "k8s.io/kubernetes/pkg/proxy/apis/config/scheme"
	kubeproxyvalidation "k8s.io/kubernetes/pkg/proxy/apis/config/validation"
)

// No validation takes it for a word of its own.
const bogus = "kubewright-bogus"

var isWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// Numbers at the borders of the ranges that validations have.
var numbers = []int64{
	-1 << 31, -1001, -1000, -2, -1, 0, 1, 2, 31, 32, 99, 100, 101, 1000, 1001, 65535, 65536, 1000000, 1000001, 1<<31 - 1,
}

// at is the value of a path, through structs and pointers, which are made where they are nil.
func at(value reflect.Value, path string) reflect.Value {
	for _, name := range strings.Split(path, ".") {
		if value.Kind() == reflect.Pointer {
			if value.IsNil() {
				value.Set(reflect.New(value.Type().Elem()))
			}
			value = value.Elem()
		}
		for _, item := range reflect.VisibleFields(value.Type()) {
			if key, _, _ := strings.Cut(item.Tag.Get("json"), ","); key == name {
				value = value.FieldByIndex(item.Index)
				break
			}
		}
	}
	return value
}

// set gives a string or a number to a field; false where it does not fit its type.
func set(value reflect.Value, given any) bool {
	if value.Kind() == reflect.Pointer {
		value.Set(reflect.New(value.Type().Elem()))
		value = value.Elem()
	}
	switch given := given.(type) {
	case string:
		value.SetString(given)
	case int64:
		if value.CanInt() && !value.OverflowInt(given) {
			value.SetInt(given)
		} else if value.CanFloat() {
			value.SetFloat(float64(given))
		} else {
			return false
		}
	}
	return true
}

// component is a configuration with what its own component does with it.
type component struct {
	empty    func() runtime.Object
	complete func(runtime.Object)
	validate func(runtime.Object) []string
}

func (one component) defaulted() runtime.Object {
	object := one.empty()
	one.complete(object)
	return object
}

// complaints are what a validation says where one value is set, beside what it says anyway. A value that counts as not set
// is defaulted, as in a file.
func (one component) complaints(path string, given any) (found []string, fits bool) {
	// A validation may not survive what no decoder would let through.
	defer func() {
		if trouble := recover(); trouble != nil {
			found, fits = []string{fmt.Sprint("panic: ", trouble)}, true
		}
	}()
	before := map[string]bool{}
	for _, text := range one.validate(one.defaulted()) {
		before[text] = true
	}
	object := one.empty()
	if !set(at(reflect.ValueOf(object), path), given) {
		return nil, false
	}
	one.complete(object)
	for _, text := range one.validate(object) {
		if !before[text] {
			found = append(found, text)
		}
	}
	return found, true
}

// words are those that a field takes which does not take any word; nil where it does. A word that is refused for another
// reason than a strange one, such as a setting that it wants beside it, is known.
func (one component) words(path string, candidates []string) []string {
	refusal, _ := one.complaints(path, bogus)
	if len(refusal) == 0 {
		return nil
	}
	found := []string{}
	for _, word := range candidates {
		complaints, _ := one.complaints(path, word)
		expected := []string{}
		for _, text := range refusal {
			expected = append(expected, strings.ReplaceAll(text, bogus, word))
		}
		if !reflect.DeepEqual(complaints, expected) {
			found = append(found, word)
		}
	}
	// A field that takes none or a lot of them wants a form, like an address or a list of numbers.
	if len(found) == 0 || len(found) > 16 {
		return nil
	}
	return found
}

// numbers are those of the borders that a field takes; nil where it takes every one of its type.
func (one component) numbers(path string) []int64 {
	found, refused := []int64{}, false
	for _, number := range numbers {
		complaints, fits := one.complaints(path, number)
		switch {
		case fits && len(complaints) == 0:
			found = append(found, number)
		case fits:
			refused = true
		}
	}
	if !refused {
		return nil
	}
	return found
}

func texts(errs field.ErrorList) []string {
	found := []string{}
	for _, err := range errs {
		found = append(found, err.Error())
	}
	return found
}

func kubelet() component {
	scheme, _, err := kubeletscheme.NewSchemeAndCodecs()
	check(err)
	gate := utilfeature.DefaultFeatureGate.DeepCopy()
	check(gate.SetFromMap(map[string]bool{"AllAlpha": true, "AllBeta": true}))
	return component{
		// With the version of cgroups of this machine the validation would end before it has seen everything.
		empty: func() runtime.Object {
			anyCgroups := false
			return &kubeletv1beta1.KubeletConfiguration{FailCgroupV1: &anyCgroups}
		},
		complete: scheme.Default,
		validate: func(object runtime.Object) []string {
			internal := &kubeletconfig.KubeletConfiguration{}
			check(scheme.Convert(object, internal, nil))
			err := kubeletvalidation.ValidateKubeletConfiguration(internal, gate)
			if err == nil {
				return nil
			}
			if many, is := err.(interface{ Errors() []error }); is {
				found := []string{}
				for _, one := range many.Errors() {
					found = append(found, one.Error())
				}
				return found
			}
			return []string{err.Error()}
		},
	}
}

func kubeProxy() component {
	return component{
		empty:    func() runtime.Object { return &kubeproxyv1alpha1.KubeProxyConfiguration{} },
		complete: kubeproxyscheme.Scheme.Default,
		validate: func(object runtime.Object) []string {
			internal := &kubeproxyconfig.KubeProxyConfiguration{}
			check(kubeproxyscheme.Scheme.Convert(object, internal, nil))
			return texts(kubeproxyvalidation.Validate(internal))
		},
	}
}

func literals(folders []string) []string {
	found := map[string]bool{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		check(err)
		if len(files) == 0 {
			check(fmt.Errorf("no Go sources in %s", folder))
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			check(err)
			ast.Inspect(file, func(node ast.Node) bool {
				if literal, is := node.(*ast.BasicLit); is && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil && isWord.MatchString(text) {
						found[text] = true
					}
				}
				return true
			})
		}
	}
	words := make([]string, 0, len(found))
	for word := range found {
		words = append(words, word)
	}
	sort.Strings(words)
	return words
}

func componentFacts(facts map[string]section, name string, one component, candidates []string) {
	structs := section{}
	of := reflect.TypeOf(one.empty()).Elem()
	fields(of, "", structs)
	object := reflect.New(of).Interface().(runtime.Object)
	one.complete(object)
	facts[name+" defaults"] = flattened(object, structs)
	words, borders := section{}, section{}
	for path, description := range structs {
		plain := strings.TrimPrefix(strings.TrimSuffix(description.(string), " written"), "*")
		if strings.Contains(path, "[]") {
			continue
		}
		switch {
		case plain == "string":
			if found := one.words(path, candidates); found != nil {
				words[path] = found
			}
		case strings.HasPrefix(plain, "int"), strings.HasPrefix(plain, "float"):
			if found := one.numbers(path); found != nil {
				borders[path] = found
			}
		}
	}
	facts[name+" words"] = words
	facts[name+" numbers"] = borders
}

func main() {
	candidates := literals(os.Args[1:])
	facts := map[string]section{}
	componentFacts(facts, "KubeletConfiguration", kubelet(), candidates)
	componentFacts(facts, "KubeProxyConfiguration", kubeProxy(), candidates)
	write(facts)
}
