/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of "fw" that are no single number: names of counters, bytes.
 */
#ifndef NEURONNL_FW_WORDS_H
#define NEURONNL_FW_WORDS_H

#include "neuronnl.h"

/* struct counter_list - counters to read, in this order */
struct counter_list {
	unsigned int count;
	uint32_t value[NEURON_MAX_COUNTERS];
};

bool counter_is_of_engine(uint32_t counter);
void counters_all(struct counter_list *list, bool of_engine);
int counters_parse(const char *word, struct counter_list *list);
int bytes_hex(const char *word, unsigned char *to, size_t room, size_t *size);
int bytes_file(const char *path, unsigned char *to, size_t room, size_t *size);

#endif
