# The one entry point for people and CI. Needs python3 >= 3.11, make and git; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TOOL := $(BIN)/dev-assistant
BASE ?= origin/main

.DEFAULT_GOAL := help
.PHONY: help run stop lint format test check sweep soak bench bench-full bench-gate docs clean

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is removed first: an installation that fails half-way must not look finished to the next make.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python >= 3.11 is needed: make PYTHON=python3.12")'
	@rm -f $@
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

workspace.json: # without prerequisites: a workspace that somebody edited is never replaced
	@cp workspace.example.json $@
	@echo "made workspace.json from workspace.example.json"

run: $(STAMP) workspace.json ## install, watch the workspace in the background, show what it found
	@$(TOOL) start
	@$(TOOL) wait --timeout 60 || test $$? -eq 3
	@$(TOOL) status
	@echo; echo "== the log's last lines"; $(TOOL) logs -n 10
	@echo; echo "== the dashboard"; $(TOOL) dashboard
	@echo
	@echo "dashboard   $$($(TOOL) dashboard --path)"
	@echo "log         $(CURDIR)/RUNS/logs/daemon.log   (follow it: $(TOOL) logs -f)"
	@echo "stop        make stop"

stop: ## stop the daemon of this workspace
	@test ! -x $(TOOL) || $(TOOL) stop

lint: $(STAMP) ## formatting, ruff, types, layers
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports

format: $(STAMP) ## format and apply safe fixes
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet

test: lint ## lint, then all tests: what CI runs
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: test ## the same as test

sweep: $(STAMP) ## break the daemon at every step: kills, faults, long models (minutes)
	@$(BIN)/pytest -m sweep -n 2 --timeout 1200

soak: $(STAMP) ## the same for an hour
	@$(BIN)/pytest -m soak -n 2 --timeout 7200

bench: $(STAMP) ## measure beside other tools at 1,000 and 10,000 files (five minutes): benchmarks/REPORT.md
	@$(BIN)/python benchmarks/run.py --quick

bench-full: $(STAMP) ## the same with more rounds and 50,000 files
	@$(BIN)/python benchmarks/run.py

bench-gate: $(STAMP) ## fail when this tree is slower or bigger than the revision BASE, beyond chance and noise
	@$(BIN)/python benchmarks/gate.py $(BASE)

docs: $(STAMP) ## write anew what is made from the code: the reference, config/, the README's settings
	@PYTHONPATH=docs $(BIN)/python -m reference_pages

clean: ## remove the environment and all caches (stops nothing: make stop comes first)
	@rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
