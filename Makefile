# The habits of this project. `make help` prints them from their own comments.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup data train evaluate test lint unit notebooks reproduce bench clean

help: ## Print this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(INSTALLED) ## Make a virtual environment in .venv and install the project with all it needs

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

data: setup ## Validate the labelled notices and print their counts
	$(BIN)/python benchmarks/corpus_figures.py

train: setup ## Train models/default again from data/
	$(BIN)/reinstate train data --out models/default

evaluate: setup ## Print the figures on the field set, with intervals
	$(BIN)/reinstate evaluate data/field/notices.jsonl

test: lint unit notebooks reproduce ## Run everything that CI runs: lint, types, tests, docs, notebooks, the model again

lint: setup ## Check format, lint, types and the direction of imports
	$(BIN)/ruff format --check src tests benchmarks docs notebooks
	$(BIN)/ruff check src tests benchmarks docs notebooks
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup ## Run the tests and doctests with branch coverage
	$(BIN)/python -m pytest --cov --cov-report=term

notebooks: setup ## Execute the notebooks from the first cell to the last
	$(BIN)/python notebooks/execute.py

reproduce: setup ## Train again elsewhere and compare the weights with the shipped ones, byte for byte
	$(BIN)/reinstate train data --out build/model
	cmp build/model/weights.npz models/default/weights.npz
	cmp build/model/vocabulary.txt models/default/vocabulary.txt

bench: setup ## Measure speed beside peers (installs the bench extra)
	$(BIN)/python -m pip install --quiet --editable ".[bench]"
	$(BIN)/python benchmarks/cold_start.py
	$(BIN)/python benchmarks/throughput.py

clean: ## Remove what was built; data and models stay
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache
