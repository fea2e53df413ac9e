# Unit tests only; nothing of it is in the program.
archive cmocka '-Iinclude -DHAVE_CLOCK_GETTIME -DHAVE_CLOCK_REALTIME -DHAVE_STRUCT_TIMESPEC
	-DHAVE_STRSIGNAL -DHAVE_SIGNAL_H -DHAVE_STRINGS_H -DHAVE_STDINT_H -DHAVE_INTTYPES_H
	-DHAVE_GCC_THREAD_LOCAL_STORAGE' src/cmocka.c
headers . include/cmocka.h
