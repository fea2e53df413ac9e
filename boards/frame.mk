# Frames over a simulated line (tests/line), in virtual time, and their figures: make bench-frame.

FRAME_BED := $(patsubst %,$(B)/obj/tests/%.o,line/bed line/tcp fuzz/fuzz_frame link/line link/nat)
FRAME_UNIT := $(patsubst tests/line/%.c,$(B)/test/%,$(wildcard tests/line/test_*.c))
UNIT += $(FRAME_UNIT)

$(FRAME_UNIT): $(B)/test/%: $(B)/obj/tests/line/%.o $(FRAME_BED) $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka $(LIBS) -o $@

-include $(FRAME_BED:.o=.d) $(FRAME_UNIT:$(B)/test/%=$(B)/obj/tests/line/%.d)

# A fuzzer, for as long as one likes: make fuzz-frame FUZZ=60
FUZZ ?= 60
.PHONY: fuzz-frame
fuzz-frame:
	@mkdir -p build/fuzz/frame
	@clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I. \
		tests/fuzz/fuzz_frame.c $(wildcard protocol/frame*.c) storage/buf.c storage/err.c -lm -o build/fuzz/fuzz_frame
	@build/fuzz/fuzz_frame -max_total_time=$(FUZZ) -max_len=4096 -artifact_prefix=build/fuzz/ build/fuzz/frame

.PHONY: bench-frame
bench-frame: $(B)/bench/bench_frame
	@$(RUN) $<

$(B)/bench/bench_frame: $(B)/obj/tests/line/bench_frame.o $(FRAME_BED) $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ $(LIBS) -o $@
