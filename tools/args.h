/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the command line.
 */
#ifndef NEURONNL_ARGS_H
#define NEURONNL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

struct args {
	char **words;	/* what is left, NULL at the end */
};

enum { ARGS_NONE = -1, ARGS_AMBIGUOUS = -2 };

const char *args_peek(const struct args *args);
const char *args_next(struct args *args);
bool args_take(struct args *args, const char *word);
bool args_is_help(const char *word);
int args_match(const char *word, const char *(*name)(const void *names, size_t i),
	       const void *names, size_t count);

#endif
