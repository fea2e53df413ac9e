# The pages: tests in a browser, and screenshots of them in build/web/shots: make check-web, TEST=pattern only those

CHECK_WEB_PACKAGES := chromium fonts-dejavu-core openssl $(WEB_PACKAGES)

.PHONY: check-web
check-web: $(B)/cayda $(GEN)
	@boards/setup.sh $(CHECK_WEB_PACKAGES)
	@CAYDA=$(CURDIR)/$(B)/cayda GEN=$(CURDIR)/$(GEN) TEST='$(TEST)' tests/web/run.sh

# A fuzzer of requests, on a province of its own, for as long as one likes: make fuzz-pages FUZZ=60

FUZZ_PAGES := $(patsubst %.c,build/fuzz/obj/%.o,$(filter-out agent/main.c,$(SOURCES)) tests/fuzz/fuzz_pages.c \
	$(EMBEDDED))
# NULL + 0, which clang alone complains of, is what an empty list is walked by.
FUZZ_FLAGS := -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all

build/fuzz/obj/%.o: %.c $(STAMPS)
	@mkdir -p $(@D)
	@clang -std=c11 -D_GNU_SOURCE $(FUZZ_FLAGS) -MMD -MP -I. -Iboards/$(BOARD) -isystem $(DEPS)/include \
		-DCAYDA_VERSION='"$(VERSION)"' -c $< -o $@

build/fuzz/fuzz_pages: $(FUZZ_PAGES)
	@clang $(FUZZ_FLAGS) -L$(DEPS)/lib $^ $(LIBS) -o $@

.PHONY: fuzz-pages
fuzz-pages: build/fuzz/fuzz_pages $(B)/cayda
	@rm -rf build/fuzz/home && mkdir -p build/fuzz/pages
	@$(B)/cayda --home build/fuzz/home init --unit 90 --unit-name 'Tỉnh mẫu' >/dev/null
	@$(B)/cayda --home build/fuzz/home unit import tests/data/sample_units.csv >/dev/null
	@FUZZ_HOME=build/fuzz/home build/fuzz/fuzz_pages -max_total_time=$(FUZZ) -max_len=2048 -dict=tests/fuzz/pages.dict \
		-artifact_prefix=build/fuzz/ build/fuzz/pages

-include $(FUZZ_PAGES:.o=.d)
