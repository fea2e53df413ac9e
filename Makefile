# make help lists the targets. make builds build/linux-amd64/cayda, with all it needs.

VERSION := 0.1.0
BOARD ?= linux-amd64
SAN ?=
TEST ?=

, := ,
PARALLEL := $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
MAKEFLAGS += --no-builtin-rules $(PARALLEL)
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# --- the board, and where things go -------------------------------------------------------------

B := build/$(BOARD)$(if $(SAN),-san)
DEPS := build/$(BOARD)/deps
include boards/$(BOARD)/board.mk

# What a bare Debian with gcc and make lacks; a board adds its own.
PACKAGES := patch xz-utils bzip2 gettext $(APT)
LINT_PACKAGES := clang-format gettext
CHECK_PACKAGES := curl

LIBS := -lcoap-3 -lmbedtls -lmbedx509 -lmbedcrypto -lsqlite3 -ltinycbor -lqrencode -lutf8proc -lmicrohttpd -lexpat -lz -lm
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
OUR_CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) -g $(CFLAGS) -I. -Iboards/$(BOARD) -isystem $(DEPS)/include \
	-DCAYDA_VERSION='"$(VERSION)"' $(if $(SAN),-fsanitize=address$(,)undefined -fno-omit-frame-pointer \
	-fno-sanitize-recover=all,-D_FORTIFY_SOURCE=2)
OUR_LDFLAGS := $(LDFLAGS) -L$(DEPS)/lib $(if $(SAN),-fsanitize=address$(,)undefined)

# --- targets ------------------------------------------------------------------------------------

.PHONY: all help setup deps fetch check lint demo dist fmt clean
all: $(B)/cayda

help:
	@echo 'make          build/linux-amd64/cayda, fetching and building what it needs'
	@echo 'make demo     five nodes on this machine: record offline, sync, see coverage'
	@echo 'make check    every test; SAN=1 with sanitizers, TEST=pattern only those'
	@echo 'make check-web  the pages, in a browser; what they look like goes to build/web/shots'
	@echo 'make sim      random histories of many nodes: SEEDS=1000 or SEED=k, JOBS=2'
	@echo 'make bench    figures, against plain SQLite in the same run'
	@echo 'make bench-province  reports of a province of 480,000 households; its database is built first, in minutes'
	@echo 'make dictionary  train anew what packs begin with, into build/dictionary.bin; make fuzz-pack FUZZ=60'
	@echo 'make bench-link  over a bad line, beside HTTPS, libcoap and PouchDB; as root; ROWS= SEEDS= JOBS='
	@echo 'make bench-frame  what part of a bad line frames use, in virtual time; make fuzz-frame FUZZ=60'
	@echo 'make fuzz-pages  requests to the pages: FUZZ=60'
	@echo 'make crash    kill the program ROUNDS=500 times while it records and syncs; SEED=n again'
	@echo 'make lint     layers, format, sizes, translations'
	@echo 'make fmt      format the C sources in place'
	@echo 'make setup    install missing Debian packages (as root; else say which)'
	@echo 'make deps     fetch, check and build the third-party libraries'
	@echo 'make fetch    only fetch them into third_party/, to build offline later'
	@echo 'make dist     build/dist/cayda-$(VERSION).tar.xz, which builds without a network'
	@echo 'make clean    remove what was built of our own; build/ whole removes the libraries too'
	@echo 'BOARD=$(BOARD): a folder of boards/: $(notdir $(patsubst %/,%,$(dir $(wildcard boards/*/board.mk))))'

include boards/deps.mk
include boards/web.mk
include boards/build.mk
include boards/crash.mk
include boards/sim.mk
include boards/bench.mk
include boards/pack.mk
include boards/link.mk
include boards/frame.mk
include boards/pages.mk

check: $(B)/cayda $(GEN) $(UNIT)
	@boards/setup.sh $(CHECK_PACKAGES)
	@RUN='$(RUN)' CAYDA=$(B)/cayda GEN=$(GEN) TEST='$(TEST)' tests/run.sh $(B) '$(UNIT)'

demo: $(B)/cayda $(GEN)
	@CAYDA=$(CURDIR)/$(B)/cayda GEN=$(CURDIR)/$(GEN) tests/demo.sh

lint:
	@boards/setup.sh $(LINT_PACKAGES)
	@boards/lint.sh

fmt:
	@boards/setup.sh $(LINT_PACKAGES)
	@find storage protocol agent tests -name '*.[ch]' -exec clang-format -i {} +

dist: fetch
	@boards/dist.sh cayda-$(VERSION)

clean:
	rm -rf $(B)/obj $(B)/gen $(B)/test $(B)/cayda $(B)/libcayda.a build/gen build/demo
