/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupt and error controllers of one engine: docs/hardware, sections 3.12 and 8. */
#ifndef NEURON_EMU_IOFIC_H
#define NEURON_EMU_IOFIC_H

#include <stdbool.h>
#include <stdint.h>

enum emu_iofic_group {
	EMU_IOFIC_A,		/* summary */
	EMU_IOFIC_B,		/* S2M queue completion */
	EMU_IOFIC_C,		/* M2S queue completion */
	EMU_IOFIC_D,		/* miscellaneous, errors */
	EMU_IOFIC_NR_PRIMARY,
	EMU_IOFIC_SEC_A = EMU_IOFIC_NR_PRIMARY,	/* M2S errors */
	EMU_IOFIC_SEC_B,	/* S2M errors */
	EMU_IOFIC_SEC_C,	/* internal parity */
	EMU_IOFIC_AXI,		/* seven AXI groups follow */
	EMU_IOFIC_NR_GROUPS = EMU_IOFIC_AXI + 7,
};

/* Secondary group A and B causes that the model detects, section 3.12.5. */
#define EMU_M2S_COMPLETION_RESPONSE	5u
#define EMU_M2S_DATA_RESPONSE		8u
#define EMU_M2S_DESC_RESPONSE		11u
#define EMU_M2S_PACKET_BYTES		13u
#define EMU_M2S_PACKET_DESCS		14u
#define EMU_M2S_FIRST_INSIDE		15u
#define EMU_M2S_NO_FIRST		16u
#define EMU_M2S_RING_ID			17u
#define EMU_S2M_DATA_RESPONSE		1u
#define EMU_S2M_DESC_RESPONSE		9u
#define EMU_S2M_RING_ID			11u
#define EMU_S2M_COMPLETION_RESPONSE	14u
#define EMU_S2M_PACKET_LENGTH		24u

struct emu_iofic_regs {
	uint32_t cause;		/* latched; summary levels are added on reading */
	uint32_t level;		/* of the groups below, for A and D */
	uint32_t mask;
	uint32_t control;
	uint32_t abort_mask;
	uint32_t log_mask;
};

/* Moderation of one primary group: per cause the time before which it sends nothing. */
struct emu_moderation {
	uint8_t interval[32];	/* register of the cause; 0: the group's interval counts */
	uint64_t free_ns[32];
};

/*
 * Moderation: a cause sends its next message no sooner than interval times resolution
 * times this after the one before. What a step of the resolution field is in time, is not
 * known; this is an assumption, and the only place where it is made.
 */
#define EMU_MODERATION_UNIT_NS	1000ull

enum emu_iofic_line { EMU_LINE_COMPLETION, EMU_LINE_ERROR, EMU_NR_LINES };

struct emu_iofic {
	struct emu_iofic_regs group[EMU_IOFIC_NR_GROUPS];
	struct emu_moderation moderation[EMU_IOFIC_NR_PRIMARY];
	bool line[EMU_NR_LINES];	/* level of the two vectors */
	uint64_t due_ns;		/* when a held message may go; 0: none is held */
};

void emu_iofic_reset(struct emu_iofic *iofic);
int emu_iofic_group_at(uint32_t gen_off);
uint32_t emu_iofic_read(struct emu_iofic *iofic, uint32_t gen_off);
void emu_iofic_write(struct emu_iofic *iofic, uint32_t gen_off, uint32_t value);
void emu_iofic_raise(struct emu_iofic *iofic, enum emu_iofic_group group, uint32_t bits);
void emu_iofic_set_interval(struct emu_iofic *iofic, uint32_t gen_off, uint32_t value);
unsigned int emu_iofic_evaluate(struct emu_iofic *iofic, bool can_send, uint64_t now_ns);

#endif
