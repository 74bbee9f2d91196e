/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why an engine aborted.
 */
#ifndef NEURON_CAUSE_H
#define NEURON_CAUSE_H

#include <linux/types.h>

/**
 * struct neuron_cause - what an engine's error controllers tell
 * @m2s: errors of the sending half, secondary group A
 * @s2m: errors of the receiving half, secondary group B
 * @parity: parity errors of both halves, secondary group C
 */
struct neuron_cause {
	u32 m2s;
	u32 s2m;
	u32 parity;
};

const char *neuron_cause_text(const struct neuron_cause *cause);

#endif
