# Simulated histories of many nodes (tests/sim): `make sim`, a part of them in `make check`, and `make mutants`.

SEEDS ?= 1000
FIRST ?= 1
JOBS ?= 2
SIM := $(B)/test/test_sim
SIM_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/sim/*.c))
MUTANT_UNITS := $(filter %/test_merge %/test_merge_hostile %/test_sync %/test_store %/test_revoke,$(UNIT))
UNIT += $(SIM)

.PHONY: sim mutants
sim: $(SIM)
	@cd $(<D) && $(RUN) ./$(<F) $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --first $(FIRST) --jobs $(JOBS))

mutants: $(SIM) $(MUTANT_UNITS)
	@B=$(B) COMPILE='$(CC) $(OUR_CFLAGS)' LINK='$(CC) $(OUR_LDFLAGS)' LIBS='$(LIBS)' \
		SEEDS=$(if $(filter file,$(origin SEEDS)),2000,$(SEEDS)) JOBS=$(JOBS) tests/sim/mutants.sh $(MUTANTS)

# Emulators and sanitizers are slow.
check: export SIM_SEEDS := $(if $(SAN)$(RUN),300,5000)

$(SIM): $(SIM_OBJECTS) $(B)/libcayda.a
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(OUR_LDFLAGS) $^ $(LIBS) -o $@

-include $(SIM_OBJECTS:.o=.d)
