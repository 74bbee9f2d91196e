// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl monitor: events as they happen, a line each. Begins with what
 * exists, so that the lines alone are enough to know the state.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "monitor.h"
#include "signals.h"

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_HEALTH_##attr, key, struct neuron_health_info, member, flags, name)

static const struct show show_health[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_STR, BUS_NAME, "bus-name", bus_name, OUT_HEAD, NULL),
	S(SHOW_U64, HEALTH_SEQ, "health-seq", health_seq, OUT_DETAIL, NULL),
	S(SHOW_ENUM, HEALTH, "health", health, 0, neuron_health_name),
	S(SHOW_STR, CAUSE, "cause", cause, 0, NULL),
	S(SHOW_U32, ENG_ID, "eng-id", eng_id, 0, NULL),
	S(SHOW_U32, CAUSE_M2S, "cause-m2s", cause_m2s, OUT_DETAIL, NULL),
	S(SHOW_U32, CAUSE_S2M, "cause-s2m", cause_s2m, OUT_DETAIL, NULL),
	S(SHOW_U32, CAUSE_PARITY, "cause-parity", cause_parity, OUT_DETAIL, NULL),
	S(SHOW_U32, NC_ID, "nc-id", nc_id, 0, NULL),
	S(SHOW_ENUM, NQ_TYPE, "nq-type", nq_type, 0, neuron_nq_type_name),
	S(SHOW_U32, NQ_ENG, "nq-eng", nq_eng, 0, NULL),
	S(SHOW_U64, LOST, "lost", lost, 0, NULL),
	S(SHOW_ENUM, PORT, "port", port, 0, neuron_port_name),
	S(SHOW_U64, FWIO_TIMEOUTS, "fwio-timeouts", fwio_timeouts, OUT_DETAIL, NULL),
	S(SHOW_U64, FWIO_ERRORS, "fwio-errors", fwio_errors, OUT_DETAIL, NULL),
	S(SHOW_U64, ENGINE_ABORTS, "engine-aborts", engine_aborts, OUT_DETAIL, NULL),
	S(SHOW_U64, QUARANTINED, "quarantined", quarantined, OUT_DETAIL, NULL),
	S(SHOW_U64, NQ_OVERRUNS, "nq-overruns", nq_overruns, OUT_DETAIL, NULL),
	S(SHOW_U64, LINKS_LOST, "links-lost", links_lost, OUT_DETAIL, NULL),
	S(SHOW_U64, PCIE_ERRORS, "pcie-errors", pcie_errors, OUT_DETAIL, NULL),
};

#define U(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_USAGE_##attr, key, struct neuron_usage_info, member, flags, name)

static const struct show show_usage[] = {
	U(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	U(SHOW_STR, BUS_NAME, "bus-name", bus_name, OUT_HEAD, NULL),
	U(SHOW_U64, USAGE_SEQ, "usage-seq", usage_seq, OUT_DETAIL, NULL),
	U(SHOW_U32, NC_ID, "nc-id", nc_id, 0, NULL),
	U(SHOW_ENUM, KIND, "kind", kind, 0, neuron_mem_kind_name),
	U(SHOW_ENUM, PRESSURE, "pressure", pressure, 0, neuron_pressure_name),
	U(SHOW_U32, COUNT, "count", count, 0, NULL),
};

static void print_msg(struct out *out, const struct neuron_event *event)
{
	const char *reason = neuron_resync_reason_name(event->reason);

	out_object(out, "msg", "");
	switch (event->type) {
	case NEURON_EVENT_NEIGHBOR_CHANGE:
		out_info(out, show_neighbor, show_neighbor_count, &event->neighbor);
		break;
	case NEURON_EVENT_HEALTH:
		out_info(out, show_health, COUNT(show_health), &event->health);
		break;
	case NEURON_EVENT_CORE_RELEASE:
	case NEURON_EVENT_MEMORY_PRESSURE:
		out_info(out, show_usage, COUNT(show_usage), &event->usage);
		break;
	case NEURON_EVENT_RESYNC:
		out_string(out, "reason", reason ? reason : "unknown", 0);
		break;
	default:
		out_info(out, show_device, show_device_count, &event->device);
	}
	out_object_end(out);
}

/**
 * timestamp() - what time it is, as -t and -ts want it
 * @tool: run
 * @to: filled
 * @size: its size
 */
void timestamp(const struct tool *tool, char *to, size_t size)
{
	struct timeval now;
	struct tm tm;
	size_t len;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(to, size, tool->short_time ? "%H:%M:%S" : "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(to + len, size - len, ".%06ld", (long)now.tv_usec);
}

static void put_json(struct out *out, const struct neuron_event *event, const char *when)
{
	out_string(out, "name", neuron_event_type_name(event->type), 0);
	print_msg(out, event);
	if (event->synthesized)
		out_bool(out, "synthesized", true, 0);
	if (when[0])
		out_string(out, "timestamp", when, 0);
}

static const char *name_or(const char *name)
{
	return name ? name : "?";
}

static void print_device(const struct neuron_device_info *device)
{
	printf(" %" PRIu32 ": pci/%s state %s health %s resets %" PRIu32, device->index,
	       device->bus_name, name_or(neuron_device_state_name(device->state)),
	       name_or(neuron_health_name(device->health)), device->reset_count);
}

static void print_neighbor(const struct neuron_neighbor_info *neighbor)
{
	printf(" %" PRIu32 ": pci/%s %s link %s", neighbor->index, neighbor->bus_name,
	       name_or(neuron_port_name(neighbor->port)),
	       name_or(neuron_link_state_name(neighbor->link_state)));
	if (NEURON_HAS(neighbor, NEURON_A_NEIGHBOR_PEER_BUS_NAME))
		printf(" to pci/%s", neighbor->peer_bus_name);
}

static void print_health(const struct neuron_health_info *health)
{
	printf(" %" PRIu32 ": pci/%s health %s", health->index, health->bus_name,
	       name_or(neuron_health_name(health->health)));
	if (NEURON_HAS(health, NEURON_A_HEALTH_ENG_ID))
		printf(" engine %" PRIu32, health->eng_id);
	printf(" (%s)", health->cause);
}

static void print_usage(const struct neuron_event *event)
{
	const struct neuron_usage_info *usage = &event->usage;

	printf(" %" PRIu32 ": pci/%s ", usage->index, usage->bus_name);
	if (event->type == NEURON_EVENT_CORE_RELEASE)
		printf("core %" PRIu32, usage->nc_id);
	else
		printf("%s memory %s, times %" PRIu32, name_or(neuron_mem_kind_name(usage->kind)),
		       name_or(neuron_pressure_name(usage->pressure)), usage->count);
}

static const char *resync_text(uint32_t reason)
{
	switch (reason) {
	case NEURON_RESYNC_START:
		return "what exists now:";
	case NEURON_RESYNC_OVERFLOW:
	case NEURON_RESYNC_GAP:
		return "events were lost; what differs now:";
	case NEURON_RESYNC_LOADED:
		return "the driver was loaded; what exists now:";
	default:
		return "the driver was unloaded";
	}
}

static void print_text(const struct neuron_event *event, const char *when)
{
	if (when[0])
		printf("[%s] ", when);
	printf("%s%s", neuron_event_type_name(event->type),
	       event->synthesized && event->type != NEURON_EVENT_RESYNC ? " (found)" : "");
	switch (event->type) {
	case NEURON_EVENT_NEIGHBOR_CHANGE:
		print_neighbor(&event->neighbor);
		break;
	case NEURON_EVENT_HEALTH:
		print_health(&event->health);
		break;
	case NEURON_EVENT_CORE_RELEASE:
	case NEURON_EVENT_MEMORY_PRESSURE:
		print_usage(event);
		break;
	case NEURON_EVENT_RESYNC:
		printf(" (%s) %s", name_or(neuron_resync_reason_name(event->reason)),
		       resync_text(event->reason));
		break;
	default:
		print_device(&event->device);
	}
	printf("\n");
}

/**
 * struct watch - a run
 * @bus_name: of the card that is meant, empty for all
 * @hook: command for each event; its command is NULL if there is none
 */
struct watch {
	struct tool *tool;
	struct neuron_monitor *monitor;
	struct signals signals;
	struct hook hook;
	char bus_name[NEURON_MAX_BUS_NAME + 1];
};

/* By the address, for the index may be another one when the card comes again. */
static bool is_wanted(const struct watch *watch, const struct neuron_event *event)
{
	const char *bus_name = event->device.bus_name;

	if (!watch->bus_name[0] || event->type == NEURON_EVENT_RESYNC)
		return true;
	if (event->type == NEURON_EVENT_NEIGHBOR_CHANGE)
		bus_name = event->neighbor.bus_name;
	else if (event->type == NEURON_EVENT_HEALTH)
		bus_name = event->health.bus_name;
	else if (event->type == NEURON_EVENT_CORE_RELEASE ||
		 event->type == NEURON_EVENT_MEMORY_PRESSURE)
		bus_name = event->usage.bus_name;
	return !strcmp(bus_name, watch->bus_name);
}

/* Return: 0, or a negative errno. */
static int tell(struct watch *watch, const struct neuron_event *event)
{
	struct tool *tool = watch->tool;
	char when[40] = "";
	struct out json;
	int err = 0;

	if (tool->timestamp)
		timestamp(tool, when, sizeof(when));
	if (tool->json)
		put_json(&tool->out, event, when);
	else
		print_text(event, when);
	/* One line per event, seen at once. */
	if (out_finish(&tool->out))
		return -EPIPE;
	if (!watch->hook.command)
		return 0;
	out_init(&json, NULL, true, false, false);
	put_json(&json, event, when);
	err = hook_add(&watch->hook, json.json);
	out_fini(&json);
	return err;
}

/* Return: 0, or a negative errno of the library or of the output. */
static int tell_all(struct watch *watch)
{
	struct neuron_event event;
	int err;

	for (;;) {
		err = neuron_monitor_next(watch->monitor, &event, sizeof(event));
		if (err)
			return err == -EAGAIN ? 0 : err;
		if (is_wanted(watch, &event))
			err = tell(watch, &event);
		if (err)
			return err;
	}
}

static int run(struct watch *watch)
{
	struct pollfd fds[2] = {
		{ .fd = neuron_monitor_fd(watch->monitor), .events = POLLIN },
		{ .fd = watch->signals.fd, .events = POLLIN },
	};
	int err;

	for (;;) {
		err = tell_all(watch);
		if (err == -EPIPE)
			return EXIT_USAGE;
		if (err) {
			fprintf(stderr, "Error: %s.\n", neuron_monitor_last_error(watch->monitor));
			return EXIT_REFUSED;
		}
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return EXIT_USAGE;
		if (fds[1].revents && signals_end(&watch->signals))
			return EXIT_DONE;
		hook_reap(&watch->hook);
	}
}

struct what {
	const char *dev, *exec;
	bool news;
};

static const struct arg monitor_args[] = {
	ARG(ARG_STRING, "dev", struct what, dev, 0, .value = "DEV"),
	ARG(ARG_STRING, "--exec", struct what, exec, 0, .value = "COMMAND"),
	ARG(ARG_FLAG, "news", struct what, news, 0),
	{ .key = NULL },
};

/* A card that is named by its address need not be there yet. */
static int choose_card(struct watch *watch, const char *word)
{
	struct neuron_device_info info;
	const char *address = strncmp(word, "pci/", 4) ? word : word + 4;

	if (!strchr(word, ':')) {
		if (neuron_device_find(watch->tool->handle, word, &info, sizeof(info)))
			return tool_refused(watch->tool);
		address = info.bus_name;
	}
	if (strlen(address) >= sizeof(watch->bus_name))
		return tool_usage("\"%s\" is no card", word);
	strcpy(watch->bus_name, address);
	return EXIT_DONE;
}

static int open_and_run(struct watch *watch, uint32_t flags)
{
	int err, status;

	err = signals_hold(&watch->signals, true);
	if (err)
		return tool_usage("Error: signals: %s.", strerror(-err));
	err = neuron_monitor_open(flags, &watch->monitor);
	if (err) {
		status = tool_usage("Error: events: %s.", strerror(-err));
	} else {
		watch->hook.mask = &watch->signals.before;
		status = run(watch);
		neuron_monitor_close(watch->monitor);
		hook_end(&watch->hook);
	}
	signals_release(&watch->signals);
	return status;
}

static int monitor(struct tool *tool, struct args *args, uint32_t flags)
{
	struct watch watch = { .tool = tool };
	struct what what = { 0 };
	int status = args_parse(tool, args, &what, NULL);

	if (!status && what.dev)
		status = choose_card(&watch, what.dev);
	if (status)
		return status;
	if (!what.news)
		flags |= NEURON_MONITOR_INITIAL;
	watch.hook.command = what.exec;
	/* Lines stay lines. */
	tool->out.pretty = false;
	status = open_and_run(&watch, flags);
	tool->out.pretty = tool->pretty;
	return status;
}

static int monitor_all(struct tool *tool, struct args *args)
{
	return monitor(tool, args, NEURON_MONITOR_HOTPLUG | NEURON_MONITOR_HEALTH |
		       NEURON_MONITOR_USAGE);
}

static int monitor_hotplug(struct tool *tool, struct args *args)
{
	return monitor(tool, args, NEURON_MONITOR_HOTPLUG);
}

static int monitor_health(struct tool *tool, struct args *args)
{
	return monitor(tool, args, NEURON_MONITOR_HEALTH);
}

static int monitor_usage(struct tool *tool, struct args *args)
{
	return monitor(tool, args, NEURON_MONITOR_USAGE);
}

#define WATCHES		.args = monitor_args, .stream = true

static const struct command commands[] = {
	{
		.name = "all", .run = monitor_all, WATCHES,
		.about = "Prints each event until a signal ends it, first what exists; with news it\n"
			 "    leaves that out. With --exec COMMAND is run for each event, one after the\n"
			 "    other: the event is in its environment (NEURON_EVENT, NEURON_DEV_INDEX, ...)\n"
			 "    and, as JSON, on its standard input.",
		.ops = OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_NEIGHBOR_GET,
			   NEURON_CMD_DEVICE_ADD_NTF, NEURON_CMD_DEVICE_DEL_NTF,
			   NEURON_CMD_DEVICE_CHANGE_NTF, NEURON_CMD_NEIGHBOR_CHANGE_NTF,
			   NEURON_CMD_HEALTH_NTF, NEURON_CMD_CORE_RELEASE_NTF,
			   NEURON_CMD_MEMORY_PRESSURE_NTF),
	},
	{
		.name = "hotplug", .run = monitor_hotplug, WATCHES,
		.about = "The same of cards and links that come, go and change.",
		.ops = OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_NEIGHBOR_GET,
			   NEURON_CMD_DEVICE_ADD_NTF, NEURON_CMD_DEVICE_DEL_NTF,
			   NEURON_CMD_DEVICE_CHANGE_NTF, NEURON_CMD_NEIGHBOR_CHANGE_NTF),
	},
	{
		.name = "health", .run = monitor_health, WATCHES,
		.about = "The same of what the driver noticed about cards.",
		.ops = OPS(NEURON_CMD_HEALTH_NTF),
	},
	{
		.name = "usage", .run = monitor_usage, WATCHES,
		.about = "The same of cores that were released and of memory that runs short.",
		.ops = OPS(NEURON_CMD_CORE_RELEASE_NTF, NEURON_CMD_MEMORY_PRESSURE_NTF),
	},
	{ .name = NULL },
};

const struct object object_monitor = {
	.name = "monitor", .commands = commands, .about = "events as they happen",
};
