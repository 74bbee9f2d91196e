/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card that executes the stand-in instruction set, for its tests. The encoding is written
 * down here again, from docs/isa.md, so that a slip in the model's own constants is seen.
 */
#ifndef NEURON_TEST_ISA_MODEL_H
#define NEURON_TEST_ISA_MODEL_H

#include "model.h"

#define FIFO(core)	((core) * 0x4000000u + 0x265C000u)
#define EVENT(core, i)	((core) * 0x4000000u + 0x2700000u + 4 * (i))
#define SEM(core, i)	((core) * 0x4000000u + 0x2701000u + 4 * (i))
#define SEM_SET(core, i)	(SEM(core, i) + 0x100u)
#define UNIT(core)	(0x404000u + (core) * 0x10000u)

enum {
	HALT = 0x01, NOTIFY, TRACE, EV_SET, EV_WAIT, S_SET, S_ADD, S_SUB, S_WAIT,
	MATMUL = 0x10, ACT, ARGMAX, CLEAR = 0x1F,
};

enum { F_FLOAT = 1, F_ACCUMULATE = 2, F_BIAS = 4, F_RELU = 8, F_REQUANT = 16, F_RELATIVE = 256 };

enum {
	BAD_HEADER = 1, BAD_OPCODE, BAD_RESERVED, BAD_OPERAND, BAD_SHAPE, BAD_ALIGNMENT,
	BAD_ADDRESS, NO_BASE, OVERFLOW, NOT_FINITE,
};

struct insn {
	uint32_t w[16];
};

static inline struct insn insn(unsigned int op, uint32_t tag, uint32_t a, uint32_t b, uint32_t c)
{
	return (struct insn){ { 0x49530100u | op, tag, a, b, c } };
}

struct mat {
	uint64_t addr;
	uint32_t stride;
};

static inline void put_mat(struct insn *in, unsigned int word, unsigned int stride_word,
			   struct mat mat)
{
	in->w[word] = (uint32_t)mat.addr;
	in->w[word + 1] = (uint32_t)(mat.addr >> 32);
	in->w[stride_word] = mat.stride;
}

static inline struct insn matmul(uint32_t flags, uint32_t rows, uint32_t columns, uint32_t depth,
				 struct mat a, struct mat b, struct mat c)
{
	struct insn in = insn(MATMUL, 0xABC, flags, rows, columns);

	in.w[5] = depth;
	put_mat(&in, 6, 12, a);
	put_mat(&in, 8, 13, b);
	put_mat(&in, 10, 14, c);
	return in;
}

static inline struct insn act(uint32_t flags, uint32_t rows, uint32_t columns, struct mat a,
			      uint64_t bias, struct mat c, uint32_t multiplier, uint32_t shift)
{
	struct insn in = insn(ACT, 0xAC7, flags, rows, columns);

	in.w[5] = multiplier;
	put_mat(&in, 6, 12, a);
	put_mat(&in, 8, 13, (struct mat){ bias, 0 });
	put_mat(&in, 10, 14, c);
	in.w[15] = shift;
	return in;
}

static inline struct insn argmax(uint32_t flags, uint32_t rows, uint32_t columns, struct mat a,
				 struct mat c)
{
	struct insn in = insn(ARGMAX, 0xA36, flags, rows, columns);

	put_mat(&in, 6, 12, a);
	put_mat(&in, 10, 14, c);
	return in;
}

/* Queues of core n lie in host memory, 4 KiB each, by type. */
enum { Q_TRACE, Q_NOTIFY, Q_EVENT, Q_ERROR, Q_TYPES };

#define RECORDS_OFF(core, type)	(0x1000000u + ((core) * Q_TYPES + (type)) * 0x10000u)
#define RECORDS_BYTES		0x10000u
#define PHASE			(1u << 31)

static inline void queues_make(struct model *m, unsigned int core)
{
	static const uint32_t reg[] = { 0xC7C, 0xBFC, 0x1094, 0x1074 };
	unsigned int type;

	for (type = 0; type < Q_TYPES; type++) {
		uint64_t base = dev_host(RECORDS_OFF(core, type));

		memset(m->host + RECORDS_OFF(core, type), 0, RECORDS_BYTES);
		wr(m, UNIT(core) + reg[type], (uint32_t)base);
		wr(m, UNIT(core) + reg[type] + 4, (uint32_t)(base >> 32));
		wr(m, UNIT(core) + reg[type] + 8, RECORDS_BYTES);
	}
}

static inline const uint8_t *record_at(struct model *m, unsigned int core, unsigned int type,
				       unsigned int index)
{
	return m->host + RECORDS_OFF(core, type) + 16 * index;
}

static inline bool record_there(struct model *m, unsigned int core, unsigned int type,
				unsigned int index)
{
	return get(record_at(m, core, type, index) + 8) & PHASE;
}

/* Waits for a record and compares it. */
#define record_is(m, core, type, index, id, value) do { \
	until(record_there(m, core, type, index)); \
	assert_int_equal(get(record_at(m, core, type, index) + 4), id); \
	assert_int_equal(get(record_at(m, core, type, index) + 8), PHASE | (value)); \
} while (0)

static inline int isa_setup(void **state, bool dma_inline)
{
	struct emu_opts opts = model_opts(dma_inline);
	struct model *m;
	unsigned int core;

	opts.isa = EMU_ISA_STAND_IN;
	opts.nr_cards = 2;
	m = model_create(&opts);
	for (core = 0; core < 4; core++)
		queues_make(m, core);
	*state = m;
	return 0;
}

static inline int isa_setup_inline(void **state)
{
	return isa_setup(state, true);
}

static inline int isa_setup_async(void **state)
{
	return isa_setup(state, false);
}

#define BOTH_ISA(promise, function) \
	{ promise " (inline)", function, isa_setup_inline, model_teardown, NULL }, \
	{ promise " (async)", function, isa_setup_async, model_teardown, NULL }

static inline void feed_words(struct model *m, unsigned int core, const uint32_t *words,
			      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		card_store(m->card, 2, FIFO(core) + 4 * (i % 0x1000), words[i]);
}

static inline void feed(struct model *m, unsigned int core, struct insn in)
{
	feed_words(m, core, in.w, 16);
}

static inline void feed_clear(struct model *m, unsigned int core)
{
	feed(m, core, insn(CLEAR, 0, 0, 0, 0));
}

/* What "show" has about a core's program: a number, or 0. */
static inline uint64_t program(struct model *m, unsigned int core, const char *key)
{
	struct json_object *show = control_on(m->card, "show", 0), *cores, *value;
	uint64_t number;

	assert_true(json_object_object_get_ex(show, "cores", &cores));
	assert_true(json_object_object_get_ex(json_object_array_get_idx(cores, core), "program",
					      &value));
	number = json_object_object_get_ex(value, key, &value) ? json_object_get_uint64(value) : 0;
	json_object_put(show);
	return number;
}

static inline bool state_is(struct model *m, unsigned int core, const char *want)
{
	struct json_object *show = control_on(m->card, "show", 0), *cores, *value;
	bool same;

	assert_true(json_object_object_get_ex(show, "cores", &cores));
	assert_true(json_object_object_get_ex(json_object_array_get_idx(cores, core), "program",
					      &value));
	assert_true(json_object_object_get_ex(value, "state", &value));
	same = !strcmp(json_object_get_string(value), want);
	json_object_put(show);
	return same;
}

static inline uint64_t bar4_off(uint64_t dev_addr)
{
	return dev_addr >= DRAM1 ? dev_addr - DRAM1 + 0x100000000ull : dev_addr;
}

static inline void mem_put(struct model *m, uint64_t dev_addr, const void *buf, size_t len)
{
	dram_put(m->card, bar4_off(dev_addr), buf, len);
}

static inline void mem_get(struct model *m, uint64_t dev_addr, void *buf, size_t len)
{
	dram_get(m->card, bar4_off(dev_addr), buf, len);
}

/* Instructions by a ring, out of memory anywhere; done when the copy is. */
static inline void feed_dma(struct ring *r, unsigned int core, uint64_t src, uint32_t len)
{
	ring_copy(r, CORES + FIFO(core), src, len);
	ring_wait_empty(r);
}

#endif
