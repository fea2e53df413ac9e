# Kills, power cuts and faults: what is saved stays saved. Short forms run within check; these run longer ones.
#   make crash ROUNDS=500 [SEED=n]

ROUNDS ?= 500
CRASH := $(B)/crash
CRASH_KILL := $(wildcard tests/crash/kill*.c tests/crash/run.c)

# It starts and kills the program from outside, so it runs where the build runs, whatever the board.
$(CRASH)/kill: $(CRASH_KILL) $(wildcard tests/crash/*.h) storage/store.h | setup
	@echo "CC $@"
	@mkdir -p $(@D)
	@gcc -std=c11 -D_GNU_SOURCE $(WARN) -O1 -g -I. $(CRASH_KILL) -o $@

.PHONY: crash
check: export CRASH := $(CURDIR)/$(CRASH)
check: $(CRASH)/kill

crash: $(B)/cayda $(GEN) $(CRASH)/kill
	@rm -rf $(CRASH)/kill.d && mkdir -p $(CRASH)/kill.d
	@cd $(CRASH)/kill.d && CAYDA=$(CURDIR)/$(B)/cayda GEN=$(CURDIR)/$(GEN) ROOT=$(CURDIR) CRASH=$(CURDIR)/$(CRASH) \
		ROUNDS=$(ROUNDS) SEED=$(or $(SEED),$(shell date +%s)) sh $(CURDIR)/tests/e2e/50-crash-kill.sh
