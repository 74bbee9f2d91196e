// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl monitor: events as they happen, a line each. Begins with what
 * exists, so that the lines alone are enough to know the state.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "neuronnl.h"

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

static void timestamp(char *to, size_t size)
{
	struct timeval now;
	struct tm tm;
	size_t len;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(to, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(to + len, size - len, ".%06ld", (long)now.tv_usec);
}

static void print_json(struct tool *tool, const struct neuron_event *event)
{
	char when[40];

	out_string(&tool->out, "name", neuron_event_type_name(event->type), 0);
	print_msg(&tool->out, event);
	if (event->synthesized)
		out_bool(&tool->out, "synthesized", true, 0);
	if (tool->timestamp) {
		timestamp(when, sizeof(when));
		out_string(&tool->out, "timestamp", when, 0);
	}
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

static void print_text(const struct tool *tool, const struct neuron_event *event)
{
	char when[40];

	if (tool->timestamp) {
		timestamp(when, sizeof(when));
		printf("[%s] ", when);
	}
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

/* Return: 0, or a negative errno of the library or of the output. */
static int print_events(struct tool *tool, struct neuron_monitor *monitor)
{
	struct neuron_event event;
	int err;

	for (;;) {
		err = neuron_monitor_next(monitor, &event, sizeof(event));
		if (err)
			return err == -EAGAIN ? 0 : err;
		if (tool->json)
			print_json(tool, &event);
		else
			print_text(tool, &event);
		/* One line per event, seen at once. */
		if (out_finish(&tool->out))
			return -EPIPE;
	}
}

static int watch(struct tool *tool, struct neuron_monitor *monitor, int signal_fd)
{
	struct pollfd fds[2] = {
		{ .fd = neuron_monitor_fd(monitor), .events = POLLIN },
		{ .fd = signal_fd, .events = POLLIN },
	};
	int err;

	for (;;) {
		err = print_events(tool, monitor);
		if (err == -EPIPE)
			return EXIT_USAGE;
		if (err) {
			fprintf(stderr, "Error: %s.\n", neuron_monitor_last_error(monitor));
			return EXIT_REFUSED;
		}
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return EXIT_USAGE;
		if (fds[1].revents)
			return EXIT_DONE;
	}
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int monitor(struct tool *tool, struct args *args, uint32_t flags)
{
	struct neuron_monitor *monitor;
	int signal_fd, status, err;

	if (!args_take(args, "news"))
		flags |= NEURON_MONITOR_INITIAL;
	if (args_peek(args))
		return tool_usage("\"%s\" is one word too many", args_peek(args));
	/* Lines stay lines. */
	tool->out.pretty = false;
	signal_fd = catch_signals();
	err = signal_fd < 0 ? -errno : neuron_monitor_open(flags, &monitor);
	if (err) {
		fprintf(stderr, "Error: events: %s.\n", strerror(-err));
		return EXIT_USAGE;
	}
	status = watch(tool, monitor, signal_fd);
	neuron_monitor_close(monitor);
	close(signal_fd);
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

static const struct command commands[] = {
	{ .name = "all", .run = monitor_all, .more = "" },
	{ .name = "hotplug", .run = monitor_hotplug, .more = "" },
	{ .name = "health", .run = monitor_health, .more = "" },
	{ .name = "usage", .run = monitor_usage, .more = "" },
	{ .name = NULL },
};

const struct object object_monitor = {
	.name = "monitor", .commands = commands, .about = "events as they happen",
};
