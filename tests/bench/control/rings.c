// SPDX-License-Identifier: GPL-2.0
/*
 * Writing and starting descriptors. A store to the card is trapped where the card is
 * emulated, which costs more than the rest of a request; so starting is told apart. A
 * start has two doorbells, one for each half of the ring.
 */
#include <stdio.h>

#include "control.h"

#define RING		16384	/* descriptors */
#define ROUNDS		12
#define REQUESTS	32

/** struct costs - us of one, the best turns */
struct costs {
	double write, start;
};

static void keep(double *best, double one)
{
	if (!*best || one < *best)
		*best = one;
}

static void hand_back(struct card *card, uint32_t ring, unsigned int count)
{
	struct link *link = &card->link;
	uint64_t got;

	while (count) {
		card_request(card, NEURON_CMD_RING_ACK, 0);
		msg_u32(link, NEURON_A_RING_RING_ID, ring);
		link_ask(link);
		got = link_value(link, NEURON_A_RING_COUNT);
		count -= got == ALL_ONES ? 0 : got;
	}
}

/* Entries of a ring-write: 64 bytes within a memory, side by side. */
static void put_copies(struct link *link, uint32_t mem, unsigned int count)
{
	size_t nest;

	while (count--) {
		nest = nest_begin(link, NEURON_A_RING_ENTRY);
		msg_u32(link, NEURON_A_ENTRY_SRC_MEM, mem);
		msg_u32(link, NEURON_A_ENTRY_DST_MEM, mem);
		msg_u64(link, NEURON_A_ENTRY_DST_OFFSET, 64);
		msg_u64(link, NEURON_A_ENTRY_LENGTH, 64);
		nest_end(link, nest);
	}
}

/* Makes a ring-write of so many entries, and does not send it. */
void make_write(struct card *card, uint32_t ring, uint32_t mem, unsigned int count)
{
	card_request(card, NEURON_CMD_RING_WRITE, 0);
	msg_u32(&card->link, NEURON_A_RING_RING_ID, ring);
	put_copies(&card->link, mem, count);
}

static void write_some(struct card *card, uint32_t ring, uint32_t mem, unsigned int count)
{
	make_write(card, ring, mem, count);
	link_send(&card->link);
	link_get(&card->link, 1);
}

static void start_all(struct card *card, uint32_t ring)
{
	card_request(card, NEURON_CMD_RING_START, 0);
	msg_u32(&card->link, NEURON_A_RING_RING_ID, ring);
	link_send(&card->link);
	link_get(&card->link, 1);
}

static void one_size(struct card *card, uint32_t ring, uint32_t mem, unsigned int size,
		     struct costs *costs)
{
	unsigned int round, i;
	double begin, writes, starts;

	for (round = 0; round < ROUNDS; round++) {
		writes = starts = 0;
		for (i = 0; i < REQUESTS; i++) {
			begin = now_us();
			write_some(card, ring, mem, size);
			writes += now_us() - begin;
			begin = now_us();
			start_all(card, ring);
			starts += now_us() - begin;
			hand_back(card, ring, size);
		}
		keep(&costs->write, writes / REQUESTS / size);
		keep(&costs->start, starts / REQUESTS);
	}
}

void bench_rings(void)
{
	static const unsigned int sizes[] = { 1, 8, 32, 128 };
	static struct card card;
	struct costs costs[4] = { 0 };
	uint32_t ring, mem;
	uint64_t bells;
	unsigned int i;
	char name[80];

	say("rings");
	card_open(&card, 0);
	mem = card_memory(&card, PAGE);
	ring = card_ring(&card, RING);
	for (i = 0; i < 4; i++) {
		bells = card_stat(&card, NEURON_A_STATS_DOORBELLS);
		one_size(&card, ring, mem, sizes[i], &costs[i]);
		bells = card_stat(&card, NEURON_A_STATS_DOORBELLS) - bells;
		snprintf(name, sizeof(name), "ring-write of %u, per descriptor, to one alone", sizes[i]);
		row_print(&ROW(.name = name, .unit = "us", .value = costs[i].write,
			       .reference = costs[0].write,
			       .ratio = costs[i].write / costs[0].write));
		snprintf(name, sizeof(name), "ring-start of %u with its doorbells, to its ring-write",
			 sizes[i]);
		row_print(&ROW(.name = name, .unit = "us", .value = costs[i].start,
			       .reference = costs[i].write * sizes[i],
			       .ratio = costs[i].start / (costs[i].write * sizes[i])));
		snprintf(name, sizeof(name), "doorbells of a ring-start of %u", sizes[i]);
		row_print(&ROW(.name = name, .unit = "stores", .at_most = 2,
			       .value = (double)bells / ROUNDS / REQUESTS));
	}
	card_close(&card);
}
