# make demo   installs into .venv and runs the main job on real data
# make test   installs into .venv and runs the tests
# make check  does in one go what CI does
# Needs Python 3.11 to 3.13 with pip and venv, nothing else. Another Python: make PYTHON=python3.12 demo

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
PROJECT := pyproject.toml constraints.txt constraints-ci.txt

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check static format lint types imports pages coverage bench clean

help:
	@sed -n '1,4p' Makefile | sed 's/^# //'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.13 found; install one, or say: make PYTHON=/path/to/python3.12 demo" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

# Stamps: an installation is repeated only when what it installs has changed.
$(VENV)/.installed: $(BIN)/python $(PROJECT)
	@echo "installing assay into $(VENV) …"
	@$(PIP) install -c constraints.txt -c constraints-ci.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python $(PROJECT)
	@echo "installing assay with its test and development tools into $(VENV) …"
	@$(PIP) install -c constraints.txt -c constraints-ci.txt -e '.[dev]'
	@$(PIP) install --no-deps rapidocr-onnxruntime==1.4.4 || echo "no image model in a package here: its test will skip"
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	@$(BIN)/assay demo

test: $(VENV)/.installed-dev
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m "not slow" -n 2  # two workers, one thread each

test-slow: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -m slow

format: $(VENV)/.installed-dev
	@$(BIN)/ruff format src tests benchmarks examples docs
	@$(BIN)/ruff check --fix src tests benchmarks examples docs

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff format --check src tests benchmarks examples docs
	@$(BIN)/ruff check src tests benchmarks examples docs

types: $(VENV)/.installed-dev
	@$(BIN)/pyright

imports: $(VENV)/.installed-dev
	@$(BIN)/lint-imports

static: lint types imports

check: static test

pages: $(VENV)/.installed-dev
	@$(BIN)/python docs/make_pages.py

coverage: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/coverage.py

bench: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/classification_metrics.py
	@$(BIN)/python benchmarks/scale.py

clean:
	@rm -rf $(VENV) build dist assay-out .pytest_cache .ruff_cache .import_linter_cache .hypothesis
