# Everything here works without a terminal, as root or not, and a second time.
# The work is done by the small programs in scripts/.

# So that the last line of `make run` is the session's. Under -C, make before 4.4 does not listen.
MAKEFLAGS += --no-print-directory

# Where rustup puts cargo, for shells that do not know it yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help run test soak bench screenshots lint api clean

help: ## list what there is (the default)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: ## install tmux if it is missing, build, and start a session here (codepiper up)
	@./scripts/codepiper up

test: ## install what the tests need, and run them all
	@./scripts/tests

soak: ## run them all with the long proofs in full; takes its time
	@CODEPIPER_SOAK=1 ./scripts/tests

bench: ## measure speed and footprint
	@./scripts/bench

screenshots: ## photograph every page of the dashboard into target/screenshots
	@./scripts/screenshots

lint: ## check formatting, clippy's advice and the documentation's links
	@./scripts/lint

api: ## write docs/openapi.json out of the routes, and the dashboard's types out of that
	@./scripts/api

clean: ## remove whatever was built in this folder or fetched into it
	@cargo clean && rm -rf agents/node_modules
