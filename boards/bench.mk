# make bench: what DESIGN's figures are, a line each; the same in build/bench.tsv.

BENCH := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/bench_*.c))

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka $(LIBS) -o $@

.PHONY: bench
bench: $(B)/cayda $(BENCH) $(GEN)
	@GEN=$(CURDIR)/$(GEN) CAYDA=$(CURDIR)/$(B)/cayda RUN='$(RUN)' tests/bench/run.sh build/bench.tsv $(BENCH)

-include $(BENCH:$(B)/bench/%=$(B)/obj/tests/bench/%.d)
