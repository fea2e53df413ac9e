# Our own code: objects, what is embedded, the program, unit tests, the host's generator.

SOURCES := $(wildcard storage/*.c protocol/*.c agent/*.c)
EMBEDDED := $(if $(wildcard storage/schema.sql),$(B)/gen/embed_schema.c) \
	$(if $(wildcard storage/embed.h),$(B)/gen/embed_dictionary.c $(B)/gen/embed_forms.c $(B)/gen/embed_po.c \
	$(B)/gen/embed_web.c)
OBJECTS := $(SOURCES:%.c=$(B)/obj/%.o) $(EMBEDDED:$(B)/%.c=$(B)/obj/%.o)
PO := $(wildcard agent/po/*.po)
FORMS := $(wildcard agent/forms/*/*.csv agent/forms/*.csv)
UNIT := $(patsubst tests/unit/%.c,$(B)/test/%,$(wildcard tests/unit/test_*.c))
GEN := build/gen

# Lists that change when a file or a flag comes or goes, so that nothing stale is linked.
remember = $(shell mkdir -p $(B); printf '%s\n' '$(subst ','\'',$(2))' | cmp -s - $(B)/$(1) || \
	printf '%s\n' '$(subst ','\'',$(2))' >$(B)/$(1))
$(call remember,.objects,$(OBJECTS))
$(call remember,.flags,$(CC) $(OUR_CFLAGS) $(OUR_LDFLAGS))
$(call remember,.forms,$(FORMS))
$(call remember,.po,$(PO))

# What people and commands do once need not be fast, but has to fit a small device's disk.
SMALL = $(if $(filter agent/%,$<),-Os)

$(B)/obj/%.o: %.c $(B)/.flags $(STAMPS)
	@echo "CC $<"
	@mkdir -p $(@D)
	@$(CC) $(OUR_CFLAGS) $(SMALL) -MMD -MP -c $< -o $@

$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/.flags $(STAMPS)
	@mkdir -p $(@D)
	@$(CC) $(OUR_CFLAGS) -MMD -MP -c $< -o $@

$(B)/gen/embed_schema.c: storage/schema.sql boards/embed.sh
	@mkdir -p $(@D)
	@boards/embed.sh embed_schema storage/ $< >$@

$(B)/gen/embed_dictionary.c: storage/dictionary_1.bin boards/embed.sh
	@mkdir -p $(@D)
	@boards/embed.sh embed_dictionary storage/ $< >$@

$(B)/gen/embed_forms.c: $(FORMS) boards/embed.sh $(B)/.forms
	@mkdir -p $(@D)
	@boards/embed.sh embed_forms agent/forms/ $(FORMS) >$@

$(B)/gen/embed_po.c: $(PO:agent/po/%.po=$(B)/gen/po/%.mo.gz) boards/embed.sh $(B)/.po
	@mkdir -p $(@D)
	@boards/embed.sh embed_po $(B)/gen/po/ $(filter %.gz,$^) >$@

$(B)/gen/po/%.mo.gz: $(B)/gen/po/%.mo
	@gzip -9n <$< >$@

$(B)/gen/po/%.mo: agent/po/%.po | setup
	@mkdir -p $(@D)
	@msgfmt --check -o $@ $<

$(B)/libcayda.a: $(filter-out $(B)/obj/agent/main.o,$(OBJECTS)) $(B)/.objects
	@rm -f $@
	@$(AR) rcs $@ $(filter %.o,$^)

$(B)/cayda: $(B)/obj/agent/main.o $(B)/libcayda.a
	@echo "LD $@"
	@$(CC) $(OUR_LDFLAGS) $^ $(LIBS) -o $@

$(B)/test/%: $(B)/obj/tests/unit/%.o $(B)/libcayda.a
	@mkdir -p $(@D)
	@$(CC) $(OUR_LDFLAGS) $^ -lcmocka $(LIBS) -o $@

# The generator runs where the build runs, whatever the board.
$(GEN): $(wildcard tests/gen/*.c tests/gen/*.h) | setup
	@echo "CC $@"
	@mkdir -p $(@D)
	@gcc -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g -I. $(filter %.c,$^) -lm -o $@

.PRECIOUS: $(B)/obj/%.o
-include $(OBJECTS:.o=.d) $(UNIT:$(B)/test/%=$(B)/obj/tests/unit/%.d)
