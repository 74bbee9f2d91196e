/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Self-test of a card: a table of parts, each of which is one line.
 */
#ifndef NEURONNL_SELFTEST_H
#define NEURONNL_SELFTEST_H

#include "neuronnl.h"

/* Enough for any work of a healthy card, also an emulated one. */
#define SELFTEST_MS		20000

/* More than one descriptor, and no round number. */
#define SELFTEST_FULL_BYTES	(2 * 65536 + 12)
#define SELFTEST_QUICK_BYTES	4100
#define SELFTEST_BUFFER_BYTES	(3 * 65536)

#define SELFTEST_RING		256	/* descriptors */
#define SELFTEST_MAX_CHANNELS	4

enum selftest_mode { SELFTEST_FULL, SELFTEST_QUICK, SELFTEST_ONLINE, SELFTEST_MODES };

enum selftest_result { SELFTEST_PASS, SELFTEST_FAIL, SELFTEST_SKIP, SELFTEST_RESULTS };

/**
 * struct selftest - a run of the test
 * @device: as it was when the test began
 * @text: what the part that runs has to say, may be empty
 * @in, @out: host memory that is mapped, SELFTEST_BUFFER_BYTES each; NULL before first use
 * @dram: the same in each DRAM channel
 * @counts: results so far
 */
struct selftest {
	struct tool *tool;
	struct neuron_ctx *ctx;
	struct neuron_device_info device;
	enum selftest_mode mode;
	char text[256];
	struct neuron_mem *in_mem, *out_mem, *dram[SELFTEST_MAX_CHANNELS];
	unsigned char *in, *out;
	unsigned int counts[SELFTEST_RESULTS];
};

/**
 * struct selftest_part - what is tested, once or for each of several numbers
 * @key: name of the number in JSON, NULL if there is none
 * @count: how many numbers the card has
 * @online: changes nothing on the card
 */
struct selftest_part {
	const char *name, *key;
	uint32_t (*count)(const struct selftest *test);
	enum selftest_result (*run)(struct selftest *test, uint32_t number);
	bool online;
};

enum selftest_result selftest_says(struct selftest *test, enum selftest_result result,
				   const char *format, ...) __attribute__((format(printf, 3, 4)));
enum selftest_result selftest_broken(struct selftest *test, const char *what);

/* selftest_data.c */
enum selftest_result selftest_memory(struct selftest *test, uint32_t channel);
enum selftest_result selftest_engine(struct selftest *test, uint32_t eng_id);
enum selftest_result selftest_transfer(struct selftest *test, uint32_t peer_index);
void selftest_buffers_free(struct selftest *test);

/* selftest_core.c */
enum selftest_result selftest_events(struct selftest *test, uint32_t nc_id);
enum selftest_result selftest_semaphores(struct selftest *test, uint32_t nc_id);
enum selftest_result selftest_notifications(struct selftest *test, uint32_t nc_id);

extern const struct arg selftest_args[];
int selftest_run(struct tool *tool, struct args *args);

#define SELFTEST_OPS	OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_STATS_GET, NEURON_CMD_REG_READ,	\
			    NEURON_CMD_NEIGHBOR_GET, NEURON_CMD_NEIGHBOR_REFRESH,		\
			    NEURON_CMD_ENGINE_GET, NEURON_CMD_CORE_GET, NEURON_CMD_RING_GET,	\
			    NEURON_CMD_MEM_ALLOC, NEURON_CMD_MEM_COPY, NEURON_CMD_MEM_FREE,	\
			    NEURON_CMD_RING_CREATE, NEURON_CMD_RING_ATTACH,			\
			    NEURON_CMD_RING_WRITE, NEURON_CMD_RING_ACK, NEURON_CMD_RING_DETACH,	\
			    NEURON_CMD_RING_DESTROY, NEURON_CMD_CORE_CLAIM,			\
			    NEURON_CMD_CORE_RELEASE, NEURON_CMD_EVENT_GET,			\
			    NEURON_CMD_EVENT_SET, NEURON_CMD_SEMAPHORE_GET,			\
			    NEURON_CMD_SEMAPHORE_SET, NEURON_CMD_NQ_CREATE, NEURON_CMD_NQ_ACK,	\
			    NEURON_CMD_NQ_DESTROY)

#endif
