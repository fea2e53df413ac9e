# utf8proc.c includes utf8proc_data.c.
archive utf8proc -DUTF8PROC_STATIC utf8proc.c
headers . utf8proc.h
