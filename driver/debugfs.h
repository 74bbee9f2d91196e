/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read-only files below debugfs, for people who look for a mistake. Their format
 * is no interface.
 */
#ifndef NEURON_DEBUGFS_H
#define NEURON_DEBUGFS_H

struct neuron_device;

void neuron_debugfs_init(void);
void neuron_debugfs_fini(void);
void neuron_debugfs_add(struct neuron_device *ndev);
void neuron_debugfs_remove(struct neuron_device *ndev);

#endif
