// SPDX-License-Identifier: GPL-2.0
/*
 * The flight recorder.
 */
#include <linux/sched/clock.h>

#include "flight.h"

/**
 * neuron_flight_init() - nothing has happened yet
 * @flight: zeroed
 *
 * Context: Any.
 */
void neuron_flight_init(struct neuron_flight *flight)
{
	spin_lock_init(&flight->lock);
}

/**
 * neuron_flight_add() - record something; the oldest entry gives way
 * @flight: recorder
 * @entry: what; its time is not looked at
 *
 * Context: Any but interrupts.
 */
void neuron_flight_add(struct neuron_flight *flight, const struct neuron_flight_entry *entry)
{
	struct neuron_flight_entry *slot;

	spin_lock(&flight->lock);
	slot = &flight->entry[flight->count++ % NEURON_FLIGHT_ENTRIES];
	*slot = *entry;
	slot->at_ns = local_clock();
	spin_unlock(&flight->lock);
}

/**
 * neuron_flight_next() - walk the recorder, which goes on meanwhile
 * @flight: recorder
 * @number: number of the entry wanted, from 0; set to the one that was found, which
 *	is later if the wanted one has given way
 * @entry: set to a copy
 *
 * Context: Any but interrupts.
 * Return: false at the end.
 */
bool neuron_flight_next(struct neuron_flight *flight, u64 *number,
			struct neuron_flight_entry *entry)
{
	bool found;

	spin_lock(&flight->lock);
	if (*number + NEURON_FLIGHT_ENTRIES < flight->count)
		*number = flight->count - NEURON_FLIGHT_ENTRIES;
	found = *number < flight->count;
	if (found)
		*entry = flight->entry[*number % NEURON_FLIGHT_ENTRIES];
	spin_unlock(&flight->lock);

	return found;
}
