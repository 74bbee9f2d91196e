/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A box of cards in process, with host memory, for the tests of the device model. Offsets
 * are written down here again, from docs/hardware, so that a slip in the model's own
 * constants is seen.
 */
#ifndef NEURON_TEST_MODEL_H
#define NEURON_TEST_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "card.h"
#include "hostmem.h"

#define HOST_BYTES	(32u << 20)
#define HOST_IOVA	0x12000000ull
#define HOST		0x0000400000000000ull	/* device address of host address 0 */
#define EAST		0x0000800000000000ull
#define WEST		0x0000C00000000000ull
#define PORT1		0x0000100000000000ull
#define DRAM0		0x0ull
#define DRAM1		0x1000000000ull
#define CORES		0xFFFC0000000ull
#define APB		0xFFFF0000000ull
#define MISC		0x78E000u
#define HANG_SECONDS	60

/* Registers of queues and units. */
#define Q_CONFIG	0x20
#define Q_STATUS	0x24
#define Q_BASE		0x28
#define Q_LENGTH	0x30
#define Q_HEAD		0x34
#define Q_ADD		0x38
#define Q_TAIL		0x3C
#define Q_CURRENT	0x40
#define Q_CBASE		0x44
#define Q_CHEAD		0x4C
#define M2S_COMPLETION	0xA0
#define M2S_CONTROL	0xB0
#define S2M_COMPLETION	0x54
#define S2M_CONTROL	0x64
#define QUEUE_RESET	0x100
#define S2M		0x20000u
#define GEN		0x38000u
#define GEN_EX		0x3C000u

#define M2S_FIRST	(1u << 26)
#define M2S_LAST	(1u << 27)
#define DESC_INT	(1u << 28)
#define OP_COPY		0x01080003u

struct model {
	struct emu_box *box;
	struct emu_card *card;		/* card 0 */
	uint8_t *host;			/* HOST_BYTES, of all cards alike */
	atomic_uint irqs[EMU_NR_VECTORS];	/* of card 0 */
};

struct model_args {
	struct emu_opts opts;
};

static inline struct emu_opts model_opts(bool dma_inline)
{
	return (struct emu_opts){
		.nr_cards = 1,
		.topology = EMU_TOPOLOGY_RING,
		.dma_inline = dma_inline,
		.irq_mode = EMU_IRQ_MSIX,
		.device_id = 0x7064,
		.revision = 1,
		.reset_ms = 5,
		.true_bar_reads = true,
	};
}

static inline void model_irq(void *arg, unsigned int source)
{
	struct model *m = arg;

	atomic_fetch_add(&m->irqs[source], 1);
}

static inline struct model *model_create(const struct emu_opts *opts)
{
	struct model *m = calloc(1, sizeof(*m));
	int fd = memfd_create("host", MFD_CLOEXEC);
	unsigned int i;

	assert_non_null(m);
	assert_int_equal(ftruncate(fd, HOST_BYTES), 0);
	m->host = mmap(NULL, HOST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(m->host, MAP_FAILED);
	m->box = emu_box_create(opts);
	assert_non_null(m->box);
	for (i = 0; i < emu_box_count(m->box); i++) {
		struct emu_card *card = emu_box_card(m->box, i);

		assert_int_equal(emu_hostmem_map(emu_card_hostmem(card), HOST_IOVA, HOST_BYTES, fd,
						 0, EMU_HOSTMEM_READ | EMU_HOSTMEM_WRITE), 0);
		emu_card_attach(card);
	}
	close(fd);
	m->card = emu_box_card(m->box, 0);
	emu_card_set_irq(m->card, model_irq, m);
	return m;
}

static inline void model_destroy(struct model *m)
{
	emu_card_set_irq(m->card, NULL, NULL);
	emu_box_destroy(m->box);
	munmap(m->host, HOST_BYTES);
	free(m);
}

static inline int model_setup_inline(void **state)
{
	struct emu_opts opts = model_opts(true);

	*state = model_create(&opts);
	return 0;
}

static inline int model_setup_async(void **state)
{
	struct emu_opts opts = model_opts(false);

	*state = model_create(&opts);
	return 0;
}

static inline int model_teardown(void **state)
{
	model_destroy(*state);
	return 0;
}

/* A test that runs once with each way of doing DMA. */
#define BOTH_MODES(promise, function) \
	{ promise " (inline)", function, model_setup_inline, model_teardown, NULL }, \
	{ promise " (async)", function, model_setup_async, model_teardown, NULL }
#define ONE_MODE(promise, function) \
	{ promise, function, model_setup_inline, model_teardown, NULL }
#define PLAIN(promise, function) \
	{ promise, function, NULL, NULL, NULL }

static inline uint64_t dev_host(size_t off)
{
	return HOST + HOST_IOVA + off;
}

static inline void card_store(struct emu_card *card, unsigned int bar, uint64_t off, uint32_t value)
{
	emu_card_bar_write(card, bar, off, &value, 4);
}

static inline uint32_t card_load(struct emu_card *card, unsigned int bar, uint64_t off)
{
	uint32_t value;

	emu_card_bar_read(card, bar, off, &value, 4);
	return value;
}

static inline void wr(struct model *m, uint64_t off, uint32_t value)
{
	card_store(m->card, 0, off, value);
}

static inline uint32_t rd(struct model *m, uint64_t off)
{
	return card_load(m->card, 0, off);
}

static inline uint32_t udma(unsigned int engine)
{
	return engine / 3 * 0x100000 + 0x40000 + engine % 3 * 0x40000;
}

static inline uint32_t queue_reg(unsigned int engine, uint32_t half, unsigned int queue, uint32_t reg)
{
	return udma(engine) + half + 0x1000 + queue * 0x1000 + reg;
}

static inline void put(void *at, uint32_t value)
{
	__atomic_store_n((uint32_t *)at, value, __ATOMIC_RELEASE);
}

static inline uint32_t get(const void *at)
{
	return __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);
}

static inline void put_desc(void *at, uint32_t word0, uint32_t word1, uint64_t addr)
{
	uint32_t words[4] = { word0, word1, (uint32_t)addr, (uint32_t)(addr >> 32) };

	memcpy(at, words, sizeof(words));
}

/* One queue pair, programmed as section 3.14 says, with rings in host memory. */
struct ring {
	struct model *m;
	struct emu_card *card;
	unsigned int engine, queue;
	uint8_t *desc[2];	/* M2S, S2M */
	uint32_t length, next[2], id[2];
};

#define RING_OFF(n) (0x100000u + (n) * 0x20000u)

static inline void ring_program(struct ring *r, uint32_t half, uint64_t base)
{
	uint32_t control = half ? S2M_CONTROL : M2S_CONTROL;
	uint32_t completion = half ? S2M_COMPLETION : M2S_COMPLETION;

	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, Q_CONFIG), 0x03000000);
	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, control), QUEUE_RESET);
	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, Q_BASE), (uint32_t)base);
	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, Q_BASE + 4),
		   (uint32_t)(base >> 32));
	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, Q_LENGTH), r->length);
	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, completion), 0);
	card_store(r->card, 0, queue_reg(r->engine, half, r->queue, Q_CONFIG), 0x03030000);
}

static inline void engine_init(struct emu_card *card, unsigned int engine)
{
	uint32_t u = udma(engine);

	card_store(card, 0, u + 0x254, 0x010FFFFF);
	card_store(card, 0, u + 0x304, 0x00010080);
	card_store(card, 0, u + S2M + 0x380, 0x00001004);
	card_store(card, 0, u + GEN + 0x3460, 1);
	card_store(card, 0, u + GEN + 0x2030, 0xF0000000);
	card_store(card, 0, u + GEN + 0x2070, 0x000010F8);
}

static inline struct ring ring_make_on(struct model *m, struct emu_card *card, unsigned int engine,
				       unsigned int queue, uint32_t length, size_t off)
{
	struct ring r = {
		.m = m, .card = card, .engine = engine, .queue = queue, .length = length,
		.id = { 1, 1 },
	};

	r.desc[0] = m->host + off;
	r.desc[1] = m->host + off + 0x10000;
	engine_init(card, engine);
	ring_program(&r, 0, dev_host(off));
	ring_program(&r, S2M, dev_host(off + 0x10000));
	return r;
}

static inline struct ring ring_make(struct model *m, unsigned int engine, unsigned int queue,
				    uint32_t length)
{
	return ring_make_on(m, m->card, engine, queue, length, RING_OFF(0));
}

static inline void ring_put(struct ring *r, unsigned int dir, uint32_t word0, uint32_t word1,
			    uint64_t addr)
{
	put_desc(r->desc[dir] + 16 * r->next[dir], word0 | r->id[dir] << 24, word1, addr);
	if (++r->next[dir] == r->length) {
		r->next[dir] = 0;
		r->id[dir] = (r->id[dir] + 1) & 3;
	}
}

static inline void ring_add(struct ring *r, unsigned int dir, uint32_t count)
{
	card_store(r->card, 0, queue_reg(r->engine, dir ? S2M : 0, r->queue, Q_ADD), count);
}

static inline void ring_put_copy(struct ring *r, uint64_t dst, uint64_t src, uint32_t len)
{
	ring_put(r, 1, len & 0xffff, 0, dst);
	ring_put(r, 0, (len & 0xffff) | M2S_FIRST | M2S_LAST, OP_COPY, src);
}

static inline void ring_start(struct ring *r, uint32_t count)
{
	ring_add(r, 1, count);
	ring_add(r, 0, count);
}

static inline void ring_copy(struct ring *r, uint64_t dst, uint64_t src, uint32_t len)
{
	ring_put_copy(r, dst, src, len);
	ring_start(r, 1);
}

static inline uint32_t ring_reg(struct ring *r, unsigned int dir, uint32_t reg)
{
	return card_load(r->card, 0, queue_reg(r->engine, dir ? S2M : 0, r->queue, reg));
}

static inline uint32_t ring_used(struct ring *r, unsigned int dir)
{
	return ring_reg(r, dir, Q_STATUS) & 0x1ffffff;
}

/* Waits for an event of the model; a hang fails the test. */
#define until(condition) do { \
	time_t until_end = time(NULL) + HANG_SECONDS; \
	while (!(condition)) { \
		if (time(NULL) > until_end) \
			fail_msg("never happened: %s", #condition); \
		sched_yield(); \
	} \
} while (0)

/* The rings have been worked off, or the engine has stopped. */
static inline void ring_wait_empty(struct ring *r)
{
	until(!ring_used(r, 0));
}

static inline void fill(void *at, size_t len, uint32_t seed)
{
	uint8_t *bytes = at;
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)((i * 2654435761u + seed) >> 13);
}

/* Runs a control command on a card; answers the parsed object, to be put. */
static inline struct json_object *control_on(struct emu_card *card, const char *line, int want)
{
	char copy[512], *argv[16], *save = NULL, *word, *text = NULL;
	struct json_object *answer;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	assert_int_equal(emu_card_command(card, argc, argv, out), want);
	fclose(out);
	answer = json_tokener_parse(text);
	free(text);
	assert_true(json_object_is_type(answer, json_type_object));
	assert_int_equal(json_object_object_get_ex(answer, "error", NULL), want != 0);
	return answer;
}

static inline void control(struct model *m, const char *line)
{
	json_object_put(control_on(m->card, line, 0));
}

static inline uint64_t counter(struct model *m, const char *name)
{
	struct json_object *show = control_on(m->card, "show", 0), *counters, *value;
	uint64_t number;

	assert_true(json_object_object_get_ex(show, "counters", &counters));
	assert_true(json_object_object_get_ex(counters, name, &value));
	number = json_object_get_uint64(value);
	json_object_put(show);
	return number;
}

/* Device DRAM as tests see it: through BAR4. */
static inline void dram_get(struct emu_card *card, uint64_t off, void *buf, size_t len)
{
	emu_card_bar_read(card, 4, off, buf, len);
}

static inline void dram_put(struct emu_card *card, uint64_t off, const void *buf, size_t len)
{
	emu_card_bar_write(card, 4, off, buf, len);
}

#endif
