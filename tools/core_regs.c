// SPDX-License-Identifier: GPL-2.0
/*
 * Semaphores and event registers: lists of them, over cores. The firmware is
 * asked for many at once, so that what is shown was read at one time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_regs.h"

#define READ_MS	30000

/* Registers so far; there is room for a power of two of them. */
struct reg_list {
	struct neuron_semaphore_entry *items;
	unsigned int count;
};

static int add(struct reg_list *list, const struct neuron_semaphore_entry *item)
{
	struct neuron_semaphore_entry *more = list->items;

	if (!(list->count & (list->count - 1)))
		more = realloc(list->items, (list->count ? 2 * list->count : 1) * sizeof(*more));
	if (!more)
		return tool_usage("Error: no memory");
	list->items = more;
	list->items[list->count++] = *item;
	return EXIT_DONE;
}

/* Every register that the words name, of one core after the other. */
static int add_words(struct reg_list *list, const struct core_words *words)
{
	struct neuron_semaphore_entry item = { .op = words->op, .value = words->value };
	int status = EXIT_DONE;
	uint32_t i, j;

	for (i = 0; i < words->cores.count; i++)
		for (j = 0; !status && j < words->ids.count; j++) {
			item.nc_id = words->cores.value[i];
			item.semaphore_id = words->ids.value[j];
			status = add(list, &item);
		}
	return status;
}

/* As many requests as it takes. Return: 0 or a negative errno. */
static int read_list(struct neuron_ctx *ctx, const struct core_words *words,
		     const struct core_regs *regs, struct reg_list *list)
{
	unsigned int done, part;
	int err = 0;

	for (done = 0; !err && done < list->count; done += part) {
		part = list->count - done;
		if (part > NEURON_MAX_CORE_ENTRIES)
			part = NEURON_MAX_CORE_ENTRIES;
		err = regs->get(ctx, list->items + done, part, words->timeout);
	}
	return err;
}

static void show_value(struct out *out, const struct core_regs *regs, uint32_t dev,
		       const struct neuron_semaphore_entry *item)
{
	char heading[96];

	snprintf(heading, sizeof(heading), "dev %" PRIu32 " core %" PRIu32 " %s %" PRIu32
		 ": %" PRId32, dev, item->nc_id, regs->object, item->semaphore_id, item->value);
	out_object(out, NULL, heading);
	out_number(out, "dev-index", dev, OUT_HEAD);
	out_number(out, "nc-id", item->nc_id, OUT_HEAD);
	out_number(out, regs->index_key, item->semaphore_id, OUT_HEAD);
	out_signed(out, "value", item->value, OUT_HEAD);
	out_object_end(out);
}

/**
 * core_regs_get() - read those that are named
 * @tool: run
 * @args: words
 * @regs: of what kind they are
 *
 * Return: exit status.
 */
int core_regs_get(struct tool *tool, struct args *args, const struct core_regs *regs)
{
	struct core_words words = { .timeout = READ_MS };
	struct reg_list list = { 0 };
	unsigned int i;
	int status = args_parse(tool, args, &words, NULL);

	if (!status)
		status = add_words(&list, &words);
	if (!status && read_list(words.ctx->ctx, &words, regs, &list))
		status = tool_refused(tool);
	if (!status) {
		out_array(&tool->out, regs->object);
		for (i = 0; i < list.count; i++)
			show_value(&tool->out, regs, neuron_ctx_device(words.ctx->ctx),
				   &list.items[i]);
		out_array_end(&tool->out);
		status = tool_finish(tool, 0);
	}
	free(list.items);
	return status;
}

/*
 * struct showing - cards that are shown, one after the other
 * @list: all registers of the one that is being shown
 * @status: of the first one that could not be shown
 */
struct showing {
	struct tool *tool;
	const struct core_regs *regs;
	const struct core_words *words;
	struct reg_list list;
	int status;
};

static bool is_meant(const struct core_words *words, uint32_t nc_id)
{
	uint32_t i;

	for (i = 0; i < words->cores.count; i++)
		if (words->cores.value[i] == nc_id)
			return true;
	return !words->cores.count;
}

static int add_core(const struct neuron_core_info *info, void *arg)
{
	struct neuron_semaphore_entry item = { .nc_id = info->nc_id };
	struct showing *showing = arg;
	uint32_t count = showing->regs->count(info);
	int status = EXIT_DONE;

	if (!is_meant(showing->words, info->nc_id))
		return 0;
	for (; !status && item.semaphore_id < count; item.semaphore_id++)
		status = add(&showing->list, &item);
	return status;
}

/* As text a core is some lines: those that are not 0, with -d all. */
static void show_cores(struct tool *tool, const struct showing *showing, uint32_t dev)
{
	const struct neuron_semaphore_entry *item = showing->list.items;
	const struct neuron_semaphore_entry *end = item + showing->list.count;
	struct out *out = &tool->out;
	char text[64];
	uint32_t core;

	while (item < end) {
		core = item->nc_id;
		snprintf(text, sizeof(text), "dev %" PRIu32 " core %" PRIu32, dev, core);
		out_object(out, NULL, text);
		for (; item < end && item->nc_id == core; item++) {
			snprintf(text, sizeof(text), "%s %" PRIu32, showing->regs->object,
				 item->semaphore_id);
			out_signed(out, text, item->value, item->value ? 0 : OUT_DETAIL);
		}
		out_object_end(out);
	}
}

/* A core that is named and is not there is an error, not silence. */
static int check_cores(const struct core_words *words, const struct reg_list *list)
{
	unsigned int j;
	uint32_t i;

	for (i = 0; i < words->cores.count; i++) {
		for (j = 0; j < list->count && list->items[j].nc_id != words->cores.value[i]; j++)
			;
		if (j == list->count)
			return tool_usage("\"core\": the card has no core %" PRIu32,
					  words->cores.value[i]);
	}
	return EXIT_DONE;
}

static int show_card(struct showing *showing, struct neuron_ctx *ctx)
{
	uint32_t dev = neuron_ctx_device(ctx);
	struct tool *tool = showing->tool;
	unsigned int i;
	int status;

	status = neuron_core_list(tool->handle, (int)dev, add_core, showing);
	if (status)
		return status < 0 ? tool_refused(tool) : status;
	status = check_cores(showing->words, &showing->list);
	if (status)
		return status;
	if (read_list(ctx, showing->words, showing->regs, &showing->list))
		return tool_refused(tool);
	if (!tool->json)
		show_cores(tool, showing, dev);
	for (i = 0; tool->json && i < showing->list.count; i++)
		show_value(&tool->out, showing->regs, dev, &showing->list.items[i]);
	return EXIT_DONE;
}

/* Any context of the card will do; one that is opened for this does not stay. */
static int with_card(const struct neuron_device_info *info, void *arg)
{
	struct showing *showing = arg;
	struct tool *tool = showing->tool;
	struct session_item *item;
	struct neuron_ctx *own = NULL;

	if (showing->words->dev != NEURON_ALL_DEVICES &&
	    info->index != (uint32_t)showing->words->dev)
		return 0;
	for (item = tool->session->items; item; item = item->next)
		if (item->kind == SESSION_CTX && neuron_ctx_device(item->ctx) == info->index)
			break;
	if (!item && neuron_ctx_open(tool->handle, info->index, &own)) {
		showing->status = tool_refused(tool);
		return 1;
	}
	showing->list.count = 0;
	showing->status = show_card(showing, item ? item->ctx : own);
	neuron_ctx_close(own);
	return showing->status;
}

/**
 * core_regs_show() - all of some cores, or of all
 * @tool: run
 * @args: words
 * @regs: of what kind they are
 *
 * Return: exit status.
 */
int core_regs_show(struct tool *tool, struct args *args, const struct core_regs *regs)
{
	struct core_words words = { .timeout = READ_MS };
	struct showing showing = { .tool = tool, .regs = regs, .words = &words };
	int err, status = args_parse(tool, args, &words, NULL);

	if (status)
		return status;
	out_array(&tool->out, regs->object);
	err = neuron_device_list(tool->handle, with_card, &showing);
	out_array_end(&tool->out);
	free(showing.list.items);
	status = tool_finish(tool, err < 0 ? err : 0);
	return showing.status ? showing.status : status;
}

static int collect(struct tool *tool, struct args *args, struct reg_list *list,
		   struct core_words *words, const struct arg *more)
{
	int status = args_parse(tool, args, words, NULL);

	if (!status)
		status = add_words(list, words);
	while (!status && args_take(args, "entry")) {
		words->op = 0;
		status = args_parse_table(tool, args, more, words, NULL);
		if (!status)
			status = add_words(list, words);
	}
	return status ? status : args_end(args);
}

/**
 * core_regs_set() - change those that are named, all or none
 * @tool: run
 * @args: words; "entry" begins each further list of them
 * @regs: of what kind they are
 * @more: keywords that such a list has
 *
 * Return: exit status.
 */
int core_regs_set(struct tool *tool, struct args *args, const struct core_regs *regs,
		  const struct arg *more)
{
	struct core_words words = { 0 };
	struct reg_list list = { 0 };
	int status = collect(tool, args, &list, &words, more);

	if (!status && regs->set(words.ctx->ctx, list.items, list.count))
		status = tool_refused(tool);
	free(list.items);
	return status;
}
