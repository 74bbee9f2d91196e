// SPDX-License-Identifier: GPL-2.0
/* Descriptors through a ring, and the way of an event to who waits for it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bench.h"
#include "pair.h"

#define ENTRIES		8192
#define BATCH		512u
#define ROUNDS		200
#define BYTES		64
#define EVENT		7
#define EVENTS		2000

/* Write and start some, then hand all back. Returns the time of one, in ns. */
static double ring_round(struct bench *bench, struct neuron_ring *ring,
			 const struct neuron_entry *entries, uint32_t count)
{
	uint64_t start = now_ns();
	uint32_t written;

	must(bench, neuron_ring_write(ring, entries, count, NEURON_RING_START, &written),
	     "ring-write");
	if (written != count)
		die(bench, "ring-write");
	must(bench, neuron_ring_ack(ring, count, WAIT_MS), "ring-ack");

	return (double)(now_ns() - start) / count;
}

void bench_ring(struct bench *bench)
{
	struct neuron_entry entries[BATCH];
	struct neuron_mem *src, *dst;
	struct neuron_ring *ring;
	struct pair rounds[ROUNDS], counts;
	unsigned int i;

	must(bench, neuron_mem_alloc_device(bench->ctx, MIB, 0, 0, NULL, WAIT_MS, &src), "memory");
	must(bench, neuron_mem_alloc_device(bench->ctx, MIB, 1, 0, NULL, WAIT_MS, &dst), "memory");
	must(bench, neuron_ring_create(bench->ctx, ENTRIES, NULL, &ring), "ring-create");
	must(bench, neuron_ring_attach(ring, 0, 0), "ring-attach");
	for (i = 0; i < BATCH; i++)
		neuron_entry_copy(&entries[i], dst, i * BYTES, src, i * BYTES, BYTES);
	for (i = 0; i < ROUNDS; i++) {
		rounds[i].a = ring_round(bench, ring, entries, BATCH);
		rounds[i].b = ring_round(bench, ring, entries, 1);
	}
	counts = pair_median(rounds, ROUNDS);
	row_print(&ROW(.name = "descriptors through a ring, 512 a request", .unit = "/s",
		       .value = 1e9 / counts.a, .reference = 1e9 / counts.b,
		       .ratio = counts.b / counts.a, .at_least = 10));
	neuron_ring_destroy(ring, WAIT_MS);
	neuron_mem_free(src);
	neuron_mem_free(dst);
}

enum how { POLLED, WAITED, BY_EVENTFD, HOWS };

struct telling {
	struct neuron_ring *ring;
	struct neuron_nq *nq;
	int eventfd;		/* -1: the queue has none */
	uint32_t value;
};

static int receive(struct telling *t, enum how how, struct neuron_nq_record *record)
{
	struct pollfd fd = { .fd = t->eventfd, .events = POLLIN };
	eventfd_t count;

	if (how == WAITED)
		return neuron_nq_wait(t->nq, record, 1, WAIT_MS);
	/* An event file may be raised without news: then the caller asks again. */
	if (how == BY_EVENTFD && (poll(&fd, 1, WAIT_MS) != 1 || eventfd_read(fd.fd, &count)))
		return -ETIMEDOUT;

	return neuron_nq_poll(t->nq, record, 1);
}

/* From starting the descriptor of an event to having its record, in ns. */
static double tell(struct bench *bench, struct telling *t, enum how how)
{
	struct neuron_nq_record record;
	struct neuron_entry entry;
	uint64_t start;
	double took;
	int got = 0;

	t->value = !t->value;
	neuron_entry_event(&entry, 0, EVENT, t->value);
	start = now_ns();
	must(bench, neuron_ring_write(t->ring, &entry, 1, NEURON_RING_START, NULL), "ring-write");
	while (!got) {
		got = receive(t, how, &record);
		must(bench, got, "record");
	}
	took = (double)(now_ns() - start);
	if (neuron_nq_record_id(&record) != EVENT || neuron_nq_record_value(&record) != t->value)
		die(bench, "the record is another one's");
	must(bench, neuron_ring_ack(t->ring, 1, WAIT_MS), "ring-ack");
	must(bench, neuron_nq_ack(t->nq), "nq-ack");

	return took;
}

/* A request that touches no hardware: what the way to the kernel and back costs. */
static double look(struct bench *bench)
{
	struct neuron_ctx_info info;
	uint64_t start = now_ns();

	must(bench, neuron_ctx_get(bench->ctx, &info, sizeof(info)), "context-get");

	return (double)(now_ns() - start);
}

static const struct {
	const char *name;
	double at_most;
} ways[HOWS] = {
	[POLLED] = { "event descriptor to reader, polling the mapped queue", 10 },
	[WAITED] = { "event descriptor to reader, in neuron_nq_wait()", 40 },
	[BY_EVENTFD] = { "event descriptor to reader, by eventfd", 40 },
};

/* Events told in one way; the price of a request is taken between them. */
static void tell_many(struct bench *bench, struct telling *t, enum how how)
{
	static struct pair turns[EVENTS];
	struct pair counts;
	unsigned int i;

	t->eventfd = how == BY_EVENTFD ? eventfd(0, EFD_CLOEXEC) : -1;
	must(bench, neuron_nq_create_eventfd(bench->ctx, 0, NEURON_NQ_TYPE_EVENT, 0, 65536,
					     t->eventfd, &t->nq), "nq-create");
	must(bench, neuron_nq_map(t->nq, NULL), "mmap");
	for (i = 0; i < EVENTS; i++) {
		turns[i].a = look(bench);
		turns[i].b = tell(bench, t, how);
	}
	counts = pair_median(turns, EVENTS);
	row_print(&ROW(.name = ways[how].name, .unit = "us", .value = counts.b / 1000,
		       .reference = counts.a / 1000, .ratio = counts.b / counts.a,
		       .at_most = ways[how].at_most));
	must(bench, neuron_nq_destroy(t->nq, WAIT_MS), "nq-destroy");
	if (t->eventfd >= 0)
		close(t->eventfd);
}

void bench_events(struct bench *bench)
{
	struct telling t = { .value = 0 };
	enum how how;

	must(bench, neuron_event_set(bench->ctx, 0, EVENT, 0), "event-set");
	must(bench, neuron_ring_create(bench->ctx, 256, NULL, &t.ring), "ring-create");
	must(bench, neuron_ring_attach(t.ring, 0, 0), "ring-attach");
	for (how = POLLED; how < HOWS; how++)
		tell_many(bench, &t, how);
	neuron_ring_destroy(t.ring, WAIT_MS);
}
