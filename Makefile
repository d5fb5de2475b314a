# What one types here; every recipe is thin. `make demo` is the first thing to try.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
BROWSER_TESTS := $(if $(CHROMIUM),$(wildcard tests/browser))
.DEFAULT_GOAL := help
.PHONY: help demo test check bench console clean

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: .venv/run.stamp ## Run the demo plant: twin, WMS, WCS and console (ARGS="--speed 60")
	@tools/console >&2 || echo "demo: only the console is missing; everything else runs" >&2
	$(BIN)/metrostack demo $(ARGS)

test: .venv/test.stamp ## Run every test: unit, properties, contract, plant, system, and browser where there is one
	@if [ -n "$(BROWSER_TESTS)" ]; then tools/console; else echo "test: no Chromium here, the browser tests stay out"; fi
	$(BIN)/python -P -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
	$(if $(BROWSER_TESTS),$(BIN)/python -P -m pytest $(BROWSER_TESTS))

check: .venv/test.stamp ## Lint, format, types, imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --project pyproject.toml
	$(BIN)/lint-imports

bench: .venv/test.stamp ## Measure, and print ratios
	@for file in benchmarks/[!_]*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python -P "$$file" || exit 1; done

console: .venv/run.stamp ## Build the console
	@tools/console

clean: ## Remove what was built or installed here, and no data
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache api/console/node_modules api/console/dist

.venv/new.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Metrostack needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/new.stamp pyproject.toml
	$(PIP) --editable .
	@touch $@

.venv/test.stamp: .venv/new.stamp pyproject.toml
	$(PIP) --editable '.[test]'
	@touch $@ .venv/run.stamp
