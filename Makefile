# Everything a developer does with Contractspoor. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

# The first interpreter on the path that is new enough; name another with PYTHON=...
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := domain application infrastructure scheduler
CHECKED := $(PACKAGES) tests benchmarks tools

PROVIDERS ?= 2000
WORKERS ?= 2
SIZE ?= 100000
ONLY ?=
DATABASE ?=

.PHONY: help
help: ## list the targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## make .venv with exactly what requirements.lock names (the other targets do this by themselves)

# uv comes first, by pip, under the same hashes as all the rest.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Contractspoor needs Python 3.11 or later: none found. Name one with PYTHON=..." >&2; exit 1; }
	@if ! test -x $(BIN)/uv; then echo "Setting up $(VENV) ..."; $(PYTHON) -m venv $(VENV); \
		awk '/^[^ #]/ { uv = /^uv==/ } uv' requirements.lock > $(VENV)/uv.txt; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.txt; fi
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: $(READY) ## live through a year of simulated contracting; PROVIDERS=20000 for the nation
	@$(BIN)/contractspoor demo --providers $(PROVIDERS)
	@command -v contractspoor > /dev/null || printf '\nFirst, to have contractspoor on your path:  . $(VENV)/bin/activate\n'

.PHONY: serve
serve: $(READY) ## serve the HTTP API on the demo's data, with identities that work nowhere else
	@test -f build/demo.db || $(BIN)/contractspoor demo --providers $(PROVIDERS)
	@$(BIN)/contractspoor serve --demo --database sqlite:///build/demo.db

.PHONY: test
test: $(READY) ## run the tests, on SQLite and on a real PostgreSQL (without those marked slow)
	@$(BIN)/pytest -n $(WORKERS)

.PHONY: identity-provider
identity-provider: ## fetch the identity provider that tests of the API log in at (they call this themselves)
	@tools/identity_provider.sh

.PHONY: test-slow
test-slow: $(READY) ## run the slow tests only: kill -9 in the middle of a round, long random histories
	@$(BIN)/pytest -m slow

.PHONY: check
check: format-check lint types layers dependencies dead-code ## run every static check below

.PHONY: format
format: $(READY) ## lay out the code
	@$(BIN)/ruff format --quiet $(CHECKED)

.PHONY: format-check
format-check: $(READY) ## ruff: is the code laid out?
	@$(BIN)/ruff format --check $(CHECKED)

.PHONY: lint
lint: $(READY) ## ruff: mistakes, and calls that only one adapter may make
	@$(BIN)/ruff check $(CHECKED)

.PHONY: types
types: $(READY) ## mypy --strict
	@$(BIN)/mypy $(CHECKED)

.PHONY: layers
layers: $(READY) ## import-linter: who may import whom
	@$(BIN)/lint-imports --no-logo

.PHONY: dependencies
dependencies: $(READY) ## deptry: dependencies that nothing uses, imports that nothing declares
	@$(BIN)/deptry --no-ansi .

.PHONY: dead-code
dead-code: $(READY) ## vulture: code that nothing uses
	@$(BIN)/python tools/unused.py

.PHONY: bench
bench: $(READY) ## measure speed against peers and targets; build/bench.json. SIZE=1000000 takes an hour and 40 GB
	@$(BIN)/python -m benchmarks --size $(SIZE) $(if $(DATABASE),--database $(DATABASE)) $(ONLY)

.PHONY: mutants
mutants: $(READY) ## hours: break the domain in each small way and see whether a test notices; docs/mutation.md
	@$(BIN)/python tools/mutants.py forget
	@HYPOTHESIS_PROFILE=breaking $(BIN)/mutmut run --max-children $(WORKERS)
	@$(BIN)/python tools/mutants.py report

.PHONY: bench-sample
bench-sample: $(READY) ## build the log that is measured on; SIZE=10000 (2 minutes), 100000, or 1000000 (10 GB)
	@$(BIN)/python -m benchmarks.sample $(SIZE)

.PHONY: lock
lock: $(READY) ## choose the newest versions that fit anew and write requirements.lock
	@rm -f uv.lock
	@$(BIN)/uv lock --quiet
	@$(BIN)/uv export --quiet --format requirements-txt --no-emit-project --all-groups --no-header --output-file requirements.lock
	@rm -f uv.lock

.PHONY: clean
clean: ## remove what the other targets made (.venv, build, dist, mutants, caches); never a database of yours
	@rm -rf $(VENV) build dist mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
