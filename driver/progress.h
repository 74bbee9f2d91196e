/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What work that lasts tells of itself while it goes on, and how it is told to
 * stop. Written by who does the work and by who cancels it, read by anybody.
 */
#ifndef NEURON_PROGRESS_H
#define NEURON_PROGRESS_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct neuron_progress - how far work is
 * @cancel: no further batch shall begin; never cleared
 * @done: entries of its list that have ended
 * @bytes: bytes copied, filled or cleared
 */
struct neuron_progress {
	bool cancel;
	u32 done;
	atomic64_t bytes;
};

/* Shall the work stop? @progress may be NULL: then never. */
static inline bool neuron_progress_cancelled(const struct neuron_progress *progress)
{
	return progress && READ_ONCE(progress->cancel);
}

static inline void neuron_progress_add(struct neuron_progress *progress, u64 bytes)
{
	if (progress)
		atomic64_add(bytes, &progress->bytes);
}

#endif
