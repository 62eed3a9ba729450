# make        lists what there is
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
REEVE = build/release/bin/reeve
ACCEPTANCE = ../shared/acceptance
# Suites of what this version does, without those that take minutes or want a browser.
MARKS = not slow and not browser
# Modules that run their work on several threads.
THREADED = base contract inference learners tuning predictions mlflow server
NINJA = ninja -j$(JOBS)

.PHONY: help setup build demo test check format format-check lint sanitize interop interop-server python acceptance bench fuzz coverage install clean

help:            ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup:           ## install what is missing (Debian 12)
	@tools/setup

build: setup     ## build the release binary
	@cmake --preset release >/dev/null
	$(NINJA) -C build/release reeve reeve_c

demo: build      ## train on the built-in demo table, register, predict
	@mkdir -p build/demo
	cd build/demo && ../../$(REEVE) demo

# All three run, whichever fails.
test: build      ## unit tests, command-line tests, documentation examples
	@cmake --preset dev >/dev/null
	$(NINJA) -C build/dev
	@failed=0; \
	tools/run_unit_tests build/dev || failed=1; \
	python3 tests/cli/run.py $(REEVE) || failed=1; \
	python3 tests/docs/run.py $(REEVE) || failed=1; \
	exit $$failed

check: format-check ## format, layers, sizes, and that these checks find what they should
	tools/check_layers
	tools/check_sizes
	python3 tests/tools/check_layers_test.py
	python3 tests/tools/check_sizes_test.py
	python3 tests/tools/clitest_test.py

format: setup    ## format all sources
	git ls-files -z 'src/*.h' 'src/*.cc' | xargs -0 clang-format-16 -i

format-check: setup ## fail when a source is not formatted
	tools/check_format

lint:            ## clang-tidy on what differs from BASE (default origin/main), or on FILES
	@tools/setup --lint
	@cmake --preset dev >/dev/null
	tools/lint build/dev $(FILES)

sanitize: setup  ## unit tests under address, undefined-behaviour and thread sanitizers
	@cmake --preset asan >/dev/null
	@cmake --preset tsan >/dev/null
	@failed=0; \
	$(NINJA) -C build/asan && tools/run_unit_tests build/asan --label asan || failed=1; \
	$(NINJA) -C build/tsan $(THREADED:%=reeve_%_test) && tools/run_unit_tests build/tsan --label tsan $(THREADED) || failed=1; \
	exit $$failed

acceptance: build ## black-box suites, where they are beside this repository
	@tools/setup --tests
	tools/run_acceptance $(REEVE) $(ACCEPTANCE) "$(MARKS)"

interop: build   ## a real MLflow and reeve take turns with one store; `reeve server` is used by both and killed
	tests/mlflow/run $(REEVE)

python: build    ## the Python package beside the binary: the same numbers, MLflow's pyfunc
	tests/python/run $(REEVE)

interop-server: build ## reeve against a real `mlflow server` (installs all of mlflow, 850 MB)
	tests/mlflow/run_server $(REEVE)

bench: build     ## Google Benchmark programs, then the comparison with others where bench/ has one
	$(NINJA) -C build/release benchmarks
	@for program in build/release/src/reeve/*/reeve_*_bench; do [ ! -x $$program ] || $$program || exit 1; done
	@[ ! -x bench/run ] || bench/run

fuzz:            ## each fuzz target for a minute
	@tools/setup --fuzz
	@cmake --preset fuzz >/dev/null
	$(NINJA) -C build/fuzz
	tools/run_fuzz build/fuzz 60

coverage:        ## unit tests with coverage
	@tools/setup --coverage
	@cmake --preset coverage >/dev/null
	$(NINJA) -C build/coverage
	tools/run_unit_tests build/coverage
	@gcovr -r . --filter src/ --exclude '.*_test\.cc' --exclude '.*_bench\.cc' --html-details build/coverage/report.html --print-summary build/coverage | tail -3

install: build   ## into PREFIX (default /usr/local): bin/reeve, lib/libreeve.so and the libraries they need; the tree can be moved
	cmake --install build/release --prefix $(PREFIX) --component reeve

clean:           ## remove what was built
	rm -rf build
