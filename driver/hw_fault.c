// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on demand.
 */
#include "hw_fault.h"

#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS

#include <linux/fault-inject.h>
#include <linux/kernel.h>

static DECLARE_FAULT_ATTR(fail_fwio);
static DECLARE_FAULT_ATTR(fail_reset);
static DECLARE_FAULT_ATTR(fail_quiet);
static DECLARE_FAULT_ATTR(fail_copy);

static const struct {
	const char *name;
	struct fault_attr *attr;
} faults[] = {
	[NEURON_HW_FAULT_FWIO] = { "fail_fwio", &fail_fwio },
	[NEURON_HW_FAULT_RESET] = { "fail_reset", &fail_reset },
	[NEURON_HW_FAULT_QUIET] = { "fail_quiet", &fail_quiet },
	[NEURON_HW_FAULT_COPY] = { "fail_copy", &fail_copy },
};

/**
 * neuron_hw_fault() - shall this fail now
 * @fault: which
 *
 * Context: Any.
 * Return: true if somebody has asked for it.
 */
bool neuron_hw_fault(enum neuron_hw_fault fault)
{
	return should_fail(faults[fault].attr, 1);
}

/**
 * neuron_hw_fault_init() - make the attributes
 * @parent: folder of debugfs, which takes them away when it goes
 *
 * Context: May sleep.
 */
void neuron_hw_fault_init(struct dentry *parent)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		fault_create_debugfs_attr(faults[i].name, parent, faults[i].attr);
}

#endif
