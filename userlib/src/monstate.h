/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a monitor knows and what it has still to tell: messages and dumps in,
 * events out. No socket here.
 */
#ifndef NEURON_MONSTATE_H
#define NEURON_MONSTATE_H

#include <neuron/libneuron.h>

/**
 * struct mon_array - an array that grows
 * @items: array
 * @count: items in use
 * @room: items there is memory for
 */
struct mon_array {
	void *items;
	size_t count, room;
};

/**
 * struct mon_state - knowledge of a monitor
 * @wanted: NEURON_MONITOR_*; other events are applied but not told
 * @devices: struct neuron_device_info, what exists
 * @neighbors: struct neuron_neighbor_info, the ports of what exists
 * @events: struct neuron_event, to be told
 * @told: how many of @events were
 * @hotplug_base: highest hotplug sequence number that the last dump showed, 0
 *	if it showed none
 * @dump_from: lowest one: what is older is not news
 * @hotplug_last: of the last hotplug message since that dump, 0 if none
 * @health_base: as @hotplug_base, of health
 * @health_last: as @hotplug_last, of health
 * @usage_base: as @hotplug_base, of usage
 * @usage_last: as @hotplug_last, of usage
 */
struct mon_state {
	uint32_t wanted;
	struct mon_array devices, neighbors, events;
	size_t told;
	uint64_t hotplug_base, dump_from, hotplug_last;
	uint64_t health_base, health_last;
	uint64_t usage_base, usage_last;
};

void mon_state_fini(struct mon_state *state);
bool mon_state_next(struct mon_state *state, struct neuron_event *event);
int mon_state_mark(struct mon_state *state, uint32_t reason);

int mon_state_device(struct mon_state *state, uint32_t type,
		     const struct neuron_device_info *device);
int mon_state_neighbor(struct mon_state *state, const struct neuron_neighbor_info *neighbor);
int mon_state_health(struct mon_state *state, const struct neuron_health_info *health);
int mon_state_usage(struct mon_state *state, uint32_t type, const struct neuron_usage_info *usage);

void mon_state_restart(struct mon_state *state);
int mon_state_sync(struct mon_state *state,
		   const struct neuron_device_info *devices, size_t device_count,
		   const struct neuron_neighbor_info *neighbors, size_t neighbor_count);

#endif
