# Unit tests only; nothing of it is in the program. Its header guesses uintptr_t and the word size from
# glibc's names, and guesses wrong on musl: say both first.
{
	printf '#include <stdint.h>\n#define HAVE_UINTPTR_T 1\n'
	printf '#if defined(__LP64__) && !defined(__WORDSIZE)\n#define __WORDSIZE 64\n#endif\n'
	cat include/cmocka.h
} >include/cmocka.tmp
mv include/cmocka.tmp include/cmocka.h
archive cmocka '-Iinclude -DHAVE_CLOCK_GETTIME -DHAVE_CLOCK_REALTIME -DHAVE_STRUCT_TIMESPEC
	-DHAVE_STRSIGNAL -DHAVE_SIGNAL_H -DHAVE_STRINGS_H -DHAVE_STDINT_H -DHAVE_INTTYPES_H
	-DHAVE_GCC_THREAD_LOCAL_STORAGE' src/cmocka.c
headers . include/cmocka.h
