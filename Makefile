# Allpoints: `make demo` shows it, `make test` tests it. Nothing needs to be installed first but Python >= 3.11.
# Another Python: make PYTHON=/path/to/python3.12 demo
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
CANDIDATES := python3 python3.13 python3.12 python3.11
FITS := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in $(CANDIDATES); do if "$$each" -c '$(FITS)' >/dev/null 2>&1; then echo "$$each"; break; fi; done)
WORKERS := 2
COMPILED := $(shell grep --recursive --files-with-matches --include='*.py' numba src) tests/compile_ahead.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help setup demo up test lint fuzz lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## create .venv with the pinned dependencies and the weights of networks

$(VENV)/.ready: requirements/dev.txt pyproject.toml src/allpoints/parts.toml
	@if ! "$(PYTHON)" -c '$(FITS)' >/dev/null 2>&1; then \
	  echo "Allpoints needs Python 3.11 or newer, with venv (found: $$(python3 --version 2>&1 || true))."; \
	  echo "Install one (on Debian: apt install python3-venv), or name it: make PYTHON=/path/to/python3.12 setup"; \
	  exit 1; \
	fi >&2
	@echo "Setting up $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@$(BIN)/allpoints parts fetch
	@touch $@

demo: setup ## build a small world, check a passport at a border, verify the receipt
	@$(BIN)/allpoints demo

up: setup ## serve the demo world until Ctrl-C
	@$(BIN)/allpoints demo --serve

test: setup $(VENV)/.compiled ## run the tests, in as many processes as WORKERS says (2)
	$(BIN)/python -m pytest -q --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

$(VENV)/.compiled: $(VENV)/.ready $(COMPILED)
	@echo "Compiling what numba compiles ..."
	@$(BIN)/python -m tests.compile_ahead
	@touch $@

lint: setup ## ruff, mypy --strict, the walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fuzz: setup ## fuzz the parsers of foreign bytes with atheris, which it installs
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements/fuzz.txt
	$(BIN)/python -m bench.fuzz

lock: setup ## refresh the pinned dependencies
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev --extra calibrate pyproject.toml --output-file requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --constraint requirements/dev.txt pyproject.toml --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group peers --no-emit-package pyicu --output-file requirements/peers.txt

clean: ## remove the environment and the caches (never the data folder)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
