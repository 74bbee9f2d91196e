/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers: reads by users and by who may do everything, stores, counters, and
 * statistics for the firmware.
 */
#ifndef NEURON_RAW_H
#define NEURON_RAW_H

#include <linux/types.h>

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

/**
 * struct neuron_raw_store - one store
 * @off: offset in its BAR
 * @value: what is stored
 */
struct neuron_raw_store {
	u32 off;
	u32 value;
};

int neuron_raw_check_read(struct neuron_device *ndev, u32 bar, u32 off, bool raw,
			  struct netlink_ext_ack *extack);
int neuron_raw_read(struct neuron_device *ndev, u32 bar, const u32 *off, u32 count, u32 *value);
int neuron_raw_check_write(struct neuron_device *ndev, u32 bar, u32 off,
			   struct netlink_ext_ack *extack);
int neuron_raw_write(struct neuron_ctx *ctx, u32 bar, const struct neuron_raw_store *list,
		     u32 count, u32 *wrong, struct netlink_ext_ack *extack);
bool neuron_raw_counter_of_engine(u32 counter);
int neuron_raw_counters(struct neuron_device *ndev, u32 eng, const u32 *counter, u32 count,
			u64 *value);
int neuron_raw_check_metric(struct neuron_ctx *ctx, bool privileged,
			    struct netlink_ext_ack *extack);
int neuron_raw_metric(struct neuron_ctx *ctx, bool privileged, const void *data,
		      size_t data_bytes, struct netlink_ext_ack *extack);

#endif
