// SPDX-License-Identifier: GPL-2.0
/*
 * Registers. Reading goes by the firmware, and for users by an allow-list. Whoever
 * may do everything may read all, and write what the driver does not own; the door
 * sees to who that is.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/panic.h>
#include <linux/pci.h>

#include "claim.h"
#include "ctx.h"
#include "device.h"
#include "health.h"
#include "hw_counter.h"
#include "hw_io.h"
#include "hw_regs_allow.h"
#include "hw_regs_deny.h"
#include "raw.h"

#define BAR_CORES	2

static_assert((int)NEURON_COUNTER_TX_PACKETS == (int)NEURON_HW_COUNTER_TX_PACKETS &&
	      (int)NEURON_COUNTER_RX_DROPPED == (int)NEURON_HW_COUNTER_RX_DROPPED &&
	      (int)NEURON_COUNTER_POWER == (int)NEURON_HW_COUNTER_POWER &&
	      (int)NEURON_COUNTER_ECC_STACK3_UNCORRECTED ==
	      (int)NEURON_HW_COUNTER_ECC_STACK3_UNCORRECTED &&
	      NEURON_MAX_COUNTERS <= NEURON_HW_COUNTERS_READ_MAX);
static_assert(NEURON_MAX_REG_READS <= NEURON_FWIO_READ_MAX);
static_assert(NEURON_MAX_METRIC_BYTES <= NEURON_FWIO_METRIC_MAX);

static int check_place(struct neuron_device *ndev, u32 bar, u32 off,
		       struct netlink_ext_ack *extack)
{
	resource_size_t bytes = bar == BAR_CORES ? ndev->hw.bar2_bytes : ndev->hw.bar0_bytes;

	if (!IS_ALIGNED(off, sizeof(u32))) {
		NL_SET_ERR_MSG(extack, "The offset is not a multiple of 4");
		return -EINVAL;
	}
	if (off < bytes)
		return 0;

	NL_SET_ERR_MSG(extack, "The offset lies outside of the BAR");

	return -ERANGE;
}

/**
 * neuron_raw_check_read() - may a register be read
 * @ndev: the card
 * @bar: 0 or 2
 * @off: offset in it
 * @raw: also if it is not on the allow-list
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any.
 * Return: 0; -EINVAL if the offset is no multiple of 4; -EACCES if it is not on the
 * list; -ERANGE if it lies outside of the BAR.
 */
int neuron_raw_check_read(struct neuron_device *ndev, u32 bar, u32 off, bool raw,
			  struct netlink_ext_ack *extack)
{
	int ret = check_place(ndev, bar, off, extack);

	if (ret == -EINVAL || raw)
		return ret;
	if (!ret && bar != BAR_CORES && neuron_hw_reg_allowed(ndev->hw.map, off))
		return 0;

	NL_SET_ERR_MSG(extack, "The register is not on the allow-list");

	return -EACCES;
}

/**
 * neuron_raw_read() - read registers by one firmware request
 * @ndev: the card, ready
 * @bar: 0 or 2
 * @off: offsets in it, checked by neuron_raw_check_read()
 * @count: number of registers, 1..NEURON_MAX_REG_READS
 * @value: their values, in the same order
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_raw_read(struct neuron_device *ndev, u32 bar, const u32 *off, u32 count, u32 *value)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u64 base = bar == BAR_CORES ? map->core_base : map->apb_base;
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 i;

	if (!count || count > NEURON_MAX_REG_READS)
		return -EINVAL;

	for (i = 0; i < count; i++)
		addr[i] = base + off[i];

	return neuron_health_check(ndev, neuron_fwio_read(&ndev->hw, addr, value, count));
}

/* A structure of MSI-X that a word of the configuration space says the place of. */
static bool in_msix(struct neuron_device *ndev, int where, u32 bytes, u32 bar, u32 off)
{
	u32 first;
	u32 place;

	pci_read_config_dword(ndev->pdev, ndev->pdev->msix_cap + where, &place);
	first = place & PCI_MSIX_TABLE_OFFSET;

	return (place & PCI_MSIX_TABLE_BIR) == bar && off >= first && off - first < bytes;
}

static bool is_msix(struct neuron_device *ndev, u32 bar, u32 off)
{
	u32 vectors;
	u16 flags;

	if (!ndev->pdev->msix_cap)
		return false;

	pci_read_config_word(ndev->pdev, ndev->pdev->msix_cap + PCI_MSIX_FLAGS, &flags);
	vectors = (flags & PCI_MSIX_FLAGS_QSIZE) + 1;

	return in_msix(ndev, PCI_MSIX_TABLE, vectors * PCI_MSIX_ENTRY_SIZE, bar, off) ||
	       in_msix(ndev, PCI_MSIX_PBA, ALIGN(vectors, 64) / 8, bar, off);
}

/**
 * neuron_raw_check_write() - may a register be written
 * @ndev: the card, entered
 * @bar: 0 or 2
 * @off: offset in it
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Any but interrupts.
 * Return: 0; -EINVAL if the offset is no multiple of 4; -ERANGE if it lies outside
 * of the BAR; -EACCES if it is the driver's own.
 */
int neuron_raw_check_write(struct neuron_device *ndev, u32 bar, u32 off,
			   struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	int ret = check_place(ndev, bar, off, extack);
	bool owned;

	if (ret)
		return ret;

	owned = bar == BAR_CORES ? neuron_hw_core_reg_owned(map, off) :
				   neuron_hw_reg_owned(map, off);
	if (!owned && !is_msix(ndev, bar, off))
		return 0;

	NL_SET_ERR_MSG(extack, "The register is the driver's own");

	return -EACCES;
}

static void store(struct neuron_hw *hw, u32 bar, u32 off, u32 value)
{
	u32 stride = hw->map->core_stride;

	if (bar == BAR_CORES)
		neuron_hw_core_write(hw, off / stride, off % stride, value);
	else
		neuron_hw_write(hw, off, value);
}

/**
 * neuron_raw_write() - store to registers, in order, all of them or none
 * @ctx: who asks; the door has seen that he may
 * @bar: 0 or 2
 * @list: checked by neuron_raw_check_write()
 * @count: number of stores
 * @wrong: set to the store to blame, if one is
 * @extack: gets the reason of a refusal; may be NULL
 *
 * What the card does then is nobody's promise, so this taints the kernel.
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0; -EBUSY if another context has claimed a core whose window is written;
 * as neuron_device_check_ready().
 */
int neuron_raw_write(struct neuron_ctx *ctx, u32 bar, const struct neuron_raw_store *list,
		     u32 count, u32 *wrong, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	u32 stride = ndev->hw.map->core_stride;
	int ret;
	u32 i;

	mutex_lock(&ndev->lock);
	ret = neuron_device_check_ready(ndev, extack);
	for (i = 0; !ret && bar == BAR_CORES && i < count; i++) {
		*wrong = i;
		ret = neuron_claim_check(ndev, list[i].off / stride, ctx->id, extack);
	}
	if (!ret) {
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
		for (i = 0; i < count; i++)
			store(&ndev->hw, bar, list[i].off, list[i].value);
	}
	mutex_unlock(&ndev->lock);

	return ret;
}

/**
 * neuron_raw_counter_of_engine() - does each engine have a counter of its own
 * @counter: enum neuron_counter
 *
 * Context: Any.
 * Return: true if so, false if there is one per card.
 */
bool neuron_raw_counter_of_engine(u32 counter)
{
	return neuron_hw_counter_of_engine(counter);
}

/**
 * neuron_raw_counters() - read published counters by one firmware request
 * @ndev: the card, ready
 * @eng: engine of those that are an engine's, which exists
 * @counter: enum neuron_counter of each
 * @count: number of them, 1..NEURON_MAX_COUNTERS
 * @value: their values, in the same order
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0, or as neuron_fwio_read() with -ENODEV for a card that is gone.
 */
int neuron_raw_counters(struct neuron_device *ndev, u32 eng, const u32 *counter, u32 count,
			u64 *value)
{
	return neuron_health_check(ndev, neuron_hw_counters_read(&ndev->hw, eng, counter, count,
								 value));
}

/**
 * neuron_raw_check_metric() - may a context speak for the card
 * @ctx: who asks
 * @privileged: he may even if others hold something
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock.
 * Return: 0; -EBUSY if another context holds something; as
 * neuron_device_check_ready().
 */
int neuron_raw_check_metric(struct neuron_ctx *ctx, bool privileged,
			    struct netlink_ext_ack *extack)
{
	int ret = neuron_device_check_ready(ctx->ndev, extack);

	if (ret || privileged)
		return ret;

	mutex_lock(&ctx->ndev->lock);
	ret = neuron_ctx_check_alone(ctx, extack);
	mutex_unlock(&ctx->ndev->lock);

	return ret;
}

/**
 * neuron_raw_metric() - hand runtime statistics to the firmware
 * @ctx: who asks
 * @privileged: as of neuron_raw_check_metric(), which is asked again
 * @data: the statistics
 * @data_bytes: their size, 1..NEURON_MAX_METRIC_BYTES
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps for a firmware request: in a job.
 * Return: 0; as neuron_raw_check_metric(); as neuron_fwio_read() with -ENODEV for
 * a card that is gone.
 */
int neuron_raw_metric(struct neuron_ctx *ctx, bool privileged, const void *data,
		      size_t data_bytes, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret = neuron_raw_check_metric(ctx, privileged, extack);

	if (ret)
		return ret;

	return neuron_health_check(ndev, neuron_fwio_post_metric(&ndev->hw, data, data_bytes));
}
