# Client and server, UDP and TCP, DTLS by mbedTLS, epoll; see coap_defines.h for what is off.
cp "$HERE/coap_config.h" include/
cp "$HERE/coap_defines.h" include/coap3/
rm -f src/coap_gnutls.c src/coap_openssl.c src/coap_tinydtls.c src/coap_wolfssl.c src/coap_io_*.c
archive coap-3 "-Os -Iinclude -I$OUT/include" src/coap_*.c
for h in include/coap3/*_internal.h; do
	rm "$h"
done
headers coap3 include/coap3/*.h
