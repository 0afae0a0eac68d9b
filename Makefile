# Two commands do everything: `make run` and `make test`. `make help` lists the rest.

.DEFAULT_GOAL := run
.PHONY: help setup run lint test test-slow test-all bench translations screens lock clean

IN := .venv/bin
export UV_NO_PROGRESS := 1
LANGUAGES = $(patsubst assets/translations/findling_%.ts,%,$(wildcard assets/translations/*.ts))

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

setup: ## install what is needed into .venv (PYTHON=... chooses the interpreter)
	@PYTHON="$(PYTHON)" sh .ci/setup.sh
	@sh .ci/system-libraries.sh

run: setup ## open the window; where there is no display, show the same in the terminal (ARGS="search dog")
ifneq ($(strip $(ARGS)),)
	@$(IN)/python main.py $(ARGS)
else
	@if [ "$$(uname -s)" != Linux ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(IN)/python main.py; \
	else \
		echo "No display here, so the window stays closed: sample pictures, in the terminal."; \
		$(IN)/python main.py demo; \
	fi
endif

lint: setup ## style, types and architecture
	$(IN)/ruff check .
	$(IN)/ruff format --check .
	$(IN)/mypy
	$(IN)/lint-imports

test: lint ## lint and every quick test
	@sh .ci/system-libraries.sh --tests
	$(IN)/python -m pytest -m "not slow" --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

test-slow: setup ## the tests that take minutes
	@sh .ci/system-libraries.sh --tests
	$(IN)/python -m pytest -m slow --numprocesses auto --maxprocesses 2 --dist loadfile $(ARGS)

test-all: test test-slow ## both

bench: setup ## measure speed and quality (BENCH=search for one alone)
	@set -e; for file in tests/bench/bench_$(or $(BENCH),*).py; do \
		module=$$(echo "$${file%.py}" | tr / .); \
		echo "== $$module"; \
		$(IN)/python -m "$$module" $(ARGS); \
	done

translations: setup ## bring every language up to the texts of the window and compile it (NEW=de begins one)
	@set -e; for language in en $(NEW) $(filter-out en $(NEW),$(LANGUAGES)); do \
		file=assets/translations/findling_$$language; \
		if [ $$language = en ]; then only="-pluralonly -no-obsolete"; else only=; fi; \
		$(IN)/pyside6-lupdate gui/strings/*.py $$only -locations none -ts $$file.ts; \
		$(IN)/pyside6-lrelease $$file.ts -qm $$file.qm; \
	done

screens: setup ## screenshots of every state, light and dark (ARGS="--output FOLDER")
	@sh .ci/system-libraries.sh --tests
	$(IN)/python -m tests.screens $(ARGS)

lock: setup ## choose the newest versions that pyproject.toml allows
	$(IN)/python -m uv pip compile --upgrade --universal --generate-hashes --python-version 3.11 --extra dev \
		--no-emit-index-url --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	$(IN)/python -m uv pip compile --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --custom-compile-command "make lock" .ci/bootstrap.in -o .ci/bootstrap.lock

clean: ## remove what was built and cached, and the virtual environment
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
