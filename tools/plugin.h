/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of the command that need a library of their own. Most commands never
 * need them, and would pay for their relocations at each start.
 */
#ifndef NEURONNL_PLUGIN_H
#define NEURONNL_PLUGIN_H

const void *plugin_symbol(const char *file, const char *symbol);

#endif
