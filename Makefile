# Two commands on a fresh machine with Python 3.11 and make: `make run` and `make test`.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.PHONY: help run test lint format bench picture docs lock clean

# Another Python, fewer or more test processes: make test PYTHON=python3.12 WORKERS=1
PYTHON ?= python3
WORKERS ?= logical
export PYTHON
export UV_PYTHON_DOWNLOADS := never

BIN := .venv/bin
# Empty files that remember which lock and which pyproject the .venv holds.
TOOLS := .venv/.onescreen-tools
RUN := .venv/.onescreen-run
DEV := .venv/.onescreen-dev
PRODUCT := .venv/.onescreen-product

# `make` alone prints this list.
help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

# The tools that install everything else.
$(TOOLS): requirements-build.lock
	@.ci/setup venv && touch $@

# What the product needs to run.
$(RUN): requirements.lock $(TOOLS)
	@.ci/setup packages requirements.lock && touch $@

# The same, and what tests and linters need.
$(DEV): requirements-dev.lock $(TOOLS)
	@.ci/setup packages requirements-dev.lock && touch $@

# The command `onescreen`, read from this checkout.
$(PRODUCT): pyproject.toml $(TOOLS)
	@.ci/setup product && touch $@

# Loads the simulated city and serves it; prints the address to open.
run: $(RUN) $(PRODUCT)  ## install, load the demo city, open the dashboard at a printed address
	@$(BIN)/onescreen demo --serve

# Everything that CI checks, in the order of how soon it fails.
test: $(DEV) $(PRODUCT)  ## install what the tests need, then lint and run the whole suite
	@.ci/setup debian
	@$(MAKE) lint
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadscope

# Style, types, layers.
lint: $(DEV)  ## style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Rewrites the files in the house style.
format: $(DEV)  ## rewrite the code in the house style
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

# A bench measures the product and its rival in one run; without NAME it lists them.
bench: $(DEV) $(PRODUCT)  ## measure against a rival: make bench NAME=...
	@$(BIN)/python -m tests.bench $(NAME)

# Takes the pictures of the screens that README.md shows.
picture: $(DEV) $(PRODUCT)  ## take the screens' pictures anew
	@$(BIN)/python -m tests.picture

# The reference pages are written from the registries; a test fails when they are stale.
docs: $(DEV) $(PRODUCT)  ## write the reference pages anew
	@$(BIN)/python -m tests.docs

# Names, versions and hashes only: no address of any registry enters the repository.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header $(if $(UPGRADE),--upgrade)

# The dev lock is held to the run lock, the build lock to both: one version of each package everywhere.
lock: $(TOOLS)  ## rewrite the locks from pyproject.toml: make lock UPGRADE=1 for newer versions
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) pyproject.toml --all-extras -c requirements.lock -o requirements-dev.lock
	@printf 'uv\nhatchling\n' | $(COMPILE) - -c requirements-dev.lock -o requirements-build.lock

# Leaves .venv and every home alone.
clean:  ## remove caches and build output
	@rm -rf build dist .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	@find dashboard grid data tests -name __pycache__ -prune -exec rm -rf {} +
