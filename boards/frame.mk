# Frames over a simulated line (tests/line), in virtual time, and their figures: make bench-frame.

FRAME_BED := $(patsubst %,$(B)/obj/tests/%.o,line/bed line/tcp link/line link/nat)
FRAME_UNIT := $(patsubst tests/line/%.c,$(B)/test/%,$(wildcard tests/line/test_*.c))
UNIT += $(FRAME_UNIT)

$(FRAME_UNIT): $(B)/test/%: $(B)/obj/tests/line/%.o $(FRAME_BED) $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka $(LIBS) -o $@

-include $(FRAME_BED:.o=.d) $(FRAME_UNIT:$(B)/test/%=$(B)/obj/tests/line/%.d)
