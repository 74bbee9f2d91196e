/* SPDX-License-Identifier: GPL-2.0 */
/* Matrix instructions of the stand-in set, in pieces of bounded length; docs/isa.md. */
#ifndef NEURON_EMU_ISA_MATH_H
#define NEURON_EMU_ISA_MATH_H

#include <stdbool.h>
#include <stdint.h>

#define EMU_ISA_DIM_MAX		16384u

enum emu_isa_math_kind { EMU_ISA_MATH_NONE, EMU_ISA_MATH_MATMUL, EMU_ISA_MATH_ACT,
			 EMU_ISA_MATH_ARGMAX };

/* A matrix in DRAM, checked: every row lies inside. */
struct emu_isa_matrix {
	uint8_t *mem;
	uint64_t stride_bytes;
};

/**
 * struct emu_isa_math - a matrix instruction, and what it works on
 * @kind: which one; EMU_ISA_MATH_NONE: not a matrix instruction
 * @real: float32 instead of integers
 * @accumulate: add to what the result holds
 * @relu: negative values become 0
 * @requantise: the result is int8: value * multiplier / 2^shift
 * @multiplier: see @requantise
 * @shift: see @requantise
 * @rows: of the result
 * @columns: of the result; of ARGMAX: of its source
 * @depth: columns of @a and rows of @b
 * @a: left or only source
 * @b: right source, or the row of biases; mem is NULL without
 * @c: result
 */
struct emu_isa_math {
	enum emu_isa_math_kind kind;
	bool real, accumulate, relu, requantise;
	uint32_t multiplier, shift;
	uint32_t rows, columns, depth;
	struct emu_isa_matrix a, b, c;
};

bool emu_isa_math_run(const struct emu_isa_math *math, uint64_t *unit, uint64_t budget,
		      bool *not_finite);

#endif
