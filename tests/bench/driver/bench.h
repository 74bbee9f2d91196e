/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the driver's bench share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <neuron/libneuron.h>

#define KIB		1024ull
#define MIB		(1024ull * KIB)
#define WAIT_MS		120000

/** struct bench - one open card */
struct bench {
	struct neuron_handle *handle;
	struct neuron_ctx *ctx;
};

/** struct row - one line of the table, in JSON; what is 0 is left out, but for the value */
struct row {
	const char *name;
	const char *unit;
	double value;
	double reference;	/* in the same unit */
	double ratio;
	double at_least;
	double at_most;
};

#define ROW(...) ((struct row){ __VA_ARGS__ })

void row_print(const struct row *row);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die(const struct bench *bench, const char *what);
void must(const struct bench *bench, int ret, const char *what);

uint64_t now_ns(void);
double median(double *values, size_t count);

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
