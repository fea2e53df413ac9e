# Compression, decompression and dictionary training; no legacy formats, no threads, no programs.
archive zstd '-DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM -DXXH_NAMESPACE=ZSTD_' \
	lib/common/*.c lib/compress/*.c lib/decompress/*.c lib/dictBuilder/*.c
headers . lib/zstd.h lib/zdict.h lib/zstd_errors.h
