# make install | studio | demo | test | pictures | reference; each does all the set-up it needs.

PYTHON ?= python3
BIN := .venv/bin
OUT ?= demo-out

.PHONY: install studio demo test pictures reference

install: .venv/installed

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13) and f"monoline needs Python 3.11 to 3.13, and $(PYTHON) is {v[0]}.{v[1]}; name another as make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing monoline and what it needs; torch is large, so this takes some minutes the first time."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch .venv/installed $@

studio: .venv/installed
	$(BIN)/monoline --studio demo-studio --demo

demo: .venv/installed
	$(BIN)/monoline demo --out $(OUT) --force

# tests start many processes, of which none is to compile what another has, whatever the shell says
# and wait for them often, so that one worker more than there are cores keeps these busy
test: .venv/installed-dev
	PYTHONDONTWRITEBYTECODE= PYTEST_XDIST_AUTO_NUM_WORKERS=$$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) \
		$(BIN)/python -m pytest --numprocesses auto --dist loadfile

pictures: .venv/installed-dev
	$(BIN)/python docs/make_pictures.py

reference: .venv/installed-dev
	$(BIN)/python docs/make_reference.py
