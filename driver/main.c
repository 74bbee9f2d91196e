// SPDX-License-Identifier: GPL-2.0
/*
 * Loading, unloading and the module's parameters.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "debugfs.h"
#include "device.h"
#include "hw_fwio.h"
#include "nl.h"
#include "pci.h"

unsigned int neuron_stop_timeout_ms = 2000;
unsigned int neuron_health_period_ms = 1000;
unsigned int neuron_reset_timeout_ms = 120000;
unsigned int neuron_copy_queues = NEURON_MAX_CORES;
bool neuron_allow_unprotected_programs;

module_param_named(fwio_attempts, neuron_fwio_attempts, uint, 0444);
MODULE_PARM_DESC(fwio_attempts, "How often a firmware request is made before it fails");

module_param_named(fwio_timeout_ms, neuron_fwio_timeout_ms, uint, 0444);
MODULE_PARM_DESC(fwio_timeout_ms, "How long each attempt waits for the firmware, ms");

module_param_named(stop_timeout_ms, neuron_stop_timeout_ms, uint, 0444);
MODULE_PARM_DESC(stop_timeout_ms, "How long to wait for a ring to stop, ms");

module_param_named(health_period_ms, neuron_health_period_ms, uint, 0444);
MODULE_PARM_DESC(health_period_ms, "How often to look at a card in use, ms");

module_param_named(reset_timeout_ms, neuron_reset_timeout_ms, uint, 0644);
MODULE_PARM_DESC(reset_timeout_ms, "How long a reset may take, ms");

module_param_named(copy_queues, neuron_copy_queues, uint, 0644);
MODULE_PARM_DESC(copy_queues, "How many queues share a large copy, at most one per core");

module_param_named(allow_unprotected_programs, neuron_allow_unprotected_programs, bool, 0644);
MODULE_PARM_DESC(allow_unprotected_programs,
		 "Without an IOMMU, let users run programs, which could reach all host memory");

static int __init neuron_init(void)
{
	int err;

	err = neuron_device_class_init();
	if (err)
		return err;

	err = neuron_nl_register();
	if (err)
		goto err_class;

	neuron_debugfs_init();
	err = neuron_pci_register();
	if (err)
		goto err_debugfs;

	return 0;

err_debugfs:
	neuron_debugfs_fini();
	neuron_nl_unregister();
err_class:
	neuron_device_class_fini();
	return err;
}

static void __exit neuron_exit(void)
{
	neuron_pci_unregister();
	neuron_debugfs_fini();
	neuron_nl_unregister();
	neuron_device_class_fini();
}

module_init(neuron_init);
module_exit(neuron_exit);

MODULE_AUTHOR("The neuron driver authors");
MODULE_DESCRIPTION("AWS Inferentia (Neuron v1) accelerator cards");
MODULE_LICENSE("GPL");
MODULE_VERSION(NEURON_VERSION);
