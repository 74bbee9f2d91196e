// SPDX-License-Identifier: GPL-2.0
/* The mailbox: docs/hardware, section 4. */
#include <errno.h>
#include <pthread.h>

#include "model.h"

#define REQ 0x10000u
#define RSP 0x20000u

uint32_t emu_crc32c(const uint8_t *bytes, size_t len_bytes);

static void pointers(struct emu_card *card, uint64_t req, uint64_t rsp)
{
	card_store(card, 0, MISC + 0x1F4, (uint32_t)req);
	card_store(card, 0, MISC + 0x1F0, (uint32_t)(req >> 32));
	card_store(card, 0, MISC + 0x1FC, (uint32_t)rsp);
	card_store(card, 0, MISC + 0x1F8, (uint32_t)(rsp >> 32));
}

static size_t build(uint8_t *at, uint8_t seq, uint8_t command, const void *data, size_t len)
{
	size_t size = 8 + len;

	at[0] = seq;
	at[1] = command;
	at[2] = (uint8_t)size;
	at[3] = (uint8_t)(size >> 8);
	memset(at + 4, 0, 4);
	memcpy(at + 8, data, len);
	put(at + 4, emu_crc32c(at, size));
	return size;
}

static void ring_bell(struct emu_card *card)
{
	card_store(card, 0, MISC + 0x800, 1);
}

/* Sends a request that has been built; the answer's header, 0 if there was none. */
static uint32_t send_on(struct model *m, struct emu_card *card)
{
	put(m->host + RSP, 0);
	pointers(card, dev_host(REQ), dev_host(RSP));
	ring_bell(card);
	return get(m->host + RSP);
}

static uint32_t request(struct model *m, uint8_t seq, uint8_t command, const void *data, size_t len)
{
	build(m->host + REQ, seq, command, data, len);
	return send_on(m, m->card);
}

static uint32_t read_reg_on(struct model *m, struct emu_card *card, uint64_t addr, uint32_t *value)
{
	uint32_t header;

	build(m->host + REQ, 9, 1, &addr, 8);
	header = send_on(m, card);
	*value = get(m->host + RSP + 4);
	return header;
}

#define GOOD_WORD 0x00080009u
#define FAILED 0x00040109u

static void crc_vectors(void **state)
{
	static const uint8_t one[] = { 0x02, 0x01, 0x10, 0x00, 0, 0, 0, 0,
				       0x1c, 0xe0, 0x78, 0xf0, 0xff, 0x0f, 0x00, 0x00 };
	static const uint8_t metric[] = { 0xff, 0x02, 0x14, 0x00, 0, 0, 0, 0,
					  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

	(void)state;
	assert_int_equal(emu_crc32c((const uint8_t *)"123456789", 9), 0xE3069283);
	assert_int_equal(emu_crc32c(one, sizeof(one)), 0x41d14a5c);
	assert_int_equal(emu_crc32c(metric, sizeof(metric)), 0xfe04c863);
}

static void vector_one(void **state)
{
	static const uint8_t bytes[] = { 0x02, 0x01, 0x10, 0x00, 0x5c, 0x4a, 0xd1, 0x41,
					 0x1c, 0xe0, 0x78, 0xf0, 0xff, 0x0f, 0x00, 0x00 };
	static const uint8_t good[] = { 0x02, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x80 };
	struct model *m = *state;

	memcpy(m->host + REQ, bytes, sizeof(bytes));
	send_on(m, m->card);
	assert_memory_equal(m->host + RSP, good, sizeof(good));
	assert_int_equal(atomic_load(&m->irqs[0]), 1);
}

static void vector_two_and_three(void **state)
{
	static const uint8_t two[] = { 0x03, 0x01, 0x18, 0x00, 0xc5, 0x09, 0x28, 0xf9,
				       0xec, 0xe1, 0x78, 0xf0, 0xff, 0x0f, 0x00, 0x00,
				       0x04, 0x10, 0x70, 0xc2, 0xff, 0x0f, 0x00, 0x00 };
	static const uint8_t three[] = { 0xff, 0x02, 0x14, 0x00, 0x63, 0xc8, 0x04, 0xfe, 0, 1, 2,
					 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	struct model *m = *state;

	card_store(m->card, 2, 0x2701104, 0x12345678);
	memcpy(m->host + REQ, two, sizeof(two));
	assert_int_equal(send_on(m, m->card), 0x000C0003);
	assert_int_equal(get(m->host + RSP + 4), 0);
	assert_int_equal(get(m->host + RSP + 8), 0x12345678);
	memcpy(m->host + REQ, three, sizeof(three));
	assert_int_equal(send_on(m, m->card), 0x000400FF);
	assert_int_equal(counter(m, "fwio_metrics"), 1);
}

static void reads_every_block(void **state)
{
	struct model *m = *state;
	uint32_t value;

	assert_int_equal(read_reg_on(m, m->card, APB + udma(5) + 0x604, &value), GOOD_WORD);
	assert_int_equal(value, 4);
	wr(m, 0x404000 + 0x10000 + 0x1094, 0xabc0);
	assert_int_equal(read_reg_on(m, m->card, APB + PORT1 + 0x415094, &value), GOOD_WORD);
	assert_int_equal(value, 0xabc0);
	wr(m, 0x101000 + 0x20, 0xFFFFFFFE);
	assert_int_equal(read_reg_on(m, m->card, APB + 0x101020, &value), GOOD_WORD);
	assert_int_equal(value, 0xFFFFFFFE);
	card_store(m->card, 2, 0x4000000 + 0x1000, 0x77);
	assert_int_equal(read_reg_on(m, m->card, CORES + 0x4001000, &value), GOOD_WORD);
	assert_int_equal(value, 0x77);
	assert_int_equal(read_reg_on(m, m->card, APB + 0x700000, &value), GOOD_WORD);
	assert_int_equal(value, 0); /* a counter that nobody knows */
}

static void many_reads(void **state)
{
	struct model *m = *state;
	uint64_t addr[8000];
	unsigned int i;

	for (i = 0; i < 8000; i++)
		addr[i] = CORES + 0x2700000 + 4 * (i % 256);
	card_store(m->card, 2, 0x2700000 + 4 * 255, 1);
	assert_int_equal(request(m, 7, 1, addr, sizeof(addr)), (4u + 4 * 8000) << 16 | 7);
	for (i = 0; i < 8000; i++)
		assert_int_equal(get(m->host + RSP + 4 + 4 * i), i % 256 == 255);
}

static void bad_reads(void **state)
{
	static const uint64_t bad[] = {
		DRAM0, DRAM1, HOST + HOST_IOVA, APB + 2, APB + (16u << 20), CORES - 4,
		CORES + (256u << 20), EAST + APB + MISC + 0x24, WEST + APB + MISC + 0x24,
		1ull << 48, 1ull << 45,
	};
	struct model *m = *state;
	uint64_t pair[2] = { APB + MISC + 0x1C, 0 };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pair[1] = bad[i];
		assert_int_equal(request(m, 9, 1, pair, 16), FAILED);
	}
	assert_int_equal(request(m, 9, 1, pair, 0), FAILED);
	assert_int_equal(request(m, 9, 1, pair, 7), FAILED);
	assert_int_equal(request(m, 9, 1, pair, 12), FAILED);
	assert_int_equal(counter(m, "fwio_bad_read"), i + 3);
}

static void unknown_command(void **state)
{
	struct model *m = *state;

	assert_int_equal(request(m, 5, 3, "", 0), 0x00040205);
	assert_int_equal(request(m, 5, 0, "", 0), 0x00040205);
	assert_int_equal(counter(m, "fwio_bad_command"), 2);
}

static void silent_refusals(void **state)
{
	struct model *m = *state;
	uint64_t addr = APB + MISC + 0x1C;

	build(m->host + REQ, 4, 1, &addr, 8);
	m->host[REQ + 8] ^= 1;
	assert_int_equal(send_on(m, m->card), 0);
	assert_int_equal(counter(m, "fwio_bad_crc"), 1);
	build(m->host + REQ, 4, 1, &addr, 8);
	m->host[REQ + 2] = 7;
	assert_int_equal(send_on(m, m->card), 0);
	assert_int_equal(counter(m, "fwio_bad_size"), 1);
	/* A size that reaches beyond memory. */
	build(m->host + HOST_BYTES - 16, 4, 1, &addr, 8);
	m->host[HOST_BYTES - 14] = 17;
	pointers(m->card, dev_host(HOST_BYTES - 16), dev_host(RSP));
	ring_bell(m->card);
	assert_int_equal(get(m->host + RSP), 0);
	assert_int_equal(counter(m, "fwio_bad_size"), 2);
}

static void bad_pointers(void **state)
{
	struct model *m = *state;
	const uint64_t good = dev_host(REQ), rsp = dev_host(RSP);
	uint64_t addr = APB + MISC + 0x1C;
	unsigned int i;
	const uint64_t pairs[][2] = {
		{ 0, rsp }, { good, 0 }, { good & ~HOST, rsp }, { good, rsp & ~HOST },
		{ good | WEST, rsp }, { good, rsp | WEST }, { HOST, rsp }, { good, HOST },
		{ good + 2, rsp }, { good, rsp + 1 }, { good | 1ull << 63, rsp },
	};

	put(m->host + RSP, 0);
	build(m->host + REQ, 4, 1, &addr, 8);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		pointers(m->card, pairs[i][0], pairs[i][1]);
		ring_bell(m->card);
		assert_int_equal(get(m->host + RSP), 0);
	}
	assert_int_equal(counter(m, "fwio_bad_pointer"), i);
	assert_int_equal(counter(m, "fwio_answered"), 0);
}

static void payload_before_header(void **state)
{
	struct model *m = *state;
	uint64_t addr[2] = { APB + MISC + 0x1C, APB + MISC };

	/* The header fits, the payload does not: then no header may appear. */
	build(m->host + REQ, 4, 1, addr, 16);
	put(m->host + HOST_BYTES - 8, 0);
	pointers(m->card, dev_host(REQ), dev_host(HOST_BYTES - 8));
	ring_bell(m->card);
	assert_int_equal(get(m->host + HOST_BYTES - 8), 0);
	assert_int_equal(counter(m, "fwio_bad_pointer"), 1);
}

static void doorbell_values(void **state)
{
	struct model *m = *state;
	uint64_t addr = APB + MISC + 0x800;

	build(m->host + REQ, 6, 1, &addr, 8);
	pointers(m->card, dev_host(REQ), dev_host(RSP));
	put(m->host + RSP, 0);
	wr(m, MISC + 0x800, 0);
	assert_int_equal(get(m->host + RSP), 0);
	wr(m, MISC + 0x800, 0x40);
	assert_int_equal(get(m->host + RSP), 0x00080006);
	assert_int_equal(get(m->host + RSP + 4), 0); /* the doorbell reads 0 */
}

static void metric_of_any_size(void **state)
{
	struct model *m = *state;
	uint8_t *data = calloc(1, 65520);
	uint32_t off;

	fill(data, 65520, 3);
	assert_int_equal(request(m, 8, 2, data, 65520), 0x00040008);
	/* Metric bytes run over reset word, pointers and doorbell: harmless (4.6). */
	for (off = 0x100; off < 0x810; off += 4)
		wr(m, MISC + off, 0xffffffff);
	assert_int_equal(request(m, 8, 2, data, 4), 0x00040008);
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	free(data);
}

static void misc_ram_words(void **state)
{
	static const uint16_t owned[] = { 0x000, 0x01C, 0x038, 0x03C, 0x040, 0x044, 0x048,
					  0x04C, 0x050, 0x054, 0x058, 0x064, 0x800 };
	struct model *m = *state;
	uint32_t off, before[1024];
	unsigned int i;

	assert_int_equal(rd(m, MISC), 2);
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
	for (off = 0; off < 0x1000; off += 4)
		before[off / 4] = rd(m, MISC + off);
	for (off = 0; off < 0x1000; off += 4)
		if (off != 0x800)
			wr(m, MISC + off, off | 0x5a5a0000);
	for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		assert_int_equal(rd(m, MISC + owned[i]), before[owned[i] / 4]);
	for (off = 0; off < 0x1000; off += 4) {
		for (i = 0; i < sizeof(owned) / sizeof(owned[0]) && owned[i] != off; i++)
			;
		if (i == sizeof(owned) / sizeof(owned[0]))
			assert_int_equal(rd(m, MISC + off), off | 0x5a5a0000);
	}
}

static int setup_pair(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.nr_cards = 3;
	*state = model_create(&opts);
	return 0;
}

static void neighbours_by_mailbox(void **state)
{
	struct model *m = *state;
	uint32_t value;
	unsigned int i;

	for (i = 0; i < 3; i++)
		card_store(emu_box_card(m->box, i), 0, MISC + 0x24, 70 + i);
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000003);
	assert_int_equal(read_reg_on(m, m->card, 0x800000000000ull | 0xFFFF078E024ull, &value), GOOD_WORD);
	assert_int_equal(value, 71);
	assert_int_equal(read_reg_on(m, m->card, 0xC00000000000ull | 0xFFFF078E024ull, &value), GOOD_WORD);
	assert_int_equal(value, 72);
	assert_int_equal(read_reg_on(m, emu_box_card(m->box, 2), EAST + APB + MISC + 0x24, &value),
			 GOOD_WORD);
	assert_int_equal(value, 70);
	/* Through a window only that card's local space, not its windows, DRAM or host. */
	assert_int_equal(read_reg_on(m, m->card, EAST, &value), FAILED);
	control(m, "link east down");
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000002);
	assert_int_equal(read_reg_on(m, m->card, EAST + APB + MISC + 0x24, &value), FAILED);
}

static void injected(struct model *m, const char *fault, uint32_t header)
{
	uint64_t addr = APB + MISC + 0x1C;
	char line[64];

	snprintf(line, sizeof(line), "inject fwio %s", fault);
	control(m, line);
	assert_int_equal(request(m, 3, 1, &addr, 8), header);
	/* Only the next request suffers. */
	assert_int_equal(request(m, 3, 1, &addr, 8), 0x00080003);
}

static void injected_faults(void **state)
{
	struct model *m = *state;
	uint64_t addr = APB + MISC + 0x1C;

	injected(m, "drop", 0);
	injected(m, "bad-seq", 0x00080004);
	injected(m, "bad-crc", 0);
	injected(m, "error 1", 0x00040103);
	injected(m, "error 2 1", 0x00040203);
	injected(m, "oversize", 0x00480003);
	injected(m, "garbage", 0xA5A5A503);
	control(m, "inject fwio drop 2");
	assert_int_equal(request(m, 3, 1, &addr, 8), 0);
	assert_int_equal(request(m, 3, 1, &addr, 8), 0);
	assert_int_equal(request(m, 3, 1, &addr, 8), 0x00080003);
	control(m, "inject fwio drop 1000");
	control(m, "inject fwio none");
	assert_int_equal(request(m, 3, 1, &addr, 8), 0x00080003);
	assert_int_equal(counter(m, "fwio_injected"), 9);
	assert_int_equal(counter(m, "fwio_bad_crc"), 1);
}

static void late_answer(void **state)
{
	struct model *m = *state;
	uint64_t addr = APB + MISC + 0x1C;

	control(m, "inject fwio delay 500");
	assert_int_equal(request(m, 11, 1, &addr, 8), 0);
	/* A retry meanwhile is served once, afterwards, with the pointers of then. */
	build(m->host + REQ, 12, 1, &addr, 8);
	put(m->host + RSP + 0x100, 0);
	pointers(m->card, dev_host(REQ), dev_host(RSP + 0x100));
	ring_bell(m->card);
	ring_bell(m->card);
	until(get(m->host + RSP + 0x100) == 0x0008000C);
	assert_int_equal(get(m->host + RSP), 0x0008000B);
	assert_int_equal(get(m->host + RSP + 4), 0x80000000);
	assert_int_equal(counter(m, "fwio_requests"), 2);
	assert_int_equal(counter(m, "fwio_coalesced"), 2);
}

static int setup_strict(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.strict_bus_master = true;
	*state = model_create(&opts);
	return 0;
}

static void strict_bus_master(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	uint64_t addr = APB + MISC + 0x1C;

	assert_int_equal(request(m, 3, 1, &addr, 8), 0);
	assert_int_equal(counter(m, "fwio_no_bus_master"), 1);
	put(m->host + 0x400000, 0x99);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&r, 0), 1);
	emu_card_set_bus_master(m->card, true);
	assert_int_equal(get(m->host + 0x500000), 0x99);
	assert_int_equal(request(m, 3, 1, &addr, 8), 0x00080003);
}

static void loose_bus_master(void **state)
{
	struct model *m = *state;
	uint64_t addr = APB + MISC + 0x1C;

	emu_card_set_bus_master(m->card, false);
	assert_int_equal(request(m, 3, 1, &addr, 8), 0x00080003);
}

/* The doorbell and its pointers written by DMA work as if the CPU had. */
static void doorbell_by_dma(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 4, 0, 64);
	uint64_t addr = APB + MISC + 0x1C;

	build(m->host + REQ, 33, 1, &addr, 8);
	put(m->host + RSP, 0);
	pointers(m->card, dev_host(REQ), dev_host(RSP));
	put(m->host + 0x400000, 1);
	ring_copy(&r, APB + MISC + 0x800, dev_host(0x400000), 4);
	until(get(m->host + RSP) == 0x00080021);
}

static void *ring_in_thread(void *arg)
{
	ring_bell(arg);
	return NULL;
}

/* A power-on reset in the middle of a long request: no answer once it has returned. */
static void reset_drops_the_request(void **state)
{
	struct model *m = *state;
	uint64_t addr[8000];
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < 8000; i++)
		addr[i] = CORES + 0x2700000;
	for (i = 0; i < 20; i++) {
		uint64_t before = counter(m, "fwio_requests");

		build(m->host + REQ, 7, 1, addr, sizeof(addr));
		pointers(m->card, dev_host(REQ), dev_host(RSP));
		assert_int_equal(pthread_create(&thread, NULL, ring_in_thread, m->card), 0);
		until(counter(m, "fwio_requests") > before);
		emu_card_reset(m->card, EMU_RESET_FLR);
		memset(m->host + RSP, 0xEE, 64);
		pthread_join(thread, NULL);
		assert_int_equal(get(m->host + RSP), 0xEEEEEEEE);
	}
}

static struct model *model_with(void (*change)(struct emu_opts *opts))
{
	struct emu_opts opts = model_opts(true);

	change(&opts);
	return model_create(&opts);
}

static void want_crc_error(struct emu_opts *opts)
{
	opts->crc_error = true;
}

static void crc_error(void **state)
{
	struct model *m = model_with(want_crc_error);
	uint64_t addr = APB + MISC + 0x1C;

	(void)state;
	build(m->host + REQ, 4, 1, &addr, 8);
	m->host[REQ + 8] ^= 1;
	assert_int_equal(send_on(m, m->card), 0x00040104);
	assert_int_equal(counter(m, "fwio_bad_crc"), 1);
	assert_int_equal(counter(m, "fwio_bad_read"), 0);
	assert_int_equal(request(m, 5, 1, &addr, 8), 0x00080005);
	model_destroy(m);
}

static void want_delay(struct emu_opts *opts)
{
	opts->fwio_delay_ms = 20;
}

static void every_answer_is_late(void **state)
{
	struct model *m = model_with(want_delay);
	uint64_t addr = APB + MISC + 0x1C;
	struct timespec from, to;
	unsigned int seq;

	(void)state;
	for (seq = 1; seq < 4; seq++) {
		clock_gettime(CLOCK_MONOTONIC, &from);
		request(m, (uint8_t)seq, 1, &addr, 8);
		until(get(m->host + RSP) == (0x00080000 | seq));
		clock_gettime(CLOCK_MONOTONIC, &to);
		assert_true((to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec >=
			    20000000);
	}
	/* A power-on reset drops what is delayed. */
	request(m, 9, 1, &addr, 8);
	emu_card_reset(m->card, EMU_RESET_BUS);
	request(m, 10, 1, &addr, 8);
	until(get(m->host + RSP) == 0x0008000A);
	model_destroy(m);
}

static void want_latch(struct emu_opts *opts)
{
	opts->latch_doorbell = true;
}

static void latched_doorbell(void **state)
{
	struct model *m = model_with(want_latch);
	uint64_t addr = APB + MISC + 0x1EC;

	(void)state;
	control(m, "inject device reset-hang");
	wr(m, MISC + 0x1EC, 1);
	ring_bell(m->card);
	assert_int_equal(request(m, 21, 1, &addr, 8), 0);
	pointers(m->card, 0, 0); /* those of the doorbell count */
	ring_bell(m->card); /* one is kept, this is the second */
	assert_int_equal(counter(m, "fwio_lost_in_reset"), 1);
	control(m, "inject device ready");
	until(get(m->host + RSP) == 0x00080015);
	assert_int_equal(get(m->host + RSP + 4), 0);
	assert_int_equal(counter(m, "fwio_requests"), 1);
	model_destroy(m);
}

static void latch_ends_with_power(void **state)
{
	struct model *m = model_with(want_latch);
	uint64_t addr = APB + MISC + 0x1EC;

	(void)state;
	control(m, "inject device reset-hang");
	wr(m, MISC + 0x1EC, 2);
	ring_bell(m->card);
	assert_int_equal(request(m, 21, 1, &addr, 8), 0);
	emu_card_reset(m->card, EMU_RESET_BUS);
	assert_int_equal(counter(m, "fwio_requests"), 0);
	model_destroy(m);
}

static void want_identity(struct emu_opts *opts)
{
	opts->nr_cards = 2;
	opts->api_version = 3;
	opts->serial = 0x1fffffffffull;
}

static void identity_words(void **state)
{
	struct model *m = model_with(want_identity);
	struct emu_card *second = emu_box_card(m->box, 1);

	(void)state;
	assert_int_equal(rd(m, MISC), 3);
	assert_int_equal(rd(m, MISC + 0x38), 0xffffffff);
	assert_int_equal(rd(m, MISC + 0x3C), 0x1f);
	assert_int_equal(card_load(second, 0, MISC + 0x38), 0);
	assert_int_equal(card_load(second, 0, MISC + 0x3C), 0x20);
	emu_card_reset(m->card, EMU_RESET_BUS);
	assert_int_equal(rd(m, MISC + 0x3C), 0x1f);
	model_destroy(m);
}

static void power_samples(void **state)
{
	struct model *m = model_with(want_identity);
	uint32_t first = rd(m, MISC + 0x54);

	(void)state;
	assert_int_equal(first & 0xffff, 0);
	until(rd(m, MISC + 0x54) >> 16 != first >> 16); /* every sample has its number */
	control(m, "power 1234");
	assert_int_equal(rd(m, MISC + 0x54) & 0xffff, 1234);
	json_object_put(control_on(m->card, "power 10001", -ERANGE));
	json_object_put(control_on(m->card, "power", -EINVAL));
	wr(m, MISC + 0x54, 5); /* the firmware's */
	assert_int_equal(rd(m, MISC + 0x54) & 0xffff, 1234);
	assert_int_equal(rd(m, MISC + 0x58), 0); /* there is one die */
	control(m, "misc 84 0x00030007"); /* the whole word; it stays */
	assert_int_equal(rd(m, MISC + 0x54), 0x00030007);
	model_destroy(m);
}

static void no_power_before_version_3(void **state)
{
	struct model *m = *state;

	control(m, "power 77");
	assert_int_equal(rd(m, MISC + 0x54), 77);
	control(m, "misc 0 3");
	until(rd(m, MISC + 0x54) >> 16);
}

/* It is served like any other; the sender would have seen a match at once. */
static void sequence_zero(void **state)
{
	struct model *m = *state;
	uint64_t addr = APB + MISC + 0x1C;

	put(m->host + RSP + 4, 0);
	assert_int_equal(request(m, 0, 1, &addr, 8), 0x00080000);
	assert_int_equal(get(m->host + RSP + 4), 0x80000000);
}

/* Reading by mailbox has the side effects of reading, section 4.8. */
static void reading_has_side_effects(void **state)
{
	struct model *m = *state;
	uint32_t group = udma(6) + GEN + 0x2000, value;

	wr(m, group + 0x28, 1); /* clear on read */
	wr(m, group + 0x08, 0x30);
	assert_int_equal(read_reg_on(m, m->card, APB + group, &value), GOOD_WORD);
	assert_int_equal(value, 0x30);
	assert_int_equal(read_reg_on(m, m->card, APB + group, &value), GOOD_WORD);
	assert_int_equal(value, 0);
}

static void reads_of_cores(void **state)
{
	struct model *m = *state;
	uint32_t value, core;

	for (core = 0; core < 4; core++) {
		uint64_t at = CORES + core * 0x4000000ull;

		card_store(m->card, 2, core * 0x4000000 + 0x2701100 + 4 * 31, 70 + core);
		card_store(m->card, 2, core * 0x4000000 + 0x2700000 + 4 * 255, core & 1);
		assert_int_equal(read_reg_on(m, m->card, at + 0x270107C, &value), GOOD_WORD);
		assert_int_equal(value, 70 + core);
		assert_int_equal(read_reg_on(m, m->card, PORT1 + at + 0x270107C, &value), GOOD_WORD);
		assert_int_equal(value, 70 + core);
		assert_int_equal(read_reg_on(m, m->card, at + 0x27003FC, &value), GOOD_WORD);
		assert_int_equal(value, core & 1);
		/* The other views of a semaphore read 0, as does the instruction FIFO. */
		assert_int_equal(read_reg_on(m, m->card, at + 0x270117C, &value), GOOD_WORD);
		assert_int_equal(value, 0);
		assert_int_equal(read_reg_on(m, m->card, at + 0x265C000, &value), GOOD_WORD);
		assert_int_equal(value, 0);
	}
}

/* As the published driver posts: words to misc RAM, the pointers, the doorbell. */
static uint32_t post(struct model *m, const uint8_t *bytes, size_t len)
{
	uint32_t word;
	size_t i;

	for (i = 0; i < len; i += 4) {
		memcpy(&word, bytes + i, 4);
		wr(m, MISC + 0x100 + i, word);
	}
	return request(m, 30, 2, bytes, len);
}

static void metric_borders(void **state)
{
	struct model *m = *state;
	uint8_t bytes[2048];

	memset(bytes, 0x5A, sizeof(bytes));
	assert_int_equal(post(m, bytes, 128), 0x0004001E);
	assert_int_equal(rd(m, MISC + 0x17C), 0x5A5A5A5A);
	assert_int_equal(rd(m, MISC + 0x180), 0);
	assert_int_equal(post(m, bytes, 236), 0x0004001E);
	assert_int_equal(rd(m, MISC + 0x1E8), 0x5A5A5A5A);
	assert_int_equal(post(m, bytes, 240), 0x0004001E); /* over the reset word */
	assert_int_equal(rd(m, MISC + 0x1EC), 0); /* it meant nothing, so it is cleared */
	assert_int_equal(post(m, bytes, 256), 0x0004001E); /* over the pointers, rewritten then */
	assert_int_equal(post(m, bytes, 1792), 0x0004001E); /* up to the doorbell */
	assert_int_equal(counter(m, "fwio_requests"), 5);
	assert_int_equal(post(m, bytes, 1796), 0x0004001E); /* rings it by itself, too */
	assert_int_equal(counter(m, "fwio_requests"), 7);
	assert_int_equal(counter(m, "fwio_bad_pointer"), 1);
	assert_int_equal(counter(m, "fwio_answered"), 6);
	assert_int_equal(counter(m, "resets_device"), 0);
}

/* Where the metric's bytes happen to be host addresses, the checksum keeps it harmless. */
static void metric_that_looks_like_pointers(void **state)
{
	struct model *m = *state;
	uint32_t words[450] = { 0 };

	words[(0x1F0 - 0x100) / 4] = (uint32_t)(dev_host(REQ) >> 32);
	words[(0x1F4 - 0x100) / 4] = (uint32_t)dev_host(REQ + 0x800);
	words[(0x1F8 - 0x100) / 4] = (uint32_t)(dev_host(RSP) >> 32);
	words[(0x1FC - 0x100) / 4] = (uint32_t)dev_host(RSP + 0x800);
	words[(0x800 - 0x100) / 4] = 1;
	memset(m->host + REQ, 0x10, 0x1000);
	memset(m->host + RSP, 0xEE, 0x1000);
	assert_int_equal(post(m, (const uint8_t *)words, sizeof(words)), 0x0004001E);
	assert_int_equal(counter(m, "fwio_bad_crc"), 1);
	assert_int_equal(get(m->host + RSP + 0x800), 0xEEEEEEEE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN("CRC32C agrees with the vectors of the facts", crc_vectors),
		ONE_MODE("the first example request gets the example answer", vector_one),
		ONE_MODE("the other example requests are answered", vector_two_and_three),
		ONE_MODE("READ reaches every block, unknown words read 0", reads_every_block),
		ONE_MODE("READ takes 8000 addresses", many_reads),
		ONE_MODE("READ fails whole on one bad address or odd data", bad_reads),
		ONE_MODE("an unknown command gets error 2", unknown_command),
		ONE_MODE("wrong checksum or size: no answer, counted", silent_refusals),
		ONE_MODE("pointers that are not host words: no answer, counted", bad_pointers),
		ONE_MODE("no header appears when the payload cannot be written",
			 payload_before_header),
		ONE_MODE("doorbell 0 is ignored, other values ring", doorbell_values),
		ONE_MODE("METRIC takes any size; its overrun is harmless", metric_of_any_size),
		ONE_MODE("misc RAM is storage except for the firmware's words", misc_ram_words),
		{ "neighbours answer through the windows while the link is up",
		  neighbours_by_mailbox, setup_pair, model_teardown, NULL },
		ONE_MODE("injected faults hit the next requests only", injected_faults),
		ONE_MODE("a late answer comes late; a retry is served after it", late_answer),
		ONE_MODE("a power-on reset drops the request that is being served",
			 reset_drops_the_request),
		{ "strict bus mastering holds requests and copies back", strict_bus_master,
		  setup_strict, model_teardown, NULL },
		ONE_MODE("the bus-master bit is ignored by default", loose_bus_master),
		BOTH_MODES("a doorbell written by DMA rings", doorbell_by_dma),
		PLAIN("an option answers wrong checksums with error 1", crc_error),
		PLAIN("an option delays every answer", every_answer_is_late),
		PLAIN("an option serves one doorbell of a reset after it, with its pointers",
		      latched_doorbell),
		PLAIN("a latched doorbell does not outlive power", latch_ends_with_power),
		PLAIN("API version and serial number come from the options", identity_words),
		PLAIN("from API version 3 on the power register is sampled", power_samples),
		ONE_MODE("before, it is a word of the firmware", no_power_before_version_3),
		ONE_MODE("sequence number 0 is served like any other", sequence_zero),
		ONE_MODE("reading by mailbox clears what reading clears", reading_has_side_effects),
		ONE_MODE("READ reaches all of a core, by both ports", reads_of_cores),
		ONE_MODE("a metric may run over reset word, pointers and doorbell",
			 metric_borders),
		ONE_MODE("a metric that looks like pointers is refused by its checksum",
			 metric_that_looks_like_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
