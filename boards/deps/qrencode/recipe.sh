# The encoder alone: no PNG, no threads.
archive qrencode "-Os -DMAJOR_VERSION=4 -DMINOR_VERSION=1 -DMICRO_VERSION=1 -DVERSION=\"4.1.1\" \
	-DHAVE_STRDUP=1 -DSTATIC_IN_RELEASE=static" \
	qrencode.c qrinput.c bitstream.c qrspec.c rsecc.c split.c mask.c mqrspec.c mmask.c
headers . qrencode.h
