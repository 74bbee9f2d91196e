// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl ring: entries written, started, awaited, handed back and read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd_ring.h"
#include "ring_entry.h"

/**
 * ring_tell() - what the kernel answered to a change
 * @tool: run
 * @ring: ring
 * @key: what @count counts, NULL if it says nothing
 * @count: how many entries
 * @room: tell how many descriptors are free, too
 *
 * Who asks for a change and gets it wants to hear nothing of it, unless a program
 * reads this, or -d is given.
 *
 * Return: exit status.
 */
int ring_tell(struct tool *tool, const struct session_item *ring, const char *key,
	      uint64_t count, bool room)
{
	struct out *out = &tool->out;
	char heading[80];

	if (!tool->json && !tool->details)
		return EXIT_DONE;
	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " ring %" PRIu32,
		 neuron_ctx_device(ring->ctx), ring->parent->id, ring->id);
	out_array(out, "ring");
	out_object(out, NULL, heading);
	out_number(out, "dev-index", neuron_ctx_device(ring->ctx), OUT_HEAD);
	out_number(out, "ring-id", ring->id, OUT_HEAD);
	if (key)
		out_number(out, key, count, 0);
	if (room)
		out_number(out, "free", neuron_ring_free_descriptors(ring->ring), 0);
	out_object_end(out);
	out_array_end(out);
	return tool_finish(tool, 0);
}

struct write {
	struct session_item *ring, *ctx;
	bool start;
	struct entry_words entry;
};

/* Keywords of an entry come last: those of the entries after the first are a table, too. */
#define WRITE_OWN	3

const struct arg ring_write_args[] = {
	RING_ARG(struct write),
	RING_CTX(struct write),
	ARG(ARG_FLAG, "start", struct write, start, 0),
	ENTRY_ARGS(struct write, entry),
	{ .key = NULL },
};

/* Entries so far; there is room for a power of two of them. */
struct entry_list {
	struct neuron_entry *entries;
	uint32_t count;
};

static int add_entry(struct tool *tool, struct entry_list *list, const struct write *what,
		     uint64_t given)
{
	struct neuron_entry *more = list->entries;

	if (!(list->count & (list->count - 1)))
		more = realloc(list->entries, (list->count ? 2 * list->count : 1) * sizeof(*more));
	if (!more)
		return tool_usage("Error: no memory");
	list->entries = more;
	return entry_make(tool, what->ring, &what->entry, given, &list->entries[list->count++]);
}

/* "entry ENTRY" as often as there is, and "start" behind the last one. */
static int more_entries(struct tool *tool, struct args *args, struct entry_list *list,
			struct write *what)
{
	uint64_t given;
	int status = EXIT_DONE;

	while (!status && args_take(args, "entry")) {
		what->entry = (struct entry_words){ 0 };
		status = args_parse_table(tool, args, &ring_write_args[WRITE_OWN], what, &given);
		if (!status)
			status = add_entry(tool, list, what, given);
	}
	if (!status && args_take(args, "start"))
		what->start = true;
	return status ? status : args_end(args);
}

static int collect(struct tool *tool, struct args *args, struct entry_list *list, struct write *what)
{
	uint64_t given;
	int status = args_parse(tool, args, what, &given);

	if (!status && given >> WRITE_OWN)
		status = add_entry(tool, list, what, given >> WRITE_OWN);
	if (!status)
		status = more_entries(tool, args, list, what);
	if (!status && !list->count)
		status = tool_usage("an entry is missing");
	return status;
}

/**
 * ring_write() - write entries, and start them if asked to
 * @tool: run
 * @args: words
 *
 * Return: exit status.
 */
int ring_write(struct tool *tool, struct args *args)
{
	struct write what = { 0 };
	struct entry_list list = { 0 };
	uint32_t written;
	int status, err;

	status = collect(tool, args, &list, &what);
	if (!status) {
		err = neuron_ring_write(what.ring->ring, list.entries, list.count,
					what.start ? NEURON_RING_START : 0, &written);
		status = err ? tool_refused(tool) : EXIT_DONE;
		if (!err || written)
			ring_tell(tool, what.ring, "done", written, true);
	}
	free(list.entries);
	return status;
}

const struct arg ring_count_args[] = {
	RING_ARG(struct ring_what),
	RING_CTX(struct ring_what),
	ARG(ARG_U32, "count", struct ring_what, count, 0),
	{ .key = NULL },
};

/* Number of entries that the library did something to, or what it refused. */
static int tell_count(struct tool *tool, const struct session_item *ring, int count)
{
	return count < 0 ? tool_refused(tool) : ring_tell(tool, ring, "count", (uint64_t)count, true);
}

/**
 * ring_start() - start entries that are written
 * @tool: run
 * @args: words
 *
 * Return: exit status.
 */
int ring_start(struct tool *tool, struct args *args)
{
	struct ring_what what = { 0 };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	return tell_count(tool, what.ring, neuron_ring_start(what.ring->ring, what.count));
}

/**
 * ring_ack() - hand back what is finished
 * @tool: run
 * @args: words
 *
 * Return: exit status.
 */
int ring_ack(struct tool *tool, struct args *args)
{
	struct ring_what what = { 0 };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	return tell_count(tool, what.ring, neuron_ring_ack(what.ring->ring, what.count, 0));
}

const struct arg ring_wait_args[] = {
	RING_ARG(struct ring_what),
	RING_CTX(struct ring_what),
	ARG(ARG_U32, "count", struct ring_what, count, 0),
	ARG(ARG_MS, "timeout", struct ring_what, timeout, 0),
	{ .key = NULL },
};

/* Entries that a completion told an error of are a failure of the command, too. */
static int end_wait(struct tool *tool, const struct ring_what *what, int acked, uint64_t failed)
{
	struct neuron_ring_info info;
	int status;

	if (acked < 0)
		return tool_refused(tool);
	status = ring_tell(tool, what->ring, "count", (uint64_t)acked, true);
	if ((uint32_t)acked < what->count)
		return tool_usage("Error: %" PRIu32 " of %" PRIu32 " entries are not finished in "
				  "time; \"ring read\" tells which.", what->count - (uint32_t)acked,
				  what->count);
	if (neuron_ring_get(what->ring->ring, &info, sizeof(info)))
		return tool_refused(tool);
	if (info.failed == failed)
		return status;
	return tool_usage("Error: the card told an error of %" PRIu64 " entries.",
			  info.failed - failed);
}

/**
 * ring_wait() - wait for entries and hand them back
 * @tool: run
 * @args: words
 *
 * Return: exit status.
 */
int ring_wait(struct tool *tool, struct args *args)
{
	struct ring_what what = { .timeout = RING_MS };
	struct neuron_ring_info info;
	int status = args_parse(tool, args, &what, NULL);
	int acked = 0;

	if (status)
		return status;
	if (neuron_ring_get(what.ring->ring, &info, sizeof(info)))
		return tool_refused(tool);
	if (!what.count)
		what.count = (uint32_t)(info.started - info.acked);
	if (what.count)
		acked = neuron_ring_ack(what.ring->ring, what.count, what.timeout);
	return end_wait(tool, &what, acked, info.failed);
}

struct look {
	struct session_item *ctx, *ring;
	uint64_t first;
	uint32_t count;
};

const struct arg ring_read_args[] = {
	RING_ARG(struct look),
	RING_CTX(struct look),
	ARG(ARG_U64, "first", struct look, first, 0, .value = "N"),
	ARG(ARG_U32, "count", struct look, count, 0),
	{ .key = NULL },
};

/* Return: how many entries were told, or a negative errno; @first is behind them then. */
static int read_some(struct tool *tool, struct neuron_ring *ring, uint64_t *first, uint32_t room)
{
	struct neuron_entry entries[NEURON_MAX_READ_ENTRIES];
	uint32_t states[NEURON_MAX_READ_ENTRIES];
	int i, count;

	if (room > NEURON_MAX_READ_ENTRIES)
		room = NEURON_MAX_READ_ENTRIES;
	count = neuron_ring_read(ring, first, entries, states, room);
	for (i = 0; i < count; i++)
		entry_show(&tool->out, (*first)++, &entries[i], states[i]);
	return count;
}

/* @first becomes the number of the first one that is told. Return: as read_some(). */
static int read_all(struct tool *tool, struct look *what)
{
	uint64_t next = what->first;
	uint32_t told = 0;
	int count;

	do {
		count = read_some(tool, what->ring->ring, &next, what->count - told);
		if (!told)
			what->first = next - (count > 0 ? (uint32_t)count : 0);
		told += count > 0 ? (uint32_t)count : 0;
	} while (count > 0 && told < what->count);
	what->count = told;
	return count;
}

/**
 * ring_read() - tell entries as they were given
 * @tool: run
 * @args: words
 *
 * Return: exit status.
 */
int ring_read(struct tool *tool, struct args *args)
{
	struct look what = { .count = UINT32_MAX };
	struct out *out = &tool->out;
	char heading[80];
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (status)
		return status;
	snprintf(heading, sizeof(heading), "dev %" PRIu32 " ctx %" PRIu32 " ring %" PRIu32,
		 neuron_ctx_device(what.ring->ctx), what.ring->parent->id, what.ring->id);
	out_array(out, "ring");
	out_object(out, NULL, heading);
	out_number(out, "dev-index", neuron_ctx_device(what.ring->ctx), OUT_HEAD);
	out_number(out, "ring-id", what.ring->id, OUT_HEAD);
	out_array(out, "entry");
	err = read_all(tool, &what);
	out_array_end(out);
	out_number(out, "first", what.first, OUT_HEAD);
	out_number(out, "count", what.count, OUT_HEAD);
	out_object_end(out);
	out_array_end(out);
	return tool_finish(tool, err < 0 ? err : 0);
}
