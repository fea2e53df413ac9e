# Kills, power cuts and faults: what is saved stays saved. Short forms run within check; these run longer ones.
#   make crash ROUNDS=500 [SEED=n]     kills of the real program, and four times as many power cuts
#   make faults [FAULTS=n] [SEED=n]    each call that can fail in turn, or n of each kind

ROUNDS ?= 500
CRASH := $(B)/crash
CRASH_KILL := $(wildcard tests/crash/kill*.c tests/crash/run.c)

# It starts and kills the program from outside, so it runs where the build runs, whatever the board.
$(CRASH)/kill: $(CRASH_KILL) $(wildcard tests/crash/*.h) storage/store.h | setup
	@echo "CC $@"
	@mkdir -p $(@D)
	@gcc -std=c11 -D_GNU_SOURCE $(WARN) -O1 -g -I. $(CRASH_KILL) -o $@

# Below SQLite's VFS and everybody's allocator: libc's own calls, wrapped.
WRAPPED := malloc calloc realloc strdup free open open64 close read pread pread64 write pwrite pwrite64 fsync \
	fdatasync ftruncate ftruncate64 rename link unlink mkdir rmdir mmap mmap64 fopen fopen64 fileno getrandom statx
CRASH_COMMON := $(patsubst %,$(B)/obj/tests/crash/%.o,bed disk disk_inode wrap wrap_stdio)
CRASH_UNIT := $(patsubst tests/crash/%.c,$(B)/test/%,$(wildcard tests/crash/test_*.c))
UNIT += $(CRASH_UNIT)

$(CRASH_UNIT): $(B)/test/%: $(B)/obj/tests/crash/%.o $(CRASH_COMMON) $(B)/libcayda.a
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(OUR_LDFLAGS) $(WRAPPED:%=-Wl$(,)--wrap=%) $^ -lcmocka $(LIBS) -o $@

.PHONY: crash faults
check: export CRASH := $(CURDIR)/$(CRASH)
check: export FAULTS := $(if $(RUN),2,$(if $(SAN),8,25))
check: export CUTS := $(if $(RUN),30,$(if $(SAN),60,200))
check: $(CRASH)/kill

AGAIN = $(or $(SEED),$(shell date +%s))

crash: $(B)/cayda $(GEN) $(CRASH)/kill $(B)/test/test_power
	@rm -rf $(CRASH)/kill.d && mkdir -p $(CRASH)/kill.d
	@cd $(CRASH)/kill.d && CAYDA=$(CURDIR)/$(B)/cayda GEN=$(CURDIR)/$(GEN) ROOT=$(CURDIR) CRASH=$(CURDIR)/$(CRASH) \
		ROUNDS=$(ROUNDS) SEED=$(AGAIN) sh $(CURDIR)/tests/e2e/50-crash-kill.sh
	@cd $(B)/test && CUTS=$$(($(ROUNDS) * 4)) SEED=$(AGAIN) $(RUN) ./test_power

faults: $(B)/test/test_fault $(B)/test/test_damage
	@cd $(B)/test && FAULTS=$(or $(FAULTS),all) SEED=$(AGAIN) $(RUN) ./test_fault
	@cd $(B)/test && FAULTS=$(or $(FAULTS),all) SEED=$(AGAIN) $(RUN) ./test_damage

-include $(CRASH_COMMON:.o=.d) $(CRASH_UNIT:$(B)/test/%=$(B)/obj/tests/crash/%.d)
