/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The notification queues of a core: circular buffers that the card writes.
 */
#ifndef NEURON_HW_NQ_H
#define NEURON_HW_NQ_H

#include <linux/types.h>

#include "hw_map.h"

struct neuron_hw;

/*
 * One notification. The format is not published; docs/hardware, section 5.3
 * proposes this one (A16), and this struct is the only place that knows it.
 *
 * The device stores word by word with @value_phase last: a record is there
 * when bit 31 of it is the phase of the pass (1 in the first, then in turn).
 */
struct neuron_nq_record {
	u8 type;		/* enum neuron_hw_nq_type */
	u8 instance;		/* of the type within the core */
	__le16 nc;		/* core */
	__le32 id;		/* event index, error code, or the program's value */
	__le32 value_phase;	/* NEURON_NQ_RECORD_VALUE, NEURON_NQ_RECORD_PHASE */
	__le32 time_us;		/* the device's clock, wraps */
};

#define NEURON_NQ_RECORD_VALUE	0x7fffffffu
#define NEURON_NQ_RECORD_PHASE	0x80000000u

/* Most queues that neuron_hw_nq_overflows() asks for at once. */
#define NEURON_HW_NQ_PLACES	64

/**
 * struct neuron_hw_nq_place - which notification queue
 * @nc: core
 * @type: kind of notification
 * @instance: queue of that kind
 */
struct neuron_hw_nq_place {
	unsigned int nc;
	enum neuron_hw_nq_type type;
	unsigned int instance;
};

void neuron_hw_nq_start(struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
			unsigned int instance, u64 dev_addr, u32 len_bytes);
void neuron_hw_nq_stop(struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
		       unsigned int instance);
int neuron_hw_nq_drain(struct neuron_hw *hw);
void neuron_hw_nq_ack(struct neuron_hw *hw, unsigned int nc, enum neuron_hw_nq_type type,
		      unsigned int instance, u32 head_bytes);
int neuron_hw_nq_overflows(struct neuron_hw *hw, const struct neuron_hw_nq_place *at, u32 *lost,
			   unsigned int count);

#endif
