/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions of the stand-in set, docs/isa.md: 64 bytes in, what shall be done out. The set
 * is invented; that of the real cores is not public.
 */
#ifndef NEURON_EMU_ISA_OP_H
#define NEURON_EMU_ISA_OP_H

#include <stdint.h>

#include "isa_math.h"

struct emu_card;

#define EMU_ISA_WORDS		16u
#define EMU_ISA_HEADER(op)	(0x49530100u | (op))	/* magic, version 1, operation */
#define EMU_ISA_NO_ORIGIN	UINT64_MAX

enum emu_isa_opcode {
	EMU_ISA_HALT		= 0x01,
	EMU_ISA_NOTIFY		= 0x02,
	EMU_ISA_TRACE		= 0x03,
	EMU_ISA_EVENT_SET	= 0x04,
	EMU_ISA_EVENT_WAIT	= 0x05,
	EMU_ISA_SEM_SET		= 0x06,
	EMU_ISA_SEM_ADD		= 0x07,
	EMU_ISA_SEM_SUB		= 0x08,
	EMU_ISA_SEM_WAIT	= 0x09,
	EMU_ISA_MATMUL		= 0x10,
	EMU_ISA_ACT		= 0x11,
	EMU_ISA_ARGMAX		= 0x12,
	EMU_ISA_CLEAR		= 0x1F,	/* acts when it arrives, never queued */
};

/* What error records and "show" tell. */
enum emu_isa_error {
	EMU_ISA_GOOD		= 0,
	EMU_ISA_BAD_HEADER	= 1,	/* magic or version */
	EMU_ISA_BAD_OPCODE	= 2,
	EMU_ISA_BAD_RESERVED	= 3,	/* a word or flag that has to be 0 is not */
	EMU_ISA_BAD_OPERAND	= 4,	/* number out of range */
	EMU_ISA_BAD_SHAPE	= 5,	/* dimension or row distance */
	EMU_ISA_BAD_ALIGNMENT	= 6,
	EMU_ISA_BAD_ADDRESS	= 7,	/* not within one channel of DRAM */
	EMU_ISA_NO_BASE		= 8,	/* relative, but did not come out of this card's DRAM */
	EMU_ISA_OVERFLOW	= 9,	/* the queue was full */
	EMU_ISA_NOT_FINITE	= 10,	/* the program goes on after this one */
};

/**
 * struct emu_isa_insn - an instruction as it came
 * @word: its words
 * @origin: device address that it was copied from, or EMU_ISA_NO_ORIGIN
 */
struct emu_isa_insn {
	uint32_t word[EMU_ISA_WORDS];
	uint64_t origin;
};

/**
 * struct emu_isa_op - an instruction that was checked
 * @opcode: what to do
 * @tag: the program's name for it
 * @index: event, semaphore or engine instance
 * @value: second operand
 * @extra: third operand
 * @math: of matrix instructions
 */
struct emu_isa_op {
	enum emu_isa_opcode opcode;
	uint32_t tag, index, value, extra;
	struct emu_isa_math math;
};

enum emu_isa_error emu_isa_decode(struct emu_card *card, const struct emu_isa_insn *insn,
				  struct emu_isa_op *op);

#endif
