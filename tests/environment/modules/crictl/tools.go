//go:build tools

// What is built of cri-tools for the test nodes.
package tools

import (
	_ "sigs.k8s.io/cri-tools/cmd/crictl"
)
