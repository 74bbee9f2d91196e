/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Launches: starts of rings whose descriptors lie in the card's DRAM. They are
 * made in host memory and brought to the card by the driver's own copy queues
 * before the doorbell: in a job, since that waits for hardware.
 */
#ifndef NEURON_LAUNCH_H
#define NEURON_LAUNCH_H

#include <linux/types.h>

#include "ring.h"

struct neuron_progress;

/**
 * struct neuron_launch - a start that was asked for
 * @ring: the ring, counted, or NULL for none
 * @end: what is started up to there
 * @attached: neuron_ring.attached then
 * @given_up: neuron_ring.given_up then
 * @ran: it was tried
 */
struct neuron_launch {
	struct neuron_ring *ring;
	struct neuron_ring_mark end;
	u32 attached;
	u32 given_up;
	bool ran;
};

int neuron_launch_run(struct neuron_launch *launch, struct neuron_progress *progress);
void neuron_launch_drop(struct neuron_launch *launch);

#endif
