//go:build tools

// What is built of CoreDNS for the test nodes.
package tools

import (
	_ "github.com/coredns/coredns"
)
