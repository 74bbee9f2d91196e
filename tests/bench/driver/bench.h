/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the driver's bench share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <neuron/libneuron.h>

#include "row.h"

#define KIB		1024ull
#define MIB		(1024ull * KIB)
#define WAIT_MS		120000

/** struct bench - one open card */
struct bench {
	struct neuron_handle *handle;
	struct neuron_ctx *ctx;
};

void die(const struct bench *bench, const char *what);
void must(const struct bench *bench, int ret, const char *what);

uint64_t now_ns(void);

/* Numbers of /proc and /sys. */
void write_number(const char *path, unsigned int value);
uint64_t kworkers_ns(void);
uint64_t thread_ns(void);
void emu(const char *words);

void bench_copies(struct bench *bench);
void bench_ring(struct bench *bench);
void bench_events(struct bench *bench);
void bench_waiting(struct bench *bench);
void bench_ids(struct bench *bench);

#endif
