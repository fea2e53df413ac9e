# make bench: what DESIGN's figures are, a line each; the same in build/bench.tsv.

BENCH := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/bench_*.c))

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka $(LIBS) -o $@

.PHONY: bench
bench: $(B)/cayda $(BENCH) $(GEN)
	@GEN=$(CURDIR)/$(GEN) CAYDA=$(CURDIR)/$(B)/cayda RUN='$(RUN)' tests/bench/run.sh build/bench.tsv $(BENCH)

-include $(BENCH:$(B)/bench/%=$(B)/obj/tests/bench/%.d)

# make bench-province: what reports cost where there are 480,000 households (tests/bench/province.sh).
PROVINCE := $(B)/bench/province
PROVINCE_OBJECTS := $(patsubst %,$(B)/obj/tests/bench/%.o,province province_make) $(B)/obj/tests/gen/model.o

$(PROVINCE): $(PROVINCE_OBJECTS) $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka $(LIBS) -o $@

.PHONY: bench-province
bench-province: $(B)/cayda $(PROVINCE)
	@PROVINCE=$(PROVINCE) CAYDA=$(B)/cayda KEPT=build/province tests/bench/province.sh build/bench.tsv

-include $(PROVINCE_OBJECTS:.o=.d)
