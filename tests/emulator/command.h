/* SPDX-License-Identifier: GPL-2.0 */
/* One control command while it is carried out. */
#ifndef NEURON_EMU_COMMAND_H
#define NEURON_EMU_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

struct emu_card;
struct json_object;

/**
 * struct emu_call - what a command sees
 * @card: the card it is for
 * @argc: words behind the command's name
 * @argv: the words
 * @answer: object that the command may add to, or replace
 * @error: reason of a refusal
 */
struct emu_call {
	struct emu_card *card;
	int argc;
	char **argv;
	struct json_object *answer;
	char error[512];
};

int emu_call_refuse(struct emu_call *call, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int emu_call_expected(struct emu_call *call, const char *command, int word);
const char *emu_call_word(const struct emu_call *call, int index);
bool emu_call_is(const struct emu_call *call, int index, const char *name);
int emu_call_number(struct emu_call *call, int index, uint64_t most, uint64_t *value);
int emu_call_optional(struct emu_call *call, int index, uint64_t most, uint64_t otherwise,
		      uint64_t *value);

int emu_command_inject(struct emu_call *call);
int emu_command_show(struct emu_call *call);
int emu_command_trace(struct emu_call *call);

#endif
