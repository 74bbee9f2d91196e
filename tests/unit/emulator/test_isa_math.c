// SPDX-License-Identifier: GPL-2.0
/* Matrix instructions of the stand-in set, against the plain computation; docs/isa.md. */
#include <math.h>

#include "isa_model.h"

#define A	(DRAM0 + 0x100000)
#define B	(DRAM1 + 0x200000)
#define C	(DRAM0 + 0xFFF00000)
#define CANARY	0x5A

/* Waits until all that was fed is done. */
static void barrier(struct model *m, unsigned int core)
{
	static uint32_t id;

	queues_make(m, core);
	feed(m, core, insn(NOTIFY, 0, 0, ++id, 0));
	record_is(m, core, Q_NOTIFY, 0, id, 0);
}

static void check_int8(struct model *m, uint32_t rows, uint32_t columns, uint32_t depth,
		       uint32_t slack, bool accumulate)
{
	uint32_t as = depth + slack, bs = columns + slack, cs = 4 * (columns + slack);
	int8_t *a = calloc(rows, as), *b = calloc(depth, bs);
	int32_t *c = calloc(rows, cs), *got = calloc(rows, cs);
	uint32_t i, j, k;

	fill(a, rows * as, rows);
	fill(b, depth * bs, columns);
	fill(c, rows * cs, depth);
	mem_put(m, A + 1, a, rows * as);
	mem_put(m, B + 3, b, depth * bs);
	mem_put(m, C, c, rows * cs);
	feed(m, 0, matmul(accumulate ? F_ACCUMULATE : 0, rows, columns, depth,
			  (struct mat){ A + 1, as }, (struct mat){ B + 3, bs },
			  (struct mat){ C, cs }));
	barrier(m, 0);
	for (i = 0; i < rows; i++) {
		for (j = 0; j < columns; j++) {
			uint32_t sum = accumulate ? (uint32_t)c[i * cs / 4 + j] : 0;

			for (k = 0; k < depth; k++)
				sum += (uint32_t)(a[i * as + k] * b[k * bs + j]);
			c[i * cs / 4 + j] = (int32_t)sum;
		}
	}
	mem_get(m, C, got, rows * cs);
	assert_memory_equal(got, c, rows * cs); /* what lies between the rows, too */
	free(a);
	free(b);
	free(c);
	free(got);
}

static void matmul_int8(void **state)
{
	static const uint32_t shape[][3] = {
		{ 1, 1, 1 }, { 1, 10, 32 }, { 7, 33, 65 }, { 64, 31, 3 }, { 3, 64, 500 },
		{ 300, 40, 64 },
	};
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < sizeof(shape) / sizeof(shape[0]); i++) {
		check_int8(m, shape[i][0], shape[i][1], shape[i][2], 0, false);
		check_int8(m, shape[i][0], shape[i][1], shape[i][2], 5, true);
	}
}

static void matmul_wraps(void **state)
{
	struct model *m = *state;
	uint32_t c[2] = { 0x7FFFFFFF, 0x80000000 }, got[2];
	int8_t a = -128, b[2] = { -128, 127 };

	mem_put(m, A, &a, 1);
	mem_put(m, B, b, 2);
	mem_put(m, C, c, 8);
	feed(m, 0, matmul(F_ACCUMULATE, 1, 2, 1, (struct mat){ A, 1 }, (struct mat){ B, 2 },
			  (struct mat){ C, 8 }));
	barrier(m, 0);
	mem_get(m, C, got, 8);
	assert_int_equal(got[0], 0x7FFFFFFFu + 16384);
	assert_int_equal(got[1], 0x80000000u - 16256);
}

static void floats(float *at, unsigned int count, uint32_t seed)
{
	uint32_t x = seed * 2654435761u + 1;
	unsigned int i;

	for (i = 0; i < count; i++) {
		x = x * 1664525u + 1013904223u;
		at[i] = ((float)(x >> 8) - 8388608.0f) / 3000000.0f;
	}
}

static void matmul_float(void **state)
{
	struct model *m = *state;
	float a[9 * 70], b[70 * 45], c[9 * 45], got[9 * 45];
	unsigned int i, j, k;

	floats(a, 9 * 70, 1);
	floats(b, 70 * 45, 2);
	floats(c, 9 * 45, 3);
	mem_put(m, A, a, sizeof(a));
	mem_put(m, B, b, sizeof(b));
	mem_put(m, C, c, sizeof(c));
	feed(m, 3, matmul(F_FLOAT | F_ACCUMULATE, 9, 45, 70, (struct mat){ A, 280 },
			  (struct mat){ B, 180 }, (struct mat){ C, 180 }));
	barrier(m, 3);
	for (i = 0; i < 9; i++) {
		for (j = 0; j < 45; j++) {
			volatile float product, sum = c[45 * i + j];

			for (k = 0; k < 70; k++) {
				product = a[70 * i + k] * b[45 * k + j];
				sum = sum + product;
			}
			c[45 * i + j] = sum;
		}
	}
	mem_get(m, C, got, sizeof(got));
	assert_memory_equal(got, c, sizeof(got)); /* every bit */
	assert_int_equal(counter(m, "isa_errors"), 0);
}

static void not_finite(void **state)
{
	static const float from[][2] = { { 1e38f, 100 }, { NAN, 1 }, { -1e38f, 1e38f } };
	struct model *m = *state;
	float got[2], fine = 2;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct insn in = matmul(F_FLOAT, 1, 1, 1, (struct mat){ A, 4 }, (struct mat){ B, 4 },
					(struct mat){ C, 4 });

		queues_make(m, 0);
		mem_put(m, A, &from[i][0], 4);
		mem_put(m, B, &from[i][1], 4);
		feed(m, 0, in);
		record_is(m, 0, Q_ERROR, 0, NOT_FINITE, 0xABC);
		/* The result is there, and the program goes on. */
		feed(m, 0, insn(NOTIFY, 0, 0, i, 0));
		record_is(m, 0, Q_NOTIFY, 0, i, 0);
		mem_get(m, C, got, 4);
		assert_false(isfinite(got[0]));
		in = act(F_FLOAT, 1, 1, (struct mat){ C, 4 }, 0, (struct mat){ C + 4, 4 }, 0, 0);
		feed(m, 0, in);
		record_is(m, 0, Q_ERROR, 1, NOT_FINITE, 0xAC7);
		feed(m, 0, argmax(F_FLOAT, 1, 1, (struct mat){ C, 4 }, (struct mat){ C + 8, 4 }));
		record_is(m, 0, Q_ERROR, 2, NOT_FINITE, 0xA36);
		mem_put(m, A, &fine, 4);
		mem_put(m, B, &fine, 4);
		feed(m, 0, matmul(F_FLOAT, 1, 1, 1, (struct mat){ A, 4 }, (struct mat){ B, 4 },
				  (struct mat){ C, 4 }));
		barrier(m, 0);
		mem_get(m, C, got, 4);
		assert_true(got[0] == 4);
		assert_false(record_there(m, 0, Q_ERROR, 0));
	}
}

static void act_int(void **state)
{
	static const int32_t from[8] = {
		-1000, -3, 0, 5, 6, 1000, 0x7FFFFFFF, (int32_t)0x80000000
	};
	static const int32_t bias[8] = { 0, 1, 0, 0, 0, 24, 1, -1 };
	static const int32_t plain[8] = {
		-1000, -2, 0, 5, 6, 1024, 0x7FFFFFFF, (int32_t)0x80000000
	};
	/* times 3 / 16, halves up: -187.5, -0.375, 0, 0.9375, 1.125, 192 and far outside */
	static const int8_t scaled[8] = { -128, 0, 0, 1, 1, 127, 127, -128 };
	static const int8_t rectified[8] = { 0, 0, 0, 1, 1, 127, 127, 0 };
	/* by 1 / 2 */
	static const int8_t halves[8] = { -128, -1, 0, 3, 3, 127, 127, -128 };
	struct mat a = { A, 32 };
	struct model *m = *state;
	int32_t got[8];
	int8_t small[8];

	mem_put(m, A, from, sizeof(from));
	mem_put(m, B, bias, sizeof(bias));
	feed(m, 1, act(F_BIAS, 1, 8, a, B, (struct mat){ C, 32 }, 0, 0));
	feed(m, 1, act(F_BIAS | F_REQUANT, 1, 8, a, B, (struct mat){ C + 33, 8 }, 3, 4));
	feed(m, 1, act(F_BIAS | F_REQUANT | F_RELU, 1, 8, a, B, (struct mat){ C + 48, 8 }, 3, 4));
	feed(m, 1, act(F_REQUANT, 1, 8, a, 0, (struct mat){ C + 64, 8 }, 1, 1));
	feed(m, 1, act(F_REQUANT, 1, 8, a, 0, (struct mat){ C + 72, 8 }, 65535, 40));
	barrier(m, 1);
	mem_get(m, C, got, sizeof(got));
	assert_memory_equal(got, plain, sizeof(got));
	feed(m, 1, act(F_BIAS, 1, 8, a, B, a, 0, 0)); /* in place */
	barrier(m, 1);
	mem_get(m, A, got, sizeof(got));
	assert_memory_equal(got, plain, sizeof(got));
	mem_get(m, C + 33, small, 8);
	assert_memory_equal(small, scaled, 8);
	mem_get(m, C + 48, small, 8);
	assert_memory_equal(small, rectified, 8);
	mem_get(m, C + 64, small, 8);
	assert_memory_equal(small, halves, 8);
	mem_get(m, C + 72, small, 8);
	assert_int_equal(small[6], 127); /* 2^31 * 65535 / 2^40 is just below 128 */
	assert_int_equal(small[7], -128);
}

static void act_rows(void **state)
{
	struct model *m = *state;
	int32_t from[3][6], bias[4] = { 1, 2, 3, 4 }, got[3][5];
	unsigned int i, j;

	fill(from, sizeof(from), 3);
	memset(got, CANARY, sizeof(got));
	mem_put(m, A, from, sizeof(from));
	mem_put(m, B, bias, sizeof(bias));
	mem_put(m, C, got, sizeof(got));
	feed(m, 0, act(F_BIAS | F_RELU, 3, 4, (struct mat){ A, 24 }, B, (struct mat){ C, 20 }, 0, 0));
	barrier(m, 0);
	mem_get(m, C, got, sizeof(got));
	for (i = 0; i < 3; i++) {
		for (j = 0; j < 4; j++) {
			int64_t want = (int64_t)from[i][j] + bias[j];

			want = want < 0 ? 0 : want > INT32_MAX ? INT32_MAX : want;
			assert_int_equal(got[i][j], want);
		}
		assert_int_equal(got[i][4], CANARY * 0x01010101);
	}
}

static void act_float(void **state)
{
	static const float from[3] = { -1.5f, 2.25f, 3e38f }, bias[3] = { 1, -0.25f, 0 };
	static const float want[3] = { 0, 2, 3e38f };
	struct model *m = *state;
	float got[3];

	mem_put(m, A, from, sizeof(from));
	mem_put(m, B, bias, sizeof(bias));
	feed(m, 0, act(F_FLOAT | F_BIAS | F_RELU, 1, 3, (struct mat){ A, 12 }, B,
		       (struct mat){ C, 12 }, 0, 0));
	barrier(m, 0);
	mem_get(m, C, got, sizeof(got));
	assert_memory_equal(got, want, sizeof(got));
	assert_int_equal(counter(m, "isa_errors"), 0);
}

static void argmax_both(void **state)
{
	static const int32_t from[3][5] = {
		{ 1, 5, 5, -7, 0 }, { -9, -8, -7, -8, -9 }, { 0, 0, 0, 0, 0x7FFFFFFF },
	};
	static const float real[3][5] = {
		{ -1, -2, -3, -4, -5 }, { 0, 1e-30f, 0, 0, 0 }, { 1, 2, 3, 4, 4 },
	};
	struct model *m = *state;
	uint32_t got[3];

	mem_put(m, A, from, sizeof(from));
	mem_put(m, B, real, sizeof(real));
	feed(m, 0, argmax(0, 3, 5, (struct mat){ A, 20 }, (struct mat){ C, 4 }));
	barrier(m, 0);
	mem_get(m, C, got, sizeof(got));
	assert_int_equal(got[0], 1);
	assert_int_equal(got[1], 2);
	assert_int_equal(got[2], 4);
	feed(m, 0, argmax(F_FLOAT, 3, 5, (struct mat){ B, 20 }, (struct mat){ C, 4 }));
	barrier(m, 0);
	mem_get(m, C, got, sizeof(got));
	assert_int_equal(got[0], 0);
	assert_int_equal(got[1], 1);
	assert_int_equal(got[2], 3);
}

/* Program and data in one piece of memory that does not know where it lies. */
static void relative(void **state)
{
	static const uint64_t places[] = { 0x4000, DRAM1, DRAM1 + 0xFFFFF000, PORT1 + 0x8000 };
	struct model *m = *state;
	struct ring r = ring_make(m, 5, 0, 64);
	struct {
		int8_t a[64], b[64];
		struct insn in[2];
		int32_t c[64];
	} piece;
	unsigned int i;
	int32_t got;

	for (i = 0; i < 4; i++) {
		memset(&piece, 3, sizeof(piece));
		piece.in[0] = insn(S_ADD, 0, 0, 1, 0);
		/* From the start of this instruction: 192 bytes back, 128 back, 64 on. */
		piece.in[1] = matmul(F_RELATIVE, 1, 1, 64, (struct mat){ (uint64_t)-192, 64 },
				     (struct mat){ (uint64_t)-128, 1 }, (struct mat){ 64, 4 });
		mem_put(m, places[i] & ~PORT1, &piece, sizeof(piece));
		feed_dma(&r, 0, places[i] + 128, 128);
		barrier(m, 0);
		mem_get(m, (places[i] & ~PORT1) + 256, &got, 4);
		assert_int_equal(got, 576);
	}
	assert_int_equal(counter(m, "isa_errors"), 0);
}

static void relative_needs_a_base(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	struct insn in = argmax(F_RELATIVE, 1, 1, (struct mat){ 64, 4 }, (struct mat){ 64, 4 });

	feed(m, 0, in);
	record_is(m, 0, Q_ERROR, 0, NO_BASE, 0xA36);
	feed_clear(m, 0);
	memcpy(m->host + 0x400000, &in, sizeof(in));
	feed_dma(&r, 0, dev_host(0x400000), 64);
	record_is(m, 0, Q_ERROR, 1, NO_BASE, 0xA36);
	feed_clear(m, 0);
	mem_put(m, 0x4000, &in, sizeof(in));
	feed_dma(&r, 0, 0x4000, 64);
	feed(m, 0, insn(NOTIFY, 0, 0, 0, 0));
	record_is(m, 0, Q_NOTIFY, 0, 0, 0);
	assert_false(record_there(m, 0, Q_ERROR, 2));
}

static unsigned int from_hex(const char *text, uint8_t *bytes)
{
	unsigned int count, value;
	int used;

	for (count = 0; sscanf(text, "%2x%n", &value, &used) == 1; count++, text += used)
		bytes[count] = (uint8_t)value;
	return count;
}

/* The bytes of the example in docs/isa.md. */
static void worked_example(void **state)
{
	static const uint8_t a[] = { 1, 2, 3, 4, 5, 6 }, b[] = { 1, 0, 0, 1, 1, 1 };
	static const int32_t c[] = { 4, 5, 10, 11 };
	const uint64_t piece = DRAM1 + 0x12300;
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	uint8_t want[12], program[192] = { 0 };
	int32_t got[4];

	assert_int_equal(from_hex("1f 01 53 49", program), 4);
	assert_int_equal(from_hex("10 01 53 49 01 00 00 00 00 01 00 00 02 00 00 00"
				  " 02 00 00 00 03 00 00 00 40 ff ff ff ff ff ff ff"
				  " 80 ff ff ff ff ff ff ff c0 00 00 00 00 00 00 00"
				  " 03 00 00 00 02 00 00 00 08 00 00 00 00 00 00 00", program + 64),
			 64);
	assert_int_equal(from_hex("02 01 53 49 02 00 00 00 00 00 00 00 2a 00 00 00"
				  " 07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", program + 128),
			 32);
	mem_put(m, piece, a, sizeof(a));
	mem_put(m, piece + 0x40, b, sizeof(b));
	mem_put(m, piece + 0x80, program, sizeof(program));
	feed_dma(&r, 0, piece + 0x80, sizeof(program));
	until(record_there(m, 0, Q_NOTIFY, 0));
	assert_int_equal(from_hex("01 00 00 00 2a 00 00 00 07 00 00 80", want), 12);
	assert_memory_equal(record_at(m, 0, Q_NOTIFY, 0), want, 12);
	mem_get(m, piece + 0x180, got, sizeof(got));
	assert_memory_equal(got, c, sizeof(c));
}

static void all_cores_at_once(void **state)
{
	struct model *m = *state;
	uint8_t ones[64 * 64];
	int32_t got[64];
	unsigned int core, i;

	memset(ones, 1, sizeof(ones));
	mem_put(m, A, ones, sizeof(ones));
	for (core = 0; core < 4; core++)
		for (i = 0; i < 20; i++)
			feed(m, core, matmul(F_ACCUMULATE, 64, 64, 64, (struct mat){ A, 64 },
					     (struct mat){ A, 64 },
					     (struct mat){ B + core * 0x10000, 256 }));
	for (core = 0; core < 4; core++) {
		barrier(m, core);
		mem_get(m, B + core * 0x10000 + 63 * 256, got, sizeof(got));
		for (i = 0; i < 64; i++)
			assert_int_equal(got[i], 20 * 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_ISA("MATMUL of bytes is the plain computation, in its rows alone", matmul_int8),
		BOTH_ISA("sums of MATMUL wrap", matmul_wraps),
		BOTH_ISA("MATMUL of floats is the plain computation, bit by bit", matmul_float),
		BOTH_ISA("NaN and infinity are told, and the program goes on", not_finite),
		BOTH_ISA("ACT adds, rectifies, scales, rounds and saturates", act_int),
		BOTH_ISA("ACT keeps to its rows", act_rows),
		BOTH_ISA("ACT does floats", act_float),
		BOTH_ISA("ARGMAX finds the first of the largest", argmax_both),
		BOTH_ISA("relative addresses count from where the instruction was", relative),
		BOTH_ISA("relative addresses need an instruction out of this card's DRAM",
			 relative_needs_a_base),
		BOTH_ISA("the example of the documentation does what is said there", worked_example),
		BOTH_ISA("programs of four cores do not disturb each other", all_cores_at_once),
	};

	return cmocka_run_group_tests_name("isa_math", tests, NULL, NULL);
}
