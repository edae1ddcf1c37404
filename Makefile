# Set-up happens by itself on the first call of a target that needs it, and again when these change:
LOCKED := pyproject.toml uv.lock setup.py tools/setup.sh tools/preflight.sh
BIN := .venv/bin
READY := .venv/.set-up-done

# .venv alone decides what is imported, whatever the caller's shell has set up for other projects.
unexport PYTHONHOME PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast lint types format bench fuzz e2e-spark image image-base image-check e2e-containers sbom docs clean distclean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-14s %s\n' "$$name" "$$what"; done

$(READY): $(LOCKED)
	@sh tools/setup.sh
	@touch $@

setup: $(READY) ## install the locked packages into .venv; every other target does it by itself
	@:

demo: $(READY) ## make synthetic head CT, train on it and push a model: at most 8 minutes on 2 cores
	@$(BIN)/ichor demo

test: lint types ## lint, types, then all tests: numpy, tf, tfx and e2e tiers
	@$(BIN)/pytest

test-fast: $(READY) ## the numpy and tf tiers only: no TFX, under 2 minutes
	@$(BIN)/pytest --tiers numpy,tf

lint: $(READY) ## ruff: rules and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## mypy
	@$(BIN)/mypy

format: $(READY) ## let ruff repair what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## build the documentation and the API page: build/site/index.html
	@$(BIN)/python tools/site/pages.py
	@$(BIN)/mkdocs build

bench: $(READY) ## measure the budgets of docs/performance.md (takes long)
	@$(BIN)/python -m bench

FUZZ_SECONDS := 60

fuzz: $(READY) ## look for files that break a reader, FUZZ_SECONDS=60 for images and for DICOM
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

# Their settings (IMAGE, BASE_IMAGE, GPU=1, CA_BUNDLE, ...) are listed at the head of each script; docs/image.md explains them.
image: ## build the container image with docker or podman: GPU=1, BASE_IMAGE=..., IMAGE=...
	@sh tools/image/build.sh

image-base: ## make a base for it with debootstrap, where no image registry can be reached: BASE_IMAGE=...
	@sh tools/image/base.sh

image-check: ## run the whole demo in the image: any user id, read-only, no network
	@sh tools/image/check.sh

e2e-containers: $(READY) ## run the compiled pipeline in containers of the image, and compare with the local runner
	@$(BIN)/python -m tests.containers

sbom: $(READY) ## write what is in the image to ichor.cdx.json (CycloneDX)
	@sh tools/image/sbom.sh

e2e-spark: $(READY) ## run Beam's nodes on a Spark cluster made here: root, Java 17, Maven, iproute2; PARTS=same,...
	@sh tools/spark/run.sh $(PARTS)

clean: ## remove the demo's output, build output and caches; .venv and your own runs stay
	rm -rf demo build dist ichor.egg-info ichor.cdx.json .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz

distclean: clean ## clean, and remove .venv, the project's own uv and Spark too
	rm -rf .venv .uv .spark
