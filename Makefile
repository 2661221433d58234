# Every target, in the order in which one meets them. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run page test build format lint bench soak screenshots clean
SOURCES := Package.swift Sources Tests $(wildcard Benchmarks)

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, build for release and serve the demo (ARGS="--port 9000" to pass more)
	@Scripts/setup run
	swift build -c release --product jobtalk
	.build/release/jobtalk serve --demo $(ARGS)

page: ## Serve the demo from the files in Dashboard, read anew at each request
	@Scripts/setup run
	swift build --product jobtalk
	.build/debug/jobtalk serve --demo --assets Dashboard $(ARGS)

test: ## Set up, build and run every test (ARGS="--filter StoreTests" to pass more)
	@Scripts/setup test
	@Scripts/test $(ARGS)

build: ## Build for release
	@Scripts/setup run
	swift build -c release --product jobtalk

format: ## Lay out every Swift file and the page
	swift format --in-place --parallel --recursive $(SOURCES)
	@Scripts/check-page fmt

lint: ## Check layout, who imports whom, and the page
	@Scripts/setup run
	swift format lint --strict --parallel --recursive $(SOURCES)
	@Scripts/check-imports-test
	@Scripts/check-imports
	@Scripts/check-page

bench: ## Measure what Benchmarks/README.md states
	@Scripts/setup bench
	swift build -c release --product jobtalk
	@Benchmarks/run

soak: ## Watch for ten minutes that the page's memory stays flat with 1 000 partners
	@Scripts/setup test
	swift build -c release --product jobtalk
	JOBTALK=.build/release/jobtalk SOAK_SECONDS=600 Scripts/pytest -s -k memory Tests/Browser

screenshots: ## Take the pictures of README.md anew
	@Scripts/setup test
	swift build --product jobtalk
	@Scripts/pytest -q Tests/Browser/screenshots.py

clean: ## Remove what was built (never data)
	rm -rf .build
