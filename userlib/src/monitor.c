// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Hot-plug, health and usage events. Membership comes first, then a dump, then what
 * is newer than the dump; the same again whenever messages may be missing: the
 * socket overflowed, a number was left out, the driver came or went.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "device.h"
#include "error.h"
#include "monitor.h"
#include "nlmsg.h"

#define EVENT_SOCKET_BYTES	1048576

/* The controller's only group, always there. */
#define CTRL_GROUP_ID		0x10

#define H(kind, attr, member) FIELD(kind, NEURON_A_HEALTH_##attr, struct neuron_health_info, member)

static const struct field health_fields[] = {
	H(FIELD_U32, DEV_INDEX, index),
	H(FIELD_STR, BUS_NAME, bus_name),
	H(FIELD_U64, HEALTH_SEQ, health_seq),
	H(FIELD_U32, HEALTH, health),
	H(FIELD_STR, CAUSE, cause),
	H(FIELD_U32, ENG_ID, eng_id),
	H(FIELD_U32, CAUSE_M2S, cause_m2s),
	H(FIELD_U32, CAUSE_S2M, cause_s2m),
	H(FIELD_U32, CAUSE_PARITY, cause_parity),
	H(FIELD_U32, NC_ID, nc_id),
	H(FIELD_U32, NQ_TYPE, nq_type),
	H(FIELD_U32, NQ_ENG, nq_eng),
	H(FIELD_U64, LOST, lost),
	H(FIELD_U32, PORT, port),
	H(FIELD_U64, FWIO_TIMEOUTS, fwio_timeouts),
	H(FIELD_U64, FWIO_ERRORS, fwio_errors),
	H(FIELD_U64, ENGINE_ABORTS, engine_aborts),
	H(FIELD_U64, QUARANTINED, quarantined),
	H(FIELD_U64, NQ_OVERRUNS, nq_overruns),
	H(FIELD_U64, LINKS_LOST, links_lost),
	H(FIELD_U64, PCIE_ERRORS, pcie_errors),
};

static const struct field_table health_table =
	FIELD_TABLE(health_fields, struct neuron_health_info);

#define U(kind, attr, member) FIELD(kind, NEURON_A_USAGE_##attr, struct neuron_usage_info, member)

static const struct field usage_fields[] = {
	U(FIELD_U32, DEV_INDEX, index),
	U(FIELD_STR, BUS_NAME, bus_name),
	U(FIELD_U64, USAGE_SEQ, usage_seq),
	U(FIELD_U32, NC_ID, nc_id),
	U(FIELD_U32, KIND, kind),
	U(FIELD_U32, PRESSURE, pressure),
	U(FIELD_U32, COUNT, count),
};

static const struct field_table usage_table = FIELD_TABLE(usage_fields, struct neuron_usage_info);

static const struct {
	uint32_t flag;
	const char *name;
} groups_by_flag[] = {
	{ NEURON_MONITOR_HOTPLUG, NEURON_MCGRP_HOTPLUG },
	{ NEURON_MONITOR_HEALTH, NEURON_MCGRP_HEALTH },
	{ NEURON_MONITOR_USAGE, NEURON_MCGRP_USAGE },
};

static bool wants_group(const struct neuron_monitor *monitor, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(groups_by_flag) / sizeof(groups_by_flag[0]); i++)
		if (monitor->flags & groups_by_flag[i].flag &&
		    !strcmp(name, groups_by_flag[i].name))
			return true;
	return false;
}

static int join_group(struct neuron_monitor *monitor, uint32_t group_id)
{
	if (setsockopt(monitor->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group_id,
		       sizeof(group_id)))
		return error_local(monitor->handle, 0, -errno, NULL);
	return 0;
}

/* A reload takes memberships away without a word, so join again each time. */
static int join_wanted(struct neuron_monitor *monitor)
{
	const struct nreq_group *group;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < HANDLE_MAX_GROUPS; i++) {
		group = &monitor->handle->groups[i];
		if (group->id && wants_group(monitor, group->name))
			err = monitor->join(monitor, group->id);
	}
	return err;
}

static int resolve(struct neuron_monitor *monitor)
{
	uint16_t before = monitor->family;
	int err;

	pthread_mutex_lock(&monitor->handle->lock);
	err = nreq_resolve(monitor->handle);
	pthread_mutex_unlock(&monitor->handle->lock);
	monitor->family = err ? 0 : monitor->handle->family;
	if (monitor->family != before)
		mon_state_restart(&monitor->state);
	return err;
}

static int compare(struct neuron_monitor *monitor, uint32_t reason,
		   const struct nreq_list *devices, const struct nreq_list *neighbors)
{
	int err = 0;

	if (reason != NEURON_RESYNC_START || monitor->flags & NEURON_MONITOR_INITIAL)
		err = mon_state_mark(&monitor->state, reason);
	if (!err)
		err = mon_state_sync(&monitor->state, (void *)devices->items, devices->count,
				     (void *)neighbors->items, neighbors->count);
	if (!err)
		monitor->resync = 0;
	return err;
}

static int dump_and_compare(struct neuron_monitor *monitor)
{
	struct nreq_list devices, neighbors = { 0 };
	uint32_t reason = monitor->resync;
	int err;

	/* Unloaded, and there again already. */
	if (reason == NEURON_RESYNC_UNLOADED)
		reason = NEURON_RESYNC_LOADED;
	err = nreq_list_all(monitor->handle, NEURON_CMD_DEVICE_GET, -1, NEURON_ALL_DEVICES,
			    &device_table, &devices);
	if (!err)
		err = nreq_list_all(monitor->handle, NEURON_CMD_NEIGHBOR_GET, -1,
				    NEURON_ALL_DEVICES, &neighbor_table, &neighbors);
	/* An older driver does not know links. */
	if (err == -EOPNOTSUPP)
		err = 0;
	if (!err)
		err = compare(monitor, reason, &devices, &neighbors);
	nreq_list_free(&devices);
	nreq_list_free(&neighbors);
	return err;
}

/* What is due is done; what was found is told after a mark that says why. */
static int resynchronize(struct neuron_monitor *monitor)
{
	const struct nreq_list none = { 0 };
	uint32_t reason = NEURON_RESYNC_UNLOADED;
	int err;

	err = resolve(monitor);
	if (!err)
		err = join_wanted(monitor);
	if (!err)
		err = dump_and_compare(monitor);
	if (err != -ENOENT)
		return err;
	/* Not loaded; if only since now, the controller's message is on its way. */
	if (monitor->resync == NEURON_RESYNC_START)
		reason = NEURON_RESYNC_START;
	return compare(monitor, reason, &none, &none);
}

static void controller_message(struct neuron_monitor *monitor, const struct nlmsghdr *hdr)
{
	const struct genlmsghdr *genl = nlmsg_data(hdr);
	struct nreq_group groups[HANDLE_MAX_GROUPS];
	uint16_t family;

	if (nlmsg_datalen(hdr) < (int)GENL_HDRLEN ||
	    (genl->cmd != CTRL_CMD_NEWFAMILY && genl->cmd != CTRL_CMD_DELFAMILY) ||
	    nreq_family_parse(hdr, &family, groups))
		return;
	if (genl->cmd == CTRL_CMD_NEWFAMILY && family != monitor->family)
		monitor->resync = NEURON_RESYNC_LOADED;
	else if (genl->cmd == CTRL_CMD_DELFAMILY && family == monitor->family)
		monitor->resync = NEURON_RESYNC_UNLOADED;
}

static int device_message(struct neuron_monitor *monitor, const struct nlmsghdr *hdr,
			  uint32_t type)
{
	struct neuron_device_info device;
	int err = fields_parse(&device_table, hdr, &device);

	return err ? err : mon_state_device(&monitor->state, type, &device);
}

static int usage_message(struct neuron_monitor *monitor, const struct nlmsghdr *hdr,
			 uint32_t type)
{
	struct neuron_usage_info usage;
	int err = fields_parse(&usage_table, hdr, &usage);

	return err ? err : mon_state_usage(&monitor->state, type, &usage);
}

static int family_message(struct neuron_monitor *monitor, const struct nlmsghdr *hdr)
{
	const struct genlmsghdr *genl = nlmsg_data(hdr);
	struct neuron_neighbor_info neighbor;
	struct neuron_health_info health;
	int err;

	if (nlmsg_datalen(hdr) < (int)GENL_HDRLEN)
		return -EBADMSG;
	switch (genl->cmd) {
	case NEURON_CMD_DEVICE_ADD_NTF:
		return device_message(monitor, hdr, NEURON_EVENT_DEVICE_ADD);
	case NEURON_CMD_DEVICE_DEL_NTF:
		return device_message(monitor, hdr, NEURON_EVENT_DEVICE_DEL);
	case NEURON_CMD_DEVICE_CHANGE_NTF:
		return device_message(monitor, hdr, NEURON_EVENT_DEVICE_CHANGE);
	case NEURON_CMD_NEIGHBOR_CHANGE_NTF:
		err = fields_parse(&neighbor_table, hdr, &neighbor);
		return err ? err : mon_state_neighbor(&monitor->state, &neighbor);
	case NEURON_CMD_HEALTH_NTF:
		err = fields_parse(&health_table, hdr, &health);
		return err ? err : mon_state_health(&monitor->state, &health);
	case NEURON_CMD_CORE_RELEASE_NTF:
		return usage_message(monitor, hdr, NEURON_EVENT_CORE_RELEASE);
	case NEURON_CMD_MEMORY_PRESSURE_NTF:
		return usage_message(monitor, hdr, NEURON_EVENT_MEMORY_PRESSURE);
	default:
		return 0;
	}
}

static int datagram(struct neuron_monitor *monitor, int len)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)monitor->buf;
	int err = 0;

	for (; !err && nlmsg_ok(hdr, len); hdr = nlmsg_next(hdr, &len)) {
		if (hdr->nlmsg_type == GENL_ID_CTRL)
			controller_message(monitor, hdr);
		else if (monitor->family && hdr->nlmsg_type == monitor->family)
			err = family_message(monitor, hdr);
	}
	if (err == -EAGAIN) {
		monitor->resync = NEURON_RESYNC_GAP;
		err = 0;
	}
	return err ? error_local(monitor->handle, 0, err, NULL) : 0;
}

/* Return: bytes, 0 for a datagram that is not the kernel's, or a negative errno. */
static int receive(struct neuron_monitor *monitor)
{
	struct sockaddr_storage from = { 0 };
	const struct sockaddr_nl *nl = (const struct sockaddr_nl *)&from;
	socklen_t from_len = sizeof(from);
	ssize_t len;

	do {
		len = recvfrom(monitor->fd, monitor->buf, HANDLE_BUF_BYTES, MSG_DONTWAIT,
			       (struct sockaddr *)&from, &from_len);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if (from.ss_family == AF_NETLINK && nl->nl_pid)
		return 0;
	return (int)len;
}

/* After an overflow the oldest messages are still there and the newest are not. */
static void drain(struct neuron_monitor *monitor)
{
	int len;

	do {
		len = receive(monitor);
	} while (len >= 0 || len == -ENOBUFS);
}

/* Return: 0 if something was read or done, -EAGAIN if there is nothing. */
static int step(struct neuron_monitor *monitor)
{
	int len;

	if (monitor->resync)
		return resynchronize(monitor);
	len = receive(monitor);
	if (len == -ENOBUFS) {
		drain(monitor);
		monitor->resync = NEURON_RESYNC_OVERFLOW;
		return 0;
	}
	if (len == -EAGAIN)
		return len;
	if (len < 0)
		return error_local(monitor->handle, 0, len, NULL);
	return datagram(monitor, len);
}

/**
 * neuron_monitor_next() - take the next event
 * @monitor: monitor
 * @event: filled
 * @size: sizeof(*event)
 *
 * Does not wait. When neuron_monitor_fd() is readable, call it until it
 * returns -EAGAIN: one message may bring several events.
 *
 * Return: 0; -EAGAIN if there is none; another negative errno, after which it
 * may be called again.
 */
int neuron_monitor_next(struct neuron_monitor *monitor, struct neuron_event *event, size_t size)
{
	struct neuron_event next;
	int err = handle_check(monitor->handle, 0);

	while (!err) {
		if (mon_state_next(&monitor->state, &next))
			return copy_out(event, size, &next, sizeof(next));
		err = step(monitor);
	}
	return err;
}

/**
 * monitor_start() - begin with a monitor whose sockets are set up
 * @monitor: monitor
 *
 * Return: 0 or a negative errno; it is no error if the driver is not loaded.
 */
int monitor_start(struct neuron_monitor *monitor)
{
	int err;

	monitor->resync = NEURON_RESYNC_START;
	/* Without INITIAL what exists is known, but not told. */
	monitor->state.wanted = monitor->flags & NEURON_MONITOR_INITIAL ? monitor->flags : 0;
	err = resynchronize(monitor);
	monitor->state.wanted = monitor->flags;
	return err;
}

/* The privileged option is the one that rmem_max does not cut. */
static void enlarge(int fd)
{
	int bytes = EVENT_SOCKET_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int connect_events(struct neuron_monitor *monitor)
{
	errno = 0;
	monitor->sock = nl_socket_alloc();
	if (!monitor->sock)
		return -ENOMEM;
	if (genl_connect(monitor->sock))
		return errno ? -errno : -EIO;
	monitor->fd = nl_socket_get_fd(monitor->sock);
	enlarge(monitor->fd);
	return join_group(monitor, CTRL_GROUP_ID);
}

/**
 * neuron_monitor_open() - subscribe to events
 * @flags: NEURON_MONITOR_HOTPLUG, _HEALTH, _USAGE, at least one of them; _INITIAL
 * @monitor: the new monitor
 *
 * Works without the driver, and through its unloading and loading.
 *
 * Return: 0 or a negative errno.
 */
int neuron_monitor_open(uint32_t flags, struct neuron_monitor **monitor)
{
	uint32_t groups = NEURON_MONITOR_HOTPLUG | NEURON_MONITOR_HEALTH | NEURON_MONITOR_USAGE;
	struct neuron_monitor *new;
	int err;

	if (!(flags & groups) || flags & ~(groups | NEURON_MONITOR_INITIAL))
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->flags = flags;
	new->join = join_group;
	new->buf = malloc(HANDLE_BUF_BYTES);
	err = new->buf ? neuron_open(&new->handle) : -ENOMEM;
	if (!err)
		err = connect_events(new);
	if (!err)
		err = monitor_start(new);
	if (err) {
		neuron_monitor_close(new);
		return err;
	}
	*monitor = new;
	return 0;
}

/**
 * neuron_monitor_close() - end a subscription
 * @monitor: monitor or NULL
 */
void neuron_monitor_close(struct neuron_monitor *monitor)
{
	if (!monitor)
		return;
	mon_state_fini(&monitor->state);
	nl_socket_free(monitor->sock);
	neuron_close(monitor->handle);
	free(monitor->buf);
	free(monitor);
}

/**
 * neuron_monitor_fd() - descriptor of a monitor
 * @monitor: monitor
 *
 * Return: descriptor for poll(); readable when there may be events.
 */
int neuron_monitor_fd(const struct neuron_monitor *monitor)
{
	return monitor->fd;
}

/**
 * neuron_monitor_last_error() - why neuron_monitor_next() failed
 * @monitor: monitor
 *
 * Return: a sentence without full stop, valid until the next call.
 */
const char *neuron_monitor_last_error(const struct neuron_monitor *monitor)
{
	return neuron_last_error(monitor->handle);
}

/**
 * neuron_event_type_name() - name of an event
 * @type: enum neuron_event_type
 *
 * Return: the name of the notification in the spec, or "resync"; NULL if it is
 * not known.
 */
const char *neuron_event_type_name(uint32_t type)
{
	switch (type) {
	case NEURON_EVENT_DEVICE_ADD:
		return neuron_cmd_name(NEURON_CMD_DEVICE_ADD_NTF);
	case NEURON_EVENT_DEVICE_DEL:
		return neuron_cmd_name(NEURON_CMD_DEVICE_DEL_NTF);
	case NEURON_EVENT_DEVICE_CHANGE:
		return neuron_cmd_name(NEURON_CMD_DEVICE_CHANGE_NTF);
	case NEURON_EVENT_NEIGHBOR_CHANGE:
		return neuron_cmd_name(NEURON_CMD_NEIGHBOR_CHANGE_NTF);
	case NEURON_EVENT_HEALTH:
		return neuron_cmd_name(NEURON_CMD_HEALTH_NTF);
	case NEURON_EVENT_CORE_RELEASE:
		return neuron_cmd_name(NEURON_CMD_CORE_RELEASE_NTF);
	case NEURON_EVENT_MEMORY_PRESSURE:
		return neuron_cmd_name(NEURON_CMD_MEMORY_PRESSURE_NTF);
	case NEURON_EVENT_RESYNC:
		return "resync";
	default:
		return NULL;
	}
}

/**
 * neuron_resync_reason_name() - why a monitor compared
 * @reason: enum neuron_resync_reason
 *
 * Return: a word, NULL if it is not known.
 */
const char *neuron_resync_reason_name(uint32_t reason)
{
	static const char *const names[] = {
		[NEURON_RESYNC_START] = "start",
		[NEURON_RESYNC_OVERFLOW] = "overflow",
		[NEURON_RESYNC_GAP] = "gap",
		[NEURON_RESYNC_LOADED] = "driver-loaded",
		[NEURON_RESYNC_UNLOADED] = "driver-unloaded",
	};

	return reason < sizeof(names) / sizeof(names[0]) ? names[reason] : NULL;
}
