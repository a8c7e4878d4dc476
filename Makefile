# Everything a newcomer needs; `make help` lists it. Only Python 3.11+ is assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HUB_HOME ?= var

.PHONY: help demo city city-check serve test check bench bench-scale bench-peer clean
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.run: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

demo: $(VENV)/.run ## Invent a city, load its hospital, puskesmas and clinics, serve, print addresses and sign-in links
	$(BIN)/hub demo

city: $(VENV)/.run ## The demo with 200 facilities, 90 days, 60,000 visits and five truths to be found (some minutes)
	HUB_DEMO_CITY=big $(BIN)/hub demo

city-check: $(VENV)/.test ## Load the whole big city and look for each of its truths on its page (some minutes)
	HUB_BIG_VISITS=60000 HUB_BIG_FACILITIES=200 $(BIN)/python -m pytest --timeout=1500 tests/whole/test_big_city.py

serve: $(VENV)/.run ## Serve what is in HUB_HOME (no demo data are made)
	$(BIN)/hub serve

test: $(VENV)/.test ## Set everything up and run all tests (SQLite and a real PostgreSQL)
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.test ## Style, types, import contracts
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/.test ## Measure both databases, write bench/latest.json
	$(BIN)/python -m bench

bench-scale: $(VENV)/.test ## Measure the search at 100 k, 300 k and 1 M resources, add it to bench/latest.json
	$(BIN)/python -m bench.scale

bench-peer: $(VENV)/.test ## The same work for another FHIR server: make bench-peer BASE=http://…/fhir [TOKEN=…]
	$(BIN)/python -m bench.peer "$(BASE)"

clean: ## Remove the environment, and HUB_HOME (var) if it is a demo's
	rm -rf $(VENV)
	@if [ -d "$(HUB_HOME)/kota" ]; then rm -rf "$(HUB_HOME)"; elif [ -d "$(HUB_HOME)" ]; then echo "$(HUB_HOME) is no demo's and is kept"; fi
