# `make help` lists what there is. `make demo` and `make test` set themselves up in .venv on a
# machine that has Python 3.11 or newer; the second time they start at once. Versions are pinned
# in constraints.txt.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -q
OUT := demo_output
OTHERS := workclass fnlwgt education marital_status occupation relationship race sex capital_gain capital_loss \
	native_country
# Of make mutants: which sample, how many, and of which rooms.
SEED := 0
SAMPLE := 300
ROOMS := core solvers trust tables inputs export
# Of make bench: words in the names of rows, all if none; QUICK=--quick tries few rows of each.
ROWS :=
QUICK :=

# An environment that was not finished is made anew.
VENV = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "glasslogit needs Python 3.11 or newer, and $(PYTHON) is" \
	"$$($(PYTHON) --version 2>&1); name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }; \
	test -e .venv/.demo -a -x $(BIN)/python || $(PYTHON) -m venv --clear .venv

.PHONY: help demo test lint format bench mutants pictures clean

help:  ## list what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: .venv/.demo  ## fit a real table, predict another, explain a row, judge it beside a smaller model
	@mkdir -p $(OUT)
	@echo "Who earns more than 50,000 dollars? 32,061 people of the 1994 census (examples/README.md)."
	@echo "Left out: fnlwgt, a survey weight, and education, which education_num repeats in words."
	@echo
	@$(BIN)/glasslogit fit examples/income.csv.gz --target income --drop fnlwgt --drop education \
		--threshold f1 --model $(OUT)/model.json --plots $(OUT)/plots
	@echo
	@$(BIN)/glasslogit predict $(OUT)/model.json examples/new_people.csv -o $(OUT)/predictions.csv
	@echo
	@echo "Why is the person in row 3 of the second file predicted to earn more?"
	@echo
	@$(BIN)/glasslogit explain $(OUT)/model.json examples/new_people.csv --row 3
	@echo
	@echo "Is it better than a model of three columns, on rows that neither has seen?"
	@echo
	@$(BIN)/glasslogit fit examples/income.csv.gz --target income $(addprefix --drop=,$(OTHERS)) \
		--model $(OUT)/three_columns.json > $(OUT)/three_columns.txt
	@$(BIN)/glasslogit evaluate $(OUT)/model.json examples/income.csv.gz --held-out --against $(OUT)/three_columns.json
	@echo
	@echo "The model is in $(OUT)/model.json, the pictures in $(OUT)/plots/, the predictions in $(OUT)/predictions.csv."

# Compiled tests are kept, also where the shell says not to: pytest compiles them again for 8 s a worker.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/.dev lint  ## everything that must hold: style, types, tests, doctests
	$(BIN)/python -m pytest -q -n 2

lint: .venv/.dev  ## style and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -n 2

format: .venv/.dev  ## write the source in the one style, and mend the links of the docs
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python docs/relink.py

bench: benchmarks/.venv/.done  ## measure against other libraries (40 minutes; some rows: ROWS="letters census")
	benchmarks/.venv/bin/python benchmarks/run.py $(QUICK) $(ROWS)

mutants: benchmarks/mutants/.venv/.done  ## change the source at random, and see whether a test notices
	benchmarks/mutants/.venv/bin/python benchmarks/mutants/run.py --seed $(SEED) --sample $(SAMPLE) \
		--rooms $(ROOMS)

pictures: .venv/.dev  ## draw the pictures of the docs anew
	$(BIN)/python docs/pictures.py

clean:  ## remove .venv and what the demo wrote
	rm -rf .venv $(OUT)

.venv/.demo: pyproject.toml constraints.txt
	@echo "Setting up .venv (once) ..."
	@$(VENV)
	@$(INSTALL) -e '.[cli,plots]'
	@touch $@

# An environment of its own: the peers bring much with them. One that cannot be had is left out.
benchmarks/.venv/.done: BENCH_INSTALL = $(subst $(BIN),benchmarks/$(BIN),$(INSTALL))
benchmarks/.venv/.done: pyproject.toml constraints.txt
	@echo "Setting up benchmarks/.venv (once) ..."
	@test -x benchmarks/$(BIN)/python || $(PYTHON) -m venv benchmarks/.venv
	@$(BENCH_INSTALL) -e '.[bench]' || { $(BENCH_INSTALL) -e '.[plots,cli,sklearn,threads]' && \
		for peer in celer cyanure glum liblinear-official pandas pyarrow skglm snapml statsmodels; do \
		$(BENCH_INSTALL) $$peer || echo "left out: $$peer cannot be installed here"; done; }
	@touch $@

benchmarks/mutants/.venv/.done: pyproject.toml constraints.txt
	@echo "Setting up benchmarks/mutants/.venv (once) ..."
	@test -x benchmarks/mutants/$(BIN)/python || $(PYTHON) -m venv benchmarks/mutants/.venv
	@$(subst $(BIN),benchmarks/mutants/$(BIN),$(INSTALL)) -e '.[mutants]'
	@touch $@

.venv/.dev: pyproject.toml constraints.txt
	@echo "Setting up .venv for development (once) ..."
	@$(VENV)
	@$(INSTALL) -e '.[dev]'
	@touch $@ .venv/.demo
