/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A monitor: a socket for events, a handle for dumps, and what is known.
 */
#ifndef NEURON_MONITOR_H
#define NEURON_MONITOR_H

#include "internal.h"
#include "monstate.h"

struct nl_sock;

/*
 * struct neuron_monitor - a subscription
 * @handle: for dumps; its group list is that of the last resolution
 * @sock: owner of @fd; NULL if somebody else owns it
 * @fd: socket that events come to
 * @family: id that messages of the family carry, 0 while it is not there
 * @resync: enum neuron_resync_reason of a dump that is due, 0 if none is
 * @flags: NEURON_MONITOR_*
 * @buf: receive buffer, HANDLE_BUF_BYTES
 * @join: joins @fd to a group
 */
struct neuron_monitor {
	struct neuron_handle *handle;
	struct nl_sock *sock;
	int fd;
	uint16_t family;
	uint32_t resync;
	uint32_t flags;
	unsigned char *buf;
	struct mon_state state;
	int (*join)(struct neuron_monitor *monitor, uint32_t group_id);
};

int monitor_start(struct neuron_monitor *monitor);

#endif
