/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of the command that need a library of their own. Most commands never
 * need them, and would pay for their relocations at each start.
 */
#ifndef NEURONNL_PLUGIN_H
#define NEURONNL_PLUGIN_H

#include <stddef.h>

/*
 * struct plugin_call - a function of a library
 * @off: where its address goes
 */
struct plugin_call {
	const char *name;
	size_t off;
};

const void *plugin_symbol(const char *file, const char *symbol);
void *plugin_library(const char *file, const struct plugin_call *calls, size_t count, void *to);

#endif
