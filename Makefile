# SPDX-License-Identifier: Apache-2.0
# For developers. Everybody else needs ./run and ./test only.

.PHONY: help build debug test lint format bench lab clean

help:
	@echo "make build   the release executable, build/release/parallax"
	@echo "make debug   everything with tests, build/debug"
	@echo "make test    every test (./test STEP... for some)"
	@echo "make lint    formatting, clang-tidy and shellcheck on what changed"
	@echo "make format  formats the C++ files that changed"
	@echo "make bench   the benchmarks"
	@echo "make lab     a shell inside the lab"
	@echo "make clean   removes build/"

build:
	scripts/install-deps run
	scripts/build release parallax

debug:
	scripts/install-deps test
	scripts/build debug

test:
	./test

lint:
	scripts/lint

format:
	git diff --name-only --diff-filter=d HEAD -- '*.cc' '*.h' | xargs -r clang-format-19 -i

bench:
	scripts/install-deps test
	cmake --preset release -DPARALLAX_BUILD_BENCH=ON --log-level=NOTICE
	cmake --build --preset release -j "$$(scripts/jobs)"
	bench/run

lab:
	lab/lab exec -- "$${SHELL:-/bin/sh}"

clean:
	rm -rf build
