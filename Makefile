# Bellgate. Every target does its own set-up; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run test lint screenshots bench lock clean setup

# A school-day break, so that the README's lines show a teacher allowed. REHEARSE= (empty)
# is the real time.
REHEARSE ?= 2026-11-23T10:35
ARGS ?=
BIN := .venv/bin

help: ## Say what can be made
	@echo "Bellgate: make TARGET"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo
	@echo "  make run REHEARSE=2026-11-23T10:49:30   half a minute before the bell"
	@echo "  make run REHEARSE=                      the real time"
	@echo "  make run ARGS='--demo --data DIR'       a made-up school, every page filled"
	@echo "  make run ARGS='--template date-palm'    what \`bellgate up --help\` lists"

run: setup ## The whole gate here, without root, with a demo school, at break
	@$(BIN)/bellgate up $(if $(REHEARSE),--rehearse '$(REHEARSE)') $(ARGS)

test: ## Check everything: lint, and all tests on both Pythons (ARGS go to pytest)
	@.ci/test $(ARGS)

lint: setup ## Style, formatting and types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary --explicit-package-bases tests/conftest.py tests/e2e
	@echo "lint: clean"

screenshots: setup ## Pictures of every page, on a phone and a desktop, in var/screenshots
	@.ci/tools
	@SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/admin_ui/test_every_page.py $(ARGS)
	@echo "var/screenshots has them."

bench: setup ## How fast it is, beside named peers, in one run
	@.ci/tools
	@.ci/bench $(ARGS)

lock: ## Write the locks of both Pythons anew (needs uv)
	@.ci/lock $(ARGS)

clean: ## Remove what was made here (the Debian 13 root too; never the gate's data)
	rm -rf .venv .venv-scanner .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build dist
	rm -rf admin_ui/static/build admin_ui/assets/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@.ci/debian13 --clean

setup:
	@.ci/setup
