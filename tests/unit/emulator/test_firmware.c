// SPDX-License-Identifier: GPL-2.0
/* The mailbox: docs/hardware.md, section 4. */
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

	control(m, "inject fwio delay 30");
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
