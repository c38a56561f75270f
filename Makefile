# SPDX-License-Identifier: GPL-3.0-or-later
.DEFAULT_GOAL := help
.PHONY: help init test test-all unit lint upstream browser parity molecule cores conformance faults fuzz chaos bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

init: ## Initialise a control plane on a test node (the first time with downloads 4 min, with builds 15 to 25; again: changes nothing)
	@tests/init.sh

test: ## Run the tests and linters that every change has to pass (about 40 min, the first time up to twice that)
	@tests/parts.sh test

test-all: ## Run these and the slow matrices: every version, every damage, every ansible-core (hours)
	@tests/parts.sh all

unit: ## Run the unit tests (seconds)
	@tests/unit.sh

lint: ## Run the linters and ansible-test sanity (2 to 5 min)
	@tests/lint.sh

upstream: ## Prove that what the release table is compared with is what the Go sources of Kubernetes say (2 to 5 min for each minor, once)
	@tests/upstream.sh

browser: ## Test the report's page in a headless browser (under 1 min)
	@tests/browser.sh

parity: ## Compare everything that is rendered with each real kubeadm (about 20 min)
	@tests/parity.sh

molecule: ## Run the molecule scenarios on real nodes (about 60 min)
	@tests/molecule.sh

cores: ## Try every ansible-core that is supported: unit tests, render, output, old and new Pythons on the host (about 15 min)
	@tests/cores.sh

conformance: ## Run Kubernetes' own conformance tests on a control plane of ours and on one of kubeadm, and compare (about 40 min)
	@tests/conformance.sh

faults: ## Break a control plane in 60 ways, and look whether the diagnosis finds the cause of each (about 50 min)
	@tests/faults.sh

fuzz: ## Feed all readers of foreign data with what nobody should send, until one fails (without end)
	@tests/fuzz.sh

chaos: ## Declare 20 things at random on a finished node, one after the other: is the plan what the run does? (SEED, COUNT; about 30 min)
	@tests/chaos.sh

bench: ## Race the real kubeadm init, and time what else takes time: no change, check, render, preflight (about 40 min)
	@tests/bench.sh

clean: ## Remove the test nodes and what was built in the work tree (caches stay)
	@tests/clean.sh
