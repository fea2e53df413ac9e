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

# Below SQLite's VFS and everybody's allocator: libc's own calls, wrapped.
WRAPPED := malloc calloc realloc strdup free open open64 close read pread pread64 write pwrite pwrite64 fsync \
	fdatasync ftruncate ftruncate64 rename link unlink mkdir rmdir mmap mmap64 fopen fopen64 fileno getrandom
CRASH_COMMON := $(patsubst %,$(B)/obj/tests/crash/%.o,bed disk wrap wrap_stdio)
CRASH_UNIT := $(patsubst tests/crash/%.c,$(B)/test/%,$(wildcard tests/crash/test_*.c))
UNIT += $(CRASH_UNIT)

$(CRASH_UNIT): $(B)/test/%: $(B)/obj/tests/crash/%.o $(CRASH_COMMON) $(B)/libcayda.a
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(OUR_LDFLAGS) $(WRAPPED:%=-Wl$(,)--wrap=%) $^ -lcmocka $(LIBS) -o $@

.PHONY: crash
check: export CRASH := $(CURDIR)/$(CRASH)
check: $(CRASH)/kill

crash: $(B)/cayda $(GEN) $(CRASH)/kill
	@rm -rf $(CRASH)/kill.d && mkdir -p $(CRASH)/kill.d
	@cd $(CRASH)/kill.d && CAYDA=$(CURDIR)/$(B)/cayda GEN=$(CURDIR)/$(GEN) ROOT=$(CURDIR) CRASH=$(CURDIR)/$(CRASH) \
		ROUNDS=$(ROUNDS) SEED=$(or $(SEED),$(shell date +%s)) sh $(CURDIR)/tests/e2e/50-crash-kill.sh

-include $(CRASH_COMMON:.o=.d) $(CRASH_UNIT:$(B)/test/%=$(B)/obj/tests/crash/%.d)
