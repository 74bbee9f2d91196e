/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of the vfio-user protocol 0.0, as its public specification lays
 * them out: a header and a body, both in host byte order, on a stream socket.
 * Sizes are asserted, so that a change of the compiler's mind is an error.
 */
#ifndef NEURON_EMU_VFU_PROTO_H
#define NEURON_EMU_VFU_PROTO_H

#include <assert.h>
#include <stdint.h>

enum vfu_cmd {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_GET_INFO = 4,
	VFU_GET_REGION_INFO = 5,
	VFU_GET_REGION_IO_FDS = 6,
	VFU_GET_IRQ_INFO = 7,
	VFU_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DMA_READ = 11,		/* server to client */
	VFU_DMA_WRITE = 12,		/* server to client */
	VFU_DEVICE_RESET = 13,
	VFU_REGION_WRITE_MULTI = 15,
	VFU_DEVICE_FEATURE = 16,
	VFU_MIG_DATA_READ = 17,
	VFU_MIG_DATA_WRITE = 18,
	VFU_NR_CMDS
};

struct vfu_hdr {
	uint16_t id;
	uint16_t cmd;
	uint32_t size;			/* header included */
	uint32_t flags;
	uint32_t error;
} __attribute__((packed));
static_assert(sizeof(struct vfu_hdr) == 16, "message header");

#define VFU_TYPE_MASK		0xfu
#define VFU_TYPE_COMMAND	0x0u
#define VFU_TYPE_REPLY		0x1u
#define VFU_NO_REPLY		0x10u
#define VFU_ERROR		0x20u

struct vfu_version {
	uint16_t major;
	uint16_t minor;
	char data[];			/* JSON, zero-terminated; may be absent */
} __attribute__((packed));
static_assert(sizeof(struct vfu_version) == 4, "version");

struct vfu_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t offset;
	uint64_t iova;
	uint64_t size;
} __attribute__((packed));
static_assert(sizeof(struct vfu_dma_map) == 32, "DMA map");

#define VFU_DMA_MAP_READ	0x1u
#define VFU_DMA_MAP_WRITE	0x2u

struct vfu_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova;
	uint64_t size;
} __attribute__((packed));
static_assert(sizeof(struct vfu_dma_unmap) == 24, "DMA unmap");

#define VFU_DMA_UNMAP_ALL	0x2u	/* not in the document, but the client has it */

struct vfu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions;
	uint32_t num_irqs;
} __attribute__((packed));
static_assert(sizeof(struct vfu_device_info) == 16, "device info");

#define VFU_DEVICE_RESETS	0x1u
#define VFU_DEVICE_PCI		0x2u

enum vfu_region {
	VFU_REGION_BAR0 = 0,
	VFU_REGION_BAR2 = 2,
	VFU_REGION_BAR4 = 4,
	VFU_REGION_CONFIG = 7,
	VFU_NR_REGIONS = 9
};

struct vfu_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size;
	uint64_t offset;
} __attribute__((packed));
static_assert(sizeof(struct vfu_region_info) == 32, "region info");

#define VFU_REGION_CAN_READ	0x1u
#define VFU_REGION_CAN_WRITE	0x2u
#define VFU_REGION_CAN_MMAP	0x4u
#define VFU_REGION_HAS_CAPS	0x8u

/* Capability 1 with one area; @next is an offset from the region info. */
struct vfu_sparse_mmap {
	uint16_t id;
	uint16_t version;
	uint32_t next;
	uint32_t nr_areas;
	uint32_t reserved;
	uint64_t area_offset;
	uint64_t area_size;
} __attribute__((packed));
static_assert(sizeof(struct vfu_sparse_mmap) == 32, "sparse mmap capability");

#define VFU_CAP_SPARSE_MMAP	1

struct vfu_region_io_fds {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
} __attribute__((packed));
static_assert(sizeof(struct vfu_region_io_fds) == 16, "region I/O descriptors");

enum vfu_irq {
	VFU_IRQ_INTX = 0,
	VFU_IRQ_MSI = 1,
	VFU_IRQ_MSIX = 2,
	VFU_IRQ_ERR = 3,
	VFU_IRQ_REQ = 4,
	VFU_NR_IRQS = 5
};

struct vfu_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
} __attribute__((packed));
static_assert(sizeof(struct vfu_irq_info) == 16, "interrupt info");

#define VFU_IRQ_EVENTFD		0x1u

struct vfu_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
	uint8_t data[];
} __attribute__((packed));
static_assert(sizeof(struct vfu_irq_set) == 20, "interrupt set");

#define VFU_IRQ_DATA_NONE	0x01u
#define VFU_IRQ_DATA_BOOL	0x02u
#define VFU_IRQ_DATA_EVENTFD	0x04u
#define VFU_IRQ_DATA_MASK	0x07u
#define VFU_IRQ_ACTION_MASK	0x08u
#define VFU_IRQ_ACTION_UNMASK	0x10u
#define VFU_IRQ_ACTION_TRIGGER	0x20u

struct vfu_region_rw {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	uint8_t data[];
} __attribute__((packed));
static_assert(sizeof(struct vfu_region_rw) == 16, "region access");

struct vfu_write_one {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	uint8_t data[8];
} __attribute__((packed));
static_assert(sizeof(struct vfu_write_one) == 24, "one of several writes");

struct vfu_write_multi {
	uint64_t wr_cnt;
	struct vfu_write_one wrs[];
} __attribute__((packed));
static_assert(sizeof(struct vfu_write_multi) == 8, "several writes");

#endif
