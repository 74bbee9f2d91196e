// SPDX-License-Identifier: GPL-2.0
/*
 * How fast a card moves bytes, against memcpy() of the same bytes between the same pages in
 * the same process. Every row is a ratio. Both sides take turns slice by slice, and of each
 * slice the best turn of several counts, so that a busy machine disturbs both alike and a
 * quiet moment is enough for either.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pair.h"

#define MIB		(1ull << 20)
#define CHUNK_BYTES	65536u		/* one descriptor */
#define SLICE_BYTES	(16 * MIB)
#define D2D_BYTES	(1024 * MIB)
#define H2D_BYTES	(256 * MIB)
#define CHANNEL_BYTES	(4096 * MIB)	/* BAR4 shows channel 1 behind channel 0 */
#define SMALL_BYTES	64u
#define SMALL_BATCH	4096u
#define SMALL_TURNS	200u		/* of one round */
#define LEAST_ROUNDS	4u
#define QUIET_ROUNDS	2u		/* as many without news end a race */
#define MOST_ROUNDS	24u
#define NEWS		0.99		/* a best time that falls below this much of itself */

#define keep(what) __asm__ volatile("" : : "g"(&(what)) : "memory")

/* One copy: where the card and where this process sees its two ends. */
struct route {
	uint64_t dev_src, dev_dst;
	uint8_t *src, *dst;
	uint64_t bytes;
};

struct result {
	double card_s, memcpy_s;
};

/* When a race ends: best times settle early on a quiet machine, late on a busy one. */
struct rounds {
	const char *name;
	unsigned int done, quiet;
	struct result before;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void least(double *best, double seconds)
{
	if (!*best || seconds < *best)
		*best = seconds;
}

static bool go_on(struct rounds *rounds, const struct result *best)
{
	bool news = best->card_s < rounds->before.card_s * NEWS ||
		    best->memcpy_s < rounds->before.memcpy_s * NEWS;

	rounds->done++;
	rounds->quiet = news || rounds->done == 1 ? 0 : rounds->quiet + 1;
	rounds->before = *best;
	fprintf(stderr, "%s%s: round %u, ratio %.2f", isatty(2) ? "\r" : "  ", rounds->name,
		rounds->done, best->card_s / best->memcpy_s);
	if (rounds->done < MOST_ROUNDS &&
	    (rounds->done < LEAST_ROUNDS || rounds->quiet < QUIET_ROUNDS)) {
		fputs(isatty(2) ? "" : "\n", stderr);
		return true;
	}
	fputc('\n', stderr);
	return false;
}

static double time_memcpy(const struct route *route, uint64_t off)
{
	double start = now_s();

	memcpy(route->dst + off, route->src + off, SLICE_BYTES);
	keep(*route->dst);
	return now_s() - start;
}

/* Descriptors are written outside of the time: 256 of them do not show beside 16 MiB. */
static double time_card(struct pair *pair, const struct route *route, uint64_t off)
{
	uint64_t at, end = off + SLICE_BYTES;
	double start;

	for (at = off; at < end; at += CHUNK_BYTES)
		pair_put(pair, route->dev_dst + at, route->dev_src + at, CHUNK_BYTES,
			 at + CHUNK_BYTES == end);
	start = now_s();
	pair_run(pair, SLICE_BYTES / CHUNK_BYTES);
	return now_s() - start;
}

static void check(const struct route *route, const char *name)
{
	if (memcmp(route->dst, route->src, route->bytes))
		errx(2, "%s: what arrived is not what was sent", name);
}

static struct result sum_up(double (*slice)[2], unsigned int slices)
{
	struct result best = { 0, 0 };
	unsigned int i;

	for (i = 0; i < slices; i++) {
		best.memcpy_s += slice[i][0];
		best.card_s += slice[i][1];
	}
	return best;
}

/* Both sides write the same bytes; only the card after the last round, which is looked at. */
static struct result race(struct pair *pair, const struct route *route, const char *name)
{
	unsigned int slices = (unsigned int)(route->bytes / SLICE_BYTES), i;
	struct rounds rounds = { .name = name };
	double (*slice)[2] = calloc(slices, sizeof(*slice));
	struct result best;

	if (!slice)
		err(2, "memory");
	do {
		for (i = 0; i < slices; i++) {
			least(&slice[i][0], time_memcpy(route, i * SLICE_BYTES));
			least(&slice[i][1], time_card(pair, route, i * SLICE_BYTES));
		}
		best = sum_up(slice, slices);
	} while (go_on(&rounds, &best));
	free(slice);
	memset(route->dst, 0, route->bytes);
	for (i = 0; i < slices; i++)
		time_card(pair, route, i * SLICE_BYTES);
	check(route, name);
	return best;
}

static void fill(uint8_t *at, uint64_t bytes, uint64_t seed)
{
	uint64_t i;

	for (i = 0; i + 8 <= bytes; i += 8) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		memcpy(at + i, &seed, 8);
	}
}

static void bench_copy(bool dma_inline, bool from_host)
{
	const char *mode = dma_inline ? "inline" : "async";
	struct pair *pair = pair_create(dma_inline, from_host ? H2D_BYTES : MIB);
	struct route route = {
		.dev_src = from_host ? pair_dev_host(pair, 0) : DEV_DRAM0,
		.dev_dst = DEV_DRAM1,
		.src = from_host ? pair->host : pair->dram,
		.dst = pair->dram + CHANNEL_BYTES,
		.bytes = from_host ? H2D_BYTES : D2D_BYTES,
	};
	struct result best;
	char name[80];

	snprintf(name, sizeof(name), "%s copy, %llu MiB, --dma %s",
		 from_host ? "host-to-device" : "device-to-device",
		 (unsigned long long)(route.bytes / MIB), mode);
	fill(route.src, route.bytes, 1);
	memset(route.dst, 0, route.bytes);
	best = race(pair, &route, name);
	printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"GB/s\", \"reference\": %.3f, "
	       "\"ratio\": %.3f, \"at_least\": 0.5}\n", name,
	       (double)route.bytes / best.card_s * 1e-9, (double)route.bytes / best.memcpy_s * 1e-9,
	       best.memcpy_s / best.card_s);
	fflush(stdout);
	pair_destroy(pair);
}

/*
 * What a descriptor of 64 bytes costs at least: the driver stores 16 bytes per side, the
 * engine loads them, 64 bytes move. Rings and data are as large as those of the card.
 */
static double time_small_memory(uint8_t *ring[2], uint8_t *dst, const uint8_t *src)
{
	double start = now_s();
	uint64_t desc[2] = { 0, 0 };
	unsigned int i, side;

	for (i = 0; i < SMALL_BATCH; i++) {
		for (side = 0; side < 2; side++) {
			desc[0] = i;
			memcpy(ring[side] + (size_t)i * DESC_BYTES, desc, DESC_BYTES);
			keep(*ring[side]);
		}
	}
	for (i = 0; i < SMALL_BATCH; i++) {
		for (side = 0; side < 2; side++) {
			memcpy(desc, ring[side] + (size_t)i * DESC_BYTES, DESC_BYTES);
			keep(desc);
		}
		memcpy(dst + (size_t)i * SMALL_BYTES, src + (size_t)i * SMALL_BYTES, SMALL_BYTES);
		keep(*dst);
	}
	return now_s() - start;
}

static double time_small_card(struct pair *pair, size_t off)
{
	double start = now_s();
	unsigned int i;

	for (i = 0; i < SMALL_BATCH; i++)
		pair_put(pair, DEV_DRAM1 + off + (size_t)i * SMALL_BYTES,
			 pair_dev_host(pair, off + (size_t)i * SMALL_BYTES), SMALL_BYTES,
			 i + 1 == SMALL_BATCH);
	pair_run(pair, SMALL_BATCH);
	return now_s() - start;
}

static void small_turn(struct pair *pair, uint8_t *ring[2], size_t off, struct result *best)
{
	const size_t window = SMALL_BATCH * SMALL_BYTES;
	uint8_t *dst = pair->dram + CHANNEL_BYTES + off;

	least(&best->memcpy_s, time_small_memory(ring, dst, pair->host + off));
	memset(dst, 0, window);
	least(&best->card_s, time_small_card(pair, off));
	if (memcmp(dst, pair->host + off, window))
		errx(2, "64-byte descriptors: what arrived is not what was sent");
}

static void bench_small(bool dma_inline)
{
	const size_t data = 16 * MIB, window = SMALL_BATCH * SMALL_BYTES;
	struct pair *pair = pair_create(dma_inline, data + 2 * PAIR_LENGTH * DESC_BYTES);
	uint8_t *ring[2] = { pair->host + data, pair->host + data + PAIR_LENGTH * DESC_BYTES };
	struct rounds rounds = { .name = dma_inline ? "64-byte descriptor, --dma inline" :
						      "64-byte descriptor, --dma async" };
	struct result best = { 0, 0 };
	unsigned int turn;

	fill(pair->host, data, 2);
	memset(pair->dram + CHANNEL_BYTES, 0, data);
	do {
		for (turn = 0; turn < SMALL_TURNS; turn++)
			small_turn(pair, ring, turn * window % data, &best);
	} while (go_on(&rounds, &best));
	printf("{\"name\": \"%s\", \"value\": %.1f, \"unit\": \"ns\", "
	       "\"reference\": %.1f, \"ratio\": %.2f, \"at_most\": 10}\n", rounds.name,
	       best.card_s * 1e9 / SMALL_BATCH, best.memcpy_s * 1e9 / SMALL_BATCH,
	       best.card_s / best.memcpy_s);
	fflush(stdout);
	pair_destroy(pair);
}

static bool wanted(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	int dma_inline;

	for (dma_inline = 0; dma_inline < 2; dma_inline++) {
		if (wanted(argc, argv, "small"))
			bench_small(dma_inline);
		if (wanted(argc, argv, "host-to-device"))
			bench_copy(dma_inline, true);
		if (wanted(argc, argv, "device-to-device"))
			bench_copy(dma_inline, false);
	}
	return 0;
}
