# 64-bit ARM Linux (Raspberry Pi 3 and later, cheap TV boxes, phones by Termux): one static file on musl.
CLIB = musl
CC = $(CURDIR)/$(DEPS)/musl/bin/musl-gcc
AR = aarch64-linux-gnu-ar
# Inline atomics: libgcc's outlined ones want glibc.
CFLAGS = -O2 -fstack-protector-strong -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables -mno-outline-atomics
LDFLAGS = -static -no-pie -Wl,--gc-sections
RUN = qemu-aarch64-static
APT = gcc-aarch64-linux-gnu linux-libc-dev-arm64-cross qemu-user-static

# For boards/deps/musl.
export MUSL_TARGET = aarch64-linux-musl
export MUSL_CC = aarch64-linux-gnu-gcc
export MUSL_LINUX = /usr/aarch64-linux-gnu/include
