# The server alone, for one thread and epoll, as small as the compiler makes it.
mkdir -p config
cp "$HERE/MHD_config.h" config/
archive microhttpd '-Os -DHAVE_CONFIG_H=1 -DBUILDING_MHD_LIB=1 -Iconfig -Isrc/include -Isrc/microhttpd' \
	src/microhttpd/daemon.c src/microhttpd/connection.c src/microhttpd/response.c \
	src/microhttpd/reason_phrase.c src/microhttpd/internal.c src/microhttpd/memorypool.c \
	src/microhttpd/mhd_mono_clock.c src/microhttpd/mhd_str.c src/microhttpd/mhd_send.c \
	src/microhttpd/mhd_itc.c src/microhttpd/mhd_sockets.c src/microhttpd/mhd_compat.c \
	src/microhttpd/mhd_panic.c
headers . src/include/microhttpd.h
