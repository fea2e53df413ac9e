# Simulated histories of many nodes (tests/sim): `make sim`, and a part of them in `make check`.

SEEDS ?= 1000
FIRST ?= 1
JOBS ?= 2
SIM := $(B)/test/test_sim
UNIT += $(SIM)
SIM_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/sim/*.c))

.PHONY: sim
sim: $(SIM)
	@cd $(<D) && $(RUN) ./$(<F) $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --first $(FIRST) --jobs $(JOBS))

# Emulators and sanitizers are slow.
check: export SIM_SEEDS := $(if $(SAN)$(RUN),300,5000)

$(SIM): $(SIM_OBJECTS) $(B)/libcayda.a
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(OUR_LDFLAGS) $^ $(LIBS) -o $@

-include $(SIM_OBJECTS:.o=.d)
