//go:build tools

// What is built of etcd for the test nodes.
package tools

import (
	_ "go.etcd.io/etcd/etcdctl/v3" // etcdctl
	_ "go.etcd.io/etcd/server/v3"  // etcd
)
