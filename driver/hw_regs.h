/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Offsets, fields and values of registers. Section numbers are those of
 * docs/hardware; (A..) is the number of an assumption in its section 13:
 * what is marked so was never seen on silicon.
 */
#ifndef NEURON_HW_REGS_H
#define NEURON_HW_REGS_H

#include <linux/bits.h>

/* Misc RAM and mailbox, relative to the map's misc_off. Section 4.1. */
#define NEURON_MISC_STATUS		0x01c
#define NEURON_MISC_STATUS_EAST		BIT(0)
#define NEURON_MISC_STATUS_WEST		BIT(1)
#define NEURON_MISC_STATUS_READY	BIT(31)
#define NEURON_MISC_DEVICE_ID		0x024
/* Of later generations, which say what they mean; section 4.1, 4.11. */
#define NEURON_MISC_ECC_SRAM		0x040
#define NEURON_MISC_ECC_STACK		0x044	/* four of them */
#define NEURON_MISC_POWER		0x054
#define NEURON_MISC_METRIC		0x100
#define NEURON_MISC_RESET_MAP		0x1d8
#define NEURON_MISC_RESET		0x1ec
#define NEURON_MISC_RESET_DEVICE	1
#define NEURON_MISC_REQUEST_HI		0x1f0	/* the high word comes first */
#define NEURON_MISC_REQUEST_LO		0x1f4
#define NEURON_MISC_RESPONSE_HI		0x1f8
#define NEURON_MISC_RESPONSE_LO		0x1fc
#define NEURON_MISC_DOORBELL		0x800
#define NEURON_MISC_BYTES		0x1000

/*
 * Reset. How long it takes is not known but for the published driver's patience
 * (A15): it looks first after 7 s, repeats the request after 30 s, and gives up
 * after 120 s. Sections 6.1 and 6.3.
 */
#define NEURON_RESET_FIRST_MS		60
#define NEURON_RESET_REPEAT_MS		30000
/* Slowest answer of the firmware that the published driver expects. Section 4.7. */
#define NEURON_FWIO_SLOWEST_MS		15000

/* Blocks of a UDMA. Section 3.2. */
#define NEURON_UDMA_M2S			0x00000
#define NEURON_UDMA_S2M			0x20000
#define NEURON_UDMA_GEN			0x38000
#define NEURON_UDMA_GEN_EX		0x3c000

/* TDMA wrapper. Section 3.3. */
#define NEURON_TDMA_EVENT_ACCEL		0x00
#define NEURON_TDMA_EVENT_ACCEL_ON	BIT(0)
#define NEURON_TDMA_READ_REORDER	0x1c
#define NEURON_TDMA_READ_REORDER_ON	BIT(0)
#define NEURON_TDMA_WRITE_REORDER	0x20
/*
 * Bit 0 must stay clear on this silicon (hardware bug). The other bits have no
 * meaning while it is; set is how the published driver leaves them.
 */
#define NEURON_TDMA_WRITE_REORDER_OFF	0xfffffffe

/* Common registers that both halves have at the same offset. Sections 3.4.1, 3.5.1. */
#define NEURON_HALF_STATE		0x200
#define NEURON_HALF_REVISION		0x604	/* of M2S it is the engine's */
#define NEURON_HALF_CHANGE_STATE	0x204
/* Bit 0; from the sibling engines of other chips. Section 3.4.1. */
#define NEURON_HALF_CLEAR_LOG		0x224

/* Fields of the state register. Section 3.8. */
#define NEURON_STATE_COMPLETION		GENMASK(1, 0)
#define NEURON_STATE_STREAM		GENMASK(5, 4)
#define NEURON_STATE_DATA		GENMASK(9, 8)
#define NEURON_STATE_PREFETCH		GENMASK(13, 12)
#define NEURON_STATE_S2M_WRITE		GENMASK(17, 16)
#define NEURON_STATE_FIELD_IDLE		0
#define NEURON_STATE_FIELD_NORMAL	1
#define NEURON_STATE_FIELD_ABORT	2

/*
 * Counters, in either half; from the sibling engines of other chips. Sections 3.4.1, 3.5.1.
 */
#define NEURON_HALF_PACKETS		0x504	/* S2M: dropped */
#define NEURON_HALF_BYTES_LO		0x508	/* the high word follows */
#define NEURON_HALF_DESCRIPTORS		0x510
#define NEURON_HALF_COMPLETED		0x514
#define NEURON_HALF_COMPLETIONS		0x518
#define NEURON_HALF_ACKS		0x51c

/* M2S. Section 3.4.1. */
#define NEURON_M2S_OUTSTANDING		0x124
#define NEURON_M2S_PACKET_LENGTH	0x254
#define NEURON_M2S_LENGTH_0_IS_64K	BIT(24)
#define NEURON_M2S_STREAM		0x258
#define NEURON_M2S_PREFETCH		0x304
#define NEURON_M2S_PREFETCH_ROUND_ROBIN	BIT(16)
#define NEURON_M2S_PREFETCH_BURSTS	0x308
#define NEURON_M2S_DATA_FIFO		0x310
#define NEURON_M2S_ACK_TIMEOUT		0x408

/* S2M. Section 3.5.1. */
#define NEURON_S2M_OUTSTANDING_READS	0x124
#define NEURON_S2M_OUTSTANDING_WRITES	0x128
#define NEURON_S2M_STREAM		0x250
#define NEURON_S2M_STREAM_OFF		(BIT(0) | BIT(4) | BIT(8))
#define NEURON_S2M_COMPLETION		0x380
#define NEURON_S2M_ACK_TIMEOUT		0x38c

/* One queue, in either half. Sections 3.4.2, 3.5.2. */
#define NEURON_QUEUE_OFF		0x1000
#define NEURON_QUEUE_STRIDE		0x1000
#define NEURON_QUEUE_CONFIG		0x20
#define NEURON_QUEUE_CONFIG_PREFETCH	BIT(16)
#define NEURON_QUEUE_CONFIG_WORK	BIT(17)	/* M2S: scheduling, S2M: reception */
/* The reset value, from the published driver's table: cache attributes (A8). */
#define NEURON_QUEUE_CONFIG_OFF		0x03000000
#define NEURON_QUEUE_CONFIG_ON		(NEURON_QUEUE_CONFIG_OFF | NEURON_QUEUE_CONFIG_PREFETCH | \
					 NEURON_QUEUE_CONFIG_WORK)
#define NEURON_QUEUE_STATUS		0x24
#define NEURON_QUEUE_STATUS_USED	GENMASK(24, 0)
#define NEURON_QUEUE_STATUS_PREFETCH	BIT(28)
#define NEURON_QUEUE_STATUS_WORK	BIT(29)
#define NEURON_QUEUE_RING_LO		0x28
#define NEURON_QUEUE_RING_HI		0x2c
#define NEURON_QUEUE_RING_LENGTH	0x30
#define NEURON_QUEUE_HEAD		0x34
#define NEURON_QUEUE_TAIL_ADD		0x38
#define NEURON_QUEUE_TAIL		0x3c
#define NEURON_QUEUE_INDEX		GENMASK(23, 0)	/* of head, tail and increment */
#define NEURON_QUEUE_COMPL_LO		0x44
#define NEURON_QUEUE_COMPL_HI		0x48
#define NEURON_QUEUE_CONTROL_RESET	BIT(8)
#define NEURON_QUEUE_COMPL_RING		BIT(0)
#define NEURON_QUEUE_COMPL_AT_ONCE	BIT(1)	/* no coalescing */

/* Registers of a queue whose offset differs between the halves. */
#define NEURON_M2S_QUEUE_COMPL_CONFIG	0xa0
#define NEURON_M2S_QUEUE_CONTROL	0xb0
#define NEURON_S2M_QUEUE_COMPL_CONFIG	0x54
#define NEURON_S2M_QUEUE_CONTROL	0x64

/* GEN: interrupt controllers, time-out, spare bits. Sections 3.6, 3.12. */
#define NEURON_GEN_PRIMARY_A		0x0000
#define NEURON_GEN_PRIMARY_B		0x0040
#define NEURON_GEN_PRIMARY_D		0x00c0
#define NEURON_GEN_SECONDARY_A		0x2000
#define NEURON_GEN_SECONDARY_B		0x2040
#define NEURON_GEN_SECONDARY_C		0x2080
#define NEURON_IOFIC_CAUSE		0x00	/* a 0 bit clears */
#define NEURON_IOFIC_CAUSE_SET		0x08
#define NEURON_IOFIC_MASK		0x10
#define NEURON_IOFIC_UNMASK		0x18	/* a 0 bit unmasks */
#define NEURON_IOFIC_CONTROL		0x28
#define NEURON_IOFIC_AUTO_MASK		BIT(1)
#define NEURON_IOFIC_AUTO_CLEAR		BIT(2)
#define NEURON_IOFIC_POSEDGE		BIT(3)
#define NEURON_IOFIC_NO_MSIX		BIT(5)
#define NEURON_IOFIC_ABORT_MASK		0x30	/* a 0 bit aborts */
#define NEURON_SUMMARY_S2M		BIT(0)	/* group B, in primary A */
#define NEURON_M2S_ERRORS		GENMASK(27, 0)
#define NEURON_S2M_ERRORS		0xffffef07u	/* 3..7 and 12 are no errors */
#define NEURON_PARITY_ERRORS		GENMASK(11, 0)	/* both halves */
#define NEURON_SECONDARY_SUMMARY	GENMASK(10, 8)	/* A, B, C within primary D */
#define NEURON_GEN_AXI_TIMEOUT		0x2300
#define NEURON_AXI_TIMEOUT_CYCLES	100000000
#define NEURON_GEN_SPARE		0x3460
#define NEURON_SPARE_HOLD_COMPL_HEAD	BIT(0)

/* GEN_EX: address selects of a queue. Section 3.7. */
#define NEURON_SELECT_OFF		0x400
#define NEURON_SELECT_STRIDE		0x40
#define NEURON_SELECTS			4
#define NEURON_SELECT_ALL		0xffffffff

/*
 * One notification queue. Base and size are published; what lies between them
 * and the head, and that head and tail count bytes, is not (A16). Section 5.3.
 */
#define NEURON_NQ_BASE_LO		0x00
#define NEURON_NQ_BASE_HI		0x04
#define NEURON_NQ_SIZE			0x08
#define NEURON_NQ_OVERFLOWS		0x14
#define NEURON_NQ_HEAD			0x18
/* What the published driver waits between stopping a queue and using its memory. */
#define NEURON_NQ_DRAIN_US		1000

#endif
