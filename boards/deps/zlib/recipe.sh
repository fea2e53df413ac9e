# Only what unpacks.
archive z '-DHAVE_UNISTD_H -DHAVE_STDARG_H' adler32.c crc32.c inflate.c inffast.c inftrees.c zutil.c
headers . zlib.h zconf.h
