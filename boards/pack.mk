# What packs are made of.

# make dictionary: trains what packs begin with (storage/dictionary.h) anew, into build/dictionary.bin. Dictionary 1 is
# storage/dictionary_1.bin and stays as it is for ever; a better one is added as number 2.

TRAIN := $(B)/test/train

$(TRAIN): $(B)/obj/tests/dictionary/train.o $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ $(LIBS) -o $@

.PHONY: dictionary
dictionary: $(TRAIN) $(GEN)
	@rm -rf build/drawn && mkdir -p build/drawn
	@$(GEN) --population tests/data/sample_population.csv --commune 90006 --village 1 --visits 250 --out build/drawn
	@$(RUN) $(TRAIN) build/drawn build/dictionary.bin

-include $(B)/obj/tests/dictionary/train.d

# A fuzzer, for as long as one likes: make fuzz-pack FUZZ=60
PACK_SOURCES := body section changeset coder column column_plan column_text dictionary buf err

.PHONY: fuzz-pack
fuzz-pack: $(B)/gen/embed_dictionary.c
	@mkdir -p build/fuzz/pack
	@clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I. \
		-isystem $(DEPS)/include tests/fuzz/fuzz_pack.c $(PACK_SOURCES:%=storage/%.c) $< -lm -o build/fuzz/fuzz_pack
	@build/fuzz/fuzz_pack -max_total_time=$(FUZZ) -max_len=4096 -artifact_prefix=build/fuzz/ build/fuzz/pack
