// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>

#include "published_cases.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define BLOCK	65536u

/*
 * What cases are made of.
 */

/**
 * user_ring() - a queue pair of user space, its rings in host memory
 * @g: the guest
 * @engine: 0..11
 * @queue: 0..15
 * @length: descriptors of each ring
 * Context: the engine is initialised; one such ring at a time.
 * Return: the ring, empty.
 */
struct ring user_ring(struct guest *g, unsigned int engine, unsigned int queue, uint32_t length)
{
	uint64_t at = g->area_addr + AREA_USER;
	struct ring r = {
		.m = g->m, .card = g->card, .engine = engine, .queue = queue, .length = length,
		.id = { 1, 1 },
		.desc = { g->area + AREA_USER, g->area + AREA_USER + 0x40000 },
	};

	guest_init_queue(g, engine, queue, (uint64_t[]){ at, at + 0x40000 },
			 (uint32_t[]){ length, length });
	return r;
}

/**
 * ring_go() - start what was put into a ring
 * @g: the guest
 * @r: its ring
 * @s2m: destination descriptors
 * @m2s: source descriptors
 * Context: any.
 */
void ring_go(struct guest *g, struct ring *r, uint32_t s2m, uint32_t m2s)
{
	guest_start_queue(g, r->engine, r->queue, s2m, m2s);
}

static uint32_t used(struct guest *g, unsigned int engine, uint32_t half, unsigned int queue)
{
	return guest_reg(g, queue_reg(engine, half, queue, Q_STATUS)) & 0x1FFFFFF;
}

/**
 * wait_idle() - until a queue has no source descriptor left; inline, that is at once
 * @g: the guest
 * @engine: 0..11
 * @queue: 0..15
 * Context: as guest_send().
 */
void wait_idle(struct guest *g, unsigned int engine, unsigned int queue)
{
	if (g->scenario->dma_inline)
		assert_int_equal(used(g, engine, 0, queue), 0);
	else
		until(!used(g, engine, 0, queue));
}

/**
 * check_moves() - what goes to either channel comes back, whatever its size
 * @g: the guest
 * @core: whose copy queue
 * Context: as guest_send().
 */
void check_moves(struct guest *g, unsigned int core)
{
	static const uint32_t sizes[] = { 1, 3, 4095, 4097, 65535, 65536, 65537, 300001 };
	static const uint64_t channel[] = { DRAM0 + 0x40000101, DRAM1 + 0xC0000003 };
	uint8_t *from = data_at(g, 5), *to = data_at(g, 0x100007);
	unsigned int i, c;

	for (i = 0; i < COUNT_OF(sizes); i++)
		for (c = 0; c < 2; c++) {
			fill(from, sizes[i], i + 2 * c + 16 * core);
			memset(to, 0, sizes[i] + 1);
			guest_move(g, core, channel[c], data_addr(5), sizes[i]);
			guest_move(g, core, data_addr(0x100007), channel[c], sizes[i]);
			assert_memory_equal(from, to, sizes[i]);
			assert_int_equal(to[sizes[i]], 0);
		}
}

/**
 * check_user_ring() - a ring of user space works through three laps
 * @g: the guest
 * @engine: 0..11
 * @queue: 0..15
 * @length: descriptors of each ring
 * Context: as guest_send().
 */
void check_user_ring(struct guest *g, unsigned int engine, unsigned int queue, uint32_t length)
{
	struct ring r = user_ring(g, engine, queue, length);
	uint32_t count = length - 16, n, i;

	fill(data_at(g, 0), count * 64, engine + queue);
	for (n = 0; n < 3 * length; n += count) {
		memset(data_at(g, 0x100000), 0, count * 64);
		for (i = 0; i < count; i++)
			ring_put_copy(&r, data_addr(0x100000 + 64 * i), data_addr(64 * i), 64);
		ring_go(g, &r, count, count);
		wait_idle(g, engine, queue);
		assert_memory_equal(data_at(g, 0), data_at(g, 0x100000), count * 64);
	}
	assert_true(r.next[0] || r.id[0] != 1);
	assert_int_equal(guest_reg(g, queue_reg(engine, 0, queue, Q_HEAD)),
			 r.id[0] << 30 | r.next[0]);
	assert_int_equal(guest_reg(g, queue_reg(engine, S2M, queue, Q_TAIL)),
			 r.id[1] << 30 | r.next[1]);
}

/**
 * expect_registers() - what registers of BAR0 answer, all in one READ
 * @g: the guest
 * @base: offset of the block
 * @expected: offsets in it, and their values
 * @count: how many, at most 100
 * Context: as guest_send().
 */
void expect_registers(struct guest *g, uint32_t base, const struct expected *expected,
		      unsigned int count)
{
	uint64_t address[100];
	uint32_t value[100];
	unsigned int i;

	assert_true(count <= 100);
	for (i = 0; i < count; i++)
		address[i] = APB + base + expected[i].off;
	guest_read_many(g, address, count, value);
	for (i = 0; i < count; i++)
		if (value[i] != expected[i].value)
			fail_msg("register %#x + %#x: %#x, not %#x", base, expected[i].off,
				 value[i], expected[i].value);
}

/**
 * check_lives() - the card does all of its work
 * @g: the guest, loaded
 * Context: as guest_send().
 */
void check_lives(struct guest *g)
{
	unsigned int core;

	assert_true(guest_reg(g, MISC + M_STATUS) & STATUS_READY);
	for (core = 0; core < NR_CORES; core++)
		check_moves(g, core);
	check_user_ring(g, 5, 3, 64);
	guest_store(g, 2, CORE_SEM_SET + 4 * 7, 41);
	guest_store(g, 2, CORE_SEM_ADD + 4 * 7, 1);
	assert_int_equal(guest_read(g, core_addr(0, CORE_SEM + 4 * 7)), 42);
}

/*
 * Cases.
 */

static void checksums(void **state)
{
	static const struct {
		uint8_t bytes[24], len;
		uint32_t crc;
	} request[] = {
		{ { 2, 1, 0x10, 0, 0, 0, 0, 0, 0x1c, 0xe0, 0x78, 0xf0, 0xff, 0x0f }, 16,
		  0x41d14a5c },
		{ { 3, 1, 0x18, 0, 0, 0, 0, 0, 0xec, 0xe1, 0x78, 0xf0, 0xff, 0x0f, 0, 0, 0x04,
		    0x10, 0x70, 0xc2, 0xff, 0x0f }, 24, 0xf92809c5 },
		{ { 255, 2, 0x14, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 20,
		  0xfe04c863 },
	};
	struct guest *g = guest_of(state);
	unsigned int i;

	for (i = 0; i < COUNT_OF(request); i++)
		assert_int_equal(guest_crc32c(request[i].bytes, request[i].len), request[i].crc);
	assert_int_equal(guest_crc32c((const uint8_t *)"123456789", 9), 0xE3069283);
	guest_load(g);
	g->sequence = 1;
	guest_reg(g, MISC + M_STATUS);
	assert_memory_equal(g->area + AREA_REQUEST, "\x02\x01\x10\0\x5c\x4a\xd1\x41\x1c\xe0\x78\xf0"
			    "\xff\x0f\0\0", 16);
	assert_memory_equal(g->area + AREA_RESPONSE, "\x02\0\x08\0\0\0\0\x80", 8);
	assert_int_equal(counter(g->m, "fwio_bad_crc"), 0);
}

static void many_reads(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t requests, answered;
	unsigned int i;

	guest_load(g);
	g->sequence = 250;
	requests = counter(g->m, "fwio_requests");
	answered = counter(g->m, "fwio_answered");
	for (i = 0; i < 1000; i++) {
		guest_misc(g, 0xC0, i);
		assert_int_equal(guest_reg(g, MISC + 0xC0), i);
		assert_int_not_equal(g->sequence, 0);
	}
	assert_int_equal(counter(g->m, "fwio_requests"), requests + 1000);
	assert_int_equal(counter(g->m, "fwio_answered"), answered + 1000);
}

static void hundred_addresses(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t address[100];
	uint32_t value[100];
	unsigned int i;

	guest_load(g);
	for (i = 0; i < 100; i++) {
		address[i] = APB + MISC + 0x200 + 4 * (i * 7 % 100);
		guest_misc(g, (uint32_t)(0x200 + 4 * (i * 7 % 100)), 1000 + i);
	}
	guest_read_many(g, address, 100, value);
	for (i = 0; i < 100; i++)
		assert_int_equal(value[i], 1000 + i);
}

struct poller {
	struct guest *g;
	uint8_t sequence;
	atomic_int want, seen;
	uint32_t value;
};

static void *poll_answers(void *arg)
{
	struct poller *p = arg;
	const uint8_t *response = p->g->area + AREA_RESPONSE;
	int lap;

	for (lap = 1; lap <= 200; lap++) {
		until(atomic_load(&p->want) == lap);
		until(__atomic_load_n(response, __ATOMIC_ACQUIRE) == p->sequence);
		memcpy(&p->value, response + 4, 4);
		atomic_store(&p->seen, lap);
	}
	return NULL;
}

/* One processor asks, another one takes the value the moment the sequence number is there. */
static void payload_first(void **state)
{
	struct guest *g = guest_of(state);
	struct poller p = { .g = g };
	uint64_t address = APB + MISC + 0xC0;
	pthread_t thread;
	int lap;

	guest_load(g);
	assert_int_equal(pthread_create(&thread, NULL, poll_answers, &p), 0);
	for (lap = 1; lap <= 200; lap++) {
		guest_misc(g, 0xC0, 0x10000u + (uint32_t)lap);
		p.sequence = g->sequence == 255 ? 1 : g->sequence + 1;
		__atomic_store_n(g->area + AREA_RESPONSE, 0, __ATOMIC_SEQ_CST);
		atomic_store(&p.want, lap);
		guest_send(g, 1, &address, 8);
		until(atomic_load(&p.seen) == lap);
		assert_int_equal(p.value, 0x10000 + lap);
	}
	pthread_join(thread, NULL);
}

/* The example of section 3.9.4: host 0x12345000 to the second channel. */
static void worked_example(void **state)
{
	static const uint8_t m2s[] = "\0\0\0\x4d\3\0\x08\1\0\x50\x34\x12\0\x40\0";
	static const uint8_t s2m[] = "\0\0\0\1\0\0\0\0\0\1\0\0\x10\0\0";
	struct guest *g = guest_of(state);
	uint8_t *from = g->m->host + 0x345000, *to = data_at(g, 0);
	uint32_t state9[9];
	uint64_t packets;

	guest_load(g);
	fill(from, BLOCK, 3);
	packets = counter(g->m, "packets");
	guest_move(g, 0, DRAM1 + 0x100, HOST + 0x12345000, BLOCK);
	assert_memory_equal(g->area + AREA_COPY, m2s, 16);
	assert_memory_equal(g->area + AREA_COPY + 0x20000, s2m, 16);
	assert_int_equal(get(g->area + AREA_COPY + 16), 0x0D000004);
	assert_int_equal(get(g->area + AREA_COPY + 0x20000 + 16), 0x01000004);
	dram_get(g->card, bar4_of(DRAM1 + 0x100), to, BLOCK);
	assert_memory_equal(from, to, BLOCK);
	assert_int_equal(counter(g->m, "packets"), packets + 2);
	guest_queue_state(g, 2, S2M, COPY_QUEUE, state9);
	assert_int_equal(state9[0], 0x30000000);
	assert_int_equal(state9[6], 2);
	assert_int_equal(state9[7], 2);
	assert_int_equal(state9[8], g->driver == V10 ? 2 : 0);
}

static void every_core_copies(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int core;

	guest_load(g);
	for (core = 0; core < NR_CORES; core++)
		check_moves(g, core);
	assert_int_equal(counter(g->m, "aborts"), 0);
}

/* Batches of as many pairs as the driver ever puts before a marker, small ones. */
static void copy_ring_wraps(void **state)
{
	struct guest *g = guest_of(state);
	struct copy copy = {
		.core = 1, .dst = DRAM0 + 0x1000, .src = data_addr(0), .reread = 16,
		.bytes = 20 * 1024 * 16 + 16,
	};
	uint8_t *back = data_at(g, 0x100000);
	uint64_t done;

	guest_load(g);
	fill(data_at(g, 0), 16, 9);
	guest_copy(g, &copy);
	assert_int_equal(g->copy_id[1], 3);
	dram_get(g->card, bar4_of(copy.dst), back, copy.bytes);
	for (done = 0; done < copy.bytes; done += 16)
		assert_memory_equal(back + done, data_at(g, 0), 16);
	assert_int_equal(guest_reg(g, queue_reg(5, 0, COPY_QUEUE, Q_HEAD)),
			 3u << 30 | g->copy_next[1]);
	assert_int_equal(guest_reg(g, queue_reg(5, S2M, COPY_QUEUE, Q_TAIL)),
			 3u << 30 | g->copy_next[1]);
}

/* One full batch of 64 KiB pairs and a little more; looked at where the pairs meet. */
static void largest_batch(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t pairs = g->driver == V10 ? 4079 : 2032, i;
	struct copy copy = {
		.core = 2, .dst = DRAM1 + 0x10000, .src = data_addr(0), .reread = 1u << 20,
		.bytes = (uint64_t)pairs * BLOCK + 77,
	};
	uint64_t before, last = 0;
	uint8_t word[8];

	guest_load(g);
	fill(data_at(g, 0), 1u << 20, 21);
	before = counter(g->m, "packets");
	guest_copy_begin(g, &copy, &last);
	assert_int_equal(last, (uint64_t)pairs * BLOCK);
	guest_copy_wait(g, 2);
	assert_int_equal(counter(g->m, "packets"), before + pairs + 1);
	guest_copy_begin(g, &copy, &last);
	guest_copy_wait(g, 2);
	for (i = 1; i <= pairs; i++) {
		dram_get(g->card, bar4_of(copy.dst) + (uint64_t)i * BLOCK - 4, word, 8);
		assert_memory_equal(word, data_at(g, (i * BLOCK - 4) % (1u << 20)), 4);
		assert_memory_equal(word + 4, data_at(g, i * BLOCK % (1u << 20)), 4);
	}
	assert_int_equal(counter(g->m, "tail_limited"), 0);
}

static void user_rings(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int engine;

	guest_load(g);
	for (engine = 0; engine < NR_ENGINES; engine++) {
		if (!g->engine_used[engine])
			guest_init_engine(g, engine);
		check_user_ring(g, engine, engine, 32);
	}
	check_user_ring(g, 0, 14, 4096);
}

/* DMA_COPY_DESCRIPTORS to a ring in DRAM: copies of the ring's bytes, then a start. */
static void ring_in_dram(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t base[2] = { PORT1 | (DRAM1 + 0x200000), DRAM0 + 0x300000 };
	struct ring r;
	uint32_t i;

	guest_load(g);
	r = user_ring(g, 2, 4, 256);
	for (i = 0; i < 100; i++)
		ring_put_copy(&r, data_addr(0x200000 + 100 * i), data_addr(100 * i), 100);
	fill(data_at(g, 0), 10000, 5);
	guest_move(g, 0, base[0], g->area_addr + AREA_USER, 256 * 16);
	guest_move(g, 0, base[1], g->area_addr + AREA_USER + 0x40000, 256 * 16);
	memset(g->area + AREA_USER, 0, 256 * 16);
	guest_init_queue(g, 2, 4, base, (uint32_t[]){ 256, 256 });
	ring_go(g, &r, 100, 100);
	wait_idle(g, 2, 4);
	assert_memory_equal(data_at(g, 0), data_at(g, 0x200000), 10000);
	assert_int_equal(guest_reg(g, queue_reg(2, 0, 4, Q_BASE + 4)), 0x1010);
	assert_int_equal(guest_reg(g, queue_reg(2, 0, 4, Q_BASE)), 0x200000);
}

static void states_read_out(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t base = g->area_addr + AREA_USER;
	uint32_t value[9];
	struct ring r;
	unsigned int i;

	guest_load(g);
	r = user_ring(g, 11, 0, 128);
	for (i = 0; i < 200; i++) {
		ring_put_copy(&r, data_addr(64), data_addr(0), 4);
		ring_go(g, &r, 1, 1);
		wait_idle(g, 11, 0);
	}
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, data_addr(0));
	ring_add(&r, 0, 1);
	guest_queue_state(g, 11, 0, 0, value);
	assert_memory_equal(value, ((uint32_t[]){ 0x30000001, 128, (uint32_t)(base >> 32),
			    (uint32_t)base, 0, 0, 200 - 128, 201 - 128,
			    g->driver == V10 ? 200 - 128 : 0 }), sizeof(value));
	base += 0x40000;
	guest_queue_state(g, 11, S2M, 0, value);
	assert_memory_equal(value, ((uint32_t[]){ 0x30000000, 128, (uint32_t)(base >> 32),
			    (uint32_t)base, 0, 0, 200 - 128, 200 - 128,
			    g->driver == V10 ? 200 - 128 : 0 }), sizeof(value));
}

static bool codes_are(struct guest *g, unsigned int engine, enum engine_code both)
{
	enum engine_code code[2];

	guest_get_engine(g, engine, code);
	return code[0] == both && code[1] == both;
}

static void expect_codes(struct guest *g, unsigned int engine, enum engine_code both)
{
	assert_true(codes_are(g, engine, both));
}

static void engine_states(void **state)
{
	struct guest *g = guest_of(state);
	struct ring r;

	guest_load(g);
	r = user_ring(g, 8, 1, 64);
	expect_codes(g, 8, ENGINE_IDLE);
	/* Two packets, one destination: the second one waits, and the engine is busy. */
	put(data_at(g, 0), 0x1111);
	ring_put_copy(&r, data_addr(64), data_addr(0), 4);
	ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, data_addr(0));
	ring_go(g, &r, 1, 2);
	until(used(g, 8, 0, 1) == 1);
	until(codes_are(g, 8, ENGINE_NORMAL));
	assert_int_equal(used(g, 8, 0, 1), 1);
	assert_true(guest_set_engine(g, 8, ENGINE_DISABLE));
	expect_codes(g, 8, ENGINE_IDLE);
	ring_put(&r, 1, 4, 0, data_addr(128));
	ring_add(&r, 1, 1);
	assert_int_equal(used(g, 8, 0, 1), 1);
	assert_int_equal(get(data_at(g, 128)), 0);
	assert_true(guest_set_engine(g, 8, ENGINE_NORMAL));
	wait_idle(g, 8, 1);
	assert_int_equal(get(data_at(g, 128)), 0x1111);
	expect_codes(g, 8, ENGINE_IDLE);
}

static void aborted_engine(void **state)
{
	struct guest *g = guest_of(state);
	struct copy copy = { .core = 3, .dst = DRAM0, .src = data_addr(0), .bytes = 64 };
	unsigned int stores;
	uint64_t done = 0;

	guest_load(g);
	assert_true(guest_set_engine(g, 11, ENGINE_ABORT));
	expect_codes(g, 11, ENGINE_ABORT);
	guest_copy_begin(g, &copy, &done);
	assert_int_equal(used(g, 11, 0, COPY_QUEUE), 2);
	assert_int_equal(used(g, 11, S2M, COPY_QUEUE), 2);
	stores = g->stores;
	assert_false(guest_set_engine(g, 11, ENGINE_IDLE));
	assert_false(guest_set_engine(g, 11, ENGINE_RESET));
	assert_int_equal(g->stores, stores);
	assert_true(guest_set_engine(g, 11, ENGINE_NORMAL));
	expect_codes(g, 11, ENGINE_IDLE);
	assert_false(guest_copy_finished(g, 3));
	guest_init_copy_queue(g, 3);
	assert_false(guest_copy_finished(g, 3));
	check_moves(g, 3);
}

static void core_registers(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int core;

	guest_load(g);
	for (core = 0; core < NR_CORES; core++) {
		uint64_t win = (uint64_t)core * CORE_BYTES;

		guest_store(g, 2, win + CORE_SEM_SET + 4 * 31, 100 + core);
		guest_store(g, 2, win + CORE_SEM_ADD + 4 * 31, 9);
		guest_store(g, 2, win + CORE_SEM_SUB + 4 * 31, 4);
		guest_store(g, 2, win + CORE_EVENT + 4 * 255, 1);
		/* One too far, which a check of the drivers lets through. */
		guest_store(g, 2, win + CORE_SEM_SET + 4 * 32, 1);
		guest_store(g, 2, win + CORE_SEM_ADD + 4 * 32, 1);
		guest_store(g, 2, win + CORE_SEM_SUB + 4 * 32, 1);
		guest_store(g, 2, win + CORE_EVENT + 4 * 256, 1);
		assert_int_equal(guest_read(g, core_addr(core, CORE_SEM + 4 * 31)), 105 + core);
		assert_int_equal(guest_read(g, core_addr(core, CORE_EVENT + 4 * 255)), 1);
		assert_int_equal(guest_read(g, core_addr(core, CORE_SEM + 4 * 32)), 0);
		assert_int_equal(guest_read(g, core_addr(core, CORE_EVENT + 4 * 256)), 0);
		assert_int_equal(guest_read(g, core_addr(core, CORE_SEM)), 0);
		assert_int_equal(guest_read(g, core_addr(core, CORE_EVENT)), 0);
	}
}

/* Copies that end in registers do what stores do: semaphores, events, another queue's tail. */
static void copies_into_registers(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t words[3] = { 5, 6, 7 };
	struct ring r;

	guest_load(g);
	memcpy(data_at(g, 0), words, sizeof(words));
	guest_move(g, 0, core_addr(1, CORE_SEM_ADD + 4), data_addr(0), 12);
	guest_move(g, 0, core_addr(1, CORE_SEM_ADD + 4), data_addr(0), 12);
	assert_int_equal(guest_read(g, core_addr(1, CORE_SEM + 4)), 10);
	assert_int_equal(guest_read(g, core_addr(1, CORE_SEM + 12)), 14);
	guest_move(g, 0, core_addr(1, CORE_EVENT + 40), data_addr(0), 4);
	assert_int_equal(guest_read(g, core_addr(1, CORE_EVENT + 40)), 1);
	r = user_ring(g, 2, 6, 64);
	ring_put_copy(&r, data_addr(0x1000), data_addr(0), 12);
	put(data_at(g, 0x2000), 1);
	guest_move(g, 1, APB + queue_reg(2, S2M, 6, Q_ADD), data_addr(0x2000), 4);
	guest_move(g, 1, APB + queue_reg(2, 0, 6, Q_ADD), data_addr(0x2000), 4);
	until(!used(g, 2, 0, 6));
	assert_memory_equal(data_at(g, 0x1000), words, sizeof(words));
	/* And the other way: a copy from registers reads them, as 1.0 reads BAR2. */
	guest_move(g, 0, data_addr(0x3000), core_addr(1, CORE_SEM + 4), 12);
	assert_memory_equal(data_at(g, 0x3000), ((uint32_t[]){ 10, 12, 14 }), 12);
}

static void core_memory_keeps(void **state)
{
	struct guest *g = guest_of(state);
	static const uint32_t off[] = { 0, 0x123454, 0x26F0000, 0x3FFF000 };
	unsigned int i;

	guest_load(g);
	fill(data_at(g, 0), 4096, 77);
	for (i = 0; i < COUNT_OF(off); i++) {
		uint64_t at = core_addr(i, off[i]);

		memset(data_at(g, 4096), 0, 4096);
		guest_move(g, i, at, data_addr(0), 4096);
		guest_move(g, 3 - i, data_addr(4096), at, 4096);
		assert_memory_equal(data_at(g, 0), data_at(g, 4096), 4096);
		assert_int_equal(guest_read(g, at + 8), get(data_at(g, 8)));
		guest_store(g, 2, i * (uint64_t)CORE_BYTES + off[i], 0x600D);
		assert_int_equal(guest_read(g, at), 0x600D);
	}
	/* Instructions go into the FIFO and are gone. */
	guest_move(g, 0, core_addr(0, CORE_FIFO), data_addr(0), 4096);
	assert_int_equal(counter(g->m, "aborts"), 0);
}

/* All over both BARs, but not into what does something: mailbox, reset, tails, states. */
static void stray_stores(void **state)
{
	static const uint32_t apb[] = {
		0x3000, 0x3FFFC, 0x103004, 0x400000, 0x403FFC, 0x404000, 0x404BF8, 0x4050B0,
		0x413FFC, 0x444000, 0x500000, 0x78D000, 0x78DFFC, 0x78E004, 0x78E200, 0x78E7FC,
		0x78E804, 0x78EFFC, 0x78F000, 0x800000, 0xE00000, 0xEFFFFC, 0xFFFFFC,
	};
	static const uint32_t unit[] = {
		0x0, 0xFFC, 0x10FFC, 0x11000, 0x1FFFC, 0x31000, 0x37FFC, 0x38500, 0x3BFFC, 0x3CFFC,
		0x3FFFC, 0x604, 0x200, 0x500, 0x1034, 0x103C, 0x104C,
	};
	struct guest *g = guest_of(state);
	uint32_t off;
	unsigned int i, e;

	guest_load(g);
	for (i = 0; i < COUNT_OF(apb); i++)
		guest_store(g, 0, apb[i], 0xDEAD0000 + i);
	for (e = 0; e < NR_ENGINES; e++)
		for (i = 0; i < COUNT_OF(unit); i++)
			guest_store(g, 0, udma(e) + unit[i], 0xFFFFFFFF);
	for (off = 0; off < 4 * CORE_BYTES; off += 0x1FF004)
		guest_store(g, 2, off, off);
	guest_store(g, 2, 4 * CORE_BYTES - 4, 1);
	assert_int_equal(guest_reg(g, udma(0) + 0x604), 4);
	assert_int_equal(counter(g->m, "aborts"), 0);
	check_lives(g);
}

static void queues_again_and_again(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int lap;

	guest_load(g);
	for (lap = 0; lap < 3; lap++) {
		/* Nothing switches the queue off before (1.0), and it has been used. */
		guest_init_copy_queue(g, 0);
		guest_init_copy_queue(g, 0);
		assert_int_equal(guest_reg(g, queue_reg(2, 0, COPY_QUEUE, Q_TAIL)), 0x40000000);
		assert_int_equal(guest_reg(g, queue_reg(2, S2M, COPY_QUEUE, Q_HEAD)), 0x40000000);
		check_moves(g, 0);
	}
}

/* A queue reset in the middle of the second lap: ring ids begin at 1 again, not at 2. */
static void ring_ids_begin_at_one(void **state)
{
	struct guest *g = guest_of(state);
	struct ring r;
	unsigned int i;

	guest_load(g);
	check_user_ring(g, 2, 2, 32);
	check_user_ring(g, 2, 2, 32);
	assert_int_equal(counter(g->m, "ring_id_errors"), 0);
	r = user_ring(g, 2, 2, 32);
	for (i = 0; i < 2; i++) {
		r.id[0] = i ? 1 : 3;
		r.next[0] = r.next[1] = 0;
		ring_put_copy(&r, data_addr(64), data_addr(0), 4);
		if (i)
			user_ring(g, 2, 2, 32);
		guest_set_engine(g, 2, ENGINE_NORMAL);
		ring_go(g, &r, 1, 1);
		until(i ? !used(g, 2, 0, 2) : counter(g->m, "ring_id_errors") == 1);
	}
	assert_int_equal(counter(g->m, "ring_id_errors"), 1);
}

/* The slots behind the first descriptor hold rubbish while the first one is executed. */
static void descriptors_are_fetched_late(void **state)
{
	struct guest *g = guest_of(state);
	struct ring r;
	unsigned int i;

	guest_load(g);
	r = user_ring(g, 2, 9, 64);
	memset(r.desc[0], 0xFF, 64 * 16);
	memset(r.desc[1], 0xFF, 64 * 16);
	for (i = 0; i < 200; i++) {
		put(data_at(g, 0), 0xA0000 + i);
		ring_put_copy(&r, data_addr(64), data_addr(0), 4);
		ring_go(g, &r, 1, 1);
		wait_idle(g, 2, 9);
		assert_int_equal(get(data_at(g, 64)), 0xA0000 + i);
		memset(r.desc[0] + 16 * (i % 64), 0xFF, 16);
	}
	assert_int_equal(counter(g->m, "aborts"), 0);
}

static void highest_host_address(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t top = (1ull << 46) - BLOCK;
	int fd = memfd_create("top", MFD_CLOEXEC);
	uint8_t *bytes;

	assert_int_equal(ftruncate(fd, BLOCK), 0);
	bytes = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(bytes, MAP_FAILED);
	assert_int_equal(emu_hostmem_map(emu_card_hostmem(g->card), top, BLOCK, fd, 0,
					 EMU_HOSTMEM_READ | EMU_HOSTMEM_WRITE), 0);
	guest_load(g);
	fill(bytes, BLOCK, 1);
	guest_move(g, 0, DRAM0, HOST + top, BLOCK);
	guest_move(g, 0, data_addr(0), DRAM0, BLOCK);
	assert_memory_equal(data_at(g, 0), bytes, BLOCK);
	memset(data_at(g, 0), 0x5A, BLOCK);
	guest_move(g, 0, HOST + top, data_addr(0), BLOCK);
	assert_memory_equal(data_at(g, 0), bytes, BLOCK);
	emu_hostmem_unmap(emu_card_hostmem(g->card), top, BLOCK);
	munmap(bytes, BLOCK);
	close(fd);
}

static void dram_behind_small_window(void **state)
{
	struct guest *g = guest_of(state);
	static const uint64_t at[] = { DRAM0 + 0xFFFF0000, DRAM1, DRAM1 + 0xFFFF0000, 0xC0000000 };
	unsigned int i;

	guest_load(g);
	for (i = 0; i < COUNT_OF(at); i++) {
		fill(data_at(g, 0), BLOCK, i);
		guest_move(g, i, at[i], data_addr(0), BLOCK);
		guest_move(g, i, PORT1 | (at[i] ^ 0x20000), PORT1 | at[i], BLOCK);
		guest_move(g, i, data_addr(BLOCK), at[i] ^ 0x20000, BLOCK);
		assert_memory_equal(data_at(g, 0), data_at(g, BLOCK), BLOCK);
	}
	assert_int_equal(counter(g->m, "aborts"), 0);
}

/* A neighbour takes copies as it takes those of its own: 2.1, and what programs do. */
static void copies_to_neighbours(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int i;

	for (i = 0; i < 3; i++)
		guest_load(&g[i]);
	fill(data_at(g, 0), BLOCK, 8);
	guest_move(g, 0, EAST | (DRAM1 + 0x1000), data_addr(0), BLOCK);
	dram_get(g[1].card, bar4_of(DRAM1 + 0x1000), data_at(g, BLOCK), BLOCK);
	assert_memory_equal(data_at(g, 0), data_at(g, BLOCK), BLOCK);
	guest_move(g, 0, DRAM0, data_addr(0), BLOCK);
	guest_move(&g[1], 2, data_addr(2 * BLOCK), WEST | DRAM0, BLOCK);
	assert_memory_equal(data_at(g, 0), data_at(g, 2 * BLOCK), BLOCK);
	put(data_at(g, 0), 3);
	guest_move(g, 0, WEST | core_addr(2, CORE_SEM_ADD), data_addr(0), 4);
	assert_int_equal(guest_read(&g[2], core_addr(2, CORE_SEM)), 3);
	assert_int_equal(guest_read(g, core_addr(2, CORE_SEM)), 0);
}

static void whole_life(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int lap;

	for (lap = 0; lap < 3; lap++) {
		guest_load(g);
		assert_int_equal(guest_reg(g, MISC + M_ID), g->index);
		check_lives(g);
		guest_reset_request(g, RESET_DEVICE);
		guest_reset_wait(g);
		guest_forget_engines(g);
		if (g->driver == V224)
			guest_misc(g, M_ID, g->index);
		guest_init_cores(g, 0xF);
		check_lives(g);
		guest_unload(g);
		guest_queue_store(g, 2, 0, COPY_QUEUE, Q_ADD, 1);
	}
	assert_int_equal(counter(g->m, "aborts"), 0);
	assert_int_equal(counter(g->m, "tail_ignored"), 0);
}

static const struct published_case shared[] = {
	{ "a driver like these loads, initialises, copies, runs rings, resets, unloads and loads "
	  "again", whole_life, { 0 } },
	{ "requests carry the published checksums and are answered exactly (row 5)", checksums,
	  { 0 } },
	{ "an answer's payload is there before its header (row 5)", payload_first, { 0 } },
	{ "a thousand READs in succession are all answered (row 19)", many_reads, { 0 } },
	{ "a BAR0 read of 100 addresses is one request", hundred_addresses, { 0 } },
	{ "a 64 KiB copy is the published entries, two increments each and a marker; no "
	  "change-state needed (rows 7, 8, 9)", worked_example, { 0 } },
	{ "every core's engine copies any size between host and both channels (row 9)",
	  every_core_copies, { 0 } },
	{ "the copy ring wraps and its ring id advances", copy_ring_wraps, { 0 } },
	{ "the largest batch arrives whole", largest_batch, { 0 } },
	{ "rings of user space run on every engine", user_rings, { 0 } },
	{ "descriptors copied into a ring in DRAM run from there", ring_in_dram, { 0 } },
	{ "the state of a queue reads out as section 3.17 says", states_read_out, { 0 } },
	{ "an engine is idle, busy, disabled and normal by its codes", engine_states, { 0 } },
	{ "an aborted engine tells so and works after its queues are reset", aborted_engine,
	  { 0 } },
	{ "semaphores and events take stores, also one index too far", core_registers, { 0 } },
	{ "copies into register windows act as stores (row 18)", copies_into_registers, { 0 } },
	{ "core memory keeps what is copied into it (row 23)", core_memory_keeps, { 0 } },
	{ "stray stores harm nothing (row 15)", stray_stores, { 0 } },
	{ "a queue is initialised again while enabled, and twice (rows 11, 12)",
	  queues_again_and_again, { 0 } },
	{ "ring ids begin at 1 after every queue reset (row 10)", ring_ids_begin_at_one, { 0 } },
	{ "descriptors are fetched at the doorbell, never before (row 17)",
	  descriptors_are_fetched_late, { 0 } },
	{ "host addresses go up to 2^46 and are not translated (row 16)", highest_host_address,
	  { 0 } },
	{ "both channels are whole behind a small BAR4 (row 21)", dram_behind_small_window,
	  { .bar4_bytes = 64u << 20 } },
	{ "copies reach DRAM and semaphores of both neighbours", copies_to_neighbours,
	  { .cards = 3 } },
};

/*
 * Running them.
 */

struct run {
	struct CMUnitTest test;
	struct scenario scenario;
	char name[256];
};

static void make_run(struct run *run, enum driver driver, const struct published_case *from,
		     bool dma_inline)
{
	run->scenario = from->with;
	run->scenario.driver = driver;
	run->scenario.dma_inline = dma_inline;
	snprintf(run->name, sizeof(run->name), "%s: %s (%s)", driver == V10 ? "1.0" : "2.24",
		 from->promise, dma_inline ? "inline" : "async");
	run->test = (struct CMUnitTest){
		run->name, from->run, guest_setup, guest_teardown, &run->scenario,
	};
}

/**
 * published_run() - cases of one driver, with those that both share
 * @driver: which driver
 * @cases: its own cases
 * @count: how many
 * Context: main().
 * Return: how many failed.
 */
int published_run(enum driver driver, const struct published_case *cases, unsigned int count)
{
	unsigned int all = 2 * (count + COUNT_OF(shared)), i;
	struct run *runs = calloc(all, sizeof(*runs));
	struct CMUnitTest *tests = calloc(all, sizeof(*tests));
	int failed;

	assert_non_null(runs);
	assert_non_null(tests);
	for (i = 0; i < all; i++) {
		make_run(&runs[i], driver, i / 2 < count ? &cases[i / 2] : &shared[i / 2 - count],
			 i % 2 == 0);
		tests[i] = runs[i].test;
	}
	failed = _cmocka_run_group_tests("published", tests, all, NULL, NULL);
	free(tests);
	free(runs);
	return failed;
}
