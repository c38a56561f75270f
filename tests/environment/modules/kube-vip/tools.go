//go:build tools

// What is built of kube-vip for the test nodes.
package tools

import (
	_ "github.com/kube-vip/kube-vip"
)
