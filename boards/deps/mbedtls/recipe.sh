# The release carries its generated files, so neither Python nor Perl is needed. The configuration is
# named in the installed build_info.h, so whoever includes <mbedtls/...> sees the one it was built with.
cp "$HERE/cayda_config.h" include/mbedtls/
sed -i '0,/^#define/s//#define MBEDTLS_CONFIG_FILE "mbedtls\/cayda_config.h"\n&/' include/mbedtls/build_info.h
headers mbedtls include/mbedtls/*.h
headers psa include/psa/*.h
archive mbedtls '-Os -Iinclude -Ilibrary' library/ssl_*.c library/debug.c
archive mbedx509 '-Os -Iinclude -Ilibrary' library/x509*.c
rm library/ssl_*.c library/debug.c library/x509*.c library/mps_*.c library/net_sockets.c
archive mbedcrypto '-Iinclude -Ilibrary' library/*.c
