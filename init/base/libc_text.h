/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libc_text.c, libc_sort.c and libc_error.c offer, as libc.h has it.
 */
#ifndef BASE_LIBC_TEXT_H
#define BASE_LIBC_TEXT_H

#include <stddef.h>

#ifdef SMALL_LIBC
#define libc_memchr	 memchr
#define libc_memmove	 memmove
#define libc_qsort	 qsort
#define libc_strcasecmp	 strcasecmp
#define libc_strchr	 strchr
#define libc_strcpy	 strcpy
#define libc_strcspn	 strcspn
#define libc_strerror	 strerror
#define libc_strlen	 strlen
#define libc_strncasecmp strncasecmp
#define libc_strncmp	 strncmp
#define libc_strrchr	 strrchr
#define libc_strspn	 strspn
#define libc_strstr	 strstr
#define libc_strverscmp	 strverscmp
#endif

/* As the functions of string.h and strings.h. */
void *libc_memchr(const void *bytes, int byte, size_t size);
void *libc_memmove(void *to, const void *from, size_t size);
int libc_strcasecmp(const char *a, const char *b);
char *libc_strchr(const char *text, int letter);
char *libc_strcpy(char *to, const char *from);
size_t libc_strcspn(const char *text, const char *none_of);
size_t libc_strlen(const char *text);
int libc_strncasecmp(const char *a, const char *b, size_t size);
int libc_strncmp(const char *a, const char *b, size_t size);
char *libc_strrchr(const char *text, int letter);
size_t libc_strspn(const char *text, const char *only);
char *libc_strstr(const char *text, const char *word);

/* As strverscmp(3), where no number begins with 0. */
int libc_strverscmp(const char *a, const char *b);

/* As qsort(3). */
void libc_qsort(void *rows, size_t count, size_t size,
		int (*compare)(const void *left, const void *right));

/* As strerror(3) for what can happen here; "error N" for the others. */
char *libc_strerror(int error);

#endif
