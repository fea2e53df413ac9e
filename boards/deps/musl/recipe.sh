# The C library of static boards, and a musl-gcc that compiles and links against it alone. The kernel's
# headers are the cross compiler's.
./configure --prefix="$OUT/musl" --target="$MUSL_TARGET" --disable-shared --enable-wrapper=gcc \
	CC="$MUSL_CC" AR="$AR" RANLIB="$AR s" CFLAGS="$CFLAGS"
env -u MAKEFLAGS -u MFLAGS make -j "$JOBS" install
cp -r "$MUSL_LINUX/linux" "$MUSL_LINUX/asm" "$MUSL_LINUX/asm-generic" "$OUT/musl/include/"
