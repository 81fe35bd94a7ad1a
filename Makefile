# Two commands: `make run` serves the site, `make test` tests it. Both set up what they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8501

.PHONY: run test lint data check bench bench-quick chaos sbom security i18n boundaries lock clean browser \
        format servers engines replicas access pictures

$(VENV)/runtime.stamp: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/runtime.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

run: $(VENV)/runtime.stamp
	@echo "Testbed Atlas Korea: http://$(HOST):$(PORT)"
	$(BIN)/python -m uvicorn app:app --host $(HOST) --port $(PORT) --log-level warning --no-access-log --no-server-header \
	    --ws-max-size 1048576

data: $(VENV)/runtime.stamp
	$(BIN)/python -m loaders build

check: $(VENV)/runtime.stamp
	$(BIN)/python -m loaders check

browser:
	./tests/e2e/install-browser.sh

servers:
	./tests/install-servers.sh

test: $(VENV)/dev.stamp browser servers data
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term --cov-fail-under=90
	$(BIN)/python -m bench.quick

# Every view in both languages, light and dark, wide and narrow (the tests take a part of it)
access: $(VENV)/dev.stamp browser data
	ATLAS_ACCESS=full $(BIN)/python -m pytest -n 2 tests/e2e/test_pages.py tests/e2e/test_keyboard.py

# Takes the pictures anew that tests/e2e/test_pictures.py compares with: look at them, commit them
pictures: $(VENV)/dev.stamp browser data
	ATLAS_PICTURES=update $(BIN)/python -m pytest tests/e2e/test_pictures.py -k looks

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/deptry .

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp data
	$(BIN)/python -m bench --full

# Has a page become dearer? Ratios against bench/baseline.json.
bench-quick: $(VENV)/dev.stamp data
	$(BIN)/python -m bench.quick

# every analytics function on every engine, Spark too (some minutes)
engines: $(VENV)/dev.stamp servers
	ATLAS_ENGINES_FULL=1 $(BIN)/python -m pytest tests/unit/test_engines.py tests/deploy/test_publish.py

# the full size of the tests of replicas, and what replicas bring
replicas: $(VENV)/dev.stamp servers
	ATLAS_REPLICAS=3 ATLAS_SESSIONS=150 $(BIN)/python -m pytest tests/deploy/test_replicas.py
	$(BIN)/python -m bench.replicas

# Faults done to real processes, and load through them; `make chaos CASES="faults swap"` does some.
chaos: $(VENV)/dev.stamp
	$(BIN)/python -m tests.chaos $(CASES)

i18n: $(VENV)/dev.stamp
	$(BIN)/python -m locales

boundaries: $(VENV)/dev.stamp
	$(BIN)/python -m loaders boundaries

lock: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra postgres --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -c requirements.lock --upgrade -o requirements-postgres.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -c requirements.lock --upgrade -o requirements-dev.lock

# What ships, by name, version, licence and hash (CycloneDX), and a check of the licences.
sbom: $(VENV)/dev.stamp
	mkdir -p var
	$(BIN)/cyclonedx-py requirements --output-file var/sbom.json --output-format JSON requirements.lock
	$(BIN)/python -m tests.licences

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Every hostile text in every column on every page, and thousands of hostile requests; with counts.
security: $(VENV)/dev.stamp browser data
	mkdir -p var && rm -f var/security.jsonl
	ATLAS_SECURITY=full ATLAS_SECURITY_REPORT=var/security.jsonl \
	    $(BIN)/python -m pytest -n 2 --dist loadgroup tests/security; \
	    status=$$?; $(BIN)/python -m tests.security var/security.jsonl; exit $$status
