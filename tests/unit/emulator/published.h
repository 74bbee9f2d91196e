/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that does to a card what the two published drivers do, store by store, as
 * docs/hardware, section 10 says. It loads from no BAR: it learns only from the answers
 * of the firmware and from what lies in its own memory.
 */
#ifndef NEURON_TEST_PUBLISHED_H
#define NEURON_TEST_PUBLISHED_H

#include "model.h"
#include "pcicfg.h"

#define NR_ENGINES	12u
#define NR_CORES	4u
#define NR_QUEUES	16u
#define MAX_CARDS	4u
#define COPY_QUEUE	15u		/* of the last engine of each core */
#define COPY_RING	8192u		/* descriptors */
#define REVISION_QEMU	255
#define REVISION_EMULATION 240
#define REVISION_SILICON 1

#define STATUS_READY	0x80000000u
#define STATUS_EAST	1u
#define STATUS_WEST	2u
#define RESET_DEVICE	1u
#define RESET_CORES	2u

/* Misc RAM and the core window, as the facts number them. */
#define M_API		0x000u
#define M_STATUS	0x01Cu
#define M_ID		0x024u
#define M_POWER		0x054u
#define M_METRIC	0x100u
#define M_RESET_MAP	0x1D8u
#define M_RESET		0x1ECu
#define M_DOORBELL	0x800u
#define CORE_BYTES	0x4000000u
#define CORE_FIFO	0x265C000u
#define CORE_EVENT	0x2700000u
#define CORE_SEM	0x2701000u
#define CORE_SEM_SET	0x2701100u
#define CORE_SEM_ADD	0x2701200u
#define CORE_SEM_SUB	0x2701300u

/* Host memory: each guest's own part, then data. */
#define AREA_BYTES	0x200000u
#define AREA_REQUEST	0x00000u
#define AREA_RESPONSE	0x10000u
#define AREA_MARKERS	0x20000u
#define AREA_DUMMY	0x30000u
#define AREA_RECORDS	0x40000u
#define AREA_USER	0x80000u	/* M2S rings of user space, S2M ones 256 KiB behind */
#define AREA_COPY	0x100000u	/* 256 KiB per core */
#define DATA		(MAX_CARDS * AREA_BYTES)
#define DATA_BYTES	(HOST_BYTES - DATA)
#define DUMMY_RING	64u

enum driver { V10, V224, NR_DRIVERS };

/* Codes of the engine-state requests. */
enum engine_code { ENGINE_DISABLE, ENGINE_IDLE, ENGINE_NORMAL, ENGINE_ABORT, ENGINE_RESET };

struct scenario {
	enum driver driver;
	bool dma_inline;
	uint8_t revision;
	unsigned int cards;		/* 0: one */
	enum emu_topology topology;
	uint64_t bar4_bytes;
	bool strict_bus_master;
};

struct guest {
	struct model *m;
	struct emu_card *card;
	struct emu_pcicfg config;
	const struct scenario *scenario;
	enum driver driver;
	unsigned int index;
	uint8_t *area;
	uint64_t area_addr;		/* device address of it */
	uint8_t sequence;
	unsigned int stores, reads;	/* accesses so far; a READ counts once */
	uint32_t queue_config[NR_ENGINES][2];	/* as the driver believes it */
	bool engine_used[NR_ENGINES];	/* since the last reset */
	uint32_t copy_next[NR_CORES], copy_id[NR_CORES];
};

/* A copy by the driver itself, on the copy queue of a core. */
struct copy {
	unsigned int core;
	uint64_t dst, src, bytes;
	uint64_t reread;	/* the source is a block of so many bytes; 0: it is not */
	bool pages;		/* the source is pinned pages: split at their borders */
};

struct notification_queue {
	unsigned int core;
	uint32_t first;		/* register in the core's block */
};

#define NOTIFY_QUEUE(i)	(0xBFCu + (i) * 0x104u)
#define TRACE_QUEUE(i)	(0xC7Cu + (i) * 0x104u)
#define ERROR_QUEUE	0x1074u
#define EVENT_QUEUE	0x1094u

int guest_setup(void **state);
int guest_teardown(void **state);

void guest_store(struct guest *g, unsigned int bar, uint64_t off, uint32_t value);
void guest_misc(struct guest *g, uint32_t off, uint32_t value);
void guest_queue_store(struct guest *g, unsigned int engine, uint32_t half, unsigned int queue,
		       uint32_t reg, uint32_t value);
void guest_command(struct guest *g, uint16_t command);

uint32_t guest_crc32c(const uint8_t *bytes, size_t len_bytes);
void guest_send(struct guest *g, uint8_t command, const void *data, size_t len_bytes);
bool guest_answered(const struct guest *g);
void guest_read_many(struct guest *g, const uint64_t *dev_addr, unsigned int count,
		     uint32_t *value);
bool guest_try_read(struct guest *g, uint64_t dev_addr, uint32_t *value);
uint32_t guest_read(struct guest *g, uint64_t dev_addr);
uint32_t guest_reg(struct guest *g, uint32_t off);
void guest_metric(struct guest *g, const void *bytes, size_t len_bytes);

void guest_probe(struct guest *g);
void guest_load(struct guest *g);
void guest_unload(struct guest *g);
unsigned int guest_device_info(struct guest *g, uint32_t ids[2]);
void guest_reset_request(struct guest *g, uint32_t kind);
void guest_reset_wait(struct guest *g);
void guest_forget_engines(struct guest *g);
void guest_init_engine(struct guest *g, unsigned int engine);
void guest_init_copy_queue(struct guest *g, unsigned int core);
void guest_init_cores(struct guest *g, uint32_t cores);
void guest_init_queue(struct guest *g, unsigned int engine, unsigned int queue,
		      const uint64_t base[2], const uint32_t length[2]);
void guest_start_queue(struct guest *g, unsigned int engine, unsigned int queue, uint32_t s2m,
		       uint32_t m2s);

void guest_copy_begin(struct guest *g, const struct copy *copy, uint64_t *done);
bool guest_copy_finished(const struct guest *g, unsigned int core);
void guest_copy_wait(const struct guest *g, unsigned int core);
void guest_copy(struct guest *g, const struct copy *copy);
void guest_move(struct guest *g, unsigned int core, uint64_t dst, uint64_t src, uint64_t bytes);

bool guest_set_engine(struct guest *g, unsigned int engine, enum engine_code code);
void guest_get_engine(struct guest *g, unsigned int engine, enum engine_code code[2]);
void guest_queue_state(struct guest *g, unsigned int engine, uint32_t half, unsigned int queue,
		       uint32_t value[9]);
void guest_create_records(struct guest *g, const struct notification_queue *queue, uint64_t base,
			  uint32_t size_bytes);
void guest_destroy_records(struct guest *g, const struct notification_queue *queue);

static inline struct guest *guest_of(void **state)
{
	return *state;
}

static inline uint64_t core_addr(unsigned int core, uint32_t off)
{
	return CORES + (uint64_t)core * CORE_BYTES + off;
}

static inline unsigned int copy_engine(unsigned int core)
{
	return 3 * core + 2;
}

static inline uint8_t *data_at(const struct guest *g, size_t off)
{
	return g->m->host + DATA + off;
}

static inline uint64_t data_addr(size_t off)
{
	return dev_host(DATA + off);
}

/* BAR4's offset of a DRAM address. */
static inline uint64_t bar4_of(uint64_t dev_addr)
{
	return dev_addr >= DRAM1 ? dev_addr - DRAM1 + (4ull << 30) : dev_addr;
}

#endif
