# Needs make and Python 3.11 or newer; uv is used when it is there.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $(shell command -v uv 2>/dev/null)
# What proves the OpenAPI documents.
OPENAPI := $(PY) manage.py openapi --check
TEMPLATES := $(if $(wildcard templates/*),templates)
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# A virtual environment that lost its Python (an upgrade, a copy) is made anew.
$(shell test -x $(PY) || rm -f $(VENV)/runtime.stamp $(VENV)/dev.stamp)

.DEFAULT_GOAL := help
.PHONY: help install run test check format lock bench clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(VENV)/dev.stamp ## Everything that running, testing and checking need, in .venv

run: $(VENV)/runtime.stamp ## Serve the demo world on 127.0.0.1:$PORT (8000)
	@exec $(PY) manage.py serve --demo

test: $(VENV)/dev.stamp ## All tests; ARGS="-k word" narrows them
	@$(PY) -m tests.run $(ARGS)

check: $(VENV)/dev.stamp ## Format, lint, types, import contracts, migrations, OpenAPI, templates
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	$(PY) -c "from importlinter.cli import lint_imports_command as run; run()" --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --database default --fail-level WARNING
	$(if $(OPENAPI),$(OPENAPI))
	$(if $(TEMPLATES),$(PY) -m djlint --check $(TEMPLATES))
	$(if $(TEMPLATES),$(PY) -m djlint --lint $(TEMPLATES))

format: $(VENV)/dev.stamp ## Put code and templates in the form that check expects
	$(PY) -m ruff check --fix --exit-zero .
	$(PY) -m ruff format .
	$(if $(TEMPLATES),$(PY) -m djlint --quiet --reformat $(TEMPLATES))

lock: ## Resolve the requirements again (needs uv); UPGRADE=--upgrade takes the newest
	$(COMPILE) $(UPGRADE) requirements.in --output-file requirements.txt
	$(COMPILE) $(UPGRADE) requirements-dev.in --output-file requirements-dev.txt
	for client in tests/clients/*/; do \
		$(COMPILE) $(UPGRADE) $${client}requirements.in --output-file $${client}requirements.txt || exit 1; done

bench: $(VENV)/dev.stamp ## The benchmarks, each beside its floor
	@$(PY) -m benchmarks $(ARGS)

clean: ## Remove the virtual environment and caches; var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/runtime.stamp: requirements.txt
	$(call locked,requirements.txt)
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt
	$(call locked,requirements-dev.txt)
	@touch $(VENV)/runtime.stamp $@

define locked
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Acta needs Python 3.11 or newer, and '$(PYTHON)' is not; name another: make PYTHON=python3.12" >&2; exit 1; }
	$(if $(UV),$(with_uv),$(with_pip)) $(1)
endef

with_uv = @test -x $(PY) || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" --clear $(VENV); \
	$(UV) pip install --quiet --python $(PY) --require-hashes --requirement

with_pip = @$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || \
	{ echo "Python's venv module is missing (Debian: apt install python3-venv), and so is uv." >&2; exit 1; }; \
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
