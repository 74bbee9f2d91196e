// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/neuron/<bus-name>/. A card's files go before anything else of
 * it does, and debugfs waits for those who read: so each of them has a whole card.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "device.h"
#include "hw_fault.h"
#include "hw_regs.h"
#include "hw_udma.h"
#include "raw.h"
#include "show.h"

static struct dentry *root;

static int card_show(struct seq_file *m, void *unused)
{
	neuron_show_card(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(card);

static int engines_show(struct seq_file *m, void *unused)
{
	neuron_show_engines(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(engines);

static int queues_show(struct seq_file *m, void *unused)
{
	neuron_show_queues(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(queues);

static int memory_show(struct seq_file *m, void *unused)
{
	neuron_show_memory(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(memory);

static int jobs_show(struct seq_file *m, void *unused)
{
	neuron_show_jobs(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(jobs);

static int quarantine_show(struct seq_file *m, void *unused)
{
	neuron_show_quarantine(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(quarantine);

static int fwio_show(struct seq_file *m, void *unused)
{
	neuron_show_fwio(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fwio);

static int flight_show(struct seq_file *m, void *unused)
{
	neuron_show_flight(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(flight);

static int all_show(struct seq_file *m, void *unused)
{
	neuron_show_all(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(all);

static int misc_registers(struct seq_file *m, struct neuron_device *ndev)
{
	static const u32 word[] = { NEURON_MISC_STATUS, NEURON_MISC_DEVICE_ID };
	u32 off[ARRAY_SIZE(word)];
	u32 value[ARRAY_SIZE(word)];
	u32 i;
	int err;

	for (i = 0; i < ARRAY_SIZE(word); i++)
		off[i] = ndev->hw.map->misc_off + word[i];
	err = neuron_raw_read(ndev, 0, off, ARRAY_SIZE(off), value);
	for (i = 0; !err && i < ARRAY_SIZE(off); i++)
		seq_printf(m, "misc %#05x %#010x\n", word[i], value[i]);

	return err;
}

static int engine_registers(struct seq_file *m, struct neuron_device *ndev)
{
	static const char * const names[] = {
		[NEURON_ENGINE_HW_IDLE] = "idle",
		[NEURON_ENGINE_HW_RUNNING] = "running",
		[NEURON_ENGINE_HW_ABORTED] = "aborted",
		[NEURON_ENGINE_HW_UNKNOWN] = "unknown",
	};
	u8 state[NEURON_MAX_ENGINES];
	u32 eng;
	int err;

	err = neuron_udma_engine_states(&ndev->hw, 0, ndev->hw.map->engines, state, NULL);
	for (eng = 0; !err && eng < ndev->hw.map->engines; eng++)
		seq_printf(m, "engine %u %s\n", eng,
			   state[eng] < ARRAY_SIZE(names) ? names[state[eng]] : "?");

	return err;
}

static bool is_used(struct neuron_device *ndev, u32 eng, u32 queue)
{
	bool used;

	mutex_lock(&ndev->lock);
	used = ndev->engine[eng].ring[queue] ||
	       (ndev->engine[eng].driver_queue && queue == ndev->hw.map->driver_queue);
	mutex_unlock(&ndev->lock);

	return used;
}

static int queue_registers(struct seq_file *m, struct neuron_device *ndev, u32 eng, u32 queue)
{
	struct neuron_udma_pointers at;
	int err;

	if (!is_used(ndev, eng, queue))
		return 0;
	err = neuron_udma_queue_pointers(&ndev->hw, eng, queue, &at);
	if (!err)
		seq_printf(m, "queue %u.%u tx head %u tail %u status %#x, rx head %u tail %u status %#x\n",
			   eng, queue, at.tx_head, at.tx_tail, at.tx_status, at.rx_head,
			   at.rx_tail, at.rx_status);

	return err;
}

static int all_registers(struct seq_file *m, struct neuron_device *ndev)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u32 eng, queue;
	int err;

	err = neuron_device_check_ready(ndev, NULL);
	if (!err)
		err = misc_registers(m, ndev);
	if (!err)
		err = engine_registers(m, ndev);
	for (eng = 0; !err && eng < map->engines; eng++)
		for (queue = 0; !err && queue < map->queues && !seq_has_overflowed(m); queue++)
			err = queue_registers(m, ndev, eng, queue);

	return err;
}

static int registers_show(struct seq_file *m, void *unused)
{
	struct neuron_device *ndev = m->private;
	int err = neuron_device_enter(ndev);

	if (err)
		return err;
	err = all_registers(m, ndev);
	neuron_device_leave(ndev);

	return err;
}
DEFINE_SHOW_ATTRIBUTE(registers);

static const struct {
	const char *name;
	const struct file_operations *fops;
	umode_t mode;
} files[] = {
	{ "state", &card_fops, 0444 },
	{ "engines", &engines_fops, 0444 },
	{ "queues", &queues_fops, 0444 },
	{ "memory", &memory_fops, 0444 },
	{ "jobs", &jobs_fops, 0444 },
	{ "quarantine", &quarantine_fops, 0444 },
	{ "fwio", &fwio_fops, 0444 },
	{ "flight", &flight_fops, 0444 },
	{ "all", &all_fops, 0444 },
	{ "registers", &registers_fops, 0400 },
};

/**
 * neuron_debugfs_add() - make the files of a card
 * @ndev: registered card
 *
 * Without debugfs, or without memory, there are none, and nothing else suffers.
 *
 * Context: May sleep.
 */
void neuron_debugfs_add(struct neuron_device *ndev)
{
	struct dentry *dir = debugfs_create_dir(ndev->bus_name, root);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		debugfs_create_file(files[i].name, files[i].mode, dir, ndev, files[i].fops);
}

/**
 * neuron_debugfs_remove() - take them away
 * @ndev: card that is still registered
 *
 * Context: Sleeps until nobody reads them any more, who may wait for the firmware.
 */
void neuron_debugfs_remove(struct neuron_device *ndev)
{
	debugfs_lookup_and_remove(ndev->bus_name, root);
}

/**
 * neuron_debugfs_init() - the folder of the driver, with what makes faults
 *
 * Context: May sleep.
 */
void __init neuron_debugfs_init(void)
{
	root = debugfs_create_dir(KBUILD_MODNAME, NULL);
	neuron_hw_fault_init(root);
}

/**
 * neuron_debugfs_fini() - take it away
 *
 * Context: Sleeps; no card is left.
 */
void neuron_debugfs_fini(void)
{
	debugfs_remove(root);
}
