#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the folder with programs that are built from an ordinary Go module dependency, after building those that are
# absent.
#
#   go-programs.sh MODULE [PROGRAM...]     MODULE is a folder of modules/; without programs: all of its tools.go
#
# tools.go names the programs by their import paths; a comment behind a path is the program's name where that is not
# the last part of the path. A name that ends in .test is the test binary of a package.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# "name path" for each program of a module.
programs() {
  sed -n 's|^\s*_ "\(\S*\)"\s*\(// \(\S*\)\)\?.*|\3 \1|p' "$1/tools.go" |
    awk '{ if (NF == 1) { count = split($1, parts, "/"); print parts[count], $1 } else print }'
}

# The version stamp that a module's own release process sets: link flags, by the module's path and version.
stamp() {
  local path=$1 version=$2 package=k8s.io/component-base/version minor
  case $path in
  k8s.io/kubernetes)
    minor=${version#v1.}
    printf -- '-X %s=%s ' "$package.gitVersion" "$version" "$package.gitMajor" 1 "$package.gitMinor" "${minor%%.*}" \
      "$package.gitTreeState" clean "$package.gitCommit" "$version" "$package.buildDate" 1970-01-01T00:00:00Z
    ;;
  github.com/containerd/containerd/v2) printf -- '-X %s/version.Version=%s' "$path" "$version" ;;
  github.com/containernetworking/plugins) printf -- '-X %s/pkg/utils/buildversion.BuildVersion=%s' "$path" "$version" ;;
  sigs.k8s.io/cri-tools) printf -- '-X %s/pkg/version.Version=%s' "$path" "${version#v}" ;;
  esac
}

build() {
  local folder=$1 destination=$2 names=("${@:3}") go path version name import work flags imports=()
  local -A built=()
  go=$("$HERE/go.sh")/bin/go
  say "Building ${names[*]} from the Go module ${folder##*/} (with all of Kubernetes 7 to 15 min, else 1 to 3 min; once)"
  work=$(mktemp -d "$CACHE_DIR/modules/build.XXXXXX")
  # shellcheck disable=SC2064  # the folder is known now and local later
  trap "rm -rf '$work'" EXIT
  flags='-s -w'
  while read -r path version; do
    flags+=" $(stamp "$path" "$version")"
  done < <(direct_requirements "$folder/go.mod")
  mkdir -p "$destination" "$work/bin"
  cd "$folder"
  # A cache of its own, removed afterwards: that of several versions of Kubernetes would fill a disk.
  export GOCACHE=$work/cache GOTMPDIR=$work GOTOOLCHAIN=local GOFLAGS='-mod=readonly -trimpath -buildvcs=false' CGO_ENABLED=0
  logged "$CACHE_DIR/log/go-${folder##*/}-download.log" "$go" mod download
  for name in "${names[@]}"; do
    import=$(programs "$folder" | awk -v name="$name" '$1 == name { print $2 }')
    [ -n "$import" ] || die "modules/${folder##*/}/tools.go has no program $name"
    if [[ $name == *.test ]]; then
      logged "$CACHE_DIR/log/go-${folder##*/}.log" "$go" test -c -ldflags "$flags" -o "$work/bin/$name" "$import"
      built[$name]=$name
    else
      imports+=("$import")
      # Go names a program by its path, but for a major version at the end.
      import=${import%/v[0-9]}
      built[${import##*/}]=$name
    fi
  done
  [ "${#imports[@]}" -eq 0 ] ||
    logged "$CACHE_DIR/log/go-${folder##*/}.log" "$go" build -ldflags "$flags" -o "$work/bin/" "${imports[@]}"
  for name in "${!built[@]}"; do mv "$work/bin/$name" "$destination/${built[$name]}"; done
}

[ $# -gt 0 ] || die "usage: go-programs.sh MODULE [PROGRAM...]"
folder=$HERE/modules/$1
[ -f "$folder/go.mod" ] || die "there is no module $1; there are: $(cd "$HERE/modules" && echo *)"
shift
[ $# -gt 0 ] || { mapfile -t all < <(programs "$folder" | cut -d' ' -f1) && set -- "${all[@]}"; }
key=$(cache_key "${BASH_SOURCE[0]}" "$folder"/{go.mod,go.sum,tools.go} "$HERE/go-requirements.txt")
final=$CACHE_DIR/modules/${folder##*/}-$key
mkdir -p "$CACHE_DIR/modules"
(
  # Another run may be building the same.
  flock 9
  absent=()
  for name; do [ -x "$final/$name" ] || absent+=("$name"); done
  [ "${#absent[@]}" -eq 0 ] || build "$folder" "$final" "${absent[@]}"
) 9>"$final.lock" >&2
printf '%s\n' "$final"
