# What people run. Everything is installed into .venv, node_modules and static/vendor on first use.

PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help install dev serve demo test check bench soak lock audit format system clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

install: .venv/installed static/vendor/installed ## everything the server needs

serve: install ## start Léa at http://127.0.0.1:8080
	$(BIN)/python run.py

demo: install ## the same with the sample company, in a database of its own
	LEA_DATABASE__URL=$${LEA_DATABASE__URL:-sqlite+aiosqlite:///var/demo.db} $(BIN)/python -m lea serve --demo

test: dev static/vendor/installed system ## the whole suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

soak: dev static/vendor/installed system ## the slow suite, with the timeouts people get
	LEA_SOAK=1 $(BIN)/python -m pytest -m "" --timeout 900

check: dev static/vendor/installed ## formatting, lint, types, directions between rooms, the page's types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	tools/with-node npm run --silent check

bench: dev static/vendor/installed system build/bench/installed ## measure; results in benchmarks/results/
	$(BIN)/python -m benchmarks

dev: .venv/installed-dev

lock: ## write the locks anew from pyproject.toml
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile --universal -p 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade \
		--extra redis --extra postgres --extra documents --extra tracing pyproject.toml -o requirements.lock
	build/lock/bin/uv pip compile --universal -p 3.11 --generate-hashes --no-header --no-annotate --quiet \
		--all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock
	build/lock/bin/uv pip compile --universal -p 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade \
		benchmarks/requirements.in -o requirements-bench.lock

audit: ## known vulnerabilities in what is locked; asks the network, so it is no part of `check`
	$(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet pip-audit
	build/audit/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict --progress-spinner off
	tools/with-node npm audit --omit=dev

format: dev ## make the code look as `check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

system: ## what the tests need from Debian
	tools/install-system

clean: ## forget what was installed and built
	rm -rf .venv node_modules static/vendor build

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r $$(test -e .venv/installed-dev && echo requirements-dev.lock || echo requirements.lock)
	$(BIN)/pip install --quiet --no-deps -e .
	touch $@

.venv/installed-dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps -e .
	touch $@ .venv/installed

build/bench/installed: requirements-bench.lock
	$(PYTHON) -m venv build/bench
	build/bench/bin/pip install --quiet --require-hashes -r requirements-bench.lock
	touch $@

static/vendor/installed: package-lock.json tools/vendor.mjs | .venv/installed
	tools/with-node npm ci --ignore-scripts --silent
	tools/with-node node tools/vendor.mjs
	touch $@
