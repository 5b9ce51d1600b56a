# Everything installs what it needs first: see deploy/install. `make help` lists the targets.

SHELL := /bin/bash
PYTHON := .venv/bin/python
ifeq ($(shell uname), Darwin)
# Homebrew's Pango is not where the loader looks by default.
PYTHON := DYLD_FALLBACK_LIBRARY_PATH=$$(brew --prefix)/lib $(PYTHON)
endif

# Also where bytecode is not to be kept: each of many processes would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

# A test run's options: make test ARGS="-x tests/shared"; PROCESSES=0 runs them one after the other
ARGS ?=
PROCESSES ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo up test coverage bench chaos simulate mutants audit judge compose-test screenshots check reference format update
.PHONY: install install-test

help: ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); printf "  \033[1mmake %-14s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## plays the whole Journée nationale: 300 people, emails, check-in, certificates
	@$(PYTHON) -m deploy.local.demo

up: install ## Emarge, running, for a browser; EMARGE_HOME (var/) its data, EMARGE_PORT (8000) its first port
	@exec $(PYTHON) -m deploy.local.up

test: install-test ## all tests, with real Redis and PostgreSQL; ARGS for pytest
	@$(PYTHON) -m pytest -n $(PROCESSES) --dist worksteal --durations=25 $(ARGS)

coverage: install-test ## how much of the bus and the seats the tests reach; fails below the floor
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m coverage run -m pytest -n $(PROCESSES) --dist worksteal tests/shared tests/registration $(ARGS)
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage report

check: install-test ## lint, formatting, types and dead code
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy shared services deploy bench tests
	@.venv/bin/oxlint --deny-warnings --report-unused-disable-directives .
	@$(PYTHON) -m vulture

bench: install-test ## every claim of speed, as ratios against its baseline in the same run
	@$(PYTHON) -m bench $(ARGS)

chaos: install-test ## kills everything at random, then counts; DURATION=, SEED=, DATABASE=, BROKER=
	@$(PYTHON) -m tests.system.chaos $(if $(DURATION),--duration $(DURATION)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(DATABASE),--database $(DATABASE)) $(if $(BROKER),--broker $(BROKER)) $(ARGS)

simulate: install-test ## faults at every statement, repeated by a number; SEEDS=, SEED=, TAKE_OUT=, SHRINK=
	@$(PYTHON) -m tests.simulation $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(TAKE_OUT),--take-out $(TAKE_OUT)) $(if $(SHRINK),--shrink $(SHRINK)) $(ARGS)

mutants: install-test ## mistakes made in the bus and the seats, to see which no test finds (an hour); ARGS
	@$(PYTHON) -m tests.mutants $(ARGS)

audit: install-test ## known weaknesses, secrets, answers that break, as an outside tester looks; ARGS="packages code"
	@$(PYTHON) -m tests.audit $(ARGS)

judge: install-test ## what veraPDF and other outside judges say of every document; ARGS="PATH …" for a home's
	@$(PYTHON) -m tests.judges $(ARGS)

compose-test: install-test ## the system tests against `docker compose up --build`
	@deploy/compose-test

screenshots: install-test ## the pictures of the README, taken anew
	@$(PYTHON) -m deploy.local.screenshots

reference: install-test ## writes docs/reference/ anew, from the code
	@$(PYTHON) -m tests.documentation

format: install-test ## formats the code
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

update: ## newer versions of all packages, within what the pyproject files allow; see docs/maintaining.md
	@deploy/install update

install: ## installs what running needs, when it is missing
	@deploy/install

install-test: ## installs what testing needs, when it is missing
	@deploy/install test
