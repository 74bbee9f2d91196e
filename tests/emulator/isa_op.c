// SPDX-License-Identifier: GPL-2.0
#include "card_priv.h"
#include "dma.h"
#include "isa_op.h"

#define HEADER_MASK	0xFFFFFF00u

/* Flags of matrix instructions, in word 2. */
#define FLAG_FLOAT	(1u << 0)
#define FLAG_ACCUMULATE	(1u << 1)
#define FLAG_BIAS	(1u << 2)
#define FLAG_RELU	(1u << 3)
#define FLAG_REQUANTISE	(1u << 4)
#define FLAG_RELATIVE	(1u << 8)

enum word {
	WORD_HEADER, WORD_TAG,
	WORD_INDEX, WORD_VALUE, WORD_EXTRA,
	WORD_FLAGS = 2, WORD_ROWS, WORD_COLUMNS, WORD_DEPTH, WORD_A, WORD_B = 8, WORD_C = 10,
	WORD_STRIDE_A = 12, WORD_STRIDE_B, WORD_STRIDE_C, WORD_SHIFT,
};

#define MULTIPLIER_MAX	65535u
#define SHIFT_MAX	40u
#define VALUE31		0x7FFFFFFFu

/**
 * struct form - what an operation has
 * @words: mask of the words that may be other than 0, besides header and tag
 * @index_max: bound of word 2
 * @value_max: bound of word 3
 * @math: kind of matrix instruction; then word 2 has @flags
 * @flags: flags that it knows
 */
struct form {
	uint32_t words;
	uint32_t index_max, value_max;
	enum emu_isa_math_kind math;
	uint32_t flags;
};

static const struct form forms[] = {
	[EMU_ISA_HALT] = { .words = 3 },
	[EMU_ISA_NOTIFY] = { 0x1F, EMU_NOTIFY_INSTANCES - 1, UINT32_MAX, 0, 0 },
	[EMU_ISA_TRACE] = { 0x0F, EMU_NOTIFY_INSTANCES - 1, 1, 0, 0 },
	[EMU_ISA_EVENT_SET] = { 0x0F, EMU_NR_EVENTS - 1, 1, 0, 0 },
	[EMU_ISA_EVENT_WAIT] = { 0x0F, EMU_NR_EVENTS - 1, 1, 0, 0 },
	[EMU_ISA_SEM_SET] = { 0x0F, EMU_NR_SEMAPHORES - 1, UINT32_MAX, 0, 0 },
	[EMU_ISA_SEM_ADD] = { 0x0F, EMU_NR_SEMAPHORES - 1, UINT32_MAX, 0, 0 },
	[EMU_ISA_SEM_SUB] = { 0x0F, EMU_NR_SEMAPHORES - 1, UINT32_MAX, 0, 0 },
	[EMU_ISA_SEM_WAIT] = { 0x0F, EMU_NR_SEMAPHORES - 1, UINT32_MAX, 0, 0 },
	[EMU_ISA_MATMUL] = { 0x7FFF, UINT32_MAX, UINT32_MAX, EMU_ISA_MATH_MATMUL,
			     FLAG_FLOAT | FLAG_ACCUMULATE | FLAG_RELATIVE },
	[EMU_ISA_ACT] = { 0xDFFF, UINT32_MAX, UINT32_MAX, EMU_ISA_MATH_ACT,
			  FLAG_FLOAT | FLAG_BIAS | FLAG_RELU | FLAG_REQUANTISE | FLAG_RELATIVE },
	[EMU_ISA_ARGMAX] = { 0x5CDF, UINT32_MAX, UINT32_MAX, EMU_ISA_MATH_ARGMAX,
			     FLAG_FLOAT | FLAG_RELATIVE },
};

#define NR_FORMS (sizeof(forms) / sizeof(forms[0]))

static enum emu_isa_error check_form(const struct emu_isa_insn *insn, const struct form *form)
{
	unsigned int i;

	for (i = 0; i < EMU_ISA_WORDS; i++)
		if (insn->word[i] && !(form->words & (1u << i)))
			return EMU_ISA_BAD_RESERVED;
	if (form->math)
		return insn->word[WORD_FLAGS] & ~form->flags ? EMU_ISA_BAD_RESERVED : EMU_ISA_GOOD;
	if (insn->word[WORD_INDEX] > form->index_max || insn->word[WORD_VALUE] > form->value_max)
		return EMU_ISA_BAD_OPERAND;
	return EMU_ISA_GOOD;
}

/* Host address of local DRAM, NULL where there is none; answers how far the channel reaches. */
static uint8_t *dram(struct emu_card *card, uint64_t dev_addr, uint64_t *left_bytes)
{
	uint64_t off = dev_addr & ~EMU_ADDR_PORT;

	if (off < EMU_CHANNEL_BYTES) {
		*left_bytes = EMU_CHANNEL_BYTES - off;
		return card->dram.bytes + off;
	}
	off -= EMU_ADDR_DRAM1;
	if (off >= EMU_CHANNEL_BYTES)
		return NULL;
	*left_bytes = EMU_CHANNEL_BYTES - off;
	return card->dram.bytes + EMU_CHANNEL_BYTES + off;
}

/**
 * struct place - one matrix operand of an instruction
 * @word: first of the two words of its address
 * @stride_word: word of its row distance; 0 for a single row
 * @rows: how many
 * @columns: elements per row
 * @element_bytes: 1 or 4
 */
struct place {
	unsigned int word, stride_word;
	uint32_t rows, columns, element_bytes;
};

static enum emu_isa_error find(struct emu_card *card, const struct emu_isa_insn *insn,
			       struct place place, struct emu_isa_matrix *matrix)
{
	uint64_t addr = insn->word[place.word] | (uint64_t)insn->word[place.word + 1] << 32;
	uint64_t row_bytes = (uint64_t)place.columns * place.element_bytes, left;
	uint64_t stride = place.stride_word ? insn->word[place.stride_word] : row_bytes;

	if (stride < row_bytes)
		return EMU_ISA_BAD_SHAPE;
	if (insn->word[WORD_FLAGS] & FLAG_RELATIVE) {
		if (!dram(card, insn->origin, &left))
			return EMU_ISA_NO_BASE;
		addr += insn->origin;	/* modulo 2^64: offsets may be negative */
	}
	if ((addr | stride) & (place.element_bytes - 1))
		return EMU_ISA_BAD_ALIGNMENT;
	matrix->mem = dram(card, addr, &left);
	matrix->stride_bytes = stride;
	if (!matrix->mem || (place.rows - 1) * stride + row_bytes > left)
		return EMU_ISA_BAD_ADDRESS;
	return EMU_ISA_GOOD;
}

static bool dimension_good(uint32_t value)
{
	return value >= 1 && value <= EMU_ISA_DIM_MAX;
}

static enum emu_isa_error decode_matmul(struct emu_card *card, const struct emu_isa_insn *insn,
					struct emu_isa_math *math)
{
	uint32_t element = math->real ? 4 : 1;
	enum emu_isa_error error;

	math->depth = insn->word[WORD_DEPTH];
	if (!dimension_good(math->depth))
		return EMU_ISA_BAD_SHAPE;
	error = find(card, insn, (struct place){ WORD_A, WORD_STRIDE_A, math->rows, math->depth,
						 element }, &math->a);
	if (!error)
		error = find(card, insn, (struct place){ WORD_B, WORD_STRIDE_B, math->depth,
							 math->columns, element }, &math->b);
	if (!error)
		error = find(card, insn, (struct place){ WORD_C, WORD_STRIDE_C, math->rows,
							 math->columns, 4 }, &math->c);
	return error;
}

static enum emu_isa_error decode_scale(const struct emu_isa_insn *insn, struct emu_isa_math *math)
{
	math->multiplier = insn->word[WORD_DEPTH];
	math->shift = insn->word[WORD_SHIFT];
	if (!math->requantise)
		return math->multiplier || math->shift ? EMU_ISA_BAD_RESERVED : EMU_ISA_GOOD;
	if (math->real || !math->multiplier || math->multiplier > MULTIPLIER_MAX ||
	    math->shift > SHIFT_MAX)
		return EMU_ISA_BAD_OPERAND;
	return EMU_ISA_GOOD;
}

static enum emu_isa_error decode_act(struct emu_card *card, const struct emu_isa_insn *insn,
				     struct emu_isa_math *math)
{
	enum emu_isa_error error = decode_scale(insn, math);

	if (!error)
		error = find(card, insn, (struct place){ WORD_A, WORD_STRIDE_A, math->rows,
							 math->columns, 4 }, &math->a);
	if (!error)
		error = find(card, insn, (struct place){ WORD_C, WORD_STRIDE_C, math->rows,
							 math->columns, math->requantise ? 1 : 4 },
			     &math->c);
	if (error)
		return error;
	if (insn->word[WORD_FLAGS] & FLAG_BIAS)
		return find(card, insn, (struct place){ WORD_B, 0, 1, math->columns, 4 }, &math->b);
	return insn->word[WORD_B] || insn->word[WORD_B + 1] ? EMU_ISA_BAD_RESERVED : EMU_ISA_GOOD;
}

static enum emu_isa_error decode_argmax(struct emu_card *card, const struct emu_isa_insn *insn,
					struct emu_isa_math *math)
{
	enum emu_isa_error error;

	error = find(card, insn, (struct place){ WORD_A, WORD_STRIDE_A, math->rows, math->columns,
						 4 }, &math->a);
	if (!error)
		error = find(card, insn, (struct place){ WORD_C, WORD_STRIDE_C, math->rows, 1, 4 },
			     &math->c);
	return error;
}

static enum emu_isa_error decode_math(struct emu_card *card, const struct emu_isa_insn *insn,
				      enum emu_isa_math_kind kind, struct emu_isa_math *math)
{
	uint32_t flags = insn->word[WORD_FLAGS];

	*math = (struct emu_isa_math){
		.kind = kind,
		.real = flags & FLAG_FLOAT,
		.accumulate = flags & FLAG_ACCUMULATE,
		.relu = flags & FLAG_RELU,
		.requantise = flags & FLAG_REQUANTISE,
		.rows = insn->word[WORD_ROWS],
		.columns = insn->word[WORD_COLUMNS],
	};
	if (!dimension_good(math->rows) || !dimension_good(math->columns))
		return EMU_ISA_BAD_SHAPE;
	if (kind == EMU_ISA_MATH_MATMUL)
		return decode_matmul(card, insn, math);
	if (kind == EMU_ISA_MATH_ACT)
		return decode_act(card, insn, math);
	return decode_argmax(card, insn, math);
}

/**
 * emu_isa_decode() - check an instruction, whatever is in it
 * @card: whose memory its addresses are in
 * @insn: the instruction
 * @op: answers what shall be done; the tag always
 * Context: any.
 * Return: EMU_ISA_GOOD, or what is wrong with it.
 */
enum emu_isa_error emu_isa_decode(struct emu_card *card, const struct emu_isa_insn *insn,
				  struct emu_isa_op *op)
{
	uint32_t header = insn->word[WORD_HEADER], opcode = header & ~HEADER_MASK;
	enum emu_isa_error error;

	*op = (struct emu_isa_op){
		.opcode = opcode,
		.tag = insn->word[WORD_TAG],
		.index = insn->word[WORD_INDEX],
		.value = insn->word[WORD_VALUE],
		.extra = insn->word[WORD_EXTRA],
	};
	if ((header & HEADER_MASK) != EMU_ISA_HEADER(0))
		return EMU_ISA_BAD_HEADER;
	if (opcode >= NR_FORMS || !forms[opcode].words)
		return EMU_ISA_BAD_OPCODE;
	error = check_form(insn, &forms[opcode]);
	if (error)
		return error;
	if (opcode == EMU_ISA_NOTIFY && op->extra > VALUE31)
		return EMU_ISA_BAD_OPERAND;
	if (forms[opcode].math)
		return decode_math(card, insn, forms[opcode].math, &op->math);
	return EMU_ISA_GOOD;
}
