// SPDX-License-Identifier: GPL-2.0
/* Host memory that the client has not mapped for the card: counted, named, logged. */
#include "model.h"

#define HOLE	(HOST_IOVA + HOST_BYTES)	/* nothing is mapped from here on */
#define UNIT0	0x404000u
#define EVENTS	0x1094u

uint32_t emu_crc32c(const uint8_t *bytes, size_t len_bytes);

struct logged {
	struct model *m;
	char *text;
	size_t bytes;
	FILE *out;
};

static int setup(void **state, bool dma_inline)
{
	struct emu_opts opts = model_opts(dma_inline);
	struct logged *l = calloc(1, sizeof(*l));

	l->out = open_memstream(&l->text, &l->bytes);
	opts.log = l->out;
	opts.nr_cards = 2;
	l->m = model_create(&opts);
	*state = l;
	return 0;
}

static int setup_inline(void **state)
{
	return setup(state, true);
}

static int setup_async(void **state)
{
	return setup(state, false);
}

static int teardown(void **state)
{
	struct logged *l = *state;

	model_destroy(l->m);
	fclose(l->out);
	free(l->text);
	free(l);
	return 0;
}

#define BOTH(promise, function) \
	{ promise " (inline)", function, setup_inline, teardown, NULL }, \
	{ promise " (async)", function, setup_async, teardown, NULL }

static const char *text_of(struct json_object *obj, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(obj, key, &value));
	return json_object_get_string(value);
}

static void expect_fault(struct model *m, const char *reason, uint64_t addr, const char *access,
			 const char *by)
{
	struct json_object *show = control_on(m->card, "show", 0), *fault, *value;

	assert_true(json_object_object_get_ex(show, "host-fault", &fault));
	assert_string_equal(text_of(fault, "reason"), reason);
	assert_string_equal(text_of(fault, "access"), access);
	assert_string_equal(text_of(fault, "by"), by);
	assert_true(json_object_object_get_ex(fault, "address", &value));
	assert_int_equal(json_object_get_uint64(value), addr);
	json_object_put(show);
}

static void expect_none(struct model *m)
{
	struct json_object *show = control_on(m->card, "show", 0), *fault;

	assert_true(json_object_object_get_ex(show, "host-fault", &fault));
	assert_string_equal(text_of(fault, "reason"), "none");
	assert_false(json_object_object_get_ex(fault, "address", NULL));
	json_object_put(show);
}

static void expect_log(struct logged *l, const char *words)
{
	fflush(l->out);
	if (!strstr(l->text, words))
		fail_msg("the log does not say '%s' but: %s", words, l->text);
}

/* The counters say so, and no other one of the four. */
static void expect_counts(struct model *m, unsigned int unmapped, unsigned int read_only,
			  unsigned int write_only, unsigned int no_memory)
{
	assert_int_equal(counter(m, "host_unmapped"), unmapped);
	assert_int_equal(counter(m, "host_read_only"), read_only);
	assert_int_equal(counter(m, "host_write_only"), write_only);
	assert_int_equal(counter(m, "host_no_memory"), no_memory);
}

static void map_hole(struct model *m, unsigned int prot, bool memory)
{
	int fd = memory ? memfd_create("hole", MFD_CLOEXEC) : -1;

	if (memory)
		assert_int_equal(ftruncate(fd, 4096), 0);
	assert_int_equal(emu_hostmem_map(emu_card_hostmem(m->card), HOLE, 4096, fd, 0, prot), 0);
	if (memory)
		close(fd);
}

static void source(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 6, 3, 64);

	expect_none(l->m);
	ring_copy(&r, dev_host(0x500000), HOST + HOLE - 6, 32);
	until(counter(l->m, "aborts"));
	expect_fault(l->m, "unmapped", HOLE, "read", "engine 6 queue 3, M2S data");
	expect_log(l, "card 0: engine 6 queue 3, M2S data: read of host address 0x14000000, "
		      "where the client has no mapping for this card (an IOMMU fault");
	expect_counts(l->m, 1, 0, 0, 0);
	assert_int_equal(counter(l->m, "data_read_faults"), 1);
}

static void destination(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 11, 15, 64);

	ring_copy(&r, HOST + HOLE + 0x1230, DRAM0, 64);
	until(counter(l->m, "aborts"));
	expect_fault(l->m, "unmapped", HOLE + 0x1230, "write", "engine 11 queue 15, S2M data");
	expect_log(l, "S2M data: write to host address 0x14001230");
	expect_counts(l->m, 1, 0, 0, 0);
}

static void read_only(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 1, 0, 64);

	map_hole(l->m, EMU_HOSTMEM_READ, true);
	ring_copy(&r, HOST + HOLE + 8, DRAM0, 64);
	until(counter(l->m, "aborts"));
	expect_fault(l->m, "read-only", HOLE + 8, "write", "engine 1 queue 0, S2M data");
	expect_log(l, "write to host address 0x14000008, which the client has mapped read-only");
	expect_counts(l->m, 0, 1, 0, 0);
}

static void write_only(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 1, 0, 64);

	map_hole(l->m, EMU_HOSTMEM_WRITE, true);
	ring_copy(&r, DRAM0, HOST + HOLE + 8, 64);
	until(counter(l->m, "aborts"));
	expect_fault(l->m, "write-only", HOLE + 8, "read", "engine 1 queue 0, M2S data");
	expect_counts(l->m, 0, 0, 1, 0);
}

static void no_memory(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 1, 0, 64);

	map_hole(l->m, EMU_HOSTMEM_READ | EMU_HOSTMEM_WRITE, false);
	ring_copy(&r, HOST + HOLE, DRAM0, 64);
	until(counter(l->m, "aborts"));
	expect_fault(l->m, "no-memory", HOLE, "write", "engine 1 queue 0, S2M data");
	expect_log(l, "a mapping for which the client sent no memory");
	expect_counts(l->m, 0, 0, 0, 1);
}

static void rings(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 4, 1, 64);

	wr(l->m, queue_reg(4, 0, 1, Q_BASE), (uint32_t)HOLE);
	ring_add(&r, 0, 1);
	until(counter(l->m, "aborts") == 1);
	expect_fault(l->m, "unmapped", HOLE, "read", "engine 4 queue 1, M2S descriptor");
	wr(l->m, udma(4) + 0x204, 1);
	wr(l->m, udma(4) + S2M + 0x204, 1);
	r = ring_make(l->m, 4, 1, 64);
	wr(l->m, queue_reg(4, S2M, 1, Q_BASE), (uint32_t)HOLE + 64);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	until(counter(l->m, "aborts") == 2);
	expect_fault(l->m, "unmapped", HOLE + 64, "read", "engine 4 queue 1, S2M descriptor");
	expect_counts(l->m, 2, 0, 0, 0);
	assert_int_equal(counter(l->m, "descriptor_faults"), 2);
}

static void completion_ring(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 4, 1, 64);

	wr(l->m, queue_reg(4, S2M, 1, Q_CBASE), (uint32_t)HOLE);
	wr(l->m, queue_reg(4, S2M, 1, Q_CBASE + 4), HOST >> 32);
	wr(l->m, queue_reg(4, S2M, 1, S2M_COMPLETION), 3);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	until(counter(l->m, "aborts"));
	expect_fault(l->m, "unmapped", HOLE, "write", "engine 4 queue 1, S2M completion entry");
	expect_counts(l->m, 1, 0, 0, 0);
}

static void not_of_the_host(void **state)
{
	struct logged *l = *state;
	struct ring r = ring_make(l->m, 6, 0, 64);

	ring_copy(&r, dev_host(0x500000), DRAM1 - 64, 4);
	until(counter(l->m, "aborts") == 1);
	control(l->m, "link west down");
	wr(l->m, udma(6) + 0x204, 1);
	wr(l->m, udma(6) + S2M + 0x204, 1);
	r = ring_make(l->m, 6, 0, 64);
	ring_copy(&r, WEST + DRAM0, dev_host(0x400000), 4);
	until(counter(l->m, "aborts") == 2);
	expect_none(l->m);
	expect_counts(l->m, 0, 0, 0, 0);
}

static void mailbox(struct model *m, uint64_t request, uint64_t response)
{
	wr(m, MISC + 0x1F4, (uint32_t)request);
	wr(m, MISC + 0x1F0, (uint32_t)(request >> 32));
	wr(m, MISC + 0x1FC, (uint32_t)response);
	wr(m, MISC + 0x1F8, (uint32_t)(response >> 32));
	wr(m, MISC + 0x800, 1);
}

static void firmware(void **state)
{
	struct logged *l = *state;
	struct model *m = l->m;

	mailbox(m, HOST + HOLE, dev_host(0x610000));
	until(counter(m, "fwio_bad_pointer") == 1);
	expect_fault(m, "unmapped", HOLE, "read", "firmware, request");
	expect_log(l, "firmware, request: read of host address 0x14000000");
	/* The header can be read, what it says to follow cannot. */
	memset(m->host + HOST_BYTES - 64, 0, 64);
	put(m->host + HOST_BYTES - 64, 0x10000000);
	mailbox(m, HOST + HOLE - 64, dev_host(0x610000));
	until(counter(m, "fwio_bad_size") == 1);
	expect_fault(m, "unmapped", HOLE, "read", "firmware, request");
	expect_counts(m, 2, 0, 0, 0);
}

static void firmware_answer(void **state)
{
	struct logged *l = *state;
	struct model *m = l->m;
	uint64_t addr = APB + MISC;

	/* A good READ of one word: only its answer has nowhere to go. */
	memset(m->host + 0x600000, 0, 16);
	put(m->host + 0x600000, 16 << 16 | 1 << 8 | 9);
	memcpy(m->host + 0x600008, &addr, 8);
	put(m->host + 0x600004, emu_crc32c(m->host + 0x600000, 16));
	mailbox(m, dev_host(0x600000), HOST + HOLE + 0x40);
	until(counter(m, "fwio_bad_pointer") == 1);
	expect_fault(m, "unmapped", HOLE + 0x40, "write", "firmware, answer");
	expect_counts(m, 1, 0, 0, 0);
}

static void notification(void **state)
{
	struct logged *l = *state;
	struct model *m = l->m;

	wr(m, UNIT0 + EVENTS, (uint32_t)HOLE);
	wr(m, UNIT0 + EVENTS + 4, HOST >> 32);
	wr(m, UNIT0 + EVENTS + 8, 4096);
	card_store(m->card, 2, 0x2700000 + 4 * 9, 1);
	assert_int_equal(counter(m, "records_faulted"), 1);
	expect_fault(m, "unmapped", HOLE, "write", "notification unit of core 0");
	expect_log(l, "notification unit of core 0: write to host address 0x14000000");
	expect_counts(m, 1, 0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH("a source without a mapping is told with its first such byte", source),
		BOTH("a destination without a mapping is told", destination),
		BOTH("a write to a read-only mapping is told as such", read_only),
		BOTH("a read of a write-only mapping is told as such", write_only),
		BOTH("a mapping without memory is told as such", no_memory),
		BOTH("rings without a mapping are told", rings),
		BOTH("a completion ring without a mapping is told", completion_ring),
		BOTH("addresses of no host are no fault of the host", not_of_the_host),
		BOTH("a firmware request without a mapping is told", firmware),
		BOTH("a firmware answer without a mapping is told", firmware_answer),
		BOTH("a notification record without a mapping is told", notification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
