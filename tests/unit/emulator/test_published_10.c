// SPDX-License-Identifier: GPL-2.0
/* What the published driver 1.0 does, register by register: docs/hardware, section 10. */
#include "published_cases.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SILENT_STATUS 0u

static bool bus_master(const struct guest *g)
{
	return emu_pcicfg_bus_master(&g->config);
}

static void probe(void **state)
{
	struct guest *g = guest_of(state);

	guest_probe(g);
	assert_int_equal(g->stores, 1);
	assert_int_equal(g->reads, 0);
	assert_false(bus_master(g));
	assert_int_equal(guest_reg(g, MISC + M_STATUS), STATUS_READY);
	assert_int_equal(guest_reg(g, MISC + M_ID), g->index);
	assert_int_equal(g->area[AREA_REQUEST], 3);	/* the first number was 2 */
	assert_int_equal(counter(g->m, "fwio_answered"), 2);
	assert_int_equal(counter(g->m, "resets_device"), 0);
}

static void strict_bus_master(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t value, ids[2];

	guest_probe(g);
	assert_false(guest_try_read(g, APB + MISC + M_STATUS, &value));
	assert_int_equal(counter(g->m, "fwio_no_bus_master"), 1);
	assert_int_equal(guest_device_info(g, ids), 0);
	assert_true(bus_master(g));
	guest_init_cores(g, 0xF);
	check_moves(g, 0);
}

static void device_info(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t ids[2] = { 99, 99 };
	unsigned int i;

	/* Neighbours that no driver has bound yet have no number but 0. */
	guest_probe(&g[0]);
	assert_int_equal(guest_device_info(&g[0], ids), 2);
	assert_int_equal(ids[0], 0);
	assert_int_equal(ids[1], 0);
	for (i = 1; i < 3; i++)
		guest_probe(&g[i]);
	for (i = 0; i < 3; i++) {
		assert_int_equal(guest_device_info(&g[i], ids), 2);
		assert_int_equal(ids[0], (i + 1) % 3);
		assert_int_equal(ids[1], (i + 2) % 3);
		assert_true(bus_master(&g[i]));
	}
}

static void device_info_links_down(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t ids[2];
	unsigned int i;

	for (i = 0; i < 3; i++)
		guest_probe(&g[i]);
	control(g->m, "link east down");
	assert_int_equal(guest_device_info(&g[0], ids), 1);
	assert_int_equal(ids[0], 2);
	assert_int_equal(guest_device_info(&g[1], ids), 1);
	assert_int_equal(ids[0], 2);
	control(g->m, "link west down");
	assert_int_equal(guest_device_info(&g[0], ids), 0);
	/* The driver does not ask, but who does is told that nobody is there. */
	guest_send(g, 1, (uint64_t[]){ EAST | (APB + MISC + M_ID) }, 8);
	until(guest_answered(g));
	assert_int_equal(g->area[AREA_RESPONSE + 1], 1);
}

/* The wait for ready looks again and again at the status word, and goes on when it is set. */
static void device_info_waits(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t ids[2];
	unsigned int i;

	guest_probe(g);
	control(g->m, "inject device never-ready");
	for (i = 0; i < 5; i++)
		assert_int_equal(guest_reg(g, MISC + M_STATUS), SILENT_STATUS);
	control(g->m, "inject device ready");
	assert_int_equal(guest_device_info(g, ids), 0);
	assert_int_equal(g->reads, 6);
}

static void device_init(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t ids[2];
	unsigned int core;

	guest_probe(g);
	guest_device_info(g, ids);
	g->reads = 0;
	g->stores = 0;
	guest_init_cores(g, 0xF);
	assert_int_equal(g->reads, 68);
	/* Five stores ask for each READ; the facts count it as one access. */
	assert_int_equal(g->stores - 5 * g->reads + g->reads, 648);
	assert_int_equal(counter(g->m, "fwio_words"), 69);
	assert_int_equal(counter(g->m, "unknown_stores"), 0);
	for (core = 0; core < NR_CORES; core++)
		check_moves(g, core);
}

/* What the 34 steps leave behind, misplaced stores and write-one-to-nothing masks included. */
static void device_init_effects(void **state)
{
	static const struct expected unit[] = {
		{ 0x604, 4 }, { 0x310, 0x01000400 }, { 0x124, 0x20808080 }, { 0x408, 0 },
		{ 0x254, 0x010FFFFF }, { 0x258, 0 }, { S2M + 0x38C, 0 },
		{ S2M + 0x124, 0x00400080 }, { S2M + 0x128, 0x40804080 },
		{ GEN + 0x2028, 0x28 }, { GEN + 0xE8, 0x28 }, { GEN + 0x2068, 0x28 },
		{ GEN + 0x2030, 0xF0000000 }, { GEN + 0x20B0, 0xFFFFF000 },
		{ GEN + 0x2070, 0x000010F8 }, { GEN + 0x2010, 0xF0000000 },
		{ GEN + 0x2090, 0xFFFFF000 }, { GEN + 0x2050, 0x000010F8 },
		{ GEN + 0xD0, 0xFFFFF8FF }, { S2M + 0x380, 0x00001004 }, { 0x304, 0x00010080 },
		{ 0x308, 0x00008081 },
		{ GEN + 0x2240, 1000000 }, { GEN + 0x2300, 0 },
		{ GEN + 0x33A0, 1 }, { GEN + 0x3460, 0 }, { GEN + 0x3300, 0 },
		{ GEN_EX + 0x400, ~0u }, { GEN_EX + 0x7CC, ~0u }, { GEN_EX + 0x3FC, 0 },
		{ 0x1020, 0x00030000 }, { 0x10020, 0x00030000 }, { S2M + 0x10020, 0x00030000 },
		{ 0x10030, COPY_RING }, { S2M + 0x10030, COPY_RING }, { 0x10034, 0x40000000 },
	};
	static const struct expected wrapper[] = { { 0x1C, 1 }, { 0x20, 0 }, { 0x00, 1 } };
	struct guest *g = guest_of(state);
	unsigned int core;

	guest_load(g);
	for (core = 0; core < NR_CORES; core++) {
		expect_registers(g, udma(copy_engine(core)), unit, COUNT_OF(unit));
		expect_registers(g, core * 0x100000 + 0x2000, wrapper, COUNT_OF(wrapper));
	}
	/* The other engines are as the reset left them, and have the revision, too. */
	assert_int_equal(guest_reg(g, udma(0) + 0x254), 0);
	assert_int_equal(guest_reg(g, udma(0) + 0x604), 4);
	assert_int_equal(guest_reg(g, udma(10) + 0x1020), 0x03000000);
}

/* User space has the other engines initialised, and some of them again. */
static void other_engines(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int engine;

	guest_load(g);
	for (engine = 0; engine < NR_ENGINES; engine++) {
		guest_init_engine(g, engine);
		if (!(engine % 2))
			guest_init_engine(g, engine);
		check_user_ring(g, engine, 15 - engine, 64);
	}
}

/* Each 64 KiB copy has arrived when the store that starts it returns: row 7. */
static void done_within_the_store(void **state)
{
	struct guest *g = guest_of(state);
	struct copy copy = { .dst = DRAM1, .src = data_addr(0), .bytes = 3 * 65536 };
	uint64_t done = 0, packets;

	guest_load(g);
	fill(data_at(g, 0), 3 * 65536, 4);
	packets = counter(g->m, "packets");
	guest_copy_begin(g, &copy, &done);
	if (g->scenario->dma_inline)
		assert_true(guest_copy_finished(g, 0));
	guest_copy_wait(g, 0);
	until(counter(g->m, "packets") == packets + 4);
	assert_int_equal(counter(g->m, "tail_increments"), 8);
	assert_int_equal(get(g->area + AREA_MARKERS), 0xABCDEF01);
	/* The barrier is asked for behind the last data pair only. */
	assert_int_equal(get(g->area + AREA_COPY) >> 30, 0);
	assert_int_equal(get(g->area + AREA_COPY + 32) >> 30, 1);
	assert_int_equal(get(g->area + AREA_COPY + 48) >> 30, 0);
}

static const struct notification_queue every_queue[] = {
	{ 0, EVENT_QUEUE }, { 1, ERROR_QUEUE }, { 2, NOTIFY_QUEUE(3) }, { 3, TRACE_QUEUE(2) },
};

static const char *const every_raise[] = {
	"raise event 0 0 17 1", "raise error 1 0 17 1", "raise notify 2 3 17 1",
	"raise trace 3 2 17 1",
};

static bool raised(struct guest *g, unsigned int i)
{
	struct json_object *answer = control_on(g->card, every_raise[i], 0), *written;
	bool value;

	assert_true(json_object_object_get_ex(answer, "written", &written));
	value = json_object_get_boolean(written);
	json_object_put(answer);
	return value;
}

static void notification_queues(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int i, lap;

	guest_load(g);
	for (lap = 0; lap < 2; lap++) {
		memset(g->area + AREA_RECORDS, 0, 0x10000);
		for (i = 0; i < 4; i++) {
			uint64_t base = g->area_addr + AREA_RECORDS + 0x1000 * i;

			assert_false(raised(g, i));
			guest_create_records(g, &every_queue[i], base, 4096);
			assert_true(raised(g, i));
			assert_true(raised(g, i));
			assert_int_equal(get(g->area + AREA_RECORDS + 0x1000 * i + 4), 17);
			assert_int_equal(get(g->area + AREA_RECORDS + 0x1000 * i + 16 + 8),
					 0x80000001);
			assert_int_equal(get(g->area + AREA_RECORDS + 0x1000 * i + 32 + 8), 0);
		}
		for (i = 0; i < 4; i++) {
			guest_destroy_records(g, &every_queue[i]);
			assert_false(raised(g, i));
		}
	}
}

static void event_records(void **state)
{
	struct guest *g = guest_of(state);
	const uint8_t *record = g->area + AREA_RECORDS;

	guest_load(g);
	guest_create_records(g, &every_queue[0], g->area_addr + AREA_RECORDS, 4096);
	guest_store(g, 2, CORE_EVENT + 4 * 9, 1);
	guest_store(g, 2, CORE_EVENT + 4 * 9, 1);
	guest_store(g, 2, CORE_EVENT + 4 * 9, 0);
	assert_int_equal(record[0], 2);
	assert_int_equal(get(record + 4), 9);
	assert_int_equal(get(record + 8), 0x80000001);
	assert_int_equal(get(record + 16 + 8), 0x80000000);
	assert_int_equal(get(record + 32 + 8), 0);
	/* The last close takes the queue away; the next owner's memory stays untouched. */
	guest_destroy_records(g, &every_queue[0]);
	memset(g->area + AREA_RECORDS, 0x11, 4096);
	guest_store(g, 2, CORE_EVENT + 4 * 9, 1);
	assert_int_equal(get(record), 0x11111111);
	assert_int_equal(get(record + 32), 0x11111111);
}

static void post(struct guest *g, unsigned int bytes, uint64_t doorbells)
{
	uint64_t metrics = counter(g->m, "fwio_metrics"), requests;
	uint8_t metric[2048];

	fill(metric, sizeof(metric), bytes);
	memset(metric + 0x1EC - M_METRIC, 0x77, 4);	/* neither kind of reset */
	memset(metric + M_DOORBELL - M_METRIC, 0x33, 4);
	requests = counter(g->m, "fwio_requests");
	guest_metric(g, metric, bytes);
	assert_int_equal(counter(g->m, "fwio_metrics"), metrics + 1);
	assert_int_equal(counter(g->m, "fwio_requests"), requests + doorbells);
	assert_int_equal(guest_reg(g, MISC + M_METRIC), get(metric));
	assert_int_equal(guest_reg(g, MISC + M_METRIC + 124),
			 get(metric + 124) & (bytes == 127 ? 0xFFFFFF : ~0u));
	assert_int_equal(guest_reg(g, MISC + M_RESET), 0);
	assert_int_equal(guest_reg(g, MISC + M_STATUS), STATUS_READY);
}

static void metrics(void **state)
{
	struct guest *g = guest_of(state);

	guest_load(g);
	post(g, 128, 1);
	post(g, 127, 1);
	post(g, 240, 1);
	assert_int_equal(counter(g->m, "fwio_bad_pointer"), 0);
	post(g, 1900, 2);
	assert_int_equal(counter(g->m, "fwio_bad_pointer"), 1);
	assert_int_equal(counter(g->m, "resets_device"), 0);
	check_lives(g);
}

/* A doorbell that nobody meant, the last request still in its buffer. */
static bool stray_doorbell(struct guest *g, uint64_t request, uint64_t response)
{
	guest_misc(g, 0x1F4, (uint32_t)request);
	guest_misc(g, 0x1F0, (uint32_t)(request >> 32));
	guest_misc(g, 0x1FC, (uint32_t)response);
	guest_misc(g, 0x1F8, (uint32_t)(response >> 32));
	put(g->area + AREA_RESPONSE, 0);
	guest_misc(g, M_DOORBELL, 1);
	return get(g->area + AREA_RESPONSE) != 0;
}

static void stray_doorbells(void **state)
{
	struct guest *g = guest_of(state);
	uint64_t request = g->area_addr + AREA_REQUEST, response = g->area_addr + AREA_RESPONSE;
	unsigned int i;

	guest_load(g);
	guest_reg(g, MISC + M_STATUS);
	assert_true(stray_doorbell(g, request, response));
	for (i = 0; i < 4; i++) {
		uint64_t selector = (uint64_t)i << 46;

		if (selector == HOST)
			continue;
		assert_false(stray_doorbell(g, (request & ~WEST) | selector, response));
		assert_false(stray_doorbell(g, request, (response & ~WEST) | selector));
	}
	assert_int_equal(counter(g->m, "fwio_bad_pointer"), 6);
	g->area[AREA_REQUEST + 8] ^= 4;
	assert_false(stray_doorbell(g, request, response));
	assert_int_equal(counter(g->m, "fwio_bad_crc"), 1);
	assert_int_equal(guest_reg(g, MISC + M_STATUS), STATUS_READY);
}

/* BAR2 is read by copies, whatever lies there, and written by stores side by side. */
static void core_window_by_copies(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int core, i;

	guest_load(g);
	for (core = 0; core < NR_CORES; core++) {
		for (i = 0; i < 32; i++)
			guest_store(g, 2, core * (uint64_t)CORE_BYTES + CORE_SEM_SET + 4 * i,
				    1000 * core + i);
		for (i = 0; i < 64; i++)
			guest_store(g, 2, core * (uint64_t)CORE_BYTES + 0x4000 + 4 * i, i * i);
		guest_move(g, core, data_addr(0), core_addr(core, CORE_SEM), 128);
		guest_move(g, core, data_addr(128), core_addr(core, 0x4000), 256);
		for (i = 0; i < 32; i++)
			assert_int_equal(get(data_at(g, 4 * i)), 1000 * core + i);
		for (i = 0; i < 64; i++)
			assert_int_equal(get(data_at(g, 128 + 4 * i)), i * i);
	}
}

static void reset_loses_a_look(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t request = 1;

	guest_load(g);
	guest_move(g, 0, DRAM0, data_addr(0), 4096);
	control(g->m, "inject device reset-hang");	/* it ends when this test says so */
	guest_reset_request(g, RESET_DEVICE);
	assert_false(guest_try_read(g, APB + MISC + M_RESET, &request));
	control(g->m, "inject device ready");
	assert_false(guest_answered(g));
	assert_true(guest_try_read(g, APB + MISC + M_RESET, &request));
	assert_int_equal(request, 0);
	assert_int_equal(guest_reg(g, MISC + M_STATUS), STATUS_READY);
	assert_int_equal(counter(g->m, "fwio_lost_in_reset"), 1);
}

/* Nothing is initialised until the file is opened anew: copies find queues of length 0. */
static void after_reset(void **state)
{
	struct guest *g = guest_of(state);
	struct copy copy = { .dst = data_addr(4096), .src = data_addr(0), .bytes = 4096 };
	uint64_t done = 0, ignored;
	uint32_t ids[2];

	guest_load(&g[0]);
	guest_load(&g[1]);
	guest_reset_request(&g[1], RESET_DEVICE);
	guest_reset_wait(&g[1]);
	guest_forget_engines(&g[1]);
	assert_int_equal(guest_reg(&g[1], MISC + M_ID), 0);
	assert_int_equal(guest_device_info(&g[0], ids), 1);
	assert_int_equal(ids[0], 0);
	ignored = counter(g->m, "tail_ignored");
	guest_reset_request(g, RESET_DEVICE);
	guest_reset_wait(g);
	guest_forget_engines(g);
	fill(data_at(g, 0), 4096, 6);
	guest_copy_begin(g, &copy, &done);
	assert_int_equal(counter(g->m, "tail_ignored"), ignored + 4);
	assert_int_equal(guest_reg(g, queue_reg(2, 0, COPY_QUEUE, Q_STATUS)), 0);
	assert_false(guest_copy_finished(g, 0));
	assert_int_equal(get(data_at(g, 4096)), 0);
	assert_int_equal(counter(g->m, "aborts"), 0);
	guest_init_cores(g, 0xF);
	assert_false(guest_copy_finished(g, 0));
	check_lives(g);
}

/* The first open after a last close initialises engines that nobody has reset. */
static void open_again(void **state)
{
	struct guest *g = guest_of(state);
	unsigned int lap;

	guest_load(g);
	for (lap = 0; lap < 3; lap++) {
		check_lives(g);
		guest_init_cores(g, 0xF);
	}
	assert_int_equal(counter(g->m, "aborts"), 0);
}

static void unload(void **state)
{
	struct guest *g = guest_of(state);
	uint32_t value;

	guest_load(g);
	guest_unload(g);
	assert_false(bus_master(g));
	/* With memory decode off a store does not even arrive. */
	guest_misc(g, M_ID, 77);
	assert_false(guest_try_read(g, APB + MISC + M_ID, &value));
	guest_probe(g);
	assert_false(bus_master(g));
	assert_int_equal(guest_reg(g, MISC + M_ID), 0);
	guest_init_cores(g, 0xF);	/* before any DEVICE_INFO: bus mastering is off */
	assert_false(bus_master(g));
	check_lives(g);
}

static const struct published_case cases[] = {
	{ "probe writes the device id, reads nothing, and is answered before bus mastering is on "
	  "(rows 3, 4)", probe, { 0 } },
	{ "a card that honours bus mastering serves from DEVICE_INFO on", strict_bus_master,
	  { .strict_bus_master = true } },
	{ "DEVICE_INFO finds both neighbours' ids, 0 of unprobed ones", device_info,
	  { .cards = 3 } },
	{ "DEVICE_INFO asks only over links that are up", device_info_links_down,
	  { .cards = 3 } },
	{ "DEVICE_INFO looks at the status until it is ready (row 3)", device_info_waits, { 0 } },
	{ "DEVICE_INIT makes 68 register reads in 648 accesses and leaves four copy queues "
	  "working (rows 1, 12, 19, 20)", device_init, { 0 } },
	{ "DEVICE_INIT leaves the values of section 3.13; its misplaced stores do no harm",
	  device_init_effects, { 0 } },
	{ "any engine is initialised on request, also twice (row 1)", other_engines, { 0 } },
	{ "copies inline are done when the increment's store returns (row 7)",
	  done_within_the_store, { 0 } },
	{ "notification queues of each type come and go in this driver's order",
	  notification_queues, { 0 } },
	{ "events that change make records until the last close", event_records, { 0 } },
	{ "metrics of 128, 240 and 1900 bytes are taken, stray doorbell included", metrics,
	  { 0 } },
	{ "a stray doorbell is answered only if pointers and checksum are right", stray_doorbells,
	  { 0 } },
	{ "BAR2 is read by DMA and written word by word (row 18)", core_window_by_copies, { 0 } },
	{ "a look at a running reset is lost, the next one is answered (row 6)",
	  reset_loses_a_look, { 0 } },
	{ "after a reset the id is 0 and tails without rings are ignored, until opened anew "
	  "(row 22)", after_reset, { .cards = 2, .topology = EMU_TOPOLOGY_LINE } },
	{ "DEVICE_INIT works on engines that are in use", open_again, { 0 } },
	{ "unload switches memory and bus master off; loaded again it works (row 4)", unload,
	  { 0 } },
};

int main(void)
{
	return published_run(V10, cases, COUNT_OF(cases));
}
