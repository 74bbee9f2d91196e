// SPDX-License-Identifier: GPL-2.0
/* Notification queues, events and semaphores: docs/hardware, section 5. */
#include <errno.h>

#include "model.h"

#define UNIT(core) (0x404000u + (core) * 0x10000u)
#define NOTIFY(i, s) (0xBFC + (i) * 0x104 + (s) * 0x20)
#define TRACE(i, s) (0xC7C + (i) * 0x104 + (s) * 0x20)
#define ERRORS 0x1074
#define EVENTS 0x1094
#define BUF 0x700000u
#define PHASE (1u << 31)

static void create(struct model *m, uint32_t reg, uint64_t base, uint32_t size)
{
	wr(m, reg, (uint32_t)base);
	wr(m, reg + 4, (uint32_t)(base >> 32));
	wr(m, reg + 8, size);
}

static void event(struct model *m, unsigned int core, unsigned int id, uint32_t value)
{
	card_store(m->card, 2, core * 0x4000000 + 0x2700000 + 4 * id, value);
}

static void event_records(void **state)
{
	struct model *m = *state;
	uint8_t *buf = m->host + BUF;

	memset(buf, 0, 4096);
	create(m, UNIT(2) + EVENTS, dev_host(BUF), 4096);
	event(m, 2, 17, 0xffffffff);
	assert_int_equal(get(buf), 2 | 2 << 16);
	assert_int_equal(get(buf + 4), 17);
	assert_int_equal(get(buf + 8), PHASE | 1);
	event(m, 2, 17, 1); /* no change, no record */
	assert_int_equal(get(buf + 24), 0);
	event(m, 2, 17, 0);
	assert_int_equal(get(buf + 16 + 4), 17);
	assert_int_equal(get(buf + 16 + 8), PHASE);
	assert_int_equal(rd(m, UNIT(2) + EVENTS + 0x0C), 32); /* tail */
	assert_int_equal(atomic_load(&m->irqs[27]), 2);
	assert_int_equal(counter(m, "records_event"), 2);
	event(m, 1, 17, 1); /* that core has no queue */
	assert_int_equal(counter(m, "records_event"), 2);
}

static void record_after_the_data(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 8, 3, 64);
	uint8_t *buf = m->host + BUF;
	unsigned int i;

	memset(buf, 0, 4096);
	create(m, UNIT(2) + EVENTS, dev_host(BUF), 4096);
	put(m->host + 0x400000, 1);
	put(m->host + 0x400004, 0);
	for (i = 0; i < 200; i++) {
		fill(m->host + 0x410000, 4096, i);
		ring_put_copy(&r, dev_host(0x510000), dev_host(0x410000), 4096);
		ring_put_copy(&r, CORES + 2 * 0x4000000 + 0x2700000 + 4 * 9,
			      dev_host(0x400000 + 4 * (i & 1)), 4);
		ring_start(&r, 2);
		until(get(buf + i * 16 + 8) == (PHASE | !(i & 1)));
		assert_int_equal(get(buf + i * 16 + 4), 9);
		assert_memory_equal(m->host + 0x510000, m->host + 0x410000, 4096);
	}
}

static void wrap_and_phase(void **state)
{
	struct model *m = *state;
	uint8_t *buf = m->host + BUF;
	unsigned int i;

	memset(buf, 0, 128);
	/* 70 bytes are four records. */
	create(m, UNIT(0) + EVENTS, dev_host(BUF), 70);
	for (i = 0; i < 10; i++) {
		event(m, 0, i, 1);
		assert_int_equal(get(buf + i % 4 * 16 + 4), i);
		assert_int_equal(get(buf + i % 4 * 16 + 8), (i / 4 & 1 ? 0 : PHASE) | 1);
	}
	assert_int_equal(get(buf + 64 + 4), 0);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 0); /* head never written: no overflow */
}

static void head_and_overflow(void **state)
{
	struct model *m = *state;
	unsigned int i;

	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	wr(m, UNIT(0) + EVENTS + 0x18, 0);
	for (i = 0; i < 5; i++)
		event(m, 0, i, 1);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x0C), 48);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 2);
	assert_int_equal(counter(m, "records_dropped"), 2);
	wr(m, UNIT(0) + EVENTS + 0x18, 32);
	for (i = 5; i < 9; i++)
		event(m, 0, i, 1);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x0C), 16);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 4);
	assert_int_equal(get(m->host + BUF + 48 + 4), 5);
	assert_int_equal(get(m->host + BUF + 4), 6);
	/* A new queue begins at the start, without a head. */
	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x0C), 0);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 0);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x18), 0);
	for (i = 0; i < 9; i++)
		event(m, 0, i, 0);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 0);
}

static void base_latched_by_size(void **state)
{
	struct model *m = *state;
	uint8_t *buf = m->host + BUF;

	memset(buf, 0, 0x2000);
	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	wr(m, UNIT(0) + EVENTS, (uint32_t)dev_host(BUF + 0x1000)); /* half of a re-creation */
	event(m, 0, 1, 1);
	assert_int_equal(get(buf + 8), PHASE | 1);
	wr(m, UNIT(0) + EVENTS + 8, 64);
	event(m, 0, 1, 0);
	assert_int_equal(get(buf + 0x1008), PHASE);
	/* Destroying writes base 0 before size 0: nothing may go to DRAM address 0. */
	wr(m, UNIT(0) + EVENTS, 0);
	wr(m, UNIT(0) + EVENTS + 4, 0);
	event(m, 0, 1, 1);
	dram_get(m->card, 0, buf, 16);
	assert_int_equal(get(buf + 8), 0);
	assert_int_equal(counter(m, "records_event"), 2);
	wr(m, UNIT(0) + EVENTS + 8, 0);
	event(m, 0, 1, 0);
	assert_int_equal(counter(m, "records_event"), 2);
}

static void every_type_and_instance(void **state)
{
	struct model *m = *state;
	uint32_t core, i, at = BUF;
	char line[80];

	for (core = 0; core < 4; core++) {
		for (i = 0; i < 4; i++, at += 0x100) {
			memset(m->host + at, 0, 0x100);
			create(m, UNIT(core) + NOTIFY(i, 0), dev_host(at), 64);
			create(m, UNIT(core) + TRACE(i, 0), dev_host(at + 0x80), 64);
			snprintf(line, sizeof(line), "raise notify %u %u %u %u", core, i, 50 + i, 60);
			control(m, line);
			snprintf(line, sizeof(line), "raise trace %u %u %u %u", core, i, 70 + i, 80);
			control(m, line);
			assert_int_equal(get(m->host + at), 1 | i << 8 | core << 16);
			assert_int_equal(get(m->host + at + 4), 50 + i);
			assert_int_equal(get(m->host + at + 8), PHASE | 60);
			assert_int_equal(get(m->host + at + 0x80), 0 | i << 8 | core << 16);
			assert_int_equal(get(m->host + at + 0x84), 70 + i);
			assert_int_equal(get(m->host + at + 0x88), PHASE | 80);
		}
		create(m, UNIT(core) + ERRORS, dev_host(at), 64);
		snprintf(line, sizeof(line), "raise error %u 2 4000000000 2147483647", core);
		control(m, line);
		assert_int_equal(get(m->host + at), 3 | 2 << 8 | core << 16);
		assert_int_equal(get(m->host + at + 4), 4000000000u);
		assert_int_equal(get(m->host + at + 8), 0xffffffff);
		at += 0x100;
		assert_int_equal(atomic_load(&m->irqs[25 + core]), 9);
	}
}

static void queue_in_dram(void **state)
{
	struct model *m = *state;
	uint32_t record[4];

	create(m, UNIT(0) + EVENTS, DRAM1 + 0x40000, 4096);
	event(m, 0, 200, 1);
	dram_get(m->card, 0x100040000, record, 16);
	assert_int_equal(record[1], 200);
	assert_int_equal(record[2], PHASE | 1);
}

static void unreachable_queue(void **state)
{
	struct model *m = *state;

	create(m, UNIT(0) + EVENTS, HOST + 0x1000, 4096);
	event(m, 0, 1, 1);
	create(m, UNIT(0) + EVENTS, APB + MISC + 0x800, 4096);
	event(m, 0, 1, 0);
	assert_int_equal(counter(m, "records_faulted"), 2);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x0C), 0);
}

static void stray_teardown(void **state)
{
	struct model *m = *state;
	uint32_t off;

	create(m, UNIT(3) + ERRORS, dev_host(BUF), 64);
	/* What a published teardown zeroes, far beyond the real instances. */
	for (off = 0xBFC; off <= 0x1BC0; off += 4)
		wr(m, UNIT(3) + off, 0);
	wr(m, UNIT(3) + 0xFFFC, 1);
	assert_int_equal(rd(m, UNIT(3) + 0xFFFC), 0);
	json_object_put(control_on(m->card, "raise error 3 0 1 1", 0));
	assert_int_equal(counter(m, "records_error"), 0);
	assert_int_equal(counter(m, "unknown_stores"), 0);
}

static void sub_queues(void **state)
{
	struct model *m = *state;
	unsigned int i, s, at = BUF;
	char line[80];

	for (i = 0; i < 4; i++) {
		for (s = 0; s < 4; s++, at += 0x80) {
			memset(m->host + at, 0, 0x80);
			create(m, UNIT(1) + NOTIFY(i, s), dev_host(at), 64);
			create(m, UNIT(1) + TRACE(i, s), dev_host(at + 64), 64);
			snprintf(line, sizeof(line), "raise notify 1 %u %u 9 %u", i, 100 + s, s);
			control(m, line);
			snprintf(line, sizeof(line), "raise trace 1 %u %u 9 %u", i, 200 + s, s);
			control(m, line);
			assert_int_equal(get(m->host + at), 1 | i << 8 | 1 << 16);
			assert_int_equal(get(m->host + at + 4), 100 + s);
			assert_int_equal(get(m->host + at + 64 + 4), 200 + s);
			assert_int_equal(rd(m, UNIT(1) + NOTIFY(i, s) + 0x0C), 16);
			assert_int_equal(rd(m, UNIT(1) + TRACE(i, s) + 0x0C), 16);
		}
	}
	assert_int_equal(counter(m, "records_notify"), 16);
	json_object_put(control_on(m->card, "raise notify 1 0 0 0 4", -ERANGE));
}

/* A published destroy writes base low first: the latched base counts until then. */
static void half_a_base(void **state)
{
	struct model *m = *state;
	uint8_t *buf = m->host + BUF;

	memset(buf, 0, 64);
	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	wr(m, UNIT(0) + EVENTS, 0);
	event(m, 0, 1, 1);
	assert_int_equal(get(buf + 4), 1);
	wr(m, UNIT(0) + EVENTS + 4, 0);
	event(m, 0, 1, 0);
	assert_int_equal(get(buf + 16 + 8), 0);
	assert_int_equal(counter(m, "records_event"), 1);
	/* The older order: size first. */
	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	wr(m, UNIT(0) + EVENTS + 8, 0);
	event(m, 0, 1, 1);
	assert_int_equal(counter(m, "records_event"), 1);
}

/* A size below one record holds none; a base that was 0 at the size write stays off. */
static void never_enabled(void **state)
{
	struct model *m = *state;

	create(m, UNIT(0) + EVENTS, dev_host(BUF), 15);
	event(m, 0, 1, 1);
	create(m, UNIT(0) + EVENTS, 0, 64);
	event(m, 0, 1, 0);
	wr(m, UNIT(0) + EVENTS + 4, (uint32_t)(dev_host(BUF) >> 32));
	event(m, 0, 1, 1);
	assert_int_equal(counter(m, "records_event"), 0);
	assert_int_equal(counter(m, "records_faulted"), 0);
}

/* A head that no tail can reach never makes the queue full. */
static void odd_heads(void **state)
{
	static const uint32_t heads[] = { 8, 64, 0xffffffff };
	struct model *m = *state;
	unsigned int h, i;

	for (h = 0; h < 3; h++) {
		create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
		wr(m, UNIT(0) + EVENTS + 0x18, heads[h]);
		assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x18), heads[h]);
		for (i = 0; i < 8; i++)
			event(m, 0, 1, !(i & 1));
		assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 0);
	}
	assert_int_equal(counter(m, "records_event"), 24);
}

static void size_of_one_record(void **state)
{
	struct model *m = *state;

	create(m, UNIT(0) + EVENTS, dev_host(BUF), 16);
	event(m, 0, 1, 1);
	event(m, 0, 1, 0);
	assert_int_equal(get(m->host + BUF + 8), 0); /* second pass: phase 0 */
	wr(m, UNIT(0) + EVENTS + 0x18, 0); /* one record's room is never free */
	event(m, 0, 1, 1);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 1);
}

static void records_carry_time(void **state)
{
	struct model *m = *state;
	uint32_t first;

	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	event(m, 0, 1, 1);
	first = get(m->host + BUF + 12);
	do { /* microseconds: the next ones carry a later time */
		create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
		json_object_put(control_on(m->card, "raise event 0 0 1 1", 0));
	} while (get(m->host + BUF + 12) == first);
	assert_true((int32_t)(get(m->host + BUF + 12) - first) > 0);
}

/* Like all DMA: not while a bus-master bit that counts is off. */
static void records_need_the_bus(void **state)
{
	struct emu_opts opts = model_opts(true);
	struct model *m;

	(void)state;
	opts.strict_bus_master = true;
	m = model_create(&opts);
	put(m->host + BUF + 8, 0);
	create(m, UNIT(0) + EVENTS, dev_host(BUF), 64);
	event(m, 0, 1, 1);
	assert_int_equal(get(m->host + BUF + 8), 0);
	assert_int_equal(counter(m, "records_no_bus_master"), 1);
	emu_card_set_bus_master(m->card, true);
	event(m, 0, 1, 0);
	assert_int_equal(get(m->host + BUF + 8), PHASE);
	model_destroy(m);
}

static void injected_overflow(void **state)
{
	struct model *m = *state;

	create(m, UNIT(0) + EVENTS, dev_host(BUF), 4096);
	control(m, "inject nq overflow 2");
	event(m, 0, 1, 1);
	event(m, 0, 1, 0);
	event(m, 0, 1, 1);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x14), 2);
	assert_int_equal(rd(m, UNIT(0) + EVENTS + 0x0C), 16);
}

static uint32_t sem(struct model *m, unsigned int core, unsigned int i)
{
	return card_load(m->card, 2, core * 0x4000000 + 0x2701000 + 4 * i);
}

static void semaphores(void **state)
{
	struct model *m = *state;
	unsigned int core;

	for (core = 0; core < 4; core++) {
		uint32_t at = core * 0x4000000 + 0x2701000;

		card_store(m->card, 2, at + 0x100 + 4 * 31, 10 + core);
		card_store(m->card, 2, at + 0x200 + 4 * 31, 5);
		card_store(m->card, 2, at + 0x300 + 4 * 31, 7);
		assert_int_equal(sem(m, core, 31), 8 + core);
		card_store(m->card, 2, at + 4 * 31, 99); /* the value view ignores writes */
		assert_int_equal(sem(m, core, 31), 8 + core);
		card_store(m->card, 2, at + 0x300 + 4 * 30, 1); /* wraps below zero */
		assert_int_equal(sem(m, core, 30), 0xffffffff);
		assert_int_equal(card_load(m->card, 2, at + 0x200 + 4 * 31), 0);
		card_store(m->card, 2, at + 0x100 + 4 * 32, 1); /* one too far, accepted */
		card_store(m->card, 2, at - 0x1000 + 4 * 256, 1); /* event 256 likewise */
		assert_int_equal(sem(m, core, 0), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("an event that changes makes one record", event_records),
		BOTH_MODES("an event descriptor's record comes after the data before it",
			   record_after_the_data),
		ONE_MODE("records wrap and the phase bit toggles", wrap_and_phase),
		ONE_MODE("a queue whose head is kept drops records when full", head_and_overflow),
		ONE_MODE("the base counts from the size write on; base 0 is off",
			 base_latched_by_size),
		ONE_MODE("every type, instance and core has its own queue", every_type_and_instance),
		ONE_MODE("a queue may lie in DRAM", queue_in_dram),
		ONE_MODE("a queue that cannot be reached is counted", unreachable_queue),
		ONE_MODE("stores of a published teardown are accepted", stray_teardown),
		ONE_MODE("every sub-queue has its own records", sub_queues),
		ONE_MODE("a half-updated base is never used", half_a_base),
		ONE_MODE("without room or base a queue takes nothing", never_enabled),
		ONE_MODE("a head that no tail reaches fills nothing", odd_heads),
		ONE_MODE("a queue of one record works", size_of_one_record),
		ONE_MODE("records carry the time in microseconds", records_carry_time),
		PLAIN("records honour the bus-master bit where it counts", records_need_the_bus),
		ONE_MODE("an injected overflow drops the next records", injected_overflow),
		ONE_MODE("semaphores set, add, subtract and wrap", semaphores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
