// SPDX-License-Identifier: GPL-2.0
/* What descriptors can reach: docs/hardware, sections 2 and 3.11. */
#include <pthread.h>

#include "model.h"

#define CARDS 3

static int setup_cards(void **state, bool dma_inline)
{
	struct emu_opts opts = model_opts(dma_inline);

	opts.nr_cards = CARDS;
	*state = model_create(&opts);
	return 0;
}

static int setup_cards_inline(void **state)
{
	return setup_cards(state, true);
}

static int setup_cards_async(void **state)
{
	return setup_cards(state, false);
}

#define BOTH_CARDS(promise, function) \
	{ promise " (inline)", function, setup_cards_inline, model_teardown, NULL }, \
	{ promise " (async)", function, setup_cards_async, model_teardown, NULL }

static void copy(struct ring *r, uint64_t dst, uint64_t src, uint32_t len)
{
	ring_copy(r, dst, src, len);
	ring_wait_empty(r);
}

static void channels_and_ports(void **state)
{
	static const uint64_t dst[] = {
		DRAM0 + 0x1000, DRAM0 + 0xFFFFF000, DRAM1, DRAM1 + 0xFFFFF000,
		DRAM0 + PORT1 + 0x5000, DRAM1 + PORT1 + 0x6000,
	};
	static const uint64_t bar4[] = {
		0x1000, 0xFFFFF000, 0x100000000, 0x1FFFFF000, 0x5000, 0x100006000,
	};
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	uint8_t want[256], got[256];
	unsigned int i;

	for (i = 0; i < 6; i++) {
		fill(want, sizeof(want), i);
		memcpy(m->host + 0x400000, want, sizeof(want));
		copy(&r, dst[i], dev_host(0x400000), sizeof(want));
		dram_get(m->card, bar4[i], got, sizeof(got));
		assert_memory_equal(got, want, sizeof(got));
		dram_put(m->card, bar4[i] + 512, want, sizeof(want));
		copy(&r, dev_host(0x500000), (dst[i] ^ PORT1) + 512, sizeof(want));
		assert_memory_equal(m->host + 0x500000, want, sizeof(want));
	}
}

static void odd_addresses(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 3, 64);
	unsigned int i;

	fill(m->host + 0x400000, 0x20000, 5);
	for (i = 1; i < 40; i++) {
		memset(m->host + 0x500000, 0, 0x20000);
		copy(&r, DRAM1 + 7 * i, dev_host(0x400000 + i), 1 + 1601 * i);
		copy(&r, dev_host(0x500000 + 3 * i), DRAM1 + 7 * i, 1 + 1601 * i);
		assert_memory_equal(m->host + 0x500000 + 3 * i, m->host + 0x400000 + i, 1 + 1601 * i);
		assert_int_equal(m->host[0x500000 + 3 * i - 1], 0);
		assert_int_equal(m->host[0x500000 + 3 * i + 1 + 1601 * i], 0);
	}
}

static void host_mappings_join(void **state)
{
	struct model *m = *state;
	struct emu_hostmem *hm = emu_card_hostmem(m->card);
	struct ring r = ring_make(m, 3, 3, 64);
	int fd = memfd_create("more", MFD_CLOEXEC);
	uint8_t *more;

	assert_int_equal(ftruncate(fd, 0x10000), 0);
	more = mmap(NULL, 0x10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_int_equal(emu_hostmem_map(hm, HOST_IOVA + HOST_BYTES, 0x10000, fd, 0,
					 EMU_HOSTMEM_READ), 0);
	close(fd);
	fill(m->host + HOST_BYTES - 0x1000, 0x1000, 1);
	fill(more, 0x1000, 2);
	copy(&r, DRAM0, HOST + HOST_IOVA + HOST_BYTES - 0x1000, 0x2000);
	copy(&r, dev_host(0x500000), DRAM0, 0x2000);
	assert_memory_equal(m->host + 0x500000, m->host + HOST_BYTES - 0x1000, 0x1000);
	assert_memory_equal(m->host + 0x501000, more, 0x1000);
	/* That mapping is read-only for the device. */
	ring_copy(&r, HOST + HOST_IOVA + HOST_BYTES, DRAM0, 4);
	until(rd(m, udma(3) + GEN + 0x2040) == 1u << 1);
	munmap(more, 0x10000);
}

static void core_memory_keeps(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 0, 64);
	const uint32_t core = 0x4000000;

	fill(m->host + 0x400000, 0x8000, 4);
	copy(&r, CORES + 2 * core + 0x123400, dev_host(0x400000), 0x8000);
	copy(&r, dev_host(0x500000), CORES + 2 * core + 0x123400, 0x8000);
	assert_memory_equal(m->host + 0x500000, m->host + 0x400000, 0x8000);
	assert_int_equal(card_load(m->card, 2, 2 * core + 0x123404), get(m->host + 0x400004));
	/* Untouched memory reads zero, the instruction FIFO swallows. */
	copy(&r, dev_host(0x500000), CORES + 3 * core, 16);
	assert_int_equal(get(m->host + 0x500000), 0);
	copy(&r, CORES + 0x265C000, dev_host(0x400000), 0x4000);
	copy(&r, dev_host(0x500000), CORES + 0x265C000, 0x4000);
	assert_int_equal(get(m->host + 0x500000), 0);
	assert_int_equal(rd(m, udma(1) + 0x200), 0);
	/* A copy may run from memory over the FIFO into memory behind. */
	copy(&r, CORES + 0x265C000 - 16, dev_host(0x400000), 0x4020);
	assert_int_equal(card_load(m->card, 2, 0x265C000 - 16), get(m->host + 0x400000));
	assert_int_equal(card_load(m->card, 2, 0x2660000), get(m->host + 0x404010));
}

static void semaphores_by_dma(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 0, 64);
	unsigned int i;

	card_store(m->card, 2, 0x4000000 + 0x2701100 + 4 * 5, 100);
	for (i = 0; i < 32; i++)
		put(m->host + 0x400000 + 4 * i, i);
	copy(&r, CORES + 0x4000000 + 0x2701200, dev_host(0x400000), 128); /* all 32 by one copy */
	assert_int_equal(card_load(m->card, 2, 0x4000000 + 0x2701000 + 4 * 5), 105);
	assert_int_equal(card_load(m->card, 2, 0x4000000 + 0x2701000 + 4 * 31), 31);
	copy(&r, dev_host(0x500000), CORES + 0x4000000 + 0x2701000, 128);
	assert_int_equal(get(m->host + 0x500000 + 20), 105);
	/* Registers take whole words only. */
	ring_copy(&r, CORES + 0x4000000 + 0x2701200, dev_host(0x400000), 6);
	until(rd(m, udma(1) + GEN + 0x2040) == 1u << 1);
}

static void tail_increment_by_dma(void **state)
{
	struct model *m = *state;
	struct ring starter = ring_make(m, 0, 1, 64);
	struct ring worker = ring_make_on(m, m->card, 7, 2, 64, RING_OFF(1));

	put(m->host + 0x400000, 1);
	put(m->host + 0x400010, 0xfeed);
	put(m->host + 0x500000, 0);
	ring_put_copy(&worker, dev_host(0x500000), dev_host(0x400010), 4);
	ring_put_copy(&starter, APB + queue_reg(7, S2M, 2, Q_ADD), dev_host(0x400000), 4);
	ring_put_copy(&starter, APB + queue_reg(7, 0, 2, Q_ADD), dev_host(0x400000), 4);
	ring_start(&starter, 2);
	until(get(m->host + 0x500000) == 0xfeed);
}

static void ring_in_dram(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 2, 2, 64);

	wr(m, queue_reg(2, 0, 2, Q_BASE), 0x10000);
	wr(m, queue_reg(2, 0, 2, Q_BASE + 4), 0x10);
	wr(m, queue_reg(2, S2M, 2, Q_BASE), 0x20000);
	wr(m, queue_reg(2, S2M, 2, Q_BASE + 4), 0x10);
	put(m->host + 0x400000, 0xbeef);
	ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	dram_put(m->card, 0x100010000, r.desc[0], 16);
	dram_put(m->card, 0x100020000, r.desc[1], 16);
	memset(r.desc[0], 0, 16);
	memset(r.desc[1], 0, 16);
	ring_start(&r, 1);
	until(get(m->host + 0x500000) == 0xbeef);
}

static void self_ringing_ends(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 32);
	unsigned int i;

	/* Every packet adds itself again, in both halves, by two copies. */
	put(m->host + 0x400000, 2);
	for (i = 0; i < 4; i++) {
		uint32_t word0 = 4 | M2S_FIRST | M2S_LAST;
		unsigned int lap;

		for (lap = 0; lap < 8; lap++) {
			ring_put(&r, 1, 4, 0, APB + queue_reg(0, lap & 1 ? 0 : S2M, 0, Q_ADD));
			ring_put(&r, 0, word0, OP_COPY, dev_host(0x400000));
		}
	}
	wr(m, udma(0) + GEN + 0x2030, 0xffffffff);
	ring_start(&r, 2);
	/* It runs until the ids of the ring's second lap do not fit. The store came back. */
	until(rd(m, udma(0) + GEN + 0x2000) == 1u << 17);
	assert_true(counter(m, "packets") == 32);
}

static void endless_work_does_not_hold_the_store(void **state)
{
	struct emu_opts opts = model_opts(true);
	struct model *m;
	struct ring r;
	unsigned int i;

	(void)state;
	opts.lenient_ring_ids = true;
	m = model_create(&opts);
	r = ring_make(m, 0, 0, 32);
	put(m->host + 0x400000, 2);
	for (i = 0; i < 32; i++)
		ring_put_copy(&r, APB + queue_reg(0, i & 1 ? 0 : S2M, 0, Q_ADD),
			      dev_host(0x400000), 4);
	ring_start(&r, 2); /* never ends by itself, yet this store must */
	assert_true(counter(m, "packets") > 1000);
	/* Not by a reset: the packet under way may add itself after it, on hardware too. */
	put(m->host + 0x400000, 0);
	until(ring_used(&r, 0) == 0);
	model_destroy(m);
}

static void into_the_neighbour(void **state)
{
	struct model *m = *state;
	struct emu_card *east = emu_box_card(m->box, 1), *west = emu_box_card(m->box, 2);
	struct ring r = ring_make(m, 6, 6, 64);
	uint8_t got[0x3000];

	fill(m->host + 0x400000, sizeof(got), 8);
	copy(&r, EAST + DRAM1 + 0x100, dev_host(0x400000), sizeof(got));
	dram_get(east, 0x100000100, got, sizeof(got));
	assert_memory_equal(got, m->host + 0x400000, sizeof(got));
	copy(&r, WEST + DRAM0 + 0x200, EAST + DRAM1 + 0x100, sizeof(got));
	dram_get(west, 0x200, got, sizeof(got));
	assert_memory_equal(got, m->host + 0x400000, sizeof(got));
	/* Its semaphores and events too. */
	put(m->host + 0x400000, 3);
	copy(&r, EAST + CORES + 0x2701200, dev_host(0x400000), 4);
	assert_int_equal(card_load(east, 2, 0x2701000), 3);
	assert_int_equal(card_load(m->card, 2, 0x2701000), 0);
	/* Not its host, not its own windows, nor anything while the link is down. */
	ring_copy(&r, EAST + (1ull << 45), dev_host(0x400000), 4);
	until(rd(m, udma(6) + GEN + 0x2040) == 1u << 1);
}

static void link_down_is_a_fault(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 6, 6, 64);

	control(m, "link west down");
	ring_copy(&r, WEST + DRAM0, dev_host(0x400000), 4);
	until(rd(m, udma(6) + GEN + 0x2040) == 1u << 1);
}

/* All cards start the next one's queue through their east windows, around the ring. */
static void around_the_ring(void **state)
{
	struct model *m = *state;
	struct ring r[CARDS];
	unsigned int i, lap;

	put(m->host + 0x400000, 1);
	put(m->host + 0x400010, 0);
	for (i = 0; i < CARDS; i++) {
		struct emu_card *card = emu_box_card(m->box, i);

		r[i] = ring_make_on(m, card, 0, 0, 4096, RING_OFF(i));
		for (lap = 0; lap < 1000; lap++) {
			ring_put_copy(&r[i], CORES + 0x2701200, dev_host(0x400000), 4);
			ring_put_copy(&r[i], EAST + APB + queue_reg(0, 0, 0, Q_ADD),
				      dev_host(0x400004), 4);
		}
		ring_add(&r[i], 1, 2000);
	}
	put(m->host + 0x400004, 2);
	ring_add(&r[0], 0, 2);
	ring_add(&r[1], 0, 2);
	ring_add(&r[2], 0, 2);
	for (i = 0; i < CARDS; i++)
		until(card_load(r[i].card, 2, 0x2701000) == 1000);
}

struct mapper {
	struct emu_hostmem *hm;
	atomic_bool stop;
};

static void *map_and_unmap(void *arg)
{
	struct mapper *mapper = arg;
	int fd = memfd_create("more", MFD_CLOEXEC);

	assert_int_equal(ftruncate(fd, 0x1000), 0);
	while (!atomic_load(&mapper->stop)) {
		emu_hostmem_map(mapper->hm, HOST_IOVA + HOST_BYTES, 0x1000, fd, 0,
				EMU_HOSTMEM_READ);
		emu_hostmem_unmap(mapper->hm, HOST_IOVA + HOST_BYTES, 0x1000);
	}
	close(fd);
	return NULL;
}

/* Card's lock, host memory, a writer of mappings: all three ways to take them, at once. */
static void maps_registers_and_records(void **state)
{
	struct model *m = *state;
	struct mapper mapper = { .hm = emu_card_hostmem(m->card) };
	struct ring r = ring_make(m, 0, 0, 64);
	pthread_t thread;
	unsigned int i, lap;

	wr(m, 0x404000 + 0x1094, (uint32_t)dev_host(0x700000));
	wr(m, 0x404000 + 0x1098, (uint32_t)(dev_host(0x700000) >> 32));
	wr(m, 0x404000 + 0x109C, 4096);
	put(m->host + 0x400000, 1);
	put(m->host + 0x400004, 0);
	pthread_create(&thread, NULL, map_and_unmap, &mapper);
	for (lap = 0; lap < 400; lap++) {
		for (i = 0; i < 60; i++)
			ring_put_copy(&r, CORES + 0x2700000, dev_host(0x400000 + 4 * (i & 1)), 4);
		ring_start(&r, 60);
		do {
			card_store(m->card, 2, 0x2700004, ++i & 1);
		} while (ring_used(&r, 0));
	}
	atomic_store(&mapper.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(counter(m, "packets"), 400 * 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH_MODES("both DRAM channels and both ports are where BAR4 shows them",
			   channels_and_ports),
		BOTH_MODES("any address and any length copy exactly", odd_addresses),
		BOTH_MODES("a copy runs across mappings and honours their protection",
			   host_mappings_join),
		BOTH_MODES("core memory keeps what DMA writes", core_memory_keeps),
		BOTH_MODES("copies into semaphores act word by word", semaphores_by_dma),
		BOTH_MODES("a copied tail increment starts its queue", tail_increment_by_dma),
		BOTH_MODES("rings may lie in DRAM", ring_in_dram),
		BOTH_MODES("a ring that feeds itself runs through its lap", self_ringing_ends),
		PLAIN("inline: endless work is taken off the store that began it",
		      endless_work_does_not_hold_the_store),
		BOTH_MODES("mappings, register copies and records do not wait in a circle",
			   maps_registers_and_records),
		BOTH_CARDS("DRAM and registers of neighbours are targets", into_the_neighbour),
		BOTH_CARDS("a link that is down is a fault", link_down_is_a_fault),
		BOTH_CARDS("cards that start each other in a ring do not deadlock",
			   around_the_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
