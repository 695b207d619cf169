# Needs Python 3.11 or newer and make; everything else lives in $(VENV).
# Another interpreter: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=
BENCH ?=

BIN := $(VENV)/bin
PY := $(BIN)/python
# The build backend comes from the pinned environment too, so nothing is unpinned.
PIP_INSTALL := $(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt
INSTALL := $(PIP_INSTALL) --no-build-isolation
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check lint fix types torture bench docs build clean constraints

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV) ## Create .venv with wct (editable) and every development tool
	@echo "ready: $(BIN)/wct, or . $(BIN)/activate"

demo: $(RUNTIME) ## Scan the bundled sample and show where the result is
	$(BIN)/wct run samples/file_content_analysis.yaml --output-dir outputs --output demo.json
	@echo
	@echo "Result    outputs/demo.json"
	@echo "Ledger    .wct/ledger.db: every event of the run"
	@echo
	@echo "Next      $(BIN)/wct runs"
	@echo "          $(BIN)/wct show latest"
	@echo "          $(BIN)/wct events latest"
	@echo "          $(BIN)/wct run samples/shop.yaml"

test: $(DEV) ## Run all tests (PYTEST_ARGS="-k ledger" for some)
	$(PY) -m pytest $(COVERAGE) $(PYTEST_ARGS)

check: COVERAGE := --cov --cov-report=term:skip-covered
check: lint types test ## Everything that CI checks: lint, types, tests with coverage
	@echo "check: all passed"

lint: $(DEV) ## Style, spelling and the import rules of the architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports --no-logo

fix: $(DEV) ## Repair what ruff can repair
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

types: $(DEV) ## mypy and pyright, both strict
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(PY) --warnings

torture: $(DEV) ## Kill writers, cut the power and tamper for a minute, with new seeds
	$(PY) -m tests.crash.kill_writers --seconds 30
	$(PY) -m tests.crash.killed_runs --seconds 10
	$(PY) -m tests.crash.killed_deliveries --seconds 15
	$(PY) -m tests.crash.power_cuts --images 100000 --seconds 15
	$(PY) -m tests.crash.tampering --mutations 100000 --seconds 15

bench: $(DEV) ## Run the benchmarks (BENCH="NAME ... --json FILE")
	$(PY) -m benchmarks $(BENCH)

docs: $(DEV) ## Check the documentation: links, indexes, examples
	$(PY) -m pytest tests/docs $(PYTEST_ARGS)

build: $(DEV) ## Build wheel and source distribution into dist/
	rm -rf dist
	$(PY) -m build --no-isolation --outdir dist

clean: ## Remove builds and caches; the environment, ledgers and outputs stay
	rm -rf build dist htmlcov .coverage .coverage.* .*_cache .hypothesis
	find . -name .venv\* -prune -o -name __pycache__ -prune -exec rm -rf {} +

constraints: ## Pin the newest versions that fit pyproject.toml
	rm -rf $(VENV)-constraints
	$(PYTHON) -m venv $(VENV)-constraints
	$(VENV)-constraints/bin/python -m pip install --quiet -e '.[dev]'
	{ sed -n '/^#/p' constraints.txt; \
	  $(VENV)-constraints/bin/python -m pip freeze --exclude-editable; } > constraints.new
	rm -rf $(VENV)-constraints
	mv constraints.new constraints.txt

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "wct needs Python 3.11 or newer, '$(PYTHON)' is none:" \
	       "name another one, as in: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "no virtual environment without ensurepip:" \
	       "on Debian and Ubuntu install python3-venv, then try again" >&2; exit 1; }

$(RUNTIME): pyproject.toml constraints.txt | $(PY)
	@echo "installing wct into $(VENV) ..."
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip
	@$(PIP_INSTALL) hatchling
	@$(INSTALL) -e '.[fast]' || $(INSTALL) -e . # no wheel of the faster matcher on musl
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(PY)
	@echo "installing wct and its development tools into $(VENV) ..."
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip
	@$(PIP_INSTALL) hatchling
	@$(INSTALL) -e '.[dev]'
	@touch $(RUNTIME) $@
