// SPDX-License-Identifier: GPL-2.0
/*
 * Core dumps: the text of show.c, and what the firmware still tells. There is one
 * at a time for a card: the kernel drops others until it is read, or is old.
 */
#include "coredump.h"

#ifdef CONFIG_DEV_COREDUMP

#include <linux/devcoredump.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "device.h"
#include "hw_reset.h"
#include "show.h"

#define DUMP_BYTES	SZ_256K

/* One short question, since what failed may well not answer. */
static void show_misc(struct seq_file *m, struct neuron_device *ndev)
{
	struct neuron_hw_misc misc;
	int err = neuron_hw_misc_read(&ndev->hw, &misc);

	seq_puts(m, "[misc]\n");
	if (err)
		seq_printf(m, "not readable: %d\n", err);
	else
		seq_printf(m, "status %#010x, reset %#010x, device-id %#010x\n", misc.status,
			   misc.reset, misc.device_id);
}

/**
 * neuron_coredump_take() - keep what is known of a card whose reset has failed
 * @ndev: card
 * @err: what the reset ended with
 *
 * Without memory there is no dump.
 *
 * Context: Sleeps, for a short firmware request; as neuron_show_all().
 */
void neuron_coredump_take(struct neuron_device *ndev, int err)
{
	/* Without a file behind it: what is printed stops at the end of the buffer. */
	struct seq_file m = { .size = DUMP_BYTES };

	m.buf = vzalloc(DUMP_BYTES);
	if (!m.buf)
		return;

	seq_printf(&m, "neuron %s, reset failed: %d\n", NEURON_VERSION, err);
	show_misc(&m, ndev);
	neuron_show_all(&m, ndev);
	dev_coredumpv(&ndev->pdev->dev, m.buf, m.count, GFP_KERNEL);
}

#endif
