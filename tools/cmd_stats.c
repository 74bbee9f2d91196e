// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl stats: what the driver counted.
 */
#include <inttypes.h>
#include <stdio.h>

#include "prometheus.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_STATS_##attr, key, struct neuron_stats_info, member, flags, name)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_STR, BUS_NAME, "bus-name", bus_name, OUT_HEAD, NULL),
	S(SHOW_U64, FWIO_REQUESTS, "fwio-requests", fwio_requests, 0, NULL),
	S(SHOW_U64, FWIO_RETRIES, "fwio-retries", fwio_retries, 0, NULL),
	S(SHOW_U64, FWIO_TIMEOUTS, "fwio-timeouts", fwio_timeouts, 0, NULL),
	S(SHOW_U64, FWIO_ERRORS, "fwio-errors", fwio_errors, 0, NULL),
	S(SHOW_U64, FWIO_STALE, "fwio-stale", fwio_stale, 0, NULL),
	S(SHOW_U64, REG_WRITES, "reg-writes", reg_writes, 0, NULL),
	S(SHOW_U64, DOORBELLS, "doorbells", doorbells, 0, NULL),
	S(SHOW_U64, DESCRIPTORS, "descriptors", descriptors, 0, NULL),
	S(SHOW_U64, BYTES, "bytes", bytes, 0, NULL),
	S(SHOW_U64, CLEARED_BYTES, "cleared-bytes", cleared_bytes, 0, NULL),
	S(SHOW_U64, CONTEXTS_OPENED, "contexts-opened", contexts_opened, 0, NULL),
	S(SHOW_U64, CONTEXTS_CLOSED, "contexts-closed", contexts_closed, 0, NULL),
	S(SHOW_U64, MEMS, "mems", mems, 0, NULL),
	S(SHOW_U64, RINGS, "rings", rings, 0, NULL),
	S(SHOW_U64, NQS, "nqs", nqs, 0, NULL),
	S(SHOW_U64, JOBS, "jobs", jobs, 0, NULL),
	S(SHOW_U64, QUARANTINED, "quarantined", quarantined, 0, NULL),
	S(SHOW_U64, ENGINE_ABORTS, "engine-aborts", engine_aborts, 0, NULL),
	S(SHOW_U64, RESETS, "resets", resets, 0, NULL),
	S(SHOW_U64, HOTPLUG_EVENTS, "hotplug-events", hotplug_events, 0, NULL),
	S(SHOW_U64, HOTPLUG_LOST, "hotplug-lost", hotplug_lost, 0, NULL),
	S(SHOW_U64, HEALTH_EVENTS, "health-events", health_events, 0, NULL),
	S(SHOW_U64, HEALTH_LOST, "health-lost", health_lost, 0, NULL),
	S(SHOW_U64, COPIES, "copies", copies, 0, NULL),
	S(SHOW_U64, COPY_FAILURES, "copy-failures", copy_failures, 0, NULL),
	S(SHOW_U64, RESET_FAILURES, "reset-failures", reset_failures, 0, NULL),
	S(SHOW_U64, INTERRUPTS, "interrupts", interrupts, 0, NULL),
	S(SHOW_U64, INTERRUPTS_LOST, "interrupts-lost", interrupts_lost, 0, NULL),
	S(SHOW_U64, REVOKED, "revoked", revoked, 0, NULL),
	S(SHOW_U64, INTERRUPTIONS, "interruptions", interruptions, 0, NULL),
	S(SHOW_U64, PCIE_ERRORS, "pcie-errors", pcie_errors, 0, NULL),
	S(SHOW_U64, PCIE_CORRECTED, "pcie-corrected", pcie_corrected, 0, NULL),
	S(SHOW_U64, QUARANTINED_BYTES, "quarantined-bytes", quarantined_bytes, 0, NULL),
	S(SHOW_U64, OWN_RESETS, "own-resets", own_resets, 0, NULL),
	S(SHOW_U64, NQ_OVERRUNS, "nq-overruns", nq_overruns, 0, NULL),
	S(SHOW_U64, LINKS_LOST, "links-lost", links_lost, 0, NULL),
	S(SHOW_U64, USAGE_EVENTS, "usage-events", usage_events, 0, NULL),
	S(SHOW_U64, USAGE_LOST, "usage-lost", usage_lost, 0, NULL),
	S(SHOW_U64, MEMORY_REFUSALS, "memory-refusals", memory_refusals, 0, NULL),
};

/**
 * show_stats() - all counters of a card, into an object that is open
 * @out: output
 * @info: counters
 */
void show_stats(struct out *out, const struct neuron_stats_info *info)
{
	out_info(out, shows, COUNT(shows), info);
}

static int show_one(const struct neuron_stats_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];

	snprintf(heading, sizeof(heading), "%" PRIu32 ": pci/%s", info->index, info->bus_name);
	out_object(&tool->out, NULL, heading);
	show_stats(&tool->out, info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_stats_list(tool->handle, index, show_one, tool);
}

struct what {
	int dev;
	bool prometheus;
};

static const struct arg stats_args[] = {
	ARG(ARG_DEV, "dev", struct what, dev, ARG_BARE),
	ARG(ARG_FLAG, "--prometheus", struct what, prometheus, 0),
	{ .key = NULL },
};

static int stats_show(struct tool *tool, struct args *args)
{
	struct what what = { .prometheus = false };
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (status)
		return status;
	if (what.prometheus && tool->json)
		return tool_usage("--prometheus is no JSON: leave out -j");
	if (what.prometheus)
		return tool_finish(tool, prometheus_show(tool, what.dev));
	out_array(&tool->out, "stats");
	err = list(tool, what.dev);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

static const struct command commands[] = {
	{
		.name = "show", .run = stats_show, .args = stats_args,
		.about = "Shows what the driver counted since the card was bound; with --prometheus as\n"
			 "    metrics in the text format of that program.",
		.ops = OPS(NEURON_CMD_STATS_GET, NEURON_CMD_DEVICE_GET, NEURON_CMD_ENGINE_GET),
	},
	{ .name = NULL },
};

const struct object object_stats = {
	.name = "stats", .commands = commands, .about = "what the driver counted",
};
