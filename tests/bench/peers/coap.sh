#!/bin/sh
# coap.sh OUT: coap-client and coap-server of the pinned libcoap as it comes, with Q-Block (Debian 12's are built without)
# and OpenSSL, into the folder OUT.
set -eu
out=$1
src=$out/src
config=$PWD/boards/deps/libcoap
[ ! -e "$out/coap-server" ] || exit 0
boards/deps/fetch.sh libcoap >/dev/null
mkdir -p "$src"
tar -xf third_party/libcoap3_*.orig.tar.* -C "$src" --strip-components=1
cp "$config/coap_config.h" "$src/include/"
sed '/COAP_DEFAULT_MTU/d; s/COAP_WITH_LIBMBEDTLS 1/COAP_WITH_LIBOPENSSL 1\n#define COAP_Q_BLOCK_SUPPORT 1/' "$config/coap_defines.h" \
	>"$src/include/coap3/coap_defines.h"
cd "$src"
rm src/coap_mbedtls.c src/coap_gnutls.c src/coap_tinydtls.c src/coap_wolfssl.c src/coap_io_*.c
for name in coap-client coap-server; do
	gcc -O2 -Iinclude -o "../$name" "examples/$name.c" src/coap_*.c -lssl -lcrypto
done
