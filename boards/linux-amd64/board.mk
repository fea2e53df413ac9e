# The machine that builds, whatever its processor: dynamic against libc only. For development.
CC = gcc
AR = ar
CFLAGS = -O2 -fstack-protector-strong -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables
LDFLAGS = -Wl,--gc-sections -Wl,--as-needed
RUN =
APT =
