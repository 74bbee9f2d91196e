// SPDX-License-Identifier: GPL-2.0
/* Instructions that nobody should send: none of them does more than stop its own program. */
#include "isa_model.h"

#define A	0x100000u
#define B	0x200000u
#define C	0x300000u
#define TOP0	0x100000000ull	/* end of channel 0 */
#define TOP1	(DRAM1 + 0x100000000ull)

static struct insn plain_matmul(void)
{
	return matmul(0, 4, 4, 4, (struct mat){ A, 4 }, (struct mat){ B, 4 }, (struct mat){ C, 16 });
}

static struct insn plain_act(void)
{
	return act(F_BIAS, 4, 4, (struct mat){ A, 16 }, B, (struct mat){ C, 16 }, 0, 0);
}

static struct insn plain_argmax(void)
{
	return argmax(0, 4, 4, (struct mat){ A, 16 }, (struct mat){ C, 4 });
}

static void expect(struct model *m, struct insn in, uint32_t error)
{
	queues_make(m, 1);
	feed(m, 1, in);
	feed(m, 1, insn(NOTIFY, 0, 0, 0, 0));
	if (error) {
		record_is(m, 1, Q_ERROR, 0, error, in.w[1] & ~PHASE);
		until(state_is(m, 1, "stopped"));
		assert_false(record_there(m, 1, Q_NOTIFY, 0));
	} else {
		record_is(m, 1, Q_NOTIFY, 0, 0, 0);
		assert_false(record_there(m, 1, Q_ERROR, 0));
	}
	feed_clear(m, 1);
}

/* One field of a good instruction at a time. */
struct change {
	unsigned int word;
	uint32_t value;
	uint32_t error;
};

static void expect_changes(struct model *m, struct insn good, const struct change *change,
			   unsigned int count)
{
	unsigned int i;

	expect(m, good, 0);
	for (i = 0; i < count; i++) {
		struct insn in = good;

		in.w[change[i].word] = change[i].value;
		expect(m, in, change[i].error);
	}
}

#define EXPECT_CHANGES(m, good, ...) do { \
	static const struct change changes[] = { __VA_ARGS__ }; \
	expect_changes(m, good, changes, sizeof(changes) / sizeof(changes[0])); \
} while (0)

static void headers(void **state)
{
	struct model *m = *state;

	EXPECT_CHANGES(m, insn(NOTIFY, 5, 0, 0, 0),
		       { 0, 0, BAD_HEADER }, { 0, UINT32_MAX, BAD_HEADER },
		       { 0, 0x49530202, BAD_HEADER }, { 0, 0x49530002, BAD_HEADER },
		       { 0, 0x49520102, BAD_HEADER }, { 0, 0x02015349, BAD_HEADER },
		       { 0, 0x49530100, BAD_OPCODE }, { 0, 0x4953010A, BAD_OPCODE },
		       { 0, 0x4953010F, BAD_OPCODE }, { 0, 0x49530113, BAD_OPCODE },
		       { 0, 0x49530120, BAD_OPCODE }, { 0, 0x495301FF, BAD_OPCODE },
		       { 1, UINT32_MAX, 0 });
	/* A CLEAR with something in it is not one. */
	expect(m, insn(CLEAR, 1, 0, 0, 0), BAD_OPCODE);
}

static void control_fields(void **state)
{
	struct model *m = *state;
	unsigned int word;

	EXPECT_CHANGES(m, insn(NOTIFY, 5, 0, 0, 0),
		       { 2, 3, 0 }, { 2, 4, BAD_OPERAND }, { 2, UINT32_MAX, BAD_OPERAND },
		       { 4, 0x80000000, BAD_OPERAND });
	EXPECT_CHANGES(m, insn(TRACE, 5, 0, 0, 0),
		       { 2, 4, BAD_OPERAND }, { 3, 2, BAD_OPERAND }, { 4, 1, BAD_RESERVED });
	EXPECT_CHANGES(m, insn(EV_SET, 5, 0, 0, 0),
		       { 2, 255, 0 }, { 2, 256, BAD_OPERAND }, { 3, 2, BAD_OPERAND },
		       { 3, UINT32_MAX, BAD_OPERAND });
	EXPECT_CHANGES(m, insn(EV_WAIT, 5, 0, 0, 0),
		       { 2, 256, BAD_OPERAND }, { 3, 2, BAD_OPERAND });
	EXPECT_CHANGES(m, insn(S_SET, 5, 0, 0, 0),
		       { 2, 31, 0 }, { 2, 32, BAD_OPERAND }, { 3, UINT32_MAX, 0 });
	EXPECT_CHANGES(m, insn(S_ADD, 5, 1, 0, 0), { 2, 64, BAD_OPERAND });
	EXPECT_CHANGES(m, insn(S_SUB, 5, 1, 0, 0), { 2, 0x40000000, BAD_OPERAND });
	EXPECT_CHANGES(m, insn(S_WAIT, 5, 1, 0, 0), { 2, 32, BAD_OPERAND });
	for (word = 5; word < 16; word++) {
		struct insn in = insn(S_ADD, 6, 0, 1, 0);

		in.w[word] = 1u << (2 * word - 1);
		expect(m, in, BAD_RESERVED);
		in.w[0] = 0x49530101; /* HALT */
		expect(m, in, BAD_RESERVED);
	}
}

static void matmul_fields(void **state)
{
	struct model *m = *state;

	EXPECT_CHANGES(m, plain_matmul(),
		       { 2, 1u << 2, BAD_RESERVED }, { 2, 1u << 31, BAD_RESERVED },
		       { 2, F_RELATIVE, NO_BASE },
		       { 3, 0, BAD_SHAPE }, { 3, 16385, BAD_SHAPE }, { 3, UINT32_MAX, BAD_SHAPE },
		       { 4, 0, BAD_SHAPE }, { 4, 16385, BAD_SHAPE }, { 4, 5, BAD_SHAPE },
		       { 5, 0, BAD_SHAPE }, { 5, 16385, BAD_SHAPE }, { 5, 5, BAD_SHAPE },
		       { 6, UINT32_MAX, BAD_ADDRESS }, { 7, 1, BAD_ADDRESS },
		       { 7, 0x4000, BAD_ADDRESS }, { 7, 0x8000, BAD_ADDRESS },
		       { 7, UINT32_MAX, BAD_ADDRESS }, { 9, 0xFFF, BAD_ADDRESS },
		       { 10, C + 1, BAD_ALIGNMENT }, { 10, C + 2, BAD_ALIGNMENT },
		       { 11, 0x10, 0 }, { 11, 0x1010, 0 }, { 11, 0x11, BAD_ADDRESS },
		       { 12, 0, BAD_SHAPE }, { 12, 3, BAD_SHAPE },
		       { 12, UINT32_MAX, BAD_ADDRESS }, { 13, UINT32_MAX, BAD_ADDRESS },
		       { 14, 15, BAD_SHAPE }, { 14, 18, BAD_ALIGNMENT },
		       { 14, 0xFFFFFFFC, BAD_ADDRESS }, { 15, 1, BAD_RESERVED });
	/* Floats need alignment everywhere. */
	EXPECT_CHANGES(m, matmul(F_FLOAT, 2, 2, 2, (struct mat){ A, 8 }, (struct mat){ B, 8 },
				 (struct mat){ C, 8 }),
		       { 6, A + 1, BAD_ALIGNMENT }, { 8, B + 2, BAD_ALIGNMENT },
		       { 10, C + 3, BAD_ALIGNMENT }, { 12, 9, BAD_ALIGNMENT },
		       { 13, 10, BAD_ALIGNMENT }, { 12, 4, BAD_SHAPE });
}

static void act_fields(void **state)
{
	struct model *m = *state;

	EXPECT_CHANGES(m, plain_act(),
		       { 2, F_BIAS | 2, BAD_RESERVED }, { 2, F_BIAS | 32, BAD_RESERVED },
		       { 2, 0, BAD_RESERVED }, /* an address of biases without that flag */
		       { 5, 1, BAD_RESERVED }, { 15, 1, BAD_RESERVED }, { 13, 1, BAD_RESERVED },
		       { 8, B + 2, BAD_ALIGNMENT }, { 9, 0x20, BAD_ADDRESS },
		       { 8, 0xFFFFFFF4, BAD_ADDRESS }, { 8, 0xFFFFFFF0, 0 },
		       { 3, 0, BAD_SHAPE }, { 4, 16385, BAD_SHAPE }, { 12, 12, BAD_SHAPE },
		       { 14, 12, BAD_SHAPE });
	EXPECT_CHANGES(m, act(F_REQUANT, 4, 4, (struct mat){ A, 16 }, 0, (struct mat){ C + 1, 5 },
			      1, 0),
		       { 5, 0, BAD_OPERAND }, { 5, 65536, BAD_OPERAND }, { 15, 40, 0 },
		       { 15, 41, BAD_OPERAND }, { 15, UINT32_MAX, BAD_OPERAND },
		       { 2, F_REQUANT | F_FLOAT, BAD_OPERAND });
}

static void argmax_fields(void **state)
{
	struct model *m = *state;

	EXPECT_CHANGES(m, plain_argmax(),
		       { 2, F_ACCUMULATE, BAD_RESERVED }, { 5, 1, BAD_RESERVED },
		       { 8, 1, BAD_RESERVED }, { 13, 1, BAD_RESERVED }, { 15, 1, BAD_RESERVED },
		       { 3, 16385, BAD_SHAPE }, { 4, 0, BAD_SHAPE }, { 14, 3, BAD_SHAPE },
		       { 14, 5, BAD_ALIGNMENT }, { 7, 0xFFC, BAD_ADDRESS });
}

/* The last byte of a matrix is the last one of its channel; then one more. */
static void borders(void **state)
{
	static const uint64_t top[] = { TOP0, TOP1 };
	struct model *m = *state;
	struct insn in;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		in = plain_matmul();
		put_mat(&in, 6, 12, (struct mat){ top[i] - 16, 4 });
		expect(m, in, 0);
		put_mat(&in, 6, 12, (struct mat){ top[i] - 15, 4 });
		expect(m, in, BAD_ADDRESS);
		put_mat(&in, 6, 12, (struct mat){ top[i] - 16, 5 });
		expect(m, in, BAD_ADDRESS);
		put_mat(&in, 6, 12, (struct mat){ top[i] - 19, 5 });
		expect(m, in, 0);
		in = plain_matmul();
		put_mat(&in, 10, 14, (struct mat){ top[i] - 64, 16 });
		expect(m, in, 0);
		put_mat(&in, 10, 14, (struct mat){ top[i] - 60, 16 });
		expect(m, in, BAD_ADDRESS);
		put_mat(&in, 10, 14, (struct mat){ top[i], 16 });
		expect(m, in, BAD_ADDRESS);
	}
	/* The largest of all: 16383 rows apart by nearly 4 GiB each. */
	in = matmul(0, 16384, 1, 1, (struct mat){ A, UINT32_MAX }, (struct mat){ B, 1 },
		    (struct mat){ C, 0xFFFFFFFC });
	expect(m, in, BAD_ADDRESS);
}

static void relative_overflow(void **state)
{
	static const uint64_t off[] = {
		UINT64_MAX - 0x1003, 1ull << 63, (1ull << 32) - 0x1000, (1ull << 46) - 0x1000,
		DRAM1 - 0x2000, CORES, APB, HOST, EAST,
	};
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	unsigned int i;

	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		struct insn in = argmax(F_RELATIVE, 1, 1, (struct mat){ off[i], 4 },
					(struct mat){ 64, 4 });

		queues_make(m, 0);
		mem_put(m, 0x1000, &in, sizeof(in));
		feed_dma(&r, 0, 0x1000, 64);
		record_is(m, 0, Q_ERROR, 0, BAD_ADDRESS, 0xA36);
		feed_clear(m, 0);
	}
}

static void overlaps(void **state)
{
	struct model *m = *state;
	unsigned int i;

	/* What comes out is not said, but all of it stays where it belongs. */
	for (i = 0; i < 16; i++) {
		expect(m, matmul(F_ACCUMULATE, 40, 40, 40, (struct mat){ C + i, 160 },
				 (struct mat){ C + 16 * i, 40 }, (struct mat){ C, 160 }), 0);
		expect(m, act(F_BIAS | F_REQUANT, 40, 40, (struct mat){ C + 4 * i, 160 }, C,
			      (struct mat){ C + i, 40 }, 7, 3), 0);
	}
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* A core that was sent garbage works after CLEAR, and its card was not harmed. */
static void still_works(struct model *m, uint32_t round)
{
	unsigned int core = round % 4;

	feed_clear(m, core);
	queues_make(m, core);
	feed(m, core, insn(NOTIFY, 0, 0, round, 0));
	record_is(m, core, Q_NOTIFY, 0, round, 0);
}

static void random_bytes(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 4, 0, 64);
	uint32_t round, i, seed, *words = (uint32_t *)(m->host + 0x400000);

	for (round = 1; round <= 200; round++) {
		seed = round * 2654435761u;
		for (i = 0; i < 1024; i++)
			words[i] = next(&seed) & 7 ? next(&seed) : 0x49530100 | (next(&seed) & 31);
		if (round & 1)
			feed_dma(&r, round % 4, dev_host(0x400000), 4 * (1 + next(&seed) % 1024));
		else
			feed_words(m, round % 4, words, 1 + next(&seed) % 256);
		still_works(m, round);
	}
	assert_int_equal(rd(m, udma(4) + 0x200), 0);
}

/* Random words that are more likely to get far. */
static uint32_t likely(uint32_t *seed, unsigned int word)
{
	static const uint32_t odd[] = { 0, 1, 4, 16, 256, 0x1000, 0x10001, 0x7FFFFFFF, UINT32_MAX };
	uint32_t value = next(seed);

	if (value % 5 == 0)
		return odd[next(seed) % (sizeof(odd) / sizeof(odd[0]))];
	if (value % 31 == 0)
		return next(seed);
	switch (word) {
	case 2:
		return next(seed) & 0x11F;
	case 3: case 4: case 5:
		return next(seed) % 300;
	case 7: case 9: case 11:
		return next(seed) & 1 ? 0 : 0x10;
	case 6: case 8: case 10:
		return (next(seed) & 0xFFFFFFF) << (next(seed) & 4);
	case 12: case 13: case 14:
		return 4 * (next(seed) % 1200);
	default:
		return 0;
	}
}

static void random_instructions(void **state)
{
	struct model *m = *state;
	uint32_t round, seed, sent;
	unsigned int word;

	for (round = 1; round <= 1500; round++) {
		seed = round * 2246822519u;
		for (sent = next(&seed) % 4; sent < 4; sent++) {
			struct insn in = { { 0x49530100 | (next(&seed) & 1 ? 0x10 + next(&seed) % 3 :
									   next(&seed) % 32) } };

			for (word = 1; word < 16; word++)
				in.w[word] = likely(&seed, word);
			feed(m, round % 4, in);
		}
		if (round % 7 == 0)
			until(!state_is(m, round % 4, "running"));
		still_works(m, round);
		if (round % 200 == 0)
			emu_card_reset(m->card, EMU_RESET_BUS); /* what was written is given back */
	}
	assert_true(counter(m, "isa_instructions") > 1500);
	assert_true(counter(m, "isa_errors") > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_ISA("wrong headers and operations are refused", headers),
		BOTH_ISA("wrong fields of control instructions are refused", control_fields),
		BOTH_ISA("wrong fields of MATMUL are refused", matmul_fields),
		BOTH_ISA("wrong fields of ACT are refused", act_fields),
		BOTH_ISA("wrong fields of ARGMAX are refused", argmax_fields),
		BOTH_ISA("a matrix ends where its channel ends", borders),
		BOTH_ISA("relative addresses lead to DRAM only", relative_overflow),
		BOTH_ISA("matrices that overlap harm nothing else", overlaps),
		BOTH_ISA("random bytes stop a program at most", random_bytes),
		BOTH_ISA("random instructions stop a program at most", random_instructions),
	};

	return cmocka_run_group_tests_name("isa_hostile", tests, NULL, NULL);
}
