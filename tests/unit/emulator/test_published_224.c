// SPDX-License-Identifier: GPL-2.0
/* What the published driver 2.24 does, register by register: docs/hardware, section 10. */
#include "published_cases.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define BLOCK		65536u
#define INIT_STORES	1568u
#define ACCESSES_READ	5u	/* stores that ask for a READ */
#define MOST_POWER	10000u

/* What follows a reset that user space asked for. */
static void reset_by_user(struct guest *g, uint32_t kind, uint32_t cores)
{
	guest_reset_request(g, kind);
	guest_reset_wait(g);
	assert_true(guest_reg(g, MISC + M_STATUS) & STATUS_READY);
	guest_misc(g, M_ID, g->index);
	guest_init_cores(g, cores);
}

static bool raised(struct guest *g, const char *line)
{
	struct json_object *answer = control_on(g->card, line, 0), *written;
	bool value;

	assert_true(json_object_object_get_ex(answer, "written", &written));
	value = json_object_get_boolean(written);
	json_object_put(answer);
	return value;
}

static void start(void **state)
{
	struct guest *g = guest_of(state);
	bool silicon_path = g->scenario->revision != REVISION_QEMU;

	card_store(g->card, 2, CORE_SEM_SET, 99);
	card_store(g->card, 0, MISC + M_ID, 7);
	guest_probe(g);
	assert_int_equal(g->stores + g->reads, 0);
	assert_true(emu_pcicfg_bus_master(&g->config));
	assert_int_equal(guest_reg(g, MISC + M_ID), 7);
	guest_load(g);
	assert_int_equal(g->stores, 2 * silicon_path + ACCESSES_READ * g->reads + 1 + INIT_STORES);
	if (!silicon_path)
		assert_int_equal(g->reads, 1);
	assert_int_equal(counter(g->m, "resets_device"), silicon_path);
	assert_int_equal(guest_read(g, core_addr(0, CORE_SEM)), silicon_path ? 0 : 99);
	assert_int_equal(guest_reg(g, MISC + M_ID), g->index);
	assert_int_equal(guest_reg(g, MISC + M_RESET), 0);
	check_lives(g);
}

/* Seconds of silence: looks get no answer, the second request of the driver is lost, too. */
static void long_reset(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t request = 1;
	unsigned int look;

	control(g->m, "inject device reset-hang");
	guest_probe(g);
	guest_reset_request(g, RESET_DEVICE);
	for (look = 0; look < 15; look++)
		assert_false(guest_try_read(g, APB + MISC + M_RESET, &request));
	guest_reset_request(g, RESET_DEVICE);
	assert_false(guest_try_read(g, APB + MISC + M_RESET, &request));
	control(g->m, "inject device ready");
	assert_true(guest_try_read(g, APB + MISC + M_RESET, &request));
	assert_int_equal(request, 0);
	assert_true(guest_reg(g, MISC + M_STATUS) & STATUS_READY);
	assert_int_equal(counter(g->m, "resets_device"), 1);
	assert_int_equal(counter(g->m, "fwio_lost_in_reset"), 17);
	guest_misc(g, M_ID, g->index);
	guest_init_cores(g, 0xF);
	check_lives(g);
}

/* Request word and ready bit, whenever the first answer comes: row 6. */
static void one_instant(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t address[2] = { APB + MISC + M_RESET, APB + MISC + M_STATUS };
	uint32_t value[2];
	unsigned int lap;

	guest_load(g);
	for (lap = 0; lap < 20; lap++) {
		guest_reset_request(g, RESET_DEVICE);
		do {
			guest_send(g, 1, address, 16);
			sched_yield();
		} while (!guest_answered(g));
		memcpy(value, g->area + AREA_RESPONSE + 4, 8);
		assert_int_equal(value[0], 0);
		assert_int_equal(value[1], STATUS_READY);
	}
}

static void init_stores(void **state)
{
	struct guest *g = guest_of(state);

	guest_load(g);
	g->stores = 0;
	g->reads = 0;
	guest_init_engine(g, 0);
	assert_int_equal(g->stores, 126);
	g->stores = 0;
	guest_init_copy_queue(g, 0);
	assert_int_equal(g->stores, 14);
	g->stores = 0;
	guest_init_cores(g, 0xF);
	assert_int_equal(g->stores, INIT_STORES);
	assert_int_equal(g->reads, 0);
	assert_int_equal(counter(g->m, "unknown_stores"), 0);
}

static void init_effects(void **state)
{
	static const struct expected unit[] = {
		{ 0x604, 4 }, { 0x310, 0x01000400 }, { 0x124, 0x20808080 }, { 0x408, 0 },
		{ 0x254, 0x010FFFFF }, { 0x258, 0x102 }, { S2M + 0x38C, 0 },
		{ S2M + 0x124, 0x00400080 }, { S2M + 0x128, 0x40804080 },
		{ GEN + 0x2028, 0x28 }, { GEN + 0xE8, 0x28 }, { GEN + 0x2068, 0x28 },
		{ GEN + 0x2030, 0xF0000000 }, { GEN + 0x20B0, 0xFFFFF03F },
		{ GEN + 0x2070, 0x000010F8 }, { GEN + 0x2010, 0xF0000000 },
		{ GEN + 0x2090, 0xFFFFF000 }, { GEN + 0x2050, 0x000010F8 },
		{ GEN + 0xD0, 0xFFFFF8FF }, { S2M + 0x380, 0x00001004 }, { 0x304, 0x00010080 },
		{ 0x308, 0x00008081 }, { GEN + 0x2300, 100000000 }, { GEN + 0x3460, 1 },
		{ GEN_EX + 0x400, ~0u }, { GEN_EX + 0x7CC, ~0u }, { GEN_EX + 0x3FC, 0 },
		{ 0x1020, 0x00030000 }, { S2M + 0x1020, 0x00030000 }, { 0x1074, 7 },
		{ 0x200, 0 }, { S2M + 0x200, 0 },
	};
	static const struct expected copies[] = {
		{ 0x10020, 0x03030000 }, { S2M + 0x10020, 0x03030000 }, { 0x10030, COPY_RING },
		{ S2M + 0x10030, COPY_RING }, { 0x10034, 0x40000000 }, { 0x1003C, 0x40000000 },
		{ 0x10024, 0x30000000 }, { S2M + 0x10024, 0x30000000 },
	};
	static const struct expected wrapper[] = { { 0x1C, 1 }, { 0x20, ~1u }, { 0x00, 1 } };
	struct guest *g = guest_of(state);
	unsigned int e;

	guest_load(g);
	for (e = 0; e < NR_ENGINES; e++) {
		expect_registers(g, udma(e), unit, COUNT_OF(unit));
		expect_registers(g, e / 3 * 0x100000 + e % 3 * 0x1000, wrapper, COUNT_OF(wrapper));
	}
	for (e = 2; e < NR_ENGINES; e += 3)
		expect_registers(g, udma(e), copies, COUNT_OF(copies));
	/* After a user's reset the driver remembers what it took for the reset value. */
	reset_by_user(g, RESET_DEVICE, 0xF);
	assert_int_equal(guest_reg(g, udma(0) + 0x1020), 0x03030000);
}

/* Several 64 KiB pieces and their marker: one increment per half, one batch. */
static void one_increment_per_half(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t increments, packets;

	guest_load(g);
	fill(data_at(g, 0), 9 * BLOCK + 5, 3);
	increments = counter(g->m, "tail_increments");
	packets = counter(g->m, "packets");
	guest_move(g, 1, DRAM0 + 0x500, data_addr(0), 9 * BLOCK + 5);
	until(counter(g->m, "packets") == packets + 11);
	assert_int_equal(counter(g->m, "tail_increments"), increments + 2);
	assert_int_equal(get(g->area + AREA_COPY + 0x40000 + 8 * 16) >> 30, 0);
	assert_int_equal(get(g->area + AREA_COPY + 0x40000 + 9 * 16) >> 30, 1);
	dram_get(g->card, bar4_of(DRAM0 + 0x500), data_at(g, 0x100000), 9 * BLOCK + 5);
	assert_memory_equal(data_at(g, 0), data_at(g, 0x100000), 9 * BLOCK + 5);
}

static void pinned_pages(void **state)
{
	static const uint32_t first[] = { 0x123, 0xFFF, 0, 1 };
	struct guest *g = guest_of(state);
	uint32_t bytes = 150 * 4096 + 77;
	struct copy copy = { .core = 3, .bytes = bytes, .pages = true };
	unsigned int i;
	uint64_t packets;

	guest_load(g);
	for (i = 0; i < COUNT_OF(first); i++) {
		uint32_t pieces = (first[i] % 4096 + bytes + 4095) / 4096;

		fill(data_at(g, first[i]), bytes, i);
		copy.dst = DRAM1 + 0x10007;
		copy.src = data_addr(first[i]);
		packets = counter(g->m, "packets");
		guest_copy(g, &copy);
		until(counter(g->m, "packets") == packets + pieces + 3);
		dram_get(g->card, bar4_of(copy.dst), data_at(g, 0x200000), bytes);
		assert_memory_equal(data_at(g, first[i]), data_at(g, 0x200000), bytes);
	}
}

/* A block from the host, then what is filled already, again and again. */
static void fill_by_doubling(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t at = DRAM0 + 0x100, filled = BLOCK, whole = 40 * BLOCK + 4096, part, i;
	uint8_t *back = data_at(g, 0x100000);

	guest_load(g);
	memset(data_at(g, 0), 0xC3, BLOCK);
	guest_move(g, 2, at, data_addr(0), BLOCK);
	for (; filled < whole; filled += part) {
		part = filled < whole - filled ? filled : whole - filled;
		guest_move(g, 2, at + filled, at, part);
	}
	dram_get(g->card, at, back, whole + 1);
	for (i = 0; i < whole; i++)
		if (back[i] != 0xC3)
			fail_msg("byte %llu", (unsigned long long)i);
	assert_int_equal(back[whole], 0);
	/* Or one block read over and over. */
	guest_copy(g, &(struct copy){ .core = 1, .dst = DRAM1, .src = at, .bytes = 8 * BLOCK,
				      .reread = BLOCK });
	dram_get(g->card, bar4_of(DRAM1), back, 8 * BLOCK);
	assert_memory_equal(back, back + 4 * BLOCK, 4 * BLOCK);
	assert_int_equal(back[8 * BLOCK - 1], 0xC3);
}

static void null_and_shared_rings(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t dummy = g->area_addr + AREA_DUMMY;
	unsigned int queue;
	uint32_t value[9];

	guest_load(g);
	for (queue = 0; queue < COPY_QUEUE; queue++) {
		guest_init_queue(g, 4, queue, (uint64_t[]){ 0, 0 }, (uint32_t[]){ 64, 64 });
		guest_init_queue(g, 5, queue, (uint64_t[]){ dummy, dummy },
				 (uint32_t[]){ DUMMY_RING, DUMMY_RING });
	}
	guest_queue_state(g, 4, 0, 7, value);
	assert_int_equal(value[1], 64);
	assert_int_equal(value[2] | value[3], 0);
	guest_queue_state(g, 5, S2M, 7, value);
	assert_int_equal(value[3], (uint32_t)dummy);
	assert_int_equal(counter(g->m, "aborts"), 0);
	for (queue = 0; queue < COPY_QUEUE; queue++)
		check_user_ring(g, 4, queue, 64);
}

static void odd_ring_lengths(void **state)
{
	static const uint32_t length[] = { 48, 80, 112, 1008, 4112 };
	struct guest *g = guest_of(state);
	unsigned int i;

	guest_load(g);
	for (i = 0; i < COUNT_OF(length); i++)
		check_user_ring(g, i, 15 - i, length[i]);
	assert_int_equal(counter(g->m, "ring_id_errors"), 0);
}

/* The owner of a queue dies while a packet waits, and while copies run. */
static void process_death(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t dummy[2] = { g->area_addr + AREA_DUMMY, g->area_addr + AREA_DUMMY };
	uint32_t length[2] = { DUMMY_RING, DUMMY_RING };
	enum engine_code code[2];
	unsigned int i, lap;
	struct ring r;

	guest_load(g);
	for (lap = 0; lap < 4; lap++) {
		r = user_ring(g, 4, 2, 256);
		for (i = 0; i < 60; i++)
			ring_put_copy(&r, data_addr(0x200000 + i * BLOCK), data_addr(0), BLOCK);
		ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, data_addr(0));
		ring_go(g, &r, 60, 61);
		if (lap % 2)
			until(guest_reg(g, queue_reg(4, 0, 2, Q_STATUS)) == 0x30000001);
		guest_init_queue(g, 4, 2, dummy, length);
		memset(data_at(g, 0x200000), 0xEE, 60 * BLOCK);
		memset(g->area + AREA_USER, 0xFF, 0x80000);	/* somebody else's now */
		guest_get_engine(g, 4, code);
		assert_int_equal(code[0], ENGINE_IDLE);
		assert_int_equal(code[1], ENGINE_IDLE);
		check_moves(g, 1);
		for (i = 0; i < 60; i++)
			assert_int_equal(*data_at(g, 0x200000 + i * BLOCK), 0xEE);
	}
	check_user_ring(g, 4, 2, 64);
	assert_int_equal(counter(g->m, "aborts"), 0);
}

static void core_reset(void **state)
{
	static const struct notification_queue doomed = { 1, EVENT_QUEUE };
	static const struct notification_queue other = { 2, EVENT_QUEUE };
	struct guest *g = guest_of(state);
	uint64_t records = g->area_addr + AREA_RECORDS;
	uint32_t tail;

	guest_load(g);
	check_lives(g);
	guest_create_records(g, &doomed, records, 4096);
	guest_create_records(g, &other, records + 4096, 4096);
	tail = guest_reg(g, queue_reg(8, 0, COPY_QUEUE, Q_TAIL));
	dram_put(g->card, 0x1000, "stays", 6);
	guest_destroy_records(g, &doomed);
	guest_misc(g, M_RESET_MAP, 0xF);	/* the driver writes 0 over whatever was there */
	reset_by_user(g, RESET_CORES, 1u << 1);
	assert_int_equal(counter(g->m, "resets_cores"), 1);
	assert_int_equal(counter(g->m, "resets_device"), 1);
	assert_int_equal(guest_reg(g, MISC + M_ID), g->index);
	assert_int_equal(guest_read(g, core_addr(0, CORE_SEM + 4 * 7)), 42);
	assert_int_equal(guest_reg(g, queue_reg(8, 0, COPY_QUEUE, Q_TAIL)), tail);
	assert_int_equal(guest_reg(g, queue_reg(5, 0, COPY_QUEUE, Q_TAIL)), 0x40000000);
	assert_false(raised(g, "raise event 1 0 1 1"));
	assert_true(raised(g, "raise event 2 0 1 1"));
	dram_get(g->card, 0x1000, data_at(g, 0), 6);
	assert_string_equal((char *)data_at(g, 0), "stays");
	check_lives(g);
}

static void reset_during_work(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int lap, i;
	struct ring r;

	guest_load(g);
	for (lap = 0; lap < 4; lap++) {
		r = user_ring(g, 7, 11, 256);
		for (i = 0; i < 200; i++)
			ring_put_copy(&r, data_addr(0x200000), data_addr(0), BLOCK);
		ring_put(&r, 0, 4 | M2S_FIRST | M2S_LAST, OP_COPY, data_addr(0));
		ring_go(g, &r, 200, 201);
		guest_reset_request(g, RESET_DEVICE);
		guest_reset_wait(g);
		memset(data_at(g, 0x200000), 0xEE, BLOCK);
		assert_int_equal(guest_reg(g, MISC + M_ID), 0);
		assert_int_equal(guest_reg(g, queue_reg(7, 0, 11, Q_LENGTH)), 0);
		assert_int_equal(guest_reg(g, queue_reg(7, 0, 11, Q_STATUS)), 0);
		assert_int_equal(guest_reg(g, udma(7) + 0x200), 0);
		guest_misc(g, M_ID, g->index);
		guest_init_cores(g, 0xF);
		check_lives(g);
		assert_int_equal(*data_at(g, 0x200000), 0xEE);
	}
}

/*
 * The driver stores the request word, and before its doorbell another thread's READ rings:
 * that READ starts the reset and is lost, and so is the driver's doorbell.
 */
static void read_starts_reset(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t requests, lost;
	uint32_t value;

	guest_load(g);
	requests = counter(g->m, "fwio_requests");
	lost = counter(g->m, "fwio_lost_in_reset");
	control(g->m, "inject device reset-hang");
	guest_misc(g, M_RESET, RESET_DEVICE);
	assert_false(guest_try_read(g, APB + MISC + M_API, &value));
	assert_int_equal(counter(g->m, "fwio_lost_in_reset"), lost);
	guest_misc(g, M_DOORBELL, 1);
	assert_int_equal(counter(g->m, "fwio_lost_in_reset"), lost + 1);
	control(g->m, "inject device ready");
	assert_false(guest_answered(g));
	assert_int_equal(counter(g->m, "fwio_requests"), requests);
	assert_true(guest_try_read(g, APB + MISC + M_RESET, &value));
	assert_int_equal(value, 0);
	assert_true(guest_try_read(g, APB + MISC + M_API, &value));
	assert_int_equal(value, 2);
	assert_int_equal(counter(g->m, "resets_device"), 2);
}

static uint8_t answer_code(struct guest *g, const char *fault)
{
	uint64_t address = APB + MISC + M_STATUS;

	control(g->m, fault);
	guest_send(g, 1, &address, 8);
	until(guest_answered(g));
	return g->area[AREA_RESPONSE + 1];
}

/*
 * What makes this driver try again: no answer, another number's answer, code 1. An answer
 * that comes late has the old number, and goes to a buffer that waits for a new one.
 */
static void attempts(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t value = 0;
	unsigned int i;

	guest_load(g);
	control(g->m, "inject fwio drop 14");
	for (i = 0; i < 14; i++)
		assert_false(guest_try_read(g, APB + MISC + M_STATUS, &value));
	assert_true(guest_try_read(g, APB + MISC + M_STATUS, &value));
	assert_int_equal(value, STATUS_READY);
	control(g->m, "inject fwio bad-seq");
	assert_false(guest_try_read(g, APB + MISC + M_STATUS, &value));
	assert_true(guest_try_read(g, APB + MISC + M_STATUS, &value));
	control(g->m, "inject fwio bad-crc");
	assert_false(guest_try_read(g, APB + MISC + M_STATUS, &value));
	assert_int_equal(answer_code(g, "inject fwio error 1"), 1);
	assert_int_equal(answer_code(g, "inject fwio none"), 0);
	control(g->m, "inject fwio delay 1");
	assert_int_equal(guest_reg(g, MISC + M_STATUS), STATUS_READY);
	assert_int_equal(guest_reg(g, MISC + M_ID), g->index);
	/* A command that nobody knows is refused with the code that ends all attempts. */
	guest_send(g, 3, NULL, 0);
	until(guest_answered(g));
	assert_memory_equal(g->area + AREA_RESPONSE + 1, "\x02\x04", 2);
	assert_int_equal(guest_reg(g, MISC + M_STATUS), STATUS_READY);
}

/* One period of the sampling. Answers a sample, or -1: none, or not a new one. */
static int sample_power(struct guest *g, uint32_t *last)
{
	uint32_t word;

	if (guest_reg(g, MISC + M_API) < 3)
		return -1;
	word = guest_reg(g, MISC + M_POWER);
	if (word >> 16 == *last >> 16 || (word & 0xFFFF) > MOST_POWER)
		return -1;
	*last = word;
	return (int)(word & 0xFFFF);
}

static void power_samples(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t last = 0;
	unsigned int i;

	guest_load(g);
	for (i = 0; i < 20; i++)
		assert_int_equal(sample_power(g, &last), -1);
	control(g->m, "misc 0 3");
	assert_int_equal(sample_power(g, &last), -1);
	control(g->m, "misc 84 0x00011388");
	assert_int_equal(sample_power(g, &last), 5000);
	assert_int_equal(sample_power(g, &last), -1);	/* the same sample still */
	control(g->m, "misc 84 0x00022711");
	assert_int_equal(sample_power(g, &last), -1);
	/* Software cannot write the firmware's words, and a reset keeps them. */
	guest_misc(g, M_POWER, 0);
	guest_misc(g, M_API, 2);
	reset_by_user(g, RESET_DEVICE, 0xF);
	control(g->m, "misc 84 0x00032710");
	assert_int_equal(sample_power(g, &last), 10000);
	/* Told to go on by itself, the counter makes one sample after the other. */
	control(g->m, "power 77");
	until(sample_power(g, &last) == 77);
	until(sample_power(g, &last) == 77);
}

static void power_sample_in_reset(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t value, last = 0;

	guest_load(g);
	control(g->m, "misc 0 3");
	control(g->m, "power 10");
	control(g->m, "inject device reset-hang");
	guest_reset_request(g, RESET_DEVICE);
	assert_false(guest_try_read(g, APB + MISC + M_API, &value));
	control(g->m, "inject device ready");
	until(sample_power(g, &last) == 10);
	guest_reset_wait(g);
	guest_init_cores(g, 0xF);
	check_lives(g);
}

static void metrics(void **state)
{
	struct guest *g = guest_of(state);
	uint8_t metric[128];
	unsigned int period;

	guest_load(g);
	for (period = 0; period < 5; period++) {
		fill(metric, sizeof(metric), period);
		guest_metric(g, metric, sizeof(metric) - period);
		assert_int_equal(guest_reg(g, MISC + M_METRIC), get(metric));
		assert_int_equal(counter(g->m, "fwio_metrics"), period + 1);
	}
	/* One that the firmware refuses: the next period posts again. */
	control(g->m, "inject fwio error 1");
	guest_send(g, 2, metric, 128);
	until(guest_answered(g));
	assert_int_equal(g->area[AREA_RESPONSE + 1], 1);
	guest_metric(g, metric, 128);
}

/* All that the teardown walks over: indexes that exist and those that do not. */
static void tear_down(struct guest *g, unsigned int core)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		guest_destroy_records(g, &(struct notification_queue){ core, TRACE_QUEUE(i) });
		guest_destroy_records(g, &(struct notification_queue){ core, NOTIFY_QUEUE(i) });
		guest_destroy_records(g, &(struct notification_queue){ core, EVENT_QUEUE });
		guest_destroy_records(g, &(struct notification_queue){ core, ERROR_QUEUE });
	}
	assert_int_equal(TRACE_QUEUE(15) + 8, 0x1BC0);
}

static void notification_teardown(void **state)
{
	static const uint32_t first[] = {
		EVENT_QUEUE, ERROR_QUEUE, NOTIFY_QUEUE(0), TRACE_QUEUE(3),
	};
	static const char *const raise[2][4] = {
		{ "raise event 0 0 1 1", "raise error 0 0 1 1", "raise notify 0 0 1 1",
		  "raise trace 0 3 1 1" },
		{ "raise event 1 0 1 1", "raise error 1 0 1 1", "raise notify 1 0 1 1",
		  "raise trace 1 3 1 1" },
	};
	struct guest *g = guest_of(state);
	unsigned int i, core;

	guest_load(g);
	for (core = 0; core < 2; core++)
		for (i = 0; i < 4; i++) {
			struct notification_queue queue = { core, first[i] };

			guest_create_records(g, &queue, g->area_addr + AREA_RECORDS +
					     0x4000 * core + 0x1000 * i, 0x1000);
			assert_true(raised(g, raise[core][i]));
		}
	/* An alias that reaches into the error and event queues stops neither. */
	guest_destroy_records(g, &(struct notification_queue){ 0, TRACE_QUEUE(4) });
	assert_true(raised(g, raise[0][0]));
	assert_true(raised(g, raise[0][1]));
	tear_down(g, 0);
	for (i = 0; i < 4; i++) {
		assert_false(raised(g, raise[0][i]));
		assert_true(raised(g, raise[1][i]));
	}
	check_lives(g);
}

/* Destroying by request does nothing, and so does creating again without force. */
static void records_go_on(void **state)
{
	static const struct notification_queue queue = { 3, EVENT_QUEUE };
	struct guest *g = guest_of(state);
	const uint8_t *records = g->area + AREA_RECORDS;
	uint64_t event = 3ull * CORE_BYTES + CORE_EVENT;
	uint8_t zeros[16] = { 0 }, first[16];

	guest_load(g);
	guest_create_records(g, &queue, g->area_addr + AREA_RECORDS, 4096);
	guest_store(g, 2, event, 1);
	guest_store(g, 2, event, 0);
	assert_int_equal(get(records + 8), 0x80000001);
	assert_int_equal(get(records + 16 + 8), 0x80000000);
	/* With force it begins anew, here in DRAM. */
	guest_create_records(g, &queue, DRAM1 + 4096, 4096);
	guest_store(g, 2, event, 1);
	dram_get(g->card, bar4_of(DRAM1 + 4096), first, 16);
	assert_int_equal(get(first + 8), 0x80000001);
	assert_int_equal(get(records + 32 + 8), 0);
	/* Half destroyed its base is 0: it is off, and nothing goes to DRAM address 0. */
	guest_create_records(g, &queue, DRAM0 + 4096, 4096);
	guest_store(g, 0, 0x404000 + 3 * 0x10000 + EVENT_QUEUE, 0);
	guest_store(g, 0, 0x404000 + 3 * 0x10000 + EVENT_QUEUE + 4, 0);
	guest_store(g, 2, event, 0);
	assert_false(raised(g, "raise event 3 0 1 1"));
	dram_get(g->card, 0, first, 16);
	assert_memory_equal(first, zeros, 16);
	dram_get(g->card, 4096, first, 16);
	assert_memory_equal(first, zeros, 16);
	guest_store(g, 0, 0x404000 + 3 * 0x10000 + EVENT_QUEUE + 8, 0);
	assert_false(raised(g, "raise event 3 0 1 1"));
}

/* Every DEVICE_INFO looks anew. */
static void topology(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t ids[2];
	unsigned int i;

	for (i = 0; i < 4; i++)
		guest_load(&g[i]);
	assert_int_equal(guest_device_info(g, ids), 2);
	assert_int_equal(ids[0], 1);
	assert_int_equal(ids[1], 3);
	control(g->m, "link east down");
	assert_int_equal(guest_device_info(g, ids), 1);
	assert_int_equal(ids[0], 3);
	control(g->m, "link east up");
	guest_reset_request(&g[3], RESET_DEVICE);
	guest_reset_wait(&g[3]);
	assert_int_equal(guest_device_info(g, ids), 2);
	assert_int_equal(ids[1], 0);
	guest_misc(&g[3], M_ID, 3);
	assert_int_equal(guest_device_info(g, ids), 2);
	assert_int_equal(ids[0], 1);
	assert_int_equal(ids[1], 3);
}

/* What is looked up among the allocations must be there with every bit that was stored. */
static void descriptor_readout(void **state)
{
	static const uint64_t dram[2] = { PORT1 | (DRAM1 + 0x7FC0), DRAM0 + 0xFFFFFFC0 };
	static const uint32_t order[] = { Q_BASE + 4, Q_BASE, Q_LENGTH };
	struct guest *g = guest_of(state);
	uint64_t host[2] = { g->area_addr + AREA_USER, HOST + 0x3FFFFFFFFFC0 };
	const uint64_t *base[2] = { dram, host };
	uint32_t value[6];
	unsigned int i, half, reg;

	guest_load(g);
	for (i = 0; i < 2; i++) {
		guest_init_queue(g, 9, 5, base[i], (uint32_t[]){ 32, (1u << 24) - 16 });
		for (half = 0; half < 2; half++)
			for (reg = 0; reg < 3; reg++)
				value[3 * half + reg] =
					guest_reg(g, queue_reg(9, half ? S2M : 0, 5, order[reg]));
		assert_int_equal((uint64_t)value[0] << 32 | value[1], base[i][0]);
		assert_int_equal(value[2], 32);
		assert_int_equal((uint64_t)value[3] << 32 | value[4], base[i][1]);
		assert_int_equal(value[5], (1u << 24) - 16);
	}
}

/* BAR4 and DMA see the same bytes, in both directions and channels. */
static void dram_window(void **state)
{
	static const uint64_t at[] = { DRAM0, DRAM0 + 0xFFFFF000, DRAM1, DRAM1 + 0xFFFFF000 };
	struct guest *g = guest_of(state);
	unsigned int i;

	guest_load(g);
	for (i = 0; i < COUNT_OF(at); i++) {
		fill(data_at(g, 0), 4096, i);
		guest_move(g, i, at[i], data_addr(0), 4096);
		dram_get(g->card, bar4_of(at[i]), data_at(g, 4096), 4096);
		assert_memory_equal(data_at(g, 0), data_at(g, 4096), 4096);
		fill(data_at(g, 0), 4096, i + 100);
		dram_put(g->card, bar4_of(at[i]), data_at(g, 0), 4096);
		guest_move(g, i, data_addr(4096), at[i], 4096);
		assert_memory_equal(data_at(g, 0), data_at(g, 4096), 4096);
	}
}

/* As many addresses as the hardware-counter request may carry. */
static void many_counters(void **state)
{
	struct guest *g = guest_of(state);
	static uint64_t address[8000];
	static uint32_t value[8000];
	unsigned int i;

	guest_load(g);
	for (i = 0; i < 8000; i++)
		address[i] = i % 2 ? core_addr(i % 4, 0x1000 + 4 * i) : APB + 0x600000 + 4 * i;
	address[7999] = APB + MISC + M_STATUS;
	guest_read_many(g, address, 8000, value);
	for (i = 0; i < 7999; i++)
		assert_int_equal(value[i], 0);
	assert_int_equal(value[7999], STATUS_READY);
}

static void unload(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int lap;

	for (lap = 0; lap < 2; lap++) {
		static const struct notification_queue queue = { 0, EVENT_QUEUE };

		guest_load(g);
		guest_create_records(g, &queue, g->area_addr + AREA_RECORDS, 4096);
		guest_unload(g);
		/* The first time these get lost on the bus, the second time they arrive. */
		if (lap)
			guest_command(g, 2);
		tear_down(g, 0);
		assert_int_equal(raised(g, "raise event 0 0 1 1"), !lap);
		guest_command(g, 0);
	}
	guest_load(g);
	check_lives(g);
}

static const struct published_case cases[] = {
	{ "probe touches no register; revision 255 skips the reset and keeps what is there "
	  "(rows 2, 3, 7)", start, { .revision = REVISION_QEMU } },
	{ "probe touches no register; revision 240 resets, then writes the id (rows 2, 6)", start,
	  { .revision = REVISION_EMULATION } },
	{ "probe touches no register; revision 1 resets, then writes the id (rows 2, 6)", start,
	  { .revision = REVISION_SILICON } },
	{ "a long reset answers no look and takes no second request", long_reset, { 0 } },
	{ "the first answer after a reset says served and ready (row 6)", one_instant, { 0 } },
	{ "initialisation is 126 stores per engine, 14 per copy queue, 1568 in all, no read",
	  init_stores, { 0 } },
	{ "initialisation leaves the values of section 3.13 in all 12 engines (row 20)",
	  init_effects, { 0 } },
	{ "a batch of 64 KiB pieces with its marker is one increment per half (rows 7, 9)",
	  one_increment_per_half, { 0 } },
	{ "pinned pages at any offset arrive in order, 64 pieces per batch", pinned_pages, { 0 } },
	{ "memory is filled by doubling and by re-reading a block", fill_by_doubling, { 0 } },
	{ "rings at 0 and both rings in the same memory are accepted (row 14)",
	  null_and_shared_rings, { 0 } },
	{ "ring lengths need not be powers of two (row 13)", odd_ring_lengths, { 0 } },
	{ "queues of a dead process leave its memory alone (rows 11, 14)", process_death, { 0 } },
	{ "a core reset with map 0 keeps everything but what the driver initialises", core_reset,
	  { 0 } },
	{ "a device reset ends running copies and forgets the id", reset_during_work, { 0 } },
	{ "a READ that rings between request and doorbell starts the reset and is lost",
	  read_starts_reset, { 0 } },
	{ "attempts that get no answer, a wrong one or a late one leave the mailbox working",
	  attempts, { 0 } },
	{ "power is sampled only from API version 3 on", power_samples, { 0 } },
	{ "a power sample is lost in a user's reset and comes afterwards", power_sample_in_reset,
	  { 0 } },
	{ "a metric of up to 128 bytes is taken every period", metrics, { 0 } },
	{ "notification teardown may walk over registers of queues that do not exist",
	  notification_teardown, { 0 } },
	{ "records go on until the registers change, and never to a base of 0", records_go_on,
	  { 0 } },
	{ "DEVICE_INFO sees links and ids of the moment", topology, { .cards = 4 } },
	{ "ring bases read back every stored bit", descriptor_readout, { 0 } },
	{ "BAR4 shows what DMA sees (rows 2, 21)", dram_window, { 0 } },
	{ "a READ of 8000 addresses is answered", many_counters, { 0 } },
	{ "stores after the unload's disable do no harm, seen or not", unload, { 0 } },
};

int main(void)
{
	return published_run(V224, cases, COUNT_OF(cases));
}
