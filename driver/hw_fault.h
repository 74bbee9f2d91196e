/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults on demand, of kernels with CONFIG_FAULT_INJECTION_DEBUG_FS; elsewhere
 * nothing of it is built. Each is a fault attribute of debugfs/neuron/, see the
 * kernel's Documentation/fault-injection.
 */
#ifndef NEURON_HW_FAULT_H
#define NEURON_HW_FAULT_H

#include <linux/types.h>

struct dentry;

enum neuron_hw_fault {
	NEURON_HW_FAULT_FWIO,	/* an attempt is not answered */
	NEURON_HW_FAULT_RESET,	/* the card does not come back from a reset */
	NEURON_HW_FAULT_QUIET,	/* a queue is not quiet yet when it is asked */
	NEURON_HW_FAULT_COPY,	/* a batch of a copy queue does not end */
};

#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS

bool neuron_hw_fault(enum neuron_hw_fault fault);
void neuron_hw_fault_init(struct dentry *parent);

#else

static inline bool neuron_hw_fault(enum neuron_hw_fault fault)
{
	return false;
}

static inline void neuron_hw_fault_init(struct dentry *parent)
{
}

#endif

#endif
