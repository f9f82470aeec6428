# One door for people: `make help`. Nothing here names a package host; pip uses whatever this machine is set up with.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
TESTS ?= tests

.PHONY: help setup browser run test test-long lint bench lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: requirements.lock requirements-dev.lock pyproject.toml
	python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(PY) -c "import inspect_registry.planning.solve"
	touch $@

# The planner's core is compiled here once (about 15 s), so that neither the first start nor the first test waits for it.
$(VENV)/.ready-run: requirements.lock pyproject.toml
	test -e $(VENV)/.ready || python3 -m venv $(VENV)
	test -e $(VENV)/.ready || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	test -e $(VENV)/.ready || $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(PY) -c "import inspect_registry.planning.solve"
	touch $@

setup: $(VENV)/.ready ## install everything, tests' tools too

run: $(VENV)/.ready-run ## the service with a demo district on http://127.0.0.1:8000 (HOST=0.0.0.0 for phones nearby)
	$(PY) -m inspect_registry serve --demo --host $(HOST) --port $(PORT)

browser: ## Chromium with Chinese fonts, and openssl, for the tests (apt, as root, where they are missing)
	@command -v chromium >/dev/null && command -v openssl >/dev/null || \
	  (apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk openssl)

test: setup browser lint ## install, lint, type-check, layer contracts, every test
	$(VENV)/bin/pytest -q -n 2 --dist loadgroup -m "not long" --durations=15 $(TESTS)

test-long: setup browser ## the long suite: crash matrices, outside verifiers, load
	$(PY) -m tests.oracles.install
	$(VENV)/bin/pytest -q $(TESTS)

lint: setup ## ruff, mypy strict, layer contracts
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/mypy --no-error-summary
	$(VENV)/bin/lint-imports --no-logo --no-cache

bench: setup ## the benchmarks, as ratios in one run
	@for bench in benchmarks/*/run.py; do echo "== $$bench"; PYTHONPATH=. $(PY) $$bench || exit 1; done

lock: setup ## pin the newest versions again, with hashes and without addresses
	$(PY) -m pip install --quiet uv
	for name in requirements requirements-dev; do $(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --universal \
	  --no-header --no-emit-index-url --no-emit-find-links -o $$name.lock $$name.in || exit 1; done
