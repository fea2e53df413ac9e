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
