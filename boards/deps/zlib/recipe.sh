# What unpacks and what packs, without its own files and its wrappers.
archive z '-DHAVE_UNISTD_H -DHAVE_STDARG_H' adler32.c crc32.c deflate.c inflate.c inffast.c inftrees.c \
	trees.c zutil.c
headers . zlib.h zconf.h
