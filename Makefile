# `make help` says what each of these does.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

export RASA_TELEMETRY_ENABLED := false
export PYTHONPATH := .

# a number that reaches nobody, for the demonstration's posters
FICTION := 06 39 98 00 86
UV_VERSION := 0.13.9
UV := .tools/bin/uv
PYTHON := .venv/bin/python
RASA := nlu/.venv/bin/rasa
MODEL := models/tne.tar.gz
BUILT := build/rasa/nlu.json
STATIC := bot/console/static
ASSETS := build/assets/current
UNDERSTANDING := config.yml $(filter-out nlu/serve.py nlu/lean_rasa.py,$(wildcard nlu/*.py)) $(wildcard nlu/components/*.py nlu/e5/*.py nlu/use/*.py nlu/data/*) nlu/requirements.txt

.PHONY: help demo run test test-apart train-meanwhile check train bench soak assets screenshots lock messages clean

help:  ## this page
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/ready nlu/.venv/ready  ## the whole assistant on this machine, with two phones in your browser
	@$(MAKE) --no-print-directory train assets
	@DEMO=1 $(PYTHON) -m bot prepare
	@DEMO=1 SMS_NUMBER="$(FICTION)" .venv/bin/honcho -e /dev/null start || [ $$? -eq 130 ]  # 130: Ctrl-C

run: .venv/ready nlu/.venv/ready  ## the assistant with your settings (.env, see .env.example)
	@$(MAKE) --no-print-directory train assets
	@$(PYTHON) -m bot migrate
	@.venv/bin/honcho start || [ $$? -eq 130 ]

train: .venv/ready nlu/.venv/ready  ## train the understanding, if the examples or the pipeline changed
	@$(PYTHON) -m bot content compile
	@$(MAKE) --no-print-directory $(MODEL)

test: .venv/dev nlu/.venv/ready  ## every test; a missing peer program skips its tests with a reason
	@$(MAKE) --no-print-directory check
	@$(PYTHON) -m bot content check
	@$(MAKE) --no-print-directory assets
	@$(MAKE) --no-print-directory -j 2 train-meanwhile test-apart
	@$(PYTHON) -m pytest tests/test_*.py

# Training keeps one processor busy for some twenty minutes, and so do the tests that need no model:
# side by side, and the tests first.
train-meanwhile:
	@nice $(MAKE) --no-print-directory train
test-apart:
	@nlu/.venv/bin/python -W ignore -m unittest discover -t . -s tests/nlu
	@$(PYTHON) -m pytest --ignore-glob='tests/test_*.py'

check: .venv/dev  ## style, types, and who may import whom
	@.venv/bin/ruff format --check -q .
	@.venv/bin/ruff check -q .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo | tail -n 6

bench: .venv/dev nlu/.venv/ready  ## the figures that the README quotes
	@$(MAKE) --no-print-directory train
	@$(PYTHON) -m benchmarks.understanding
	@$(PYTHON) -m benchmarks.latency
	@$(PYTHON) -m benchmarks.seats
	@$(PYTHON) -m benchmarks.sending
	@$(PYTHON) -m benchmarks.broadcasts
	@$(PYTHON) -m benchmarks.console

assets:  ## what the console's pages load, from npm, with the versions of the lock file
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory $(ASSETS); \
	else echo "npm is missing: the console has no styles (apt-get install nodejs npm)"; fi

screenshots: .venv/dev assets  ## every page of the console, at 1280 and 360 pixels, in build/screenshots
	@$(PYTHON) -m tests.browser.screenshots build/screenshots

soak: .venv/dev  ## killed senders, restarting databases, reminders over many random weeks; an hour
	@EXAMPLES=40 $(PYTHON) -m pytest tests/core/workshops/test_reminding_any_time.py
	@$(PYTHON) -m benchmarks.soak

# French is written by hand, as the code names a sentence (tests/test_guards.py holds both
# together); the other languages follow it, and are then checked as they are compiled.
CATALOGUES = $(wildcard locale/*/LC_MESSAGES/*.po)

messages: .venv/ready  ## bring every catalogue of sentences up to the French one
	@for file in $(filter-out locale/fr/%,$(CATALOGUES)); do \
		language=$$(cut -d/ -f2 <<< $$file); \
		.venv/bin/pybabel -q update -i locale/fr/LC_MESSAGES/$${file##*/} -o $$file -l $$language \
			-w 100 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	done
	@for file in $(CATALOGUES); do \
		mkdir -p build/locale && .venv/bin/pybabel compile --statistics -i $$file -o build/locale/checked.mo; \
	done
	@echo "Nothing is left to compile: the assistant reads the .po files when it starts."

lock: $(UV)  ## resolve the pinned requirements again
	@$(UV) pip compile -q --python .venv/bin/python --group dev --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements-dev.txt
	@$(UV) pip compile -q --python .venv/bin/python -c requirements-dev.txt --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	@$(UV) pip compile -q --python nlu/.venv/bin/python --generate-hashes --no-emit-index-url --no-annotate --no-header nlu/requirements.in -o nlu/requirements.txt

clean:  ## remove what the commands above made, but neither data nor keys (var/)
	@rm -rf .venv nlu/.venv .tools build models $(STATIC)/node_modules

# What the commands need, made once and made again when its recipe changes.

$(UV):
	@echo "Installing uv in .tools"
	@python3 -m venv .tools
	@.tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

.venv/bin/python: | $(UV)
	@$(UV) venv -q --allow-existing --python 3.12 .venv

nlu/.venv/bin/python: | $(UV)
	@$(UV) venv -q --allow-existing --python 3.10 nlu/.venv

.venv/ready: requirements.txt | .venv/bin/python
	@echo "Installing the assistant (Python 3.12)"
	@$(UV) pip install --python .venv/bin/python --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing the assistant and its tests (Python 3.12)"
	@$(UV) pip sync --python .venv/bin/python --require-hashes requirements-dev.txt
	@touch .venv/ready $@

nlu/.venv/ready: nlu/requirements.txt | nlu/.venv/bin/python
	@echo "Installing Rasa (Python 3.10; about 2.7 GB, a few minutes)"
	@$(UV) pip sync --python nlu/.venv/bin/python --require-hashes nlu/requirements.txt
	@touch $@

$(ASSETS): $(wildcard $(STATIC)/*.json $(STATIC)/*.css $(STATIC)/*.mjs) $(STATIC)/.npmrc
	@echo "Putting together the console's styles and scripts"
	@cd $(STATIC) && npm ci --silent
	@node $(STATIC)/build.mjs build/assets

# Rasa's own validation takes minutes here, and finds nothing that `content check` does not.
$(MODEL): $(BUILT) build/rasa/stories.yml build/rasa/domain.yml $(UNDERSTANDING)
	@echo "Training the understanding (about 25 minutes the first time, less when little changed)"
	@$(RASA) train --config config.yml --domain build/rasa/domain.yml --data build/rasa \
		--out build/model --fixed-model-name tne --skip-validation 2>&1 | tee build/train.log \
		| sed -un "s/.*Starting to train component/  training/p" \
		|| { tail -n 30 build/train.log; exit 1; }
	@mkdir -p models && touch build/model/tne.tar.gz && mv build/model/tne.tar.gz $@  # in one step
	@$(PYTHON) -m bot content trained
