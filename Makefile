# make        lists what there is
JOBS ?= $(shell nproc)
REEVE = build/release/bin/reeve
ACCEPTANCE = ../shared/acceptance
# Suites of what this version does; serving and texts come with later ones.
MARKS = (loan or determinism or tracking or bad_input or crash or batch) and not slow and not browser

.PHONY: help setup build demo test check format sanitize acceptance bench fuzz coverage install clean

help:            ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup:           ## install what is missing (Debian 12)
	tools/setup

build: setup     ## build the release binary
	cmake --preset release >/dev/null
	ninja -C build/release -j$(JOBS) reeve

demo: build      ## train on the built-in demo table, register, predict
	mkdir -p build/demo && cd build/demo && ../../$(REEVE) demo

test: build      ## unit tests, command-line tests, documentation examples
	cmake --preset dev >/dev/null
	ninja -C build/dev -j$(JOBS)
	tools/run_unit_tests build/dev
	python3 tests/cli/run.py $(REEVE)
	python3 tests/docs/run.py $(REEVE)

check:           ## format, layers, sizes
	tools/check_format
	tools/check_layers
	tools/check_sizes

format:          ## format all sources
	git ls-files 'src/*.h' 'src/*.cc' | xargs clang-format-16 -i

sanitize: setup  ## unit tests under address, undefined-behaviour and thread sanitizers
	cmake --preset asan >/dev/null && ninja -C build/asan -j$(JOBS)
	tools/run_unit_tests build/asan
	cmake --preset tsan >/dev/null && ninja -C build/tsan -j$(JOBS) reeve_base_test reeve_tuning_test reeve_tracking_test
	tools/run_unit_tests build/tsan

acceptance: build ## black-box suites, where they are beside this repository
	tools/setup --tests
	REEVE=$(abspath $(REEVE)) .venv/bin/python -m pytest -q $(ACCEPTANCE)/train $(ACCEPTANCE)/predict \
	  -c $(ACCEPTANCE)/pytest.ini -m "$(MARKS)"

bench: build     ## side by side with the peers, where they are beside this repository
	bench/run

fuzz:            ## each fuzz target for a minute
	tools/setup --fuzz
	cmake --preset fuzz >/dev/null && ninja -C build/fuzz -j$(JOBS)
	for target in build/fuzz/src/reeve/*/fuzz_*; do $$target -max_total_time=60 -rss_limit_mb=4096 || exit 1; done

coverage: setup  ## unit tests with coverage (gcovr)
	cmake --preset coverage >/dev/null && ninja -C build/coverage -j$(JOBS)
	tools/run_unit_tests build/coverage
	gcovr -r . build/coverage --filter src/ --print-summary | tail -3

install: build   ## into PREFIX (default /usr/local): bin/reeve and lib/*.so
	cmake --install build/release --prefix $(or $(PREFIX),/usr/local)

clean:           ## remove what was built
	rm -rf build
