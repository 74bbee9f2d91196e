// SPDX-License-Identifier: GPL-2.0
/*
 * The constant tables. Section numbers are those of docs/hardware.
 */
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "hw_map.h"
#include "hw_regs.h"

/*
 * Inferentia. The card has no register that tells a size or a count, so all of
 * this is known from the published driver; where it is an assumption, the line
 * says which.
 */
static const struct neuron_hw_map map_v1 = {
	.name = "inferentia",

	/* Sections 0.3, 3.1. The published driver keeps the same queue. */
	.cores = 4,
	.engines = 12,
	.engines_per_core = 3,
	.queues = 16,
	.driver_engine = 2,
	.driver_queue = 15,

	/* Sections 2.2 and 7. No part of it is reserved for firmware. */
	.channels = 2,
	.channel = {
		{ .base = 0x0, .bytes = SZ_4G },
		{ .base = 0x1000000000, .bytes = SZ_4G },
	},
	.dram_regions_max = 4,
	.dram_granule = SZ_256,

	/* Section 2.1. How much of a neighbour its window shows is unknown (A6). */
	.dma_bits = 46,
	.host_base = BIT_ULL(46),
	.port_bit = BIT_ULL(44),
	.neighbor_base = {
		[NEURON_HW_EAST] = BIT_ULL(47),
		[NEURON_HW_WEST] = BIT_ULL(47) | BIT_ULL(46),
	},
	.apb_base = 0xffff0000000,
	.core_base = 0xfffc0000000,
	.core_stride = SZ_64M,

	/* Section 1.3: what is used, since the real sizes are not known (A2). */
	.bar0_bytes_min = 0x78e000 + NEURON_MISC_BYTES,
	.bar2_bytes_min = 4 * SZ_64M,

	/* Section 2.3. */
	.misc_off = 0x78e000,
	.udma_off = 0x40000,
	.udma_stride = 0x40000,
	.tdma_off = 0x0,
	.tdma_stride = 0x1000,
	.engine_core_stride = 0x100000,

	/*
	 * Section 5.3. The power of two is published, the least size is ours; which
	 * instance belongs to which compute engine is not known.
	 */
	.nq_off = 0x404000,
	.nq_core_stride = 0x10000,
	.nq = {
		[NEURON_HW_NQ_TRACE] = { .off = 0xc7c, .stride = 0x104, .instances = 4 },
		[NEURON_HW_NQ_NOTIFY] = { .off = 0xbfc, .stride = 0x104, .instances = 4 },
		[NEURON_HW_NQ_EVENT] = { .off = 0x1094, .stride = 0, .instances = 1 },
		[NEURON_HW_NQ_ERROR] = { .off = 0x1074, .stride = 0, .instances = 1 },
	},
	.nq_bytes_min = SZ_4K,
	.nq_bytes_max = SZ_16M,

	/* Section 2.4. That DMA may write them as a store does is assumed (A22). */
	.events = 256,
	.event_off = 0x2700000,
	.semaphores = 32,
	.semaphore_off = {
		[NEURON_SEMAPHORE_VALUE] = 0x2701000,
		[NEURON_SEMAPHORE_SET] = 0x2701100,
		[NEURON_SEMAPHORE_INC] = 0x2701200,
		[NEURON_SEMAPHORE_DEC] = 0x2701300,
	},
	.fifo_off = 0x265c000,
	.fifo_bytes = SZ_16K,

	/* Sections 2.5 and 3.10. */
	.ring_entries_min = 32,
	.ring_entries_max = SZ_16M - 16,
	.ring_entries_multiple = 16,
	.ring_reserve = 16,
	.ring_align = SZ_256,
	.packet_descs_max = 128,
	.packet_bytes_max = 0xfffff,

	/* Section 4.6. */
	.fwio_read_max = 100,

	/* Section 8.4: whether silicon interrupts, and how, is not known (A18). */
	.irq_sources = 29,
	.irq_firmware = 0,
	.irq_engine = 1,
	.irq_core = 25,
};

/**
 * neuron_hw_map_get() - find the table of a PCI device
 * @pci_device_id: device id of vendor 1d0f
 *
 * Context: Any.
 * Return: the table, which lives as long as the module, or NULL if the id is
 * not one of ours.
 */
const struct neuron_hw_map *neuron_hw_map_get(u16 pci_device_id)
{
	switch (pci_device_id) {
	case 0x7064:
	case 0x7065:
	case 0x7066:
	case 0x7067:
		return &map_v1;
	default:
		return NULL;
	}
}

/**
 * neuron_hw_map_engine() - number of an engine of a core
 * @map: architecture
 * @nc: core
 * @index: engine within the core
 *
 * Context: Any.
 * Return: the engine's number on the card.
 */
u32 neuron_hw_map_engine(const struct neuron_hw_map *map, u32 nc, u32 index)
{
	return nc * map->engines_per_core + index;
}

/**
 * neuron_hw_map_core_of() - core that an engine belongs to
 * @map: architecture
 * @eng: engine
 *
 * Context: Any.
 * Return: the core.
 */
u32 neuron_hw_map_core_of(const struct neuron_hw_map *map, u32 eng)
{
	return eng / map->engines_per_core;
}

/**
 * neuron_hw_map_driver_queue() - is a queue the driver's own
 * @map: architecture
 * @eng: engine
 * @queue: queue of @eng
 *
 * Context: Any.
 * Return: true if the queue carries the driver's copies and is given to nobody.
 */
bool neuron_hw_map_driver_queue(const struct neuron_hw_map *map, u32 eng, u32 queue)
{
	return eng % map->engines_per_core == map->driver_engine && queue == map->driver_queue;
}

/**
 * neuron_hw_map_udma() - where the UDMA of an engine is
 * @map: architecture
 * @eng: engine
 *
 * Context: Any.
 * Return: offset in BAR0.
 */
u32 neuron_hw_map_udma(const struct neuron_hw_map *map, u32 eng)
{
	return map->udma_off + neuron_hw_map_core_of(map, eng) * map->engine_core_stride +
	       eng % map->engines_per_core * map->udma_stride;
}

/**
 * neuron_hw_map_tdma() - where the TDMA wrapper of an engine is
 * @map: architecture
 * @eng: engine
 *
 * Context: Any.
 * Return: offset in BAR0.
 */
u32 neuron_hw_map_tdma(const struct neuron_hw_map *map, u32 eng)
{
	return map->tdma_off + neuron_hw_map_core_of(map, eng) * map->engine_core_stride +
	       eng % map->engines_per_core * map->tdma_stride;
}

/**
 * neuron_hw_map_home() - DRAM that a core has for itself if others keep to theirs
 * @map: architecture
 * @regions: that each channel is cut into
 * @nc: core
 * @channel: set to its channel
 * @region: set to its region, the same in each channel
 *
 * The channels take turns and the regions are dealt out in order, so two regions
 * are enough to give each of four cores a place of its own. A convention of the
 * driver: any core reaches all DRAM.
 *
 * Context: Any.
 */
void neuron_hw_map_home(const struct neuron_hw_map *map, u32 regions, u32 nc, u32 *channel,
			u32 *region)
{
	*channel = nc % map->channels;
	*region = nc * regions / map->cores;
}

/**
 * neuron_hw_map_dram() - device address of a place in DRAM
 * @map: architecture
 * @channel: DRAM channel
 * @offset: bytes from the channel's start
 *
 * Context: Any. The caller has checked both against the table.
 * Return: the device address.
 */
u64 neuron_hw_map_dram(const struct neuron_hw_map *map, u32 channel, u64 offset)
{
	return map->channel[channel].base + offset;
}

/**
 * neuron_hw_map_port() - address a place through an AXI port
 * @map: architecture
 * @dev_addr: device address
 * @port: 0 or 1
 *
 * Only the card's own DRAM has an alias at the second port.
 *
 * Context: Any.
 * Return: the alias, or @dev_addr itself.
 */
u64 neuron_hw_map_port(const struct neuron_hw_map *map, u64 dev_addr, u32 port)
{
	u32 i;

	for (i = 0; port && i < map->channels; i++)
		if (dev_addr - map->channel[i].base < map->channel[i].bytes)
			return dev_addr | map->port_bit;

	return dev_addr;
}
