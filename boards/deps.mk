# The third-party libraries: one stamp each, named by a key of all that goes into it.

LIBRARIES := $(CLIB) mbedtls libcoap sqlite3 tinycbor qrencode utf8proc expat zlib libmicrohttpd cmocka
KEYS := $(shell CC='$(CC)' CFLAGS='$(CFLAGS)' CLIB='$(CLIB)' boards/deps/keys.sh $(LIBRARIES))
STAMPS := $(KEYS:%=$(DEPS)/stamp/%)
stamp_of = $(filter $(DEPS)/stamp/$(1)-%,$(STAMPS))

setup:
	@boards/setup.sh $(PACKAGES)

deps: $(STAMPS)

fetch: setup
	@boards/deps/fetch.sh

$(DEPS)/stamp/%: | setup
	@OUT=$(DEPS) CC='$(CC)' AR='$(AR)' CFLAGS='$(CFLAGS)' boards/deps/build.sh \
		$(firstword $(subst -, ,$*)) $@

$(call stamp_of,libcoap): $(call stamp_of,mbedtls)
ifneq ($(CLIB),)
$(filter-out $(call stamp_of,$(CLIB)),$(STAMPS)): $(call stamp_of,$(CLIB))
endif
