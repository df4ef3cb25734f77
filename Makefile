# Two commands: `make run` sets up, does the main job and opens the dashboard; `make test` sets up and passes.
REGION ?= 台州
CHAIN ?= 泵与电机
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONUTF8 = 1

.PHONY: run dashboard test check data docs evaluate gallery bench clean

run: $(VENV)/.ready
	@$(BIN)/chaingraph run --region '$(REGION)' --chain '$(CHAIN)'
	@$(BIN)/chaingraph dashboard

dashboard: $(VENV)/.ready
	@$(BIN)/chaingraph dashboard

test: $(VENV)/.ready-dev
	$(BIN)/pytest -n 3 --dist loadgroup

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Rebuilds data/ from raw sources kept beside the project.
data: $(VENV)/.ready
	$(BIN)/chaingraph data build --raw ../shared

# Measures anew how right what is said is, on truths kept beside the project.
evaluate: $(VENV)/.ready
	$(BIN)/chaingraph evaluate all --raw ../shared -o chaingraph/accuracy.json
	$(BIN)/chaingraph evaluate page -o docs/accuracy.md --quote README.md --quote README.zh.md --quote docs/model_card.md

# The reference site, to be opened at build/site/index.html.
docs: $(VENV)/.ready-dev
	$(BIN)/mkdocs build --quiet

# Takes the pictures of docs/gallery.md and docs/files.md anew.
gallery: $(VENV)/.ready-dev
	$(BIN)/python tests/browser/gallery.py
	$(BIN)/python tests/docs/picture_of_gexf.py

# Names and links are held against the raw sources where these are kept beside the project.
bench: RAW := $(addprefix --raw ,$(wildcard ../shared))
bench: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/core.py
	$(BIN)/python benchmarks/ranking.py --every 10
	$(BIN)/python benchmarks/dashboard.py
	$(BIN)/python benchmarks/names.py $(RAW)
	$(BIN)/python benchmarks/linking.py $(RAW)
	$(BIN)/python benchmarks/neo4j_store.py

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock tests/install.sh $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@tests/install.sh
	@touch $@

clean:
	rm -rf $(VENV) out store build
