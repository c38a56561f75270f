// SPDX-License-Identifier: GPL-3.0-or-later

// What the programs of this folder share: documents by reflection, and facts as JSON with one in each line.
//
// They are compiled inside of a module that requires k8s.io/kubernetes (tests/environment/modules), so that they see that
// version.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

type section map[string]any

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

var marshaler = reflect.TypeOf((*json.Marshaler)(nil)).Elem()

// isLeaf tells whether a type writes itself, so that its Go fields are not those of the document.
func isLeaf(of reflect.Type) bool {
	return of.Kind() != reflect.Struct || of.Implements(marshaler) || reflect.PointerTo(of).Implements(marshaler)
}

// kind describes a type as far as it shows in a document.
func kind(of reflect.Type) string {
	switch of.Kind() {
	case reflect.Pointer:
		return "*" + kind(of.Elem())
	case reflect.Slice:
		return "[]" + kind(of.Elem())
	case reflect.Map:
		return "map[" + kind(of.Key()) + "]" + kind(of.Elem())
	case reflect.Struct:
		if isLeaf(of) {
			return of.Name()
		}
		return "struct"
	default:
		return of.Kind().String()
	}
}

// written are the keys that a struct has in a document where nothing of it is set.
func written(of reflect.Type) map[string]json.RawMessage {
	text, err := json.Marshal(reflect.New(of).Interface())
	check(err)
	keys := map[string]json.RawMessage{}
	check(json.Unmarshal(text, &keys))
	return keys
}

func fields(of reflect.Type, prefix string, found section) {
	always := written(of)
	for _, item := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(item.Tag.Get("json"), ",")
		// The fields of an embedded struct are among the visible ones.
		if !item.IsExported() || name == "-" || (item.Anonymous && name == "") || len(item.Index) > 1 && hidden(of, item) {
			continue
		}
		if name == "" {
			name = item.Name
		}
		if prefix == "" && (name == "kind" || name == "apiVersion") {
			continue
		}
		description := kind(item.Type)
		if _, is := always[name]; is {
			description += " written"
		}
		found[prefix+name] = description
		inner, below := item.Type, prefix+name+"."
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			if inner.Kind() == reflect.Slice {
				below = prefix + name + "[]."
			}
			inner = inner.Elem()
		}
		if !isLeaf(inner) {
			fields(inner, below, found)
		}
	}
}

// hidden tells whether a promoted field lies below a struct that has a name of its own in the document.
func hidden(of reflect.Type, item reflect.StructField) bool {
	for depth := 1; depth < len(item.Index); depth++ {
		outer := of.FieldByIndex(item.Index[:depth])
		if name, _, _ := strings.Cut(outer.Tag.Get("json"), ","); name != "" {
			return true
		}
	}
	return false
}

// flat lays down a document by dotted paths; lists and maps without structs stay whole, since they are values.
func flat(value any, prefix string, structs section, found section) {
	document, is := value.(map[string]any)
	if description, _ := structs[prefix].(string); is && (prefix == "" || strings.Contains(description, "struct")) {
		for key, item := range document {
			if prefix == "" && (key == "kind" || key == "apiVersion") {
				continue
			}
			flat(item, strings.TrimPrefix(prefix+"."+key, "."), structs, found)
		}
		return
	}
	found[prefix] = value
}

func flattened(object any, structs section) section {
	text, err := json.Marshal(object)
	check(err)
	var document any
	check(json.Unmarshal(text, &document))
	found := section{}
	flat(document, "", structs, found)
	return found
}

// write prints a fact in each line, everything in order.
func write(facts map[string]section) {
	names := make([]string, 0, len(facts))
	for name := range facts {
		names = append(names, name)
	}
	sort.Strings(names)
	parts := make([]string, 0, len(names))
	for _, name := range names {
		lines := []string{}
		for key, value := range facts[name] {
			text, err := json.Marshal(value)
			check(err)
			lines = append(lines, fmt.Sprintf("  %s: %s", strconv.Quote(key), text))
		}
		sort.Strings(lines)
		parts = append(parts, fmt.Sprintf(" %s: {\n%s\n }", strconv.Quote(name), strings.Join(lines, ",\n")))
	}
	fmt.Printf("{\n%s\n}\n", strings.Join(parts, ",\n"))
}
