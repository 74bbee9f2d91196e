// SPDX-License-Identifier: GPL-2.0
/*
 * Loading, unloading and the module's parameters.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "debugfs.h"
#include "device.h"
#include "hw_fwio.h"
#include "nl.h"
#include "pci.h"
#include "quota.h"

unsigned int neuron_stop_timeout_ms = 2000;
unsigned int neuron_health_period_ms = 1000;
unsigned int neuron_reset_timeout_ms = 120000;
unsigned int neuron_link_timeout_ms = 120000;
unsigned int neuron_copy_queues = NEURON_MAX_CORES;
unsigned int neuron_quarantine_limit = 64;
unsigned int neuron_quarantine_limit_mib = 1024;
unsigned int neuron_quarantine_timeout_ms = 60000;
bool neuron_allow_unprotected_programs;
unsigned long neuron_user_host_mib = ULONG_MAX;
unsigned long neuron_user_device_mib;
unsigned int neuron_user_ids = 1000000;
unsigned int neuron_user_jobs = 65536;
unsigned int neuron_user_contexts = 4096;

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

module_param_named(link_timeout_ms, neuron_link_timeout_ms, uint, 0644);
MODULE_PARM_DESC(link_timeout_ms,
		 "How long the system may repair a link before the card counts as failed, ms");

module_param_named(copy_queues, neuron_copy_queues, uint, 0644);
MODULE_PARM_DESC(copy_queues, "How many queues share a large copy, at most one per core");

module_param_named(quarantine_limit, neuron_quarantine_limit, uint, 0644);
MODULE_PARM_DESC(quarantine_limit, "How many rings and queues may be in quarantine before a reset");

module_param_named(quarantine_limit_mib, neuron_quarantine_limit_mib, uint, 0644);
MODULE_PARM_DESC(quarantine_limit_mib, "How much memory may be in quarantine before a reset, MiB");

module_param_named(quarantine_timeout_ms, neuron_quarantine_timeout_ms, uint, 0644);
MODULE_PARM_DESC(quarantine_timeout_ms,
		 "How long what a closed context left may be in quarantine before a reset, ms");

module_param_named(allow_unprotected_programs, neuron_allow_unprotected_programs, bool, 0644);
MODULE_PARM_DESC(allow_unprotected_programs,
		 "Without an IOMMU, let users run programs, which could reach all host memory");

module_param_named(user_host_mib, neuron_user_host_mib, ulong, 0644);
MODULE_PARM_DESC(user_host_mib,
		 "Host memory that a user may have, MiB (default: half of all memory; 0: no limit)");

module_param_named(user_device_mib, neuron_user_device_mib, ulong, 0644);
MODULE_PARM_DESC(user_device_mib, "Device memory that a user may have, MiB (0: no limit)");

module_param_named(user_ids, neuron_user_ids, uint, 0644);
MODULE_PARM_DESC(user_ids,
		 "Memories, rings and notification queues that a user may have (0: no limit)");

module_param_named(user_jobs, neuron_user_jobs, uint, 0644);
MODULE_PARM_DESC(user_jobs, "Jobs that a user may have at a time (0: no limit)");

module_param_named(user_contexts, neuron_user_contexts, uint, 0644);
MODULE_PARM_DESC(user_contexts, "Contexts that a user may have open (0: no limit)");

/*
 * Somebody has a name that this module needs. The kernel answers -EEXIST itself when a
 * module is loaded already; modprobe is content with that, and must not be with this.
 */
static int __init tell_taken(int err, int taken, const char *what)
{
	if (err != taken)
		return err;

	pr_err("another module has %s: find it by lsmod, unload it, then load this one again\n",
	       what);
	return -EBUSY;
}

static int __init neuron_init(void)
{
	int err;

	if (neuron_user_host_mib == ULONG_MAX)
		neuron_user_host_mib = totalram_pages() >> (20 - PAGE_SHIFT + 1);

	err = neuron_device_class_init();
	if (err)
		return tell_taken(err, -EEXIST, "the class /sys/class/neuron");

	err = neuron_nl_register();
	if (err) {
		err = tell_taken(err, -EEXIST, "the generic netlink family neuron");
		goto err_class;
	}

	neuron_debugfs_init();
	err = neuron_pci_register();
	if (err) {
		err = tell_taken(err, -EBUSY, "a PCI driver called neuron");
		goto err_debugfs;
	}

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
