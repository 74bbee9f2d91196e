// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl event: event registers of cores.
 */
#include <string.h>

#include "core_regs.h"

static uint32_t count_of(const struct neuron_core_info *info)
{
	return info->events;
}

static void events_of(struct neuron_event_entry *events,
		      const struct neuron_semaphore_entry *list, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		events[i] = (struct neuron_event_entry){
			.nc_id = list[i].nc_id, .event_id = list[i].semaphore_id,
			.value = (uint32_t)list[i].value,
		};
}

static int get_events(struct neuron_ctx *ctx, struct neuron_semaphore_entry *list,
		      unsigned int count, int timeout_ms)
{
	struct neuron_event_entry events[NEURON_MAX_CORE_ENTRIES];
	unsigned int i;
	int err;

	events_of(events, list, count);
	err = neuron_events_get(ctx, events, count, timeout_ms);
	for (i = 0; !err && i < count; i++)
		list[i].value = (int32_t)events[i].value;
	return err;
}

/* Too many are for the library to refuse, by its own sentence. */
static int set_events(struct neuron_ctx *ctx, const struct neuron_semaphore_entry *list,
		      unsigned int count)
{
	struct neuron_event_entry events[NEURON_MAX_CORE_ENTRIES];

	if (count <= NEURON_MAX_CORE_ENTRIES)
		events_of(events, list, count);
	return neuron_events_set(ctx, events, count);
}

static const struct core_regs registers = {
	.object = "event", .index_key = "event-id", .get = get_events, .set = set_events,
	.count = count_of,
};

static const struct arg show_cores_args[] = {
	ARG(ARG_DEV, "dev", struct core_words, dev, ARG_BARE),
	ARG(ARG_LIST, "core", struct core_words, cores, 0, .attr = "nc-id"),
	ARG(ARG_MS, "timeout", struct core_words, timeout, 0),
	{ .key = NULL },
};

static int event_show(struct tool *tool, struct args *args)
{
	return core_regs_show(tool, args, &registers);
}

static const struct arg get_args[] = {
	ARG(ARG_CTX, "dev", struct core_words, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_LIST, "core", struct core_words, cores, ARG_NEEDED, .attr = "nc-id"),
	ARG(ARG_LIST, "event", struct core_words, ids, ARG_NEEDED, .attr = "event-id"),
	ARG(ARG_MS, "timeout", struct core_words, timeout, 0),
	{ .key = NULL },
};

static int event_get(struct tool *tool, struct args *args)
{
	return core_regs_get(tool, args, &registers);
}

/* The context comes first: a further list has all the others. */
static const struct arg set_args[] = {
	ARG(ARG_CTX, "dev", struct core_words, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_LIST, "core", struct core_words, cores, ARG_NEEDED, .attr = "nc-id"),
	ARG(ARG_LIST, "event", struct core_words, ids, ARG_NEEDED, .attr = "event-id"),
	ARG(ARG_S32, "value", struct core_words, value, ARG_NEEDED),
	{ .key = NULL },
};

static int event_set(struct tool *tool, struct args *args)
{
	return core_regs_set(tool, args, &registers, &set_args[1]);
}

static const struct command commands[] = {
	{
		.name = "show", .run = event_show, .args = show_cores_args,
		.about = "Shows the event registers of all cores, or of some: those that are set, with\n"
			 "    -d or as JSON all. The firmware is asked, which takes an open card.",
		.ops = OPS(NEURON_CMD_EVENT_GET, NEURON_CMD_CORE_GET),
	},
	{
		.name = "get", .run = event_get, .args = get_args,
		.about = "Reads each of these registers of each of these cores.",
		.ops = OPS(NEURON_CMD_EVENT_GET),
	},
	{
		.name = "set", .run = event_set, .args = set_args,
		.more = "[ entry core N,... event N,... value N ]...",
		.about = "Makes registers 0 or 1, in order; a change is told to the notification queue\n"
			 "    of the core. Everything is checked before the first one is written.",
		.ops = OPS(NEURON_CMD_EVENT_SET),
	},
	{ .name = NULL },
};

const struct object object_event = {
	.name = "event", .commands = commands, .about = "event registers of cores",
};
