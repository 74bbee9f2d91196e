/* SPDX-License-Identifier: GPL-2.0 */
/* Every control command in words: help, refusals and the manual page go by it. */
#ifndef NEURON_EMU_USAGE_H
#define NEURON_EMU_USAGE_H

#include <stddef.h>

struct json_object;

struct emu_usage {
	const char *command;
	const char *args;
	const char *what;
};

extern const struct emu_usage emu_usages[];
extern const size_t emu_nr_usages;

void emu_usage_expected(const char *command, const char *first, char *text, size_t bytes);
struct json_object *emu_usage_object(void);

#endif
