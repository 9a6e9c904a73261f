# Set-up and the daily commands; every target begins with `make setup`, which is instant when nothing changed.
PORT ?= 5000
PYTHON ?= python3
ACADEMY = .venv/bin/academy

.PHONY: help setup setup-tests run test check conformance bench clean

help:        ## list the targets
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup:       ## everything a fresh machine needs: system libraries, Python packages, front-end packages, catalogues
	@$(PYTHON) tools/setup.py

setup-tests: ## the same, and the services that tests start: PostgreSQL, Redis
	@$(PYTHON) tools/setup.py --tests

run: setup   ## serve the Academy with demo data at http://localhost:$(PORT)
	@.venv/bin/python tools/run.py --port $(PORT)

test: setup-tests ## all tests on SQLite, and what touches the database on PostgreSQL
	@.venv/bin/python tools/test.py $(PYTEST)

check: setup ## format, lint, types, layers, catalogues
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(ACADEMY) i18n check

conformance: setup-tests ## the whole package corpus, the public suites, and minutes of load with kills
	@.venv/bin/pytest -q -m "conformance or not conformance" tests/conformance tests/journeys tests/faults tests/ground tests/backup tests/guards tests/xapi/test_plans.py --whole-corpus
	@.venv/bin/pytest -q tests/conformance/xapi tests/faults tests/ground tests/guards tests/journeys tests/progress tests/xapi/test_plans.py --whole-corpus --database postgresql
	@.venv/bin/python tools/lrs_suite.py

bench: setup-tests ## print the figures of the issues with their references
	@.venv/bin/python tools/bench.py $(BENCH)

clean:       ## remove what set-up and runs have made
	rm -rf .venv .setup node_modules academy/static/vendor instance/* translations/*/LC_MESSAGES/*.mo
