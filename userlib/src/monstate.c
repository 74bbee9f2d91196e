// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a monitor knows. Messages are applied if they are newer than what is
 * known; a number that was left out asks for a dump, and the differences
 * between the dump and what was known are told as if the kernel had.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monstate.h"

static int array_add(struct mon_array *array, size_t size, const void *item)
{
	size_t room = array->room ? 2 * array->room : 8;
	void *items;

	if (array->count == array->room) {
		items = realloc(array->items, room * size);
		if (!items)
			return -ENOMEM;
		array->items = items;
		array->room = room;
	}
	memcpy((char *)array->items + array->count++ * size, item, size);
	return 0;
}

static void array_remove(struct mon_array *array, size_t size, size_t at)
{
	char *items = array->items;

	array->count--;
	memmove(items + at * size, items + (at + 1) * size, (array->count - at) * size);
}

static struct neuron_device_info *device_at(const struct mon_state *state, size_t i)
{
	return (struct neuron_device_info *)state->devices.items + i;
}

static struct neuron_neighbor_info *neighbor_at(const struct mon_state *state, size_t i)
{
	return (struct neuron_neighbor_info *)state->neighbors.items + i;
}

static struct neuron_device_info *find_device(const struct mon_state *state, uint32_t index)
{
	size_t i;

	for (i = 0; i < state->devices.count; i++)
		if (device_at(state, i)->index == index)
			return device_at(state, i);
	return NULL;
}

static struct neuron_neighbor_info *find_neighbor(const struct mon_state *state, uint32_t index,
						  uint32_t port)
{
	size_t i;

	for (i = 0; i < state->neighbors.count; i++)
		if (neighbor_at(state, i)->index == index && neighbor_at(state, i)->port == port)
			return neighbor_at(state, i);
	return NULL;
}

static void forget_device(struct mon_state *state, struct neuron_device_info *known)
{
	uint32_t index = known->index;
	size_t i = 0;

	array_remove(&state->devices, sizeof(*known), (size_t)(known - device_at(state, 0)));
	while (i < state->neighbors.count) {
		if (neighbor_at(state, i)->index == index)
			array_remove(&state->neighbors, sizeof(struct neuron_neighbor_info), i);
		else
			i++;
	}
}

static uint32_t group_of(uint32_t type)
{
	switch (type) {
	case NEURON_EVENT_HEALTH:
		return NEURON_MONITOR_HEALTH;
	case NEURON_EVENT_CORE_RELEASE:
	case NEURON_EVENT_MEMORY_PRESSURE:
		return NEURON_MONITOR_USAGE;
	default:
		return NEURON_MONITOR_HOTPLUG;
	}
}

static int tell(struct mon_state *state, const struct neuron_event *event)
{
	uint32_t wanted = group_of(event->type);

	if (event->type != NEURON_EVENT_RESYNC && !(state->wanted & wanted))
		return 0;
	return array_add(&state->events, sizeof(*event), event);
}

static int tell_device(struct mon_state *state, uint32_t type, bool synthesized,
		       const struct neuron_device_info *device)
{
	struct neuron_event event;

	memset(&event, 0, sizeof(event));
	event.type = type;
	event.synthesized = synthesized;
	event.device = *device;
	return tell(state, &event);
}

static int tell_neighbor(struct mon_state *state, bool synthesized,
			 const struct neuron_neighbor_info *neighbor)
{
	struct neuron_event event;

	memset(&event, 0, sizeof(event));
	event.type = NEURON_EVENT_NEIGHBOR_CHANGE;
	event.synthesized = synthesized;
	event.neighbor = *neighbor;
	return tell(state, &event);
}

/**
 * mon_state_fini() - free what a state holds
 * @state: state
 */
void mon_state_fini(struct mon_state *state)
{
	free(state->devices.items);
	free(state->neighbors.items);
	free(state->events.items);
	memset(state, 0, sizeof(*state));
}

/**
 * mon_state_next() - the next event to tell
 * @state: state
 * @event: filled
 *
 * Return: whether there was one.
 */
bool mon_state_next(struct mon_state *state, struct neuron_event *event)
{
	if (state->told == state->events.count) {
		state->told = state->events.count = 0;
		return false;
	}
	*event = ((struct neuron_event *)state->events.items)[state->told++];
	return true;
}

/**
 * mon_state_mark() - tell that what follows was found by comparing
 * @state: state
 * @reason: enum neuron_resync_reason
 *
 * Return: 0 or -ENOMEM.
 */
int mon_state_mark(struct mon_state *state, uint32_t reason)
{
	struct neuron_event event;

	memset(&event, 0, sizeof(event));
	event.type = NEURON_EVENT_RESYNC;
	event.reason = reason;
	event.synthesized = true;
	return tell(state, &event);
}

/*
 * Is @seq the number after the last one? Before the first message since a dump
 * only one that is too new is a gap: older ones were on their way already.
 */
static bool in_order(uint64_t seq, uint64_t *last, uint64_t base)
{
	bool ok = *last ? seq == *last + 1 : !base || seq <= base + 1;

	*last = seq;
	return ok;
}

static bool device_differs(const struct neuron_device_info *a, const struct neuron_device_info *b)
{
	return a->state != b->state || a->health != b->health || a->reset_count != b->reset_count;
}

/* A card as a dump shows it. */
static int sync_device(struct mon_state *state, const struct neuron_device_info *device)
{
	struct neuron_device_info *known = find_device(state, device->index);
	bool differs = known && device_differs(known, device);

	if (!known) {
		if (array_add(&state->devices, sizeof(*device), device))
			return -ENOMEM;
		return tell_device(state, NEURON_EVENT_DEVICE_ADD, true, device);
	}
	*known = *device;
	return differs ? tell_device(state, NEURON_EVENT_DEVICE_CHANGE, true, device) : 0;
}

/**
 * mon_state_device() - apply a message about a card
 * @state: state
 * @type: NEURON_EVENT_DEVICE_ADD, _DEL or _CHANGE
 * @device: the message
 *
 * Return: 0; -EAGAIN if messages were lost before it, and a dump is needed;
 * -ENOMEM.
 */
int mon_state_device(struct mon_state *state, uint32_t type,
		     const struct neuron_device_info *device)
{
	struct neuron_device_info *known = find_device(state, device->index);
	uint64_t seq = device->hotplug_seq;

	if (!in_order(seq, &state->hotplug_last, state->hotplug_base))
		return -EAGAIN;
	if (seq <= (known ? known->hotplug_seq : state->dump_from))
		return 0;
	if (type == NEURON_EVENT_DEVICE_DEL) {
		if (!known)
			return 0;
		forget_device(state, known);
		return tell_device(state, type, false, device);
	}
	/* A dump may show more than its numbers say; do not tell that twice. */
	if (known && type == NEURON_EVENT_DEVICE_ADD)
		return sync_device(state, device);
	if (known) {
		*known = *device;
		return tell_device(state, type, false, device);
	}
	if (array_add(&state->devices, sizeof(*device), device))
		return -ENOMEM;
	return tell_device(state, NEURON_EVENT_DEVICE_ADD, type != NEURON_EVENT_DEVICE_ADD, device);
}

/**
 * mon_state_neighbor() - apply a message about a port
 * @state: state
 * @neighbor: the message
 *
 * Return: as mon_state_device().
 */
int mon_state_neighbor(struct mon_state *state, const struct neuron_neighbor_info *neighbor)
{
	struct neuron_neighbor_info *known = find_neighbor(state, neighbor->index, neighbor->port);
	uint64_t seq = neighbor->hotplug_seq;

	if (!in_order(seq, &state->hotplug_last, state->hotplug_base))
		return -EAGAIN;
	if (seq <= (known ? known->hotplug_seq : state->dump_from))
		return 0;
	if (known)
		*known = *neighbor;
	else if (array_add(&state->neighbors, sizeof(*neighbor), neighbor))
		return -ENOMEM;
	return tell_neighbor(state, false, neighbor);
}

/**
 * mon_state_health() - apply a health message
 * @state: state
 * @health: the message
 *
 * Return: as mon_state_device().
 */
int mon_state_health(struct mon_state *state, const struct neuron_health_info *health)
{
	struct neuron_device_info *known = find_device(state, health->index);
	struct neuron_event event;

	if (!in_order(health->health_seq, &state->health_last, state->health_base))
		return -EAGAIN;
	if (known && health->health_seq > known->health_seq)
		known->health = health->health;
	memset(&event, 0, sizeof(event));
	event.type = NEURON_EVENT_HEALTH;
	event.health = *health;
	return tell(state, &event);
}

/**
 * mon_state_usage() - apply a usage message
 * @state: state
 * @type: NEURON_EVENT_CORE_RELEASE or _MEMORY_PRESSURE
 * @usage: the message
 *
 * Return: as mon_state_device().
 */
int mon_state_usage(struct mon_state *state, uint32_t type, const struct neuron_usage_info *usage)
{
	struct neuron_event event;

	if (!in_order(usage->usage_seq, &state->usage_last, state->usage_base))
		return -EAGAIN;
	memset(&event, 0, sizeof(event));
	event.type = type;
	event.usage = *usage;
	return tell(state, &event);
}

static bool neighbor_differs(const struct neuron_neighbor_info *a,
			     const struct neuron_neighbor_info *b)
{
	int peer = NEURON_A_NEIGHBOR_PEER_INDEX;

	return a->link_state != b->link_state || a->peer_index != b->peer_index ||
	       NEURON_HAS(a, peer) != NEURON_HAS(b, peer) ||
	       strcmp(a->peer_bus_name, b->peer_bus_name);
}

/* Cards that are not in the dump, or are another card there, are gone. */
static int sync_gone(struct mon_state *state, const struct neuron_device_info *devices,
		     size_t count)
{
	struct neuron_device_info *known, gone;
	size_t i = 0, j;

	while (i < state->devices.count) {
		known = device_at(state, i);
		for (j = 0; j < count; j++)
			if (devices[j].index == known->index &&
			    !strcmp(devices[j].bus_name, known->bus_name))
				break;
		if (j < count) {
			i++;
			continue;
		}
		gone = *known;
		gone.state = NEURON_DEVICE_STATE_REMOVED;
		forget_device(state, known);
		if (tell_device(state, NEURON_EVENT_DEVICE_DEL, true, &gone))
			return -ENOMEM;
	}
	return 0;
}

static int sync_neighbor(struct mon_state *state, const struct neuron_neighbor_info *neighbor)
{
	struct neuron_neighbor_info *known = find_neighbor(state, neighbor->index, neighbor->port);
	bool differs = !known || neighbor_differs(known, neighbor);

	if (known)
		*known = *neighbor;
	else if (array_add(&state->neighbors, sizeof(*neighbor), neighbor))
		return -ENOMEM;
	return differs ? tell_neighbor(state, true, neighbor) : 0;
}

/**
 * mon_state_restart() - numbers begin anew, as after loading the driver
 * @state: state
 */
void mon_state_restart(struct mon_state *state)
{
	state->hotplug_base = state->dump_from = state->hotplug_last = 0;
	state->health_base = state->health_last = 0;
	state->usage_base = state->usage_last = 0;
}

/*
 * The numbers are those of the dump. One without cards has none: then what was
 * read so far is older than it, and the rest is not known.
 */
static void sync_numbers(struct mon_state *state, bool empty)
{
	if (!empty) {
		mon_state_restart(state);
		return;
	}
	if (state->hotplug_last > state->hotplug_base)
		state->hotplug_base = state->hotplug_last;
	if (state->health_last > state->health_base)
		state->health_base = state->health_last;
	if (state->usage_last > state->usage_base)
		state->usage_base = state->usage_last;
	state->dump_from = state->hotplug_base;
	state->hotplug_last = state->health_last = state->usage_last = 0;
}

static void note_seq(struct mon_state *state, uint64_t seq)
{
	if (!seq)
		return;
	if (seq > state->hotplug_base)
		state->hotplug_base = seq;
	if (!state->dump_from || seq < state->dump_from)
		state->dump_from = seq;
}

/**
 * mon_state_sync() - make a dump what is known, and tell the differences
 * @state: state
 * @devices: all cards
 * @device_count: how many
 * @neighbors: all ports
 * @neighbor_count: how many
 *
 * Return: 0 or -ENOMEM.
 */
int mon_state_sync(struct mon_state *state,
		   const struct neuron_device_info *devices, size_t device_count,
		   const struct neuron_neighbor_info *neighbors, size_t neighbor_count)
{
	size_t i;
	int err;

	sync_numbers(state, !device_count);
	err = sync_gone(state, devices, device_count);
	for (i = 0; !err && i < device_count; i++) {
		note_seq(state, devices[i].hotplug_seq);
		if (devices[i].health_seq > state->health_base)
			state->health_base = devices[i].health_seq;
		if (devices[i].usage_seq > state->usage_base)
			state->usage_base = devices[i].usage_seq;
		err = sync_device(state, &devices[i]);
	}
	for (i = 0; !err && i < neighbor_count; i++) {
		note_seq(state, neighbors[i].hotplug_seq);
		err = sync_neighbor(state, &neighbors[i]);
	}
	return err;
}
