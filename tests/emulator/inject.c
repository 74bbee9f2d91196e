// SPDX-License-Identifier: GPL-2.0
/* Control commands: faults and events that software outside of the guest asks for. */
#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "regs.h"
#include "show.h"

#define MAX_HEX_BYTES	65536u
#define ALL_ENGINES	EMU_NR_ENGINES

/* What a command sees: its words behind the name, and the answer it may add to. */
struct call {
	struct emu_card *card;
	int argc;
	char **argv;
	struct json_object *answer;
	char error[120];
};

struct command {
	const char *name;
	const char *usage;
	int (*run)(struct call *call);
};

__attribute__((format(printf, 3, 4)))
static int refuse(struct call *call, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(call->error, sizeof(call->error), format, args);
	va_end(args);
	return err;
}

static const char *word(const struct call *call, int index)
{
	return index < call->argc ? call->argv[index] : "";
}

static bool is(const struct call *call, int index, const char *name)
{
	return !strcmp(word(call, index), name);
}

static int number(struct call *call, int index, uint64_t most, uint64_t *value)
{
	const char *text = word(call, index);
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno)
		return refuse(call, -EINVAL, "'%s' is not a number", text);
	if (*value > most)
		return refuse(call, -ERANGE, "%s is more than %llu", text,
			      (unsigned long long)most);
	return 0;
}

static int optional(struct call *call, int index, uint64_t most, uint64_t otherwise,
		    uint64_t *value)
{
	*value = otherwise;
	return index < call->argc ? number(call, index, most, value) : 0;
}

static int run_show(struct call *call)
{
	json_object_put(call->answer);
	emu_card_enter(call->card);
	call->answer = emu_show_card(call->card);
	emu_card_leave(call->card);
	return 0;
}

static int run_link(struct call *call)
{
	enum emu_side side = is(call, 0, "west") ? EMU_WEST : EMU_EAST;

	if ((!is(call, 0, "east") && !is(call, 0, "west")) ||
	    (!is(call, 1, "up") && !is(call, 1, "down")))
		return refuse(call, -EINVAL, "expected: east|west up|down");
	if (emu_box_set_link(call->card, side, is(call, 1, "up")))
		return refuse(call, -ENODEV, "no card is linked %s", word(call, 0));
	return 0;
}

static enum emu_fwio_fault fwio_fault(const char *name)
{
	static const struct {
		const char *name;
		enum emu_fwio_fault fault;
	} faults[] = {
		{ "drop", EMU_FWIO_DROP },	   { "delay", EMU_FWIO_DELAY },
		{ "bad-seq", EMU_FWIO_BAD_SEQ },   { "bad-crc", EMU_FWIO_BAD_CRC },
		{ "error", EMU_FWIO_ERROR },	   { "oversize", EMU_FWIO_OVERSIZE },
		{ "garbage", EMU_FWIO_GARBAGE },
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (!strcmp(name, faults[i].name))
			return faults[i].fault;
	return EMU_FWIO_NO_FAULT;
}

static int inject_fwio(struct call *call)
{
	struct emu_fwio_inject inject = { .fault = fwio_fault(word(call, 1)) };
	bool valued = inject.fault == EMU_FWIO_DELAY || inject.fault == EMU_FWIO_ERROR;
	uint64_t value = 0, count;
	int err;

	if (inject.fault == EMU_FWIO_NO_FAULT && !is(call, 1, "none"))
		return refuse(call, -EINVAL, "unknown fault '%s'", word(call, 1));
	if (valued) {
		err = number(call, 2, inject.fault == EMU_FWIO_ERROR ? 255 : 3600000, &value);
		if (err)
			return err;
	}
	err = optional(call, valued ? 3 : 2, UINT32_MAX, 1, &count);
	if (err)
		return err;
	if (!count)
		inject.fault = EMU_FWIO_NO_FAULT;
	inject.value = (uint32_t)value;
	inject.count = (uint32_t)count;
	emu_card_enter(call->card);
	call->card->fw.inject = inject;
	emu_card_leave(call->card);
	return 0;
}

static void abort_engine(struct emu_engine *engine)
{
	uint32_t bit = 1u << EMU_M2S_DATA_RESPONSE;

	emu_engine_cause(engine, EMU_IOFIC_SEC_A, bit);
	if (engine->run[EMU_M2S] != EMU_RUN_ABORTED || engine->run[EMU_S2M] != EMU_RUN_ABORTED)
		emu_engine_abort(engine); /* whatever the abort mask says */
	emu_card_settle(engine->card);
}

static void slow_engine(struct emu_engine *engine, uint32_t slow_us)
{
	if (!slow_us && !engine->stalled)
		emu_engine_resume(engine);
	engine->slow_us = slow_us;
}

static void change_engine(struct call *call, struct emu_engine *engine, uint32_t value)
{
	if (is(call, 1, "stall"))
		emu_engine_stall(engine);
	else if (is(call, 1, "abort"))
		abort_engine(engine);
	else if (is(call, 1, "resume"))
		emu_engine_resume(engine);
	else if (is(call, 1, "slow"))
		slow_engine(engine, value);
	else
		engine->wrong_completions++;
}

static int inject_dma(struct call *call)
{
	bool one = is(call, 1, "stall") || is(call, 1, "abort"), slow = is(call, 1, "slow");
	uint64_t value = 0, engine;
	unsigned int i;
	int err;

	if (!one && !slow && !is(call, 1, "resume") && !is(call, 1, "wrong-completion"))
		return refuse(call, -EINVAL, "unknown fault '%s'", word(call, 1));
	if (slow) {
		err = number(call, 2, 1000000, &value);
		if (err)
			return err;
	}
	if (one)
		err = number(call, 2, EMU_NR_ENGINES - 1, &engine);
	else
		err = optional(call, slow ? 3 : 2, EMU_NR_ENGINES - 1, ALL_ENGINES, &engine);
	if (err)
		return err;
	emu_card_enter(call->card);
	for (i = 0; i < EMU_NR_ENGINES; i++)
		if (engine == ALL_ENGINES || engine == i)
			change_engine(call, &call->card->engine[i], (uint32_t)value);
	emu_card_leave(call->card);
	return 0;
}

static int inject_device(struct call *call)
{
	struct emu_card *card = call->card;

	if (is(call, 1, "dead") || is(call, 1, "alive")) {
		emu_card_set_dead(card, is(call, 1, "dead"));
		return 0;
	}
	emu_card_enter(card);
	if (is(call, 1, "never-ready"))
		card->reset.never_ready = true;
	else if (is(call, 1, "reset-hang"))
		card->reset.hang = true;
	else if (is(call, 1, "ready"))
		emu_reset_release(card);
	else
		refuse(call, 0, "unknown fault '%s'", word(call, 1));
	emu_card_leave(card);
	return call->error[0] ? -EINVAL : 0;
}

static int inject_nq(struct call *call)
{
	uint64_t count;
	unsigned int core;
	int err;

	if (!is(call, 1, "overflow"))
		return refuse(call, -EINVAL, "unknown fault '%s'", word(call, 1));
	err = optional(call, 2, UINT32_MAX, 1, &count);
	if (err)
		return err;
	emu_card_enter(call->card);
	for (core = 0; core < EMU_NR_CORES; core++)
		call->card->notify[core].drop_next = (uint32_t)count;
	emu_card_leave(call->card);
	return 0;
}

static int run_inject(struct call *call)
{
	if (is(call, 0, "fwio"))
		return inject_fwio(call);
	if (is(call, 0, "dma"))
		return inject_dma(call);
	if (is(call, 0, "device"))
		return inject_device(call);
	if (is(call, 0, "nq"))
		return inject_nq(call);
	return refuse(call, -EINVAL, "expected: fwio|dma|device|nq");
}

static int notify_type(const char *name)
{
	static const char *const names[EMU_NOTIFY_NR_TYPES] = {
		[EMU_NOTIFY_TRACE] = "trace",
		[EMU_NOTIFY_NOTIFY] = "notify",
		[EMU_NOTIFY_EVENT] = "event",
		[EMU_NOTIFY_ERROR] = "error",
	};
	int type;

	for (type = 0; type < EMU_NOTIFY_NR_TYPES; type++)
		if (!strcmp(name, names[type]))
			return type;
	return -1;
}

static int run_raise(struct call *call)
{
	static const uint64_t most[] = {
		EMU_NR_CORES - 1, EMU_NOTIFY_INSTANCES - 1, UINT32_MAX, 0x7fffffff,
	};
	uint64_t value[4], sub_queue;
	int type = notify_type(word(call, 0)), i, err;
	bool written;

	if (type < 0)
		return refuse(call, -EINVAL, "unknown type '%s'", word(call, 0));
	for (i = 0; i < 4; i++) {
		err = number(call, i + 1, most[i], &value[i]);
		if (err)
			return err;
	}
	err = optional(call, 5, EMU_NOTIFY_SUBQUEUES - 1, 0, &sub_queue);
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

static int dram_read(struct call *call, uint64_t off)
{
	uint64_t len, i;
	char *text;
	int err = number(call, 2, MAX_HEX_BYTES, &len);

	if (err)
		return err;
	if (len > EMU_DRAM_BYTES - off)
		return refuse(call, -ERANGE, "beyond the end of DRAM");
	text = calloc(2, len + 1);
	if (!text)
		return refuse(call, -ENOMEM, "no memory");
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

static int dram_write(struct call *call, uint64_t off)
{
	const char *text = word(call, 2);
	size_t len = strlen(text) / 2, i;

	if (!len || strlen(text) % 2 || len > MAX_HEX_BYTES)
		return refuse(call, -EINVAL, "expected pairs of hexadecimal digits");
	if (len > EMU_DRAM_BYTES - off)
		return refuse(call, -ERANGE, "beyond the end of DRAM");
	for (i = 0; i < len; i++)
		if (hex_byte(text + 2 * i) < 0)
			return refuse(call, -EINVAL, "not hexadecimal: '%.2s'", text + 2 * i);
	for (i = 0; i < len; i++)
		call->card->dram.bytes[off + i] = (uint8_t)hex_byte(text + 2 * i);
	return 0;
}

static int run_dram(struct call *call)
{
	uint64_t off;
	int err;

	if (!is(call, 0, "read") && !is(call, 0, "write"))
		return refuse(call, -EINVAL, "expected: read|write");
	err = number(call, 1, EMU_DRAM_BYTES - 1, &off);
	if (err)
		return err;
	return is(call, 0, "read") ? dram_read(call, off) : dram_write(call, off);
}

static int run_reg(struct call *call)
{
	uint64_t bar, off;
	uint32_t value;
	int err;

	if (!is(call, 0, "read"))
		return refuse(call, -EINVAL, "expected: read");
	err = number(call, 1, 2, &bar);
	if (!err)
		err = number(call, 2, (bar ? EMU_BAR2_BYTES : EMU_BAR0_BYTES) - 4, &off);
	if (err)
		return err;
	if (bar == 1 || off % 4)
		return refuse(call, -EINVAL, "BAR 0 or 2, offset a multiple of 4");
	emu_card_enter(call->card);
	value = emu_regs_read(call->card, bar ? EMU_WINDOW_CORE : EMU_WINDOW_APB, (uint32_t)off);
	emu_card_leave(call->card);
	json_object_object_add(call->answer, "value", json_object_new_uint64(value));
	return 0;
}

static int run_misc(struct call *call)
{
	uint64_t off, value;
	bool done;
	int err = number(call, 0, EMU_MISC_BYTES - 4, &off);

	if (!err)
		err = number(call, 1, UINT32_MAX, &value);
	if (err)
		return err;
	emu_card_enter(call->card);
	done = emu_miscram_set_firmware_word(call->card, (uint32_t)off, (uint32_t)value);
	emu_card_leave(call->card);
	return done ? 0 : refuse(call, -EPERM, "%#llx is not a word of the firmware",
				 (unsigned long long)off);
}

static int run_power(struct call *call)
{
	uint64_t value;
	int err = number(call, 0, EMU_POWER_MAX, &value);

	if (err)
		return err;
	emu_card_enter(call->card);
	emu_miscram_set_power(call->card, (uint32_t)value);
	emu_card_leave(call->card);
	return 0;
}

static int run_help(struct call *call);

static const struct command commands[] = {
	{ "show", "state of every block, counters", run_show },
	{ "link", "east|west up|down", run_link },
	{ "inject", "fwio drop|delay MS|bad-seq|bad-crc|error CODE|oversize|garbage [COUNT] | "
		    "fwio none | dma stall ENGINE|abort ENGINE|slow USEC-PER-DESCRIPTOR [ENGINE]|"
		    "resume [ENGINE]|wrong-completion [ENGINE] | "
		    "device never-ready|ready|reset-hang|dead|alive | nq overflow [COUNT]",
	  run_inject },
	{ "raise", "notify|trace|error|event CORE ENGINE-INSTANCE ID VALUE [SUB-QUEUE]", run_raise },
	{ "dram", "read OFFSET LENGTH | write OFFSET HEX", run_dram },
	{ "reg", "read 0|2 OFFSET", run_reg },
	{ "misc", "OFFSET VALUE: set one of the firmware's own words", run_misc },
	{ "power", "HUNDREDTHS: utilisation that the power register tells, of 10000", run_power },
	{ "help", "this list", run_help },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int run_help(struct call *call)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		json_object_object_add(call->answer, commands[i].name,
				       json_object_new_string(commands[i].usage));
	return 0;
}

static int run_command(struct call *call, const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(call);
	return refuse(call, -EINVAL, "unknown command '%s'", name);
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
	struct call call = {
		.card = card,
		.argc = argc - 1,
		.argv = argv + 1,
		.answer = json_object_new_object(),
	};
	int err;

	emu_pool_open(&card->box->pool);
	err = argc > 0 ? run_command(&call, argv[0]) : refuse(&call, -EINVAL, "no command");
	emu_pool_drain(&card->box->pool);
	if (err)
		json_object_object_add(call.answer, "error", json_object_new_string(call.error));
	fprintf(out, "%s\n", json_object_to_json_string_ext(call.answer, JSON_C_TO_STRING_PLAIN));
	json_object_put(call.answer);
	return err;
}
