/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The constant description of one card architecture: how many of what, and
 * where. Everything that differs between architectures is a field here and
 * never an "if" elsewhere.
 */
#ifndef NEURON_HW_MAP_H
#define NEURON_HW_MAP_H

#include <linux/types.h>

#define NEURON_HW_MAX_CHANNELS		2
#define NEURON_HW_NEIGHBORS		2

/* Index into neighbor_base[] and order of the results of neuron_hw_links(). */
enum neuron_hw_port {
	NEURON_HW_EAST,
	NEURON_HW_WEST,
};

/* The four ways to address one semaphore, docs/hardware, section 2.4. */
enum neuron_semaphore_view {
	NEURON_SEMAPHORE_VALUE,
	NEURON_SEMAPHORE_SET,
	NEURON_SEMAPHORE_INC,
	NEURON_SEMAPHORE_DEC,
	NEURON_SEMAPHORE_VIEWS,
};

/*
 * Notification sources with the hardware's numbers, docs/hardware, section 5.3.
 * (enum neuron_nq_type is the one of the uapi header.)
 */
enum neuron_hw_nq_type {
	NEURON_HW_NQ_TRACE,
	NEURON_HW_NQ_NOTIFY,
	NEURON_HW_NQ_EVENT,
	NEURON_HW_NQ_ERROR,
	NEURON_HW_NQ_TYPES,
};

/**
 * struct neuron_hw_channel - one channel of the card's DRAM
 * @base: device address of its first byte
 * @bytes: its size
 */
struct neuron_hw_channel {
	u64 base;
	u64 bytes;
};

/**
 * struct neuron_hw_nq_regs - where the queues of one notification type are
 * @off: first register of instance 0, relative to the core's block
 * @stride: distance of two instances
 * @instances: how many a core has
 */
struct neuron_hw_nq_regs {
	u32 off;
	u32 stride;
	u32 instances;
};

/**
 * struct neuron_hw_map - constants of one architecture
 * @name: for people
 * @cores: NeuronCores
 * @engines: DMA engines, numbered core by core
 * @engines_per_core: of them, per core
 * @queues: queue pairs of an engine
 * @driver_engine: engine within its core whose @driver_queue the driver keeps
 * @driver_queue: queue that the driver keeps for its own copies
 * @channels: number of valid entries in @channel
 * @channel: DRAM channels
 * @dram_regions_max: most regions that a channel may be cut into
 * @dram_granule: smallest unit of DRAM given out, and smallest alignment
 * @dma_bits: width of a host address that the device can reach
 * @host_base: selector of host memory, or-ed to a DMA address
 * @port_bit: selector of the second AXI port, an alias that spreads load
 * @neighbor_base: selectors of the neighbours' address spaces
 * @apb_base: device address of BAR0's first byte
 * @core_base: device address of core 0's window, and of BAR2's first byte
 * @core_stride: distance and size of the core windows
 * @bar0_bytes_min: BAR0 must be this large to reach every register used
 * @bar2_bytes_min: likewise BAR2
 * @misc_off: misc RAM and mailbox, in BAR0
 * @udma_off: UDMA of engine 0, in BAR0
 * @udma_stride: distance of the UDMAs of one core
 * @tdma_off: TDMA wrapper of engine 0, in BAR0
 * @tdma_stride: distance of the wrappers of one core
 * @engine_core_stride: distance of the first engines of two cores
 * @nq_off: notification block of core 0, in BAR0
 * @nq_core_stride: distance of the notification blocks
 * @nq: queues by type
 * @nq_bytes_min: smallest notification queue
 * @nq_bytes_max: largest notification queue
 * @events: events of a core
 * @event_off: first event in a core window
 * @semaphores: semaphores of a core
 * @semaphore_off: first semaphore of each view in a core window
 * @fifo_off: instruction FIFO in a core window
 * @fifo_bytes: size of its window
 * @ring_entries_min: shortest ring, in descriptors
 * @ring_entries_max: longest ring
 * @ring_entries_multiple: granularity of the length
 * @ring_reserve: entries of a ring that are never filled
 * @ring_align: alignment of start and end of a ring, in bytes
 * @packet_descs_max: most descriptors in a packet
 * @packet_bytes_max: most bytes in a packet
 * @fwio_read_max: most registers in one firmware request
 * @irq_sources: what can interrupt, numbered from 0
 * @irq_firmware: number of the firmware
 * @irq_engine: number of engine 0, for what it has done
 * @irq_core: number of core 0, for notification records
 */
struct neuron_hw_map {
	const char *name;
	u32 cores;
	u32 engines;
	u32 engines_per_core;
	u32 queues;
	u32 driver_engine;
	u32 driver_queue;
	u32 channels;
	struct neuron_hw_channel channel[NEURON_HW_MAX_CHANNELS];
	u32 dram_regions_max;
	u32 dram_granule;
	u32 dma_bits;
	u64 host_base;
	u64 port_bit;
	u64 neighbor_base[NEURON_HW_NEIGHBORS];
	u64 apb_base;
	u64 core_base;
	u64 core_stride;
	resource_size_t bar0_bytes_min;
	resource_size_t bar2_bytes_min;
	u32 misc_off;
	u32 udma_off;
	u32 udma_stride;
	u32 tdma_off;
	u32 tdma_stride;
	u32 engine_core_stride;
	u32 nq_off;
	u32 nq_core_stride;
	struct neuron_hw_nq_regs nq[NEURON_HW_NQ_TYPES];
	u32 nq_bytes_min;
	u32 nq_bytes_max;
	u32 events;
	u32 event_off;
	u32 semaphores;
	u32 semaphore_off[NEURON_SEMAPHORE_VIEWS];
	u32 fifo_off;
	u32 fifo_bytes;
	u32 ring_entries_min;
	u32 ring_entries_max;
	u32 ring_entries_multiple;
	u32 ring_reserve;
	u32 ring_align;
	u32 packet_descs_max;
	u32 packet_bytes_max;
	u32 fwio_read_max;
	u32 irq_sources;
	u32 irq_firmware;
	u32 irq_engine;
	u32 irq_core;
};

const struct neuron_hw_map *neuron_hw_map_get(u16 pci_device_id);

u32 neuron_hw_map_engine(const struct neuron_hw_map *map, u32 nc, u32 index);
u32 neuron_hw_map_core_of(const struct neuron_hw_map *map, u32 eng);
bool neuron_hw_map_driver_queue(const struct neuron_hw_map *map, u32 eng, u32 queue);
u32 neuron_hw_map_udma(const struct neuron_hw_map *map, u32 eng);
u32 neuron_hw_map_tdma(const struct neuron_hw_map *map, u32 eng);
u64 neuron_hw_map_port(const struct neuron_hw_map *map, u64 dev_addr, u32 port);
void neuron_hw_map_home(const struct neuron_hw_map *map, u32 regions, u32 nc, u32 *channel,
			u32 *region);
u64 neuron_hw_map_dram(const struct neuron_hw_map *map, u32 channel, u64 offset);

#endif
