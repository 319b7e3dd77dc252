# `make demo` and `make test` do everything: both set up .venv first, once.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
PEERS := .venv/.peers

.PHONY: demo test lint bench examples outputs docs clean

demo: $(INSTALLED)
	$(BIN)/chainrule demo

# As many processes as there are cores, each with one thread: more would wait for each other.
test: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(PEERS)
	$(BIN)/python -m benchmarks.speed --write benchmarks

# Each example draws a picture, and what it prints is its finding, beside the picture. `examples` makes
# all of them anew, `docs` what is missing or older than its script.
EXAMPLES := $(wildcard examples/[0-9]*.py)
FINDINGS := $(EXAMPLES:examples/%.py=examples/pictures/%.txt)

examples:
	rm -f $(FINDINGS)
	$(MAKE) --no-print-directory $(FINDINGS)

.DELETE_ON_ERROR:
examples/pictures/%.txt: examples/%.py | $(INSTALLED)
	mkdir -p $(@D)
	$(BIN)/python $< > $@
	cat $@

# What the README and the pages show of programs and commands; tests fail where it is stale.
outputs: $(INSTALLED)
	$(BIN)/python -m docs.write_outputs

docs: $(FINDINGS) | $(INSTALLED)
	$(BIN)/mkdocs build --strict
	@echo "The book: site/index.html"

# An editable install: it is stale only when what it installs from has changed.
$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,docs]'
	touch $(INSTALLED)

# What the benchmark compares with; constraints.txt keeps PyTorch as it is.
$(PEERS): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[peers]'
	touch $(PEERS)

clean:
	rm -rf .venv
