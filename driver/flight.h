/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flight recorder of a card: what was asked of it and what became of it last.
 * It is always on. No process id, no address, nothing of what users move.
 */
#ifndef NEURON_FLIGHT_H
#define NEURON_FLIGHT_H

#include <linux/spinlock.h>
#include <linux/types.h>

#define NEURON_FLIGHT_ENTRIES	256

enum neuron_flight_kind {
	NEURON_FLIGHT_REQUEST,	/* what: NEURON_CMD_* */
	NEURON_FLIGHT_STATE,	/* what: enum neuron_device_state, the new one */
	NEURON_FLIGHT_RESET,
	NEURON_FLIGHT_HEALTH,	/* what: enum neuron_health */
};

/**
 * struct neuron_flight_entry - something that happened
 * @at_ns: when it ended, as the kernel's log counts; set by neuron_flight_add()
 * @us: how long it took
 * @text: fixed sentence, or NULL
 * @kind: enum neuron_flight_kind
 * @ctx_id: context that asked, or 0
 * @what: by kind
 * @id: object or engine that it was about; 0 or U32_MAX for none
 * @err: 0 or a negative errno
 */
struct neuron_flight_entry {
	u64 at_ns;
	u64 us;
	const char *text;
	u32 kind;
	u32 ctx_id;
	u32 what;
	u32 id;
	int err;
};

/**
 * struct neuron_flight - the recorder
 * @lock: guards all below; a leaf
 * @count: entries ever added
 * @entry: the last ones, in a circle
 */
struct neuron_flight {
	spinlock_t lock;
	u64 count;
	struct neuron_flight_entry entry[NEURON_FLIGHT_ENTRIES];
};

void neuron_flight_init(struct neuron_flight *flight);
void neuron_flight_add(struct neuron_flight *flight, const struct neuron_flight_entry *entry);
bool neuron_flight_next(struct neuron_flight *flight, u64 *number,
			struct neuron_flight_entry *entry);

#endif
