// SPDX-License-Identifier: GPL-2.0
/*
 * Built without contraction of a * b + c, so that each float32 product and each sum is
 * rounded, and a program on the CPU gets the same bits.
 */
#include <math.h>
#include <stddef.h>

#include "isa_math.h"

/* Columns of a result that are worked on at once: a unit is at most this times the depth. */
#define BLOCK	32u

/* Rows are 4-byte aligned where they hold more than bytes; the decoder saw to it. */
static uint8_t *row(const struct emu_isa_matrix *matrix, uint64_t index)
{
	return matrix->mem + index * matrix->stride_bytes;
}

static void matmul_int(const struct emu_isa_math *math, uint32_t i, uint32_t first, uint32_t count)
{
	const int8_t *a = (const int8_t *)row(&math->a, i), *b;
	uint32_t *c = (uint32_t *)row(&math->c, i) + first;
	uint32_t sum[BLOCK] = { 0 };	/* unsigned: sums wrap */
	uint32_t j, k;

	for (j = 0; math->accumulate && j < count; j++)
		sum[j] = c[j];
	for (k = 0; k < math->depth; k++) {
		b = (const int8_t *)row(&math->b, k) + first;
		for (j = 0; j < count; j++)
			sum[j] += (uint32_t)(a[k] * b[j]);
	}
	for (j = 0; j < count; j++)
		c[j] = sum[j];
}

static bool matmul_real(const struct emu_isa_math *math, uint32_t i, uint32_t first,
			uint32_t count)
{
	const float *a = (const float *)row(&math->a, i), *b;
	float *c = (float *)row(&math->c, i) + first;
	float sum[BLOCK] = { 0 };
	bool finite = true;
	uint32_t j, k;

	for (j = 0; math->accumulate && j < count; j++)
		sum[j] = c[j];
	for (k = 0; k < math->depth; k++) {
		b = (const float *)row(&math->b, k) + first;
		for (j = 0; j < count; j++)
			sum[j] += a[k] * b[j];
	}
	for (j = 0; j < count; j++) {
		c[j] = sum[j];
		finite = finite && isfinite(sum[j]);
	}
	return finite;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
	return value < least ? least : value > most ? most : value;
}

/* Halves go up, as adding one half and cutting off the fraction does. */
static int64_t scale(const struct emu_isa_math *math, int64_t value)
{
	int64_t half = math->shift ? 1ll << (math->shift - 1) : 0;

	return (value * math->multiplier + half) >> math->shift;
}

static void act_int(const struct emu_isa_math *math, uint32_t i)
{
	const int32_t *a = (const int32_t *)row(&math->a, i);
	const int32_t *bias = (const int32_t *)math->b.mem;
	uint8_t *c = row(&math->c, i);
	int64_t value;
	uint32_t j;

	for (j = 0; j < math->columns; j++) {
		value = (int64_t)a[j] + (bias ? bias[j] : 0);
		if (math->relu && value < 0)
			value = 0;
		if (math->requantise)
			((int8_t *)c)[j] = (int8_t)clamp(scale(math, value), INT8_MIN, INT8_MAX);
		else
			((int32_t *)c)[j] = (int32_t)clamp(value, INT32_MIN, INT32_MAX);
	}
}

static bool act_real(const struct emu_isa_math *math, uint32_t i)
{
	const float *a = (const float *)row(&math->a, i);
	const float *bias = (const float *)math->b.mem;
	float *c = (float *)row(&math->c, i), value;
	bool finite = true;
	uint32_t j;

	for (j = 0; j < math->columns; j++) {
		value = bias ? a[j] + bias[j] : a[j];
		c[j] = math->relu && value < 0 ? 0 : value;
		finite = finite && isfinite(value);
	}
	return finite;
}

static void argmax_int(const struct emu_isa_math *math, uint32_t i)
{
	const int32_t *a = (const int32_t *)row(&math->a, i);
	uint32_t j, best = 0;

	for (j = 1; j < math->columns; j++)
		if (a[j] > a[best])
			best = j;
	*(uint32_t *)row(&math->c, i) = best;
}

static bool argmax_real(const struct emu_isa_math *math, uint32_t i)
{
	const float *a = (const float *)row(&math->a, i);
	bool finite = isfinite(a[0]);
	uint32_t j, best = 0;

	for (j = 1; j < math->columns; j++) {
		if (a[j] > a[best])
			best = j;
		finite = finite && isfinite(a[j]);
	}
	*(uint32_t *)row(&math->c, i) = best;
	return finite;
}

static uint32_t blocks(const struct emu_isa_math *math)
{
	return math->kind == EMU_ISA_MATH_MATMUL ? (math->columns + BLOCK - 1) / BLOCK : 1;
}

static uint64_t unit_cost(const struct emu_isa_math *math)
{
	return math->kind == EMU_ISA_MATH_MATMUL ? (uint64_t)BLOCK * math->depth : math->columns;
}

static bool matmul(const struct emu_isa_math *math, uint64_t unit)
{
	uint32_t i = (uint32_t)(unit / blocks(math));
	uint32_t first = (uint32_t)(unit % blocks(math)) * BLOCK;
	uint32_t left = math->columns - first, count = left < BLOCK ? left : BLOCK;

	if (math->real)
		return matmul_real(math, i, first, count);
	matmul_int(math, i, first, count);
	return true;
}

/* Answers false if it met a value that is not finite. */
static bool run_unit(const struct emu_isa_math *math, uint64_t unit)
{
	if (math->kind == EMU_ISA_MATH_MATMUL)
		return matmul(math, unit);
	if (math->kind == EMU_ISA_MATH_ACT) {
		if (math->real)
			return act_real(math, (uint32_t)unit);
		act_int(math, (uint32_t)unit);
		return true;
	}
	if (math->real)
		return argmax_real(math, (uint32_t)unit);
	argmax_int(math, (uint32_t)unit);
	return true;
}

/**
 * emu_isa_math_run() - go on with a matrix instruction
 * @math: the instruction
 * @unit: how far it is, 0 at first
 * @budget: multiplications, or elements, after which to stop; one unit is always done
 * @not_finite: set when a NaN or an infinity was met
 * Context: any; no lock needed, the memory is the caller's business.
 * Return: true when the instruction is complete.
 */
bool emu_isa_math_run(const struct emu_isa_math *math, uint64_t *unit, uint64_t budget,
		      bool *not_finite)
{
	uint64_t units = (uint64_t)math->rows * blocks(math), cost = 0;

	do {
		if (!run_unit(math, *unit))
			*not_finite = true;
		cost += unit_cost(math);
	} while (++*unit < units && cost < budget);
	return *unit == units;
}
