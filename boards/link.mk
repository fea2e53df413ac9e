# A bad line between two network namespaces (tests/link), and what is measured over it.

BADLINK := build/link/badlink
PROBE := build/link/probe
BADLINK_PARTS := line nat held

# They join the host's own namespaces, so they run where the build runs, whatever the board.
$(BADLINK): $(wildcard tests/link/*.[ch]) | setup
	@echo "CC $@"
	@mkdir -p $(@D)
	@gcc -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g -I. $(patsubst %,tests/link/%.c,badlink options $(BADLINK_PARTS)) -o $@

$(PROBE): tests/link/probe.c | setup
	@echo "CC $@"
	@mkdir -p $(@D)
	@gcc -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g $< -o $@

BADLINK_OBJECTS := $(BADLINK_PARTS:%=$(B)/obj/tests/link/%.o) $(B)/obj/tests/link/test_badlink.o
UNIT += $(B)/test/test_badlink

$(B)/test/test_badlink: $(BADLINK_OBJECTS)
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka -lm -o $@

# What the tests call that is not ours.
LINK_PACKAGES := iproute2 openssl tshark libcoap3-bin
check: | link-setup
link-setup:
	@boards/setup.sh $(LINK_PACKAGES)

check: export BADLINK := $(CURDIR)/$(BADLINK)
check: export PROBE := $(CURDIR)/$(PROBE)
check: $(BADLINK) $(PROBE)

-include $(BADLINK_OBJECTS:.o=.d)

# What the measurements call: the programs beside which cayda is measured, and their tools.
BENCH_PACKAGES := $(LINK_PACKAGES) libssl-dev sqlite3 curl xz-utils $(if $(shell command -v node),,nodejs) \
	$(if $(shell command -v npm),,npm)

.PHONY: bench-link link-setup
bench-link: $(B)/cayda $(GEN) $(BADLINK) $(PROBE)
	@boards/setup.sh $(BENCH_PACKAGES)
	@CAYDA=$(CURDIR)/$(B)/cayda GEN=$(CURDIR)/$(GEN) BADLINK=$(CURDIR)/$(BADLINK) \
		PROBE=$(CURDIR)/$(PROBE) tests/link/bench.sh build/bench.tsv
