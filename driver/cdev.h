/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/neuronN: open, release, mmap, and nothing else.
 */
#ifndef NEURON_CDEV_H
#define NEURON_CDEV_H

#include <linux/fs.h>

struct neuron_ctx;
struct neuron_device;

extern const struct file_operations neuron_cdev_fops;

struct neuron_ctx *neuron_ctx_from_file(struct file *file);
int neuron_cdev_check_name(struct neuron_device *ndev);

#endif
