// SPDX-License-Identifier: GPL-2.0
/* Control commands: what software outside of the guest asks of a card. */
#include "command.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "regs.h"
#include "usage.h"

#define MAX_HEX_BYTES	65536u
#define ANSWER_FORMAT	(JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/**
 * emu_call_refuse() - end a command with a reason
 * @call: the command
 * @err: negative errno
 * @format: printf format of the reason
 * Context: any.
 * Return: @err.
 */
int emu_call_refuse(struct emu_call *call, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(call->error, sizeof(call->error), format, args);
	va_end(args);
	return err;
}

/**
 * emu_call_expected() - refuse a word, and say what it could have been
 * @call: the command
 * @command: its name
 * @word: index of the wrong or missing word: 0 or 1
 * Context: any.
 * Return: -EINVAL.
 */
int emu_call_expected(struct emu_call *call, const char *command, int word)
{
	const char *said = emu_call_word(call, word);
	char forms[400];

	emu_usage_expected(command, word ? emu_call_word(call, 0) : "", forms, sizeof(forms));
	if (*said)
		return emu_call_refuse(call, -EINVAL, "'%.40s' is none of: %s", said, forms);
	return emu_call_refuse(call, -EINVAL, "expected one of: %s", forms);
}

/**
 * emu_call_word() - one word of a command
 * @call: the command
 * @index: behind the command's name
 * Context: any.
 * Return: the word, or "".
 */
const char *emu_call_word(const struct emu_call *call, int index)
{
	return index < call->argc ? call->argv[index] : "";
}

/**
 * emu_call_is() - compare one word of a command
 * @call: the command
 * @index: behind the command's name
 * @name: what it may be
 * Context: any.
 * Return: true if it is that.
 */
bool emu_call_is(const struct emu_call *call, int index, const char *name)
{
	return !strcmp(emu_call_word(call, index), name);
}

/**
 * emu_call_number() - one word of a command as a number
 * @call: the command
 * @index: behind the command's name
 * @most: largest one that is allowed
 * @value: answers it
 * Context: any.
 * Return: 0, or a negative errno with the reason in @call.
 */
int emu_call_number(struct emu_call *call, int index, uint64_t most, uint64_t *value)
{
	const char *text = emu_call_word(call, index);
	int err = -EINVAL;
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (*text >= '0' && *text <= '9' && !*end && !errno) {
		if (*value <= most)
			return 0;
		err = -ERANGE;
	}
	if (!*text)
		return emu_call_refuse(call, -EINVAL, "word %d is missing: a number from 0 to %llu",
				       index + 1, (unsigned long long)most);
	return emu_call_refuse(call, err, "'%.40s' is not a number from 0 to %llu", text,
			       (unsigned long long)most);
}

/**
 * emu_call_optional() - one word of a command as a number, if it is there
 * @call: the command
 * @index: behind the command's name
 * @most: largest one that is allowed
 * @otherwise: the value without that word
 * @value: answers it
 * Context: any.
 * Return: 0, or a negative errno with the reason in @call.
 */
int emu_call_optional(struct emu_call *call, int index, uint64_t most, uint64_t otherwise,
		      uint64_t *value)
{
	*value = otherwise;
	return index < call->argc ? emu_call_number(call, index, most, value) : 0;
}

static int run_link(struct emu_call *call)
{
	enum emu_side side = emu_call_is(call, 0, "west") ? EMU_WEST : EMU_EAST;
	bool up = emu_call_is(call, 1, "up");

	if ((side == EMU_EAST && !emu_call_is(call, 0, "east")) ||
	    (!up && !emu_call_is(call, 1, "down")))
		return emu_call_expected(call, "link", 0);
	if (emu_box_set_link(call->card, side, up))
		return emu_call_refuse(call, -ENODEV, "no card is linked %s",
				       emu_call_word(call, 0));
	return 0;
}

static int notify_type(const char *name)
{
	static const struct {
		const char *name;
		enum emu_notify_type type;
	} types[] = {
		{ "notify", EMU_NOTIFY_NOTIFY },   { "trace", EMU_NOTIFY_TRACE },
		{ "event", EMU_NOTIFY_EVENT },	   { "error", EMU_NOTIFY_ERROR },
		{ "explicit", EMU_NOTIFY_NOTIFY }, { "implicit", EMU_NOTIFY_TRACE },
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(name, types[i].name))
			return (int)types[i].type;
	return -1;
}

static int run_raise(struct emu_call *call)
{
	static const uint64_t most[] = {
		EMU_NR_CORES - 1, EMU_NOTIFY_INSTANCES - 1, UINT32_MAX, 0x7fffffff,
	};
	uint64_t value[4], sub_queue;
	int type = notify_type(emu_call_word(call, 0)), i, err;
	bool written;

	if (type < 0)
		return emu_call_expected(call, "raise", 0);
	for (i = 0; i < 4; i++) {
		err = emu_call_number(call, i + 1, most[i], &value[i]);
		if (err)
			return err;
	}
	err = emu_call_optional(call, 5, EMU_NOTIFY_SUBQUEUES - 1, 0, &sub_queue);
	if (err)
		return err;
	emu_card_enter(call->card);
	written = emu_notify_post_sub(call->card, (unsigned int)value[0],
				      (enum emu_notify_type)type, (unsigned int)value[1],
				      (unsigned int)sub_queue, (uint32_t)value[2],
				      (uint32_t)value[3]);
	emu_card_leave(call->card);
	json_object_object_add(call->answer, "written", json_object_new_boolean(written));
	return 0;
}

static int dram_read(struct emu_call *call, uint64_t off)
{
	uint64_t len, i;
	char *text;
	int err = emu_call_number(call, 2, MAX_HEX_BYTES, &len);

	if (err)
		return err;
	if (len > EMU_DRAM_BYTES - off)
		return emu_call_refuse(call, -ERANGE, "beyond the end of DRAM");
	text = calloc(2, len + 1);
	if (!text)
		return emu_call_refuse(call, -ENOMEM, "no memory");
	for (i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", call->card->dram.bytes[off + i]);
	json_object_object_add(call->answer, "hex", json_object_new_string(text));
	free(text);
	return 0;
}

static int hex_byte(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	const char *high = strchr(digits, text[0] | 0x20), *low = strchr(digits, text[1] | 0x20);

	return high && low && *high && *low ? (int)((high - digits) << 4 | (low - digits)) : -1;
}

static int dram_write(struct emu_call *call, uint64_t off)
{
	const char *text = emu_call_word(call, 2);
	size_t len = strlen(text) / 2, i;

	if (!len || strlen(text) % 2 || len > MAX_HEX_BYTES)
		return emu_call_refuse(call, -EINVAL, "expected pairs of hexadecimal digits");
	if (len > EMU_DRAM_BYTES - off)
		return emu_call_refuse(call, -ERANGE, "beyond the end of DRAM");
	for (i = 0; i < len; i++)
		if (hex_byte(text + 2 * i) < 0)
			return emu_call_refuse(call, -EINVAL, "not hexadecimal: '%.2s'",
					       text + 2 * i);
	for (i = 0; i < len; i++)
		call->card->dram.bytes[off + i] = (uint8_t)hex_byte(text + 2 * i);
	return 0;
}

static int run_dram(struct emu_call *call)
{
	uint64_t off;
	int err;

	if (!emu_call_is(call, 0, "read") && !emu_call_is(call, 0, "write"))
		return emu_call_expected(call, "dram", 0);
	err = emu_call_number(call, 1, EMU_DRAM_BYTES - 1, &off);
	if (err)
		return err;
	return emu_call_is(call, 0, "read") ? dram_read(call, off) : dram_write(call, off);
}

static int run_reg(struct emu_call *call)
{
	uint64_t bar, off;
	uint32_t value;
	int err;

	if (!emu_call_is(call, 0, "read"))
		return emu_call_expected(call, "reg", 0);
	err = emu_call_number(call, 1, 2, &bar);
	if (!err)
		err = emu_call_number(call, 2, (bar ? EMU_BAR2_BYTES : EMU_BAR0_BYTES) - 4, &off);
	if (err)
		return err;
	if (bar == 1 || off % 4)
		return emu_call_refuse(call, -EINVAL, "BAR 0 or 2, offset a multiple of 4");
	emu_card_enter(call->card);
	value = emu_regs_read(call->card, bar ? EMU_WINDOW_CORE : EMU_WINDOW_APB, (uint32_t)off);
	emu_card_leave(call->card);
	json_object_object_add(call->answer, "value", json_object_new_uint64(value));
	return 0;
}

static int run_misc(struct emu_call *call)
{
	uint64_t off, value;
	bool done;
	int err = emu_call_number(call, 0, EMU_MISC_BYTES - 4, &off);

	if (!err)
		err = emu_call_number(call, 1, UINT32_MAX, &value);
	if (err)
		return err;
	emu_card_enter(call->card);
	done = emu_miscram_set_firmware_word(call->card, (uint32_t)off, (uint32_t)value);
	emu_card_leave(call->card);
	return done ? 0 : emu_call_refuse(call, -EPERM, "%#llx is not a word of the firmware",
					  (unsigned long long)off);
}

static int run_power(struct emu_call *call)
{
	uint64_t value;
	int err = emu_call_number(call, 0, EMU_POWER_MAX, &value);

	if (err)
		return err;
	emu_card_enter(call->card);
	emu_miscram_set_power(call->card, (uint32_t)value);
	emu_card_leave(call->card);
	return 0;
}

static int run_help(struct emu_call *call)
{
	json_object_put(call->answer);
	call->answer = emu_usage_object();
	return 0;
}

static int run_command(struct emu_call *call, const char *name)
{
	static const struct {
		const char *name;
		int (*run)(struct emu_call *call);
	} commands[] = {
		{ "show", emu_command_show }, { "link", run_link },
		{ "inject", emu_command_inject }, { "raise", run_raise },
		{ "trace", emu_command_trace }, { "dram", run_dram }, { "reg", run_reg },
		{ "misc", run_misc }, { "power", run_power },
		{ "help", run_help },
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(call);
	return emu_call_refuse(call, -EINVAL, "unknown command '%.40s', try: help", name);
}

/**
 * emu_card_command() - carry out one control command
 * @card: the card
 * @argc: words of @argv
 * @argv: name of the command and its arguments
 * @out: answers one line with a JSON object; after an error it has the key "error"
 * Context: no card lock held.
 * Return: 0 or a negative errno.
 */
int emu_card_command(struct emu_card *card, int argc, char **argv, FILE *out)
{
	struct emu_call call = {
		.card = card,
		.argc = argc - 1,
		.argv = argv + 1,
		.answer = json_object_new_object(),
	};
	int err;

	emu_pool_open(&card->box->pool);
	err = argc > 0 ? run_command(&call, argv[0]) :
			 emu_call_refuse(&call, -EINVAL, "no command");
	emu_pool_drain(&card->box->pool);
	if (err)
		json_object_object_add(call.answer, "error", json_object_new_string(call.error));
	fprintf(out, "%s\n", json_object_to_json_string_ext(call.answer, ANSWER_FORMAT));
	json_object_put(call.answer);
	return err;
}
