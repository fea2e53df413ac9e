# The pages: one bundle for every board, by esbuild; npm's packages are kept in third_party/npm, to build offline later.

WEB_FILES := index.html app.js app.css sw.js manifest.webmanifest icon.svg icon-192.png icon-512.png licences.txt
WEB_SOURCES := $(shell find agent/web -name node_modules -prune -o -type f -print)
WEB_PACKAGES := $(if $(shell command -v node),,nodejs) $(if $(shell command -v npm),,npm)
NPM := npm --cache third_party/npm --prefer-offline --logs-max=0 --no-audit --no-fund --no-update-notifier

build/web/.packages: agent/web/package.json agent/web/package-lock.json
	@boards/setup.sh $(WEB_PACKAGES)
	@echo "NPM $(<D)"
	@mkdir -p build/web
	@cp $^ build/web/
	@$(NPM) ci --ignore-scripts --prefix build/web >build/web/npm.log 2>&1 || { tail -n 15 build/web/npm.log >&2; exit 1; }
	@touch $@

build/web/.bundle: build/web/.packages $(WEB_SOURCES)
	@echo "WEB agent/web"
	@node agent/web/bundle.mjs build/web
	@touch $@

$(B)/gen/embed_web.c: build/web/.bundle boards/embed.sh
	@mkdir -p $(@D)
	@boards/embed.sh embed_web build/web/files/ $(WEB_FILES:%=build/web/files/%) >$@

fetch: build/web/.packages
