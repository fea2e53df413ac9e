# Parser and encoder; no JSON, no floating-point helpers, no printing.
archive tinycbor '-Os -Isrc' src/cborencoder.c src/cborencoder_close_container_checked.c \
	src/cborparser.c src/cborerrorstrings.c src/cborvalidation.c
headers . src/cbor.h src/tinycbor-version.h
