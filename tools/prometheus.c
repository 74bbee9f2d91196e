// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver counts in the text format that Prometheus reads. A name is
 * "neuron_" and that of the spec's attribute, counters end with "_total". A
 * counter that the driver has once for all cards stands there once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prometheus.h"

#define ALL_CARDS	0x1u	/* one number for all of them */
#define GAUGE		0x2u	/* it goes up and down */

/*
 * struct metric - a number of one of the library's info structs
 * @help: says what it is, in a line
 */
struct metric {
	const char *name, *help;
	uint8_t attr, flags;
	bool wide;
	size_t off;
};

#define METRIC(attr_, name_, type_, member_, flags_, help_)			\
	{ .name = (name_), .help = (help_), .attr = (attr_), .flags = (flags_),	\
	  .wide = sizeof(((type_ *)0)->member_) == sizeof(uint64_t),		\
	  .off = offsetof(type_, member_) }

#define S(attr, name, member, flags, help) \
	METRIC(NEURON_A_STATS_##attr, name, struct neuron_stats_info, member, flags, help)

static const struct metric stats_metrics[] = {
	S(FWIO_REQUESTS, "fwio_requests", fwio_requests, 0,
	  "Requests to the firmware, whatever became of them."),
	S(FWIO_RETRIES, "fwio_retries", fwio_retries, 0,
	  "Attempts of firmware requests after the first."),
	S(FWIO_TIMEOUTS, "fwio_timeouts", fwio_timeouts, 0,
	  "Attempts of firmware requests that nobody answered in time."),
	S(FWIO_ERRORS, "fwio_errors", fwio_errors, 0,
	  "Answers of the firmware with an error code or a wrong size."),
	S(FWIO_STALE, "fwio_stale", fwio_stale, 0,
	  "Answers of the firmware whose sequence number was not the expected one."),
	S(REG_WRITES, "reg_writes", reg_writes, 0, "Stores to registers."),
	S(DOORBELLS, "doorbells", doorbells, 0, "Ring starts."),
	S(DESCRIPTORS, "descriptors", descriptors, 0, "Descriptor pairs handed to the hardware."),
	S(BYTES, "bytes", bytes, 0, "Bytes that the descriptors move."),
	S(CLEARED_BYTES, "cleared_bytes", cleared_bytes, 0,
	  "Bytes of device memory cleared for the next owner."),
	S(CONTEXTS_OPENED, "contexts_opened", contexts_opened, 0, "Contexts ever opened."),
	S(CONTEXTS_CLOSED, "contexts_closed", contexts_closed, 0,
	  "Contexts whose resources are all given back."),
	S(MEMS, "mems", mems, GAUGE, "Memory objects that exist."),
	S(RINGS, "rings", rings, GAUGE, "Rings that exist, also while they are torn down."),
	S(NQS, "nqs", nqs, GAUGE,
	  "Notification queues that exist, also while they are torn down."),
	S(JOBS, "jobs", jobs, GAUGE, "Jobs that have an id."),
	S(QUARANTINED, "quarantined", quarantined, GAUGE,
	  "Rings and queues that did not stop and whose memory is held back."),
	S(ENGINE_ABORTS, "engine_aborts", engine_aborts, 0,
	  "Aborts of DMA engines that were noticed."),
	S(RESETS, "resets", resets, 0, "Resets that the card came back from, its start included."),
	S(HOTPLUG_EVENTS, "hotplug_events", hotplug_events, ALL_CARDS,
	  "Events of the hotplug group sent."),
	S(HOTPLUG_LOST, "hotplug_lost", hotplug_lost, ALL_CARDS,
	  "Events of the hotplug group that could not be built."),
	S(HEALTH_EVENTS, "health_events", health_events, ALL_CARDS,
	  "Events of the health group sent."),
	S(HEALTH_LOST, "health_lost", health_lost, ALL_CARDS,
	  "Events of the health group that could not be built."),
	S(COPIES, "copies", copies, 0, "Batches of the driver's copy queues begun."),
	S(COPY_FAILURES, "copy_failures", copy_failures, 0,
	  "Batches of the driver's copy queues that did not end well."),
	S(RESET_FAILURES, "reset_failures", reset_failures, 0,
	  "Resets that the card did not come back from, its start included."),
	S(INTERRUPTS, "interrupts", interrupts, 0, "Interrupts taken."),
	S(INTERRUPTS_LOST, "interrupts_lost", interrupts_lost, 0,
	  "Times that work had ended and the interrupt that tells so did not come."),
	S(REVOKED, "revoked", revoked, 0,
	  "Rings stopped because what they write to on another card went."),
	S(INTERRUPTIONS, "interruptions", interruptions, 0,
	  "Times that the system took power, link or configuration away."),
	S(PCIE_ERRORS, "pcie_errors", pcie_errors, 0,
	  "Errors of PCI Express that were not corrected."),
	S(PCIE_CORRECTED, "pcie_corrected", pcie_corrected, 0,
	  "Errors of PCI Express that were corrected."),
	S(QUARANTINED_BYTES, "quarantined_bytes", quarantined_bytes, GAUGE,
	  "Bytes of memory that quarantine holds back."),
	S(OWN_RESETS, "own_resets", own_resets, 0,
	  "Resets that the driver made by its own decision."),
	S(NQ_OVERRUNS, "nq_overruns", nq_overruns, 0,
	  "Notification records that the card dropped because a queue was full."),
	S(LINKS_LOST, "links_lost", links_lost, 0, "Times that a link to a neighbour went down."),
	S(USAGE_EVENTS, "usage_events", usage_events, ALL_CARDS,
	  "Events of the usage group sent."),
	S(USAGE_LOST, "usage_lost", usage_lost, ALL_CARDS,
	  "Events of the usage group that could not be built."),
	S(MEMORY_REFUSALS, "memory_refusals", memory_refusals, 0,
	  "Requests refused because there was no room, or by a limit of memory."),
};

#define D(attr, name, member, help) \
	METRIC(NEURON_A_DEVICE_##attr, name, struct neuron_device_info, member, GAUGE, help)

static const struct metric device_metrics[] = {
	D(CONTEXTS, "contexts", contexts, "Open contexts."),
	D(LINKS_UP, "links_up", links_up, "Links to neighbours that are up."),
	D(DRAM_BYTES, "dram_bytes", dram_bytes, "Bytes of DRAM of the card."),
	D(DRAM_USED, "dram_used_bytes", dram_used, "Bytes of DRAM in use."),
	D(HOST_USED, "host_used_bytes", host_used,
	  "Bytes of host memory allocated for contexts of the card."),
};

#define E(attr, name, member, flags, help) \
	METRIC(NEURON_A_ENGINE_##attr, name, struct neuron_engine_info, member, flags, help)

static const struct metric engine_metrics[] = {
	E(QUEUES_USED, "engine_queues_used", queues_used, GAUGE,
	  "Queues of the DMA engine that have a ring."),
	E(COPIES, "engine_copies", copies, 0,
	  "Batches of the driver's own queue of the DMA engine begun."),
	E(COPY_BYTES, "engine_copy_bytes", copy_bytes, 0,
	  "Bytes copied by the driver's own queue of the DMA engine."),
};

/* Things of one kind, a copy of each. */
struct list {
	char *items;
	size_t count, size;
};

static int append(struct list *list, const void *item)
{
	char *items = realloc(list->items, (list->count + 1) * list->size);

	if (!items)
		return -ENOMEM;
	list->items = items;
	memcpy(items + list->count++ * list->size, item, list->size);
	return 0;
}

static int add_stats(const struct neuron_stats_info *info, void *arg)
{
	return append(arg, info);
}

static int add_device(const struct neuron_device_info *info, void *arg)
{
	return append(arg, info);
}

static int add_engine(const struct neuron_engine_info *info, void *arg)
{
	return append(arg, info);
}

static void print_head(FILE *file, const char *name, const char *suffix, bool gauge,
		       const char *help)
{
	fprintf(file, "# HELP neuron_%s%s %s\n# TYPE neuron_%s%s %s\n", name, suffix, help, name,
		suffix, gauge ? "gauge" : "counter");
}

static uint64_t value_of(const struct metric *metric, const char *item)
{
	uint32_t narrow;
	uint64_t wide;

	if (metric->wide) {
		memcpy(&wide, item + metric->off, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, item + metric->off, sizeof(narrow));
	return narrow;
}

/* Writes what tells one of the items from the others. */
typedef void (*labels_fn)(FILE *file, const void *item);

static void print_metric(FILE *file, const struct metric *metric, const struct list *list,
			 labels_fn labels)
{
	const char *suffix = metric->flags & GAUGE ? "" : "_total";
	const char *item;
	uint64_t present;
	bool head = false;
	size_t i;

	for (i = 0; i < list->count; i++) {
		item = list->items + i * list->size;
		memcpy(&present, item, sizeof(present));
		if (!(present >> metric->attr & 1))
			continue;
		if (!head)
			print_head(file, metric->name, suffix, metric->flags & GAUGE, metric->help);
		head = true;
		fprintf(file, "neuron_%s%s", metric->name, suffix);
		if (!(metric->flags & ALL_CARDS))
			labels(file, item);
		fprintf(file, " %" PRIu64 "\n", value_of(metric, item));
		if (metric->flags & ALL_CARDS)
			return;
	}
}

static void card_labels(FILE *file, uint32_t index, const char *bus_name)
{
	fprintf(file, "{dev=\"%" PRIu32 "\",bus_name=\"%s\"}", index, bus_name);
}

static void stats_labels(FILE *file, const void *item)
{
	const struct neuron_stats_info *info = item;

	card_labels(file, info->index, info->bus_name);
}

static void device_labels(FILE *file, const void *item)
{
	const struct neuron_device_info *info = item;

	card_labels(file, info->index, info->bus_name);
}

static void engine_labels(FILE *file, const void *item)
{
	const struct neuron_engine_info *info = item;

	fprintf(file, "{dev=\"%" PRIu32 "\",engine=\"%" PRIu32 "\"}", info->index, info->eng_id);
}

/* A sample for each value that there is, 1 for what it has. */
static void print_state(FILE *file, const struct list *devices, const char *name,
			const char *help, size_t off, const char *(*value_name)(uint32_t value))
{
	const struct neuron_device_info *info;
	uint32_t value, has;
	size_t i;

	if (!devices->count)
		return;
	print_head(file, name, "", true, help);
	for (i = 0; i < devices->count; i++) {
		info = (const void *)(devices->items + i * devices->size);
		memcpy(&has, (const char *)info + off, sizeof(has));
		for (value = 0; value < 32; value++)
			if (value_name(value))
				fprintf(file, "neuron_%s{dev=\"%" PRIu32 "\",bus_name=\"%s\","
					"%s=\"%s\"} %d\n", name, info->index, info->bus_name,
					strchr(name, '_') + 1, value_name(value), has == value);
	}
}

static void print_all(FILE *file, const struct list *stats, const struct list *devices,
		      const struct list *engines)
{
	size_t i;

	for (i = 0; i < COUNT(stats_metrics); i++)
		print_metric(file, &stats_metrics[i], stats, stats_labels);
	for (i = 0; i < COUNT(device_metrics); i++)
		print_metric(file, &device_metrics[i], devices, device_labels);
	for (i = 0; i < COUNT(engine_metrics); i++)
		print_metric(file, &engine_metrics[i], engines, engine_labels);
	print_state(file, devices, "device_state", "State of the card, 1 for the one that it has.",
		    offsetof(struct neuron_device_info, state), neuron_device_state_name);
	print_state(file, devices, "device_health",
		    "Health of the card, 1 for the one that it has.",
		    offsetof(struct neuron_device_info, health), neuron_health_name);
}

static int read_devices(struct tool *tool, int index, struct list *list)
{
	struct neuron_device_info info;
	int err;

	if (index == NEURON_ALL_DEVICES)
		return neuron_device_list(tool->handle, add_device, list);
	err = neuron_device_get(tool->handle, (uint32_t)index, &info, sizeof(info));
	return err ? err : append(list, &info);
}

/**
 * prometheus_show() - print what the driver counts, for Prometheus
 * @tool: run
 * @index: the card, or NEURON_ALL_DEVICES
 *
 * Return: 0 or a negative errno.
 */
int prometheus_show(struct tool *tool, int index)
{
	struct list stats = { .size = sizeof(struct neuron_stats_info) };
	struct list devices = { .size = sizeof(struct neuron_device_info) };
	struct list engines = { .size = sizeof(struct neuron_engine_info) };
	int err;

	err = neuron_stats_list(tool->handle, index, add_stats, &stats);
	if (!err)
		err = read_devices(tool, index, &devices);
	if (!err)
		err = neuron_engine_list(tool->handle, index, add_engine, &engines);
	if (!err)
		print_all(tool->out.file, &stats, &devices, &engines);
	free(stats.items);
	free(devices.items);
	free(engines.items);
	return err;
}
