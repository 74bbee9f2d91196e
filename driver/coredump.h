/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver knew when a reset failed, for /sys/class/devcoredump.
 */
#ifndef NEURON_COREDUMP_H
#define NEURON_COREDUMP_H

struct neuron_device;

#ifdef CONFIG_DEV_COREDUMP

void neuron_coredump_take(struct neuron_device *ndev, int err);

#else

static inline void neuron_coredump_take(struct neuron_device *ndev, int err)
{
}

#endif

#endif
