# Binnacle. `make help` says what there is.

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export BINNACLE_STATE ?= /var/lib/binnacle
# More flags for `binnacle up`, e.g. make up UP_FLAGS=--node-ip=192.0.2.2
UP_FLAGS ?=

sources := $(shell find cmd lib deploy -name '*.ts' -not -name '*.test.ts')
built := dist/.built
jest := node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js

.PHONY: help up down clean test unit integration e2e soak test-docker check bench build prepare

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

prepare: ## install what is missing on this machine
	@deploy/prepare.sh

build: prepare $(built) ## bundle the binaries into dist/

# npm packages are there once `prepare` has run, so it comes first and is no file.
$(built): $(sources) package-lock.json | prepare
	@node deploy/build/schema.ts --if-stale
	@node deploy/build/bundle.ts
	@node deploy/images/build.ts
	@touch $@

up: build ## bring a cluster up on this machine
	@node dist/binnacle.js up $(UP_FLAGS)

down: ## stop it; the data stays
	@if [ -x node_modules/.bin/node ] && [ -e dist/binnacle.js ]; then node dist/binnacle.js down; else echo 'nothing was built, so nothing runs'; fi

clean: ## stop it and forget its data
	@if [ -x node_modules/.bin/node ] && [ -e dist/binnacle.js ]; then node dist/binnacle.js reset; fi
	@rm -rf dist

test: build ## all tests: unit, integration on a real etcd, end to end with real containers
	@$(jest)

unit: build ## unit tests alone: no root, no services
	@$(jest) --selectProjects unit

integration: build ## API server, controllers and parts of the node on a real etcd
	@$(jest) --selectProjects integration

e2e: build ## whole clusters, real containers, kubectl and the official client
	@$(jest) --selectProjects e2e

soak: build ## what takes longer: ten watchers for a minute, 10,000 writes
	@BINNACLE_CHURN_WRITES=10000 BINNACLE_CHURN_SECONDS=60 $(jest) --selectProjects integration -- test/integration/watch-churn

test-docker: build ## the storage contract and API tests on an etcd in a container
	@deploy/docker/test.sh

check: build ## types, lint, format
	@tsc --noEmit
	@biome check --error-on-warnings .

bench: build ## measure; writes bench/results.json
	@node test/bench/run.ts
