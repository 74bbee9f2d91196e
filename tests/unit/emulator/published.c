// SPDX-License-Identifier: GPL-2.0
#include "published.h"

#define COMMAND_MEMORY	2u
#define COMMAND_MASTER	4u
#define QUEUE_ON	0x00030000u	/* prefetch and scheduling, or reception */
#define TDMA		(1u << 31)	/* in a step: offset in the wrapper, not in the UDMA */
#define READ_COMMAND	1u
#define METRIC_COMMAND	2u
#define MOST_ADDRESSES	100u
#define DESC_DMB	(1u << 30)
#define MARKER		0xABCDEF01u
#define MARKER_BYTES	64u		/* from one core's pair of words to the next one's */
#define PAGE		4096u

/* Configuration space offsets. */
#define CFG_COMMAND	0x04u
#define CFG_REVISION	0x08u
#define CFG_BAR(n)	(0x10u + 4 * (n))

enum what { STORE, MODIFY, CHECK, CACHE, ENABLE_QUEUES, SELECT_M2S, SELECT_S2M };

/* One line of section 3.13. */
struct step {
	enum what what;
	uint32_t off;
	uint32_t value;		/* STORE: all of it; MODIFY: the bits of mask; CACHE: dir */
	uint32_t mask;
	uint32_t found;		/* what a fresh engine answers */
	uint32_t made;		/* what is stored into a fresh engine */
};

#define DO(all)		{ .what = (all) }
#define W(at, word)	{ .what = STORE, .off = (at), .value = (word) }
#define R(at, want)	{ .what = CHECK, .off = (at), .found = (want) }
#define KEEP(at, dir)	{ .what = CACHE, .off = (at), .value = (dir), .found = QUEUE_ON }
#define RMW(at, bits, of, want, result) \
	{ .what = MODIFY, .off = (at), .value = (bits), .mask = (of), .found = (want), \
	  .made = (result) }

static const struct step steps_10[] = {
	R(0x604, 4),
	DO(ENABLE_QUEUES),
	RMW(0x310, 0x400, 0xFFF, 0x01000400, 0x01000400),
	RMW(0x124, 0x808080, 0xFFFFFF, 0x20404040, 0x20808080),
	W(GEN + 0x2240, 1000000),	/* the wrong place */
	W(0x408, 0),
	RMW(0x254, 0x010FFFFF, 0x010FFFFF, 0, 0x010FFFFF),
	DO(SELECT_M2S),
	W(S2M + 0x38C, 0),
	DO(SELECT_S2M),
	RMW(S2M + 0x124, 0x80, 0xFF, 0x00400040, 0x00400080),
	RMW(S2M + 0x128, 0x800080, 0xFF00FF, 0x40404040, 0x40804080),
	W(GEN + 0x33A0, 1),		/* the wrong place */
	W(GEN + 0x2028, 0x28),
	W(GEN + 0x00E8, 0x28),
	RMW(GEN + 0x2030, 0, 0x0FFFFFFF, 0xFFFFFFFF, 0xF0000000),
	RMW(GEN + 0x20B0, 0, 0x3F, 0xFFFFFFFF, 0xFFFFFFC0),
	W(GEN + 0x2018, 0xF0000000),
	W(GEN + 0x2098, 0xFFFFFFC0),
	W(GEN + 0x00D8, 0xFFFFFAFF),
	W(GEN + 0x2068, 0x28),
	W(GEN + 0x00E8, 0x28),
	RMW(GEN + 0x2070, 0, 0xFFFFEF07, 0xFFFFFFFF, 0x000010F8),
	RMW(GEN + 0x20B0, 0, 0xFC0, 0xFFFFFFC0, 0xFFFFF000),
	W(GEN + 0x2058, 0x000010F8),
	W(GEN + 0x2098, 0xFFFFF03F),
	W(GEN + 0x00D8, 0xFFFFF9FF),
	RMW(S2M + 0x380, 4, 0xF, 0x00001004, 0x00001004),
	KEEP(0x1020, 0),
	R(0x1074, 7),
	KEEP(S2M + 0x1020, 1),
	RMW(0x304, 128, 0xFFF, 0x00010040, 0x00010080),
	RMW(0x308, 0x8080, 0xFFF0, 0x00001041, 0x00008081),
	W(TDMA | 0x1C, 1),
	RMW(TDMA | 0x20, 0, 1, 0, 0),
	W(TDMA | 0x00, 1),
};

static const struct step steps_224[] = {
	DO(ENABLE_QUEUES),
	W(0x310, 0x01000400),
	W(0x124, 0x20808080),
	W(GEN + 0x2300, 100000000),
	W(0x408, 0),
	W(0x254, 0x010FFFFF),
	W(0x258, 0x00000102),
	DO(SELECT_M2S),
	W(S2M + 0x38C, 0),
	DO(SELECT_S2M),
	W(S2M + 0x124, 0x00400080),
	W(S2M + 0x128, 0x40804080),
	W(GEN + 0x3460, 1),
	W(GEN + 0x2028, 0x28),
	W(GEN + 0x00E8, 0x28),
	W(GEN + 0x2030, 0xF0000000),
	W(GEN + 0x20B0, 0xFFFFFFC0),
	W(GEN + 0x2018, 0xF0000000),
	W(GEN + 0x2098, 0xFFFFFFC0),
	W(GEN + 0x00D8, 0xFFFFFAFF),
	W(GEN + 0x2068, 0x28),
	W(GEN + 0x00E8, 0x28),
	W(GEN + 0x2070, 0x000010F8),
	W(GEN + 0x20B0, 0xFFFFF03F),
	W(GEN + 0x2058, 0x000010F8),
	W(GEN + 0x2098, 0xFFFFF03F),
	W(GEN + 0x00D8, 0xFFFFF9FF),
	W(S2M + 0x380, 0x00001004),
	W(0x304, 0x00010080),
	W(0x308, 0x00008081),
	W(TDMA | 0x1C, 1),
	W(TDMA | 0x20, 0xFFFFFFFE),
	W(TDMA | 0x00, 1),
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* In what else the two differ. */
static const struct {
	const struct step *steps;
	unsigned int count;
	unsigned int batch;		/* pairs before a marker */
	bool one_increment;		/* per half and batch, else per pair */
	bool disables;			/* a queue around its reset */
} drivers[NR_DRIVERS] = {
	[V10] = { steps_10, COUNT_OF(steps_10), 4096 - 16 - 1, false, false },
	[V224] = { steps_224, COUNT_OF(steps_224), 4096 / 2 - 16 - 1 + 1, true, true },
};

/*
 * Setup.
 */

static uint32_t config_read(const struct guest *g, size_t off, size_t len)
{
	uint32_t value = 0;

	emu_pcicfg_read(&g->config, off, &value, len);
	return value;
}

/* What the machine's firmware does before any driver: addresses for the BARs. */
static void assign_bars(struct guest *g, const struct emu_opts *opts)
{
	static const uint64_t start[] = { 0xE0000000, 0xD0000000, 0x800000000 };
	unsigned int i;

	emu_pcicfg_init(&g->config, opts, g->index);
	for (i = 0; i < 3; i++) {
		emu_pcicfg_write(&g->config, CFG_BAR(2 * i), &start[i], 4);
		emu_pcicfg_write(&g->config, CFG_BAR(2 * i + 1), (uint8_t *)&start[i] + 4, 4);
	}
}

static struct emu_opts opts_of(const struct scenario *scenario)
{
	struct emu_opts opts = model_opts(scenario->dma_inline);

	opts.nr_cards = scenario->cards ? scenario->cards : 1;
	opts.topology = scenario->topology;
	opts.revision = scenario->revision ? scenario->revision : REVISION_SILICON;
	opts.bar4_bytes = scenario->bar4_bytes ? scenario->bar4_bytes : EMU_DRAM_BYTES;
	opts.strict_bus_master = scenario->strict_bus_master;
	opts.true_bar_reads = false;
	return opts;
}

/**
 * guest_setup() - cards as after power-on, with a guest for each
 * @state: a scenario; answers the guests, one after the other
 * Context: a cmocka setup function.
 * Return: 0.
 */
int guest_setup(void **state)
{
	const struct scenario *scenario = *state;
	struct emu_opts opts = opts_of(scenario);
	struct guest *guests = calloc(MAX_CARDS, sizeof(*guests));
	struct model *m = model_create(&opts);
	unsigned int i;

	assert_non_null(guests);
	for (i = 0; i < opts.nr_cards; i++) {
		struct guest *g = &guests[i];

		g->m = m;
		g->card = emu_box_card(m->box, i);
		g->scenario = scenario;
		g->driver = scenario->driver;
		g->index = i;
		g->area = m->host + i * AREA_BYTES;
		g->area_addr = dev_host(i * AREA_BYTES);
		assign_bars(g, &opts);
	}
	*state = guests;
	return 0;
}

/**
 * guest_teardown() - the end, which checks that the guest stayed what it claims to be
 * @state: the guests
 * Context: a cmocka teardown function.
 * Return: 0.
 */
int guest_teardown(void **state)
{
	struct guest *guests = *state;

	assert_int_equal(counter(guests->m, "direct_loads"), 0);
	assert_int_equal(counter(guests->m, "ignored_stores"), 0);
	model_destroy(guests->m);
	free(guests);
	return 0;
}

/*
 * Accesses.
 */

/**
 * guest_store() - one 32-bit store
 * @g: the guest
 * @bar: 0 or 2
 * @off: offset in it
 * @value: the word
 * Context: any thread. While memory decode is off no store reaches the card.
 */
void guest_store(struct guest *g, unsigned int bar, uint64_t off, uint32_t value)
{
	g->stores++;
	if (config_read(g, CFG_COMMAND, 2) & COMMAND_MEMORY)
		card_store(g->card, bar, off, value);
}

/**
 * guest_misc() - store to a word of misc RAM
 * @g: the guest
 * @off: offset in the block
 * @value: the word
 * Context: as guest_store().
 */
void guest_misc(struct guest *g, uint32_t off, uint32_t value)
{
	guest_store(g, 0, MISC + off, value);
}

/**
 * guest_queue_store() - store to a register of a queue half
 * @g: the guest
 * @engine: 0..11
 * @half: 0 or S2M
 * @queue: 0..15
 * @reg: its offset in the queue's page
 * @value: the word
 * Context: as guest_store().
 */
void guest_queue_store(struct guest *g, unsigned int engine, uint32_t half, unsigned int queue,
		       uint32_t reg, uint32_t value)
{
	guest_store(g, 0, queue_reg(engine, half, queue, reg), value);
}

/**
 * guest_command() - write the command register
 * @g: the guest
 * @command: all of it
 * Context: as guest_store().
 */
void guest_command(struct guest *g, uint16_t command)
{
	if (emu_pcicfg_write(&g->config, CFG_COMMAND, &command, 2) & EMU_PCICFG_COMMAND)
		emu_card_set_bus_master(g->card, emu_pcicfg_bus_master(&g->config));
}

/*
 * FWIO, section 4.2.
 */

/**
 * guest_crc32c() - checksum of a request
 * @bytes: the request, its checksum field zero
 * @len_bytes: how long it is
 *
 * Long division with the polynomial as it is printed, and the remainder turned around at
 * the end: another way than the card's.
 * Context: any.
 * Return: the checksum.
 */
uint32_t guest_crc32c(const uint8_t *bytes, size_t len_bytes)
{
	uint32_t rest = 0xFFFFFFFF, turned = 0;
	size_t i;

	for (i = 0; i < 8 * len_bytes; i++) {
		uint32_t top = rest >> 31 ^ (bytes[i / 8] >> i % 8 & 1);

		rest = rest << 1 ^ (top ? 0x1EDC6F41 : 0);
	}
	for (i = 0; i < 32; i++)
		turned |= (rest >> i & 1) << (31 - i);
	return ~turned;
}

static void build_request(struct guest *g, uint8_t command, const void *data, size_t len_bytes)
{
	uint8_t *request = g->area + AREA_REQUEST;
	uint16_t size = (uint16_t)(8 + len_bytes);
	uint32_t crc;

	g->sequence = g->sequence == 255 ? 1 : g->sequence + 1;
	memset(request, 0, 8);
	request[0] = g->sequence;
	request[1] = command;
	memcpy(request + 2, &size, 2);
	if (len_bytes)
		memcpy(request + 8, data, len_bytes);
	crc = guest_crc32c(request, size);
	memcpy(request + 4, &crc, 4);
}

/**
 * guest_send() - one request to the firmware, not waiting for its answer
 * @g: the guest
 * @command: what is asked for
 * @data: its data
 * @len_bytes: how much data
 * Context: one request at a time.
 */
void guest_send(struct guest *g, uint8_t command, const void *data, size_t len_bytes)
{
	uint64_t request = g->area_addr + AREA_REQUEST, response = g->area_addr + AREA_RESPONSE;

	guest_misc(g, 0x1F4, (uint32_t)request);
	guest_misc(g, 0x1F0, (uint32_t)(request >> 32));
	guest_misc(g, 0x1FC, (uint32_t)response);
	guest_misc(g, 0x1F8, (uint32_t)(response >> 32));
	build_request(g, command, data, len_bytes);
	__atomic_store_n(g->area + AREA_RESPONSE, 0, __ATOMIC_SEQ_CST);
	guest_misc(g, M_DOORBELL, 1);
}

/**
 * guest_answered() - is the answer to the last request there
 * @g: the guest
 * Context: any thread.
 * Return: true if its sequence number is.
 */
bool guest_answered(const struct guest *g)
{
	return __atomic_load_n(g->area + AREA_RESPONSE, __ATOMIC_ACQUIRE) == g->sequence;
}

static void take_values(const struct guest *g, unsigned int count, uint32_t *value)
{
	const uint8_t *response = g->area + AREA_RESPONSE;
	uint16_t size;

	assert_int_equal(response[1], 0);
	memcpy(&size, response + 2, 2);
	assert_int_equal(size, 4 + 4 * count);
	memcpy(value, response + 4, 4 * count);
}

/**
 * guest_read_many() - one READ
 * @g: the guest
 * @dev_addr: addresses
 * @count: how many
 * @value: answers as many words
 * Context: as guest_send().
 */
void guest_read_many(struct guest *g, const uint64_t *dev_addr, unsigned int count,
		     uint32_t *value)
{
	g->reads++;
	guest_send(g, READ_COMMAND, dev_addr, 8 * count);
	until(guest_answered(g));
	take_values(g, count, value);
}

/**
 * guest_try_read() - one READ that may be lost
 * @g: the guest
 * @dev_addr: address
 * @value: answers the word, if there is an answer
 *
 * The card answers within the doorbell's store or, in a reset, never.
 * Context: as guest_send(); no other thread uses the mailbox.
 * Return: true if it was answered.
 */
bool guest_try_read(struct guest *g, uint64_t dev_addr, uint32_t *value)
{
	g->reads++;
	guest_send(g, READ_COMMAND, &dev_addr, 8);
	if (!guest_answered(g))
		return false;
	take_values(g, 1, value);
	return true;
}

/**
 * guest_read() - one register
 * @g: the guest
 * @dev_addr: its device address
 * Context: as guest_send().
 * Return: its value.
 */
uint32_t guest_read(struct guest *g, uint64_t dev_addr)
{
	uint32_t value;

	guest_read_many(g, &dev_addr, 1, &value);
	return value;
}

/**
 * guest_reg() - one register of BAR0
 * @g: the guest
 * @off: its offset
 * Context: as guest_send().
 * Return: its value.
 */
uint32_t guest_reg(struct guest *g, uint32_t off)
{
	return guest_read(g, APB + off);
}

/**
 * guest_metric() - post a metric
 * @g: the guest
 * @bytes: what to post
 * @len_bytes: how much; a newer driver takes at most 128
 * Context: as guest_send().
 */
void guest_metric(struct guest *g, const void *bytes, size_t len_bytes)
{
	const uint8_t *response = g->area + AREA_RESPONSE;
	size_t off, part;

	assert_true(g->driver == V10 || len_bytes <= 128);
	for (off = 0; off < len_bytes; off += 4) {
		uint32_t word = 0;

		part = len_bytes - off < 4 ? len_bytes - off : 4;
		memcpy(&word, (const uint8_t *)bytes + off, part);
		guest_misc(g, (uint32_t)(M_METRIC + off), word);
	}
	guest_send(g, METRIC_COMMAND, bytes, len_bytes);
	until(guest_answered(g));
	assert_int_equal(response[1], 0);
	assert_int_equal(response[2] | response[3] << 8, 4);
}

/*
 * Engines and queues, sections 3.13 and 3.14.
 */

static uint32_t step_off(unsigned int engine, const struct step *step)
{
	if (step->off & TDMA)
		return engine / 3 * 0x100000 + engine % 3 * 0x1000 + (step->off & ~TDMA);
	return udma(engine) + step->off;
}

static void modify(struct guest *g, unsigned int engine, const struct step *step)
{
	uint32_t found = guest_reg(g, step_off(engine, step));
	uint32_t made = (found & ~step->mask) | step->value;

	if (!g->engine_used[engine]) {
		assert_int_equal(found, step->found);
		assert_int_equal(made, step->made);
	}
	guest_store(g, 0, step_off(engine, step), made);
}

static uint32_t check(struct guest *g, unsigned int engine, const struct step *step)
{
	uint32_t found = guest_reg(g, step_off(engine, step));

	assert_int_equal(found, step->found);
	return found;
}

static void enable_queues(struct guest *g, unsigned int engine)
{
	const uint32_t *config = g->queue_config[engine];
	unsigned int queue;

	for (queue = 0; queue < NR_QUEUES; queue++) {
		guest_queue_store(g, engine, 0, queue, Q_CONFIG, config[0] | QUEUE_ON);
		guest_queue_store(g, engine, S2M, queue, Q_CONFIG, config[1] | QUEUE_ON);
	}
}

static void select_addresses(struct guest *g, unsigned int engine, uint32_t first, uint32_t last)
{
	uint32_t queue, reg;

	for (queue = 0; queue < NR_QUEUES; queue++)
		for (reg = first; reg <= last; reg += 4)
			guest_store(g, 0, udma(engine) + GEN_EX + 0x400 + queue * 0x40 + reg,
				    0xFFFFFFFF);
}

static void do_step(struct guest *g, unsigned int engine, const struct step *step)
{
	switch (step->what) {
	case STORE:
		guest_store(g, 0, step_off(engine, step), step->value);
		break;
	case MODIFY:
		modify(g, engine, step);
		break;
	case CHECK:
		check(g, engine, step);
		break;
	case CACHE:
		g->queue_config[engine][step->value] = check(g, engine, step);
		break;
	case ENABLE_QUEUES:
		enable_queues(g, engine);
		break;
	case SELECT_M2S:
		select_addresses(g, engine, 0x0, 0x0);
		break;
	case SELECT_S2M:
		select_addresses(g, engine, 0x4, 0xC);
		break;
	}
}

/**
 * guest_init_engine() - the driver's column of section 3.13
 * @g: the guest
 * @engine: 0..11
 * Context: any. What 1.0 reads of an engine after a reset is asserted.
 */
void guest_init_engine(struct guest *g, unsigned int engine)
{
	unsigned int i;

	for (i = 0; i < drivers[g->driver].count; i++)
		do_step(g, engine, &drivers[g->driver].steps[i]);
	/* 2.24 reads nothing back: it takes the reset value for granted. */
	if (g->driver == V224) {
		g->queue_config[engine][0] = 0x03000000;
		g->queue_config[engine][1] = 0x03000000;
	}
	g->engine_used[engine] = true;
}

static void init_half(struct guest *g, unsigned int engine, unsigned int queue, uint32_t half,
		      uint64_t base, uint32_t length)
{
	uint32_t config = g->queue_config[engine][half != 0];

	if (drivers[g->driver].disables)
		guest_queue_store(g, engine, half, queue, Q_CONFIG, config & ~QUEUE_ON);
	guest_queue_store(g, engine, half, queue, half ? S2M_CONTROL : M2S_CONTROL, QUEUE_RESET);
	guest_queue_store(g, engine, half, queue, Q_BASE, (uint32_t)base);
	guest_queue_store(g, engine, half, queue, Q_BASE + 4, (uint32_t)(base >> 32));
	guest_queue_store(g, engine, half, queue, Q_LENGTH, length);
	guest_queue_store(g, engine, half, queue, half ? S2M_COMPLETION : M2S_COMPLETION, 0);
	if (drivers[g->driver].disables)
		guest_queue_store(g, engine, half, queue, Q_CONFIG, config | QUEUE_ON);
}

/**
 * guest_init_queue() - section 3.14
 * @g: the guest
 * @engine: 0..11
 * @queue: 0..15
 * @base: device addresses of the M2S and the S2M ring
 * @length: descriptors of each
 * Context: any.
 */
void guest_init_queue(struct guest *g, unsigned int engine, unsigned int queue,
		      const uint64_t base[2], const uint32_t length[2])
{
	init_half(g, engine, queue, 0, base[0], length[0]);
	init_half(g, engine, queue, S2M, base[1], length[1]);
}

/**
 * guest_start_queue() - DMA_QUEUE_COPY_START
 * @g: the guest
 * @engine: 0..11
 * @queue: 0..15
 * @s2m: destination descriptors added, added first
 * @m2s: source descriptors added
 * Context: any.
 */
void guest_start_queue(struct guest *g, unsigned int engine, unsigned int queue, uint32_t s2m,
		       uint32_t m2s)
{
	assert_true(s2m && m2s);
	guest_queue_store(g, engine, S2M, queue, Q_ADD, s2m);
	guest_queue_store(g, engine, 0, queue, Q_ADD, m2s);
}

static uint64_t copy_ring_off(unsigned int core, unsigned int dir)
{
	return AREA_COPY + core * 0x40000u + dir * 0x20000u;
}

/**
 * guest_init_copy_queue() - the queue for the driver's own copies
 * @g: the guest
 * @core: 0..3
 * Context: any.
 */
void guest_init_copy_queue(struct guest *g, unsigned int core)
{
	uint64_t base[2] = {
		g->area_addr + copy_ring_off(core, 0), g->area_addr + copy_ring_off(core, 1),
	};

	guest_init_queue(g, copy_engine(core), COPY_QUEUE, base,
			 (uint32_t[]){ COPY_RING, COPY_RING });
	g->copy_next[core] = 0;
	g->copy_id[core] = 1;
}

static void init_core_10(struct guest *g, unsigned int core)
{
	guest_init_engine(g, copy_engine(core));
	guest_init_copy_queue(g, core);
	guest_init_copy_queue(g, core);
}

static void init_core_224(struct guest *g, unsigned int core)
{
	unsigned int e;

	for (e = 0; e < 3; e++)
		guest_init_engine(g, 3 * core + e);
	guest_init_copy_queue(g, core);
}

/**
 * guest_init_cores() - 1.0: DEVICE_INIT; 2.24: the end of every reset
 * @g: the guest
 * @cores: mask of them
 * Context: any.
 */
void guest_init_cores(struct guest *g, uint32_t cores)
{
	unsigned int core;

	for (core = 0; core < NR_CORES; core++) {
		if (!(cores & 1u << core))
			continue;
		if (g->driver == V10)
			init_core_10(g, core);
		else
			init_core_224(g, core);
	}
}

/*
 * Copies, section 3.16.
 */

static uint8_t *marker(const struct guest *g, unsigned int core)
{
	return g->area + AREA_MARKERS + core * MARKER_BYTES;
}

static void put_pair(struct guest *g, unsigned int core, uint64_t dst, uint64_t src,
		     uint64_t bytes, uint32_t flags)
{
	uint32_t at = 16 * g->copy_next[core];
	uint32_t word = (bytes & 0xFFFF) | g->copy_id[core] << 24;

	put_desc(g->area + copy_ring_off(core, 1) + at, word, 0, dst);
	put_desc(g->area + copy_ring_off(core, 0) + at, word | M2S_FIRST | M2S_LAST | flags,
		 OP_COPY, src);
	if (++g->copy_next[core] == COPY_RING) {
		g->copy_next[core] = 0;
		g->copy_id[core] = (g->copy_id[core] + 1) & 3;
	}
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t source(const struct copy *copy, uint64_t done)
{
	return copy->src + (copy->reread ? done % copy->reread : done);
}

static uint64_t piece(const struct copy *copy, uint64_t done)
{
	uint64_t bytes = least(copy->bytes - done, 65536);

	if (copy->pages)
		bytes = least(bytes, PAGE - source(copy, done) % PAGE);
	if (copy->reread)
		bytes = least(bytes, copy->reread - done % copy->reread);
	return bytes;
}

/**
 * guest_copy_begin() - start the next batch of a copy, with its marker
 * @g: the guest
 * @copy: what to copy
 * @done: bytes of earlier batches; this one's are added
 * Context: one copy at a time and core.
 */
void guest_copy_begin(struct guest *g, const struct copy *copy, uint64_t *done)
{
	unsigned int engine = copy_engine(copy->core), pairs = 0, batch;
	uint64_t words = g->area_addr + AREA_MARKERS + copy->core * MARKER_BYTES, bytes;
	bool each = !drivers[g->driver].one_increment;

	batch = copy->pages ? 64 : drivers[g->driver].batch;
	for (; pairs < batch && *done < copy->bytes; pairs++, *done += bytes) {
		bytes = piece(copy, *done);
		put_pair(g, copy->core, copy->dst + *done, source(copy, *done), bytes,
			 pairs + 1 == batch || *done + bytes == copy->bytes ? DESC_DMB : 0);
		if (each)
			guest_start_queue(g, engine, COPY_QUEUE, 1, 1);
	}
	put(marker(g, copy->core), MARKER);
	put(marker(g, copy->core) + 4, 0);
	put_pair(g, copy->core, words + 4, words, 4, 0);
	pairs = each ? 1 : pairs + 1;
	guest_start_queue(g, engine, COPY_QUEUE, pairs, pairs);
}

/**
 * guest_copy_finished() - has the marker come
 * @g: the guest
 * @core: whose queue
 * Context: any.
 * Return: true if so.
 */
bool guest_copy_finished(const struct guest *g, unsigned int core)
{
	return get(marker(g, core) + 4) == MARKER;
}

/**
 * guest_copy_wait() - wait for the marker; done inline, it is there at once
 * @g: the guest
 * @core: whose queue
 * Context: any.
 */
void guest_copy_wait(const struct guest *g, unsigned int core)
{
	if (g->scenario->dma_inline)
		assert_true(guest_copy_finished(g, core));
	else
		until(guest_copy_finished(g, core));
}

/**
 * guest_copy() - a whole copy
 * @g: the guest
 * @copy: what to copy
 * Context: as guest_copy_begin().
 */
void guest_copy(struct guest *g, const struct copy *copy)
{
	uint64_t done = 0;

	while (done < copy->bytes) {
		guest_copy_begin(g, copy, &done);
		guest_copy_wait(g, copy->core);
	}
}

/**
 * guest_move() - a whole plain copy
 * @g: the guest
 * @core: whose queue
 * @dst: device address
 * @src: device address
 * @bytes: how much
 * Context: as guest_copy_begin().
 */
void guest_move(struct guest *g, unsigned int core, uint64_t dst, uint64_t src, uint64_t bytes)
{
	guest_copy(g, &(struct copy){ .core = core, .dst = dst, .src = src, .bytes = bytes });
}

/*
 * What user space asks for.
 */

/**
 * guest_set_engine() - DMA_ENG_SET_STATE
 * @g: the guest
 * @engine: 0..11
 * @code: the state
 * Context: any.
 * Return: false if the driver refuses, without an access.
 */
bool guest_set_engine(struct guest *g, unsigned int engine, enum engine_code code)
{
	static const uint32_t words[] = {
		[ENGINE_DISABLE] = 2, [ENGINE_NORMAL] = 1, [ENGINE_ABORT] = 4, [ENGINE_RESET] = 0,
	};

	if (!words[code])
		return false;
	guest_store(g, 0, udma(engine) + 0x204, words[code]);
	guest_store(g, 0, udma(engine) + S2M + 0x204, words[code]);
	return true;
}

static enum engine_code code_of(uint32_t state)
{
	bool busy = false;
	unsigned int shift;

	for (shift = 0; shift <= 16; shift += 4) {
		if ((state >> shift & 3) == 2)
			return ENGINE_ABORT;
		busy |= (state >> shift & 3) == 1;
	}
	return busy ? ENGINE_NORMAL : ENGINE_IDLE;
}

static bool stream_used(struct guest *g, unsigned int engine)
{
	unsigned int queue;

	for (queue = 0; queue < NR_QUEUES; queue++) {
		uint32_t off = queue_reg(engine, S2M, queue, Q_CONFIG);

		if ((guest_reg(g, off) & 1u << 16) && (guest_reg(g, off) & 1u << 17))
			return true;
	}
	return false;
}

/**
 * guest_get_engine() - DMA_ENG_GET_STATE
 * @g: the guest
 * @engine: 0..11
 * @code: answers M2S and S2M
 * Context: as guest_send().
 */
void guest_get_engine(struct guest *g, unsigned int engine, enum engine_code code[2])
{
	uint32_t m2s = guest_reg(g, udma(engine) + 0x200);
	uint32_t s2m = guest_reg(g, udma(engine) + S2M + 0x200);
	uint32_t stream = guest_reg(g, udma(engine) + S2M + 0x250);

	if (!stream_used(g, engine) && (stream & 0x111) == 0x111)
		s2m &= ~0x30u;
	code[0] = code_of(m2s);
	code[1] = code_of(s2m);
}

/**
 * guest_queue_state() - one half as in section 3.17
 * @g: the guest
 * @engine: 0..11
 * @half: 0 or S2M
 * @queue: 0..15
 * @value: answers status, length, base high, low, completion base high, low, head, tail,
 *         completion head
 * Context: as guest_send().
 */
void guest_queue_state(struct guest *g, unsigned int engine, uint32_t half, unsigned int queue,
		       uint32_t value[9])
{
	static const uint32_t order[9] = {
		Q_STATUS, Q_LENGTH, Q_BASE + 4, Q_BASE, Q_CBASE + 4, Q_CBASE,
		Q_HEAD, Q_TAIL, Q_CHEAD,
	};
	unsigned int i;

	for (i = 0; i < 9; i++) {
		value[i] = guest_reg(g, queue_reg(engine, half, queue, order[i]));
		if (i >= 6)
			value[i] &= 0xFFFFFF;
	}
}

static uint32_t records_reg(const struct notification_queue *queue, uint32_t reg)
{
	return 0x404000 + queue->core * 0x10000 + queue->first + reg;
}

/**
 * guest_create_records() - a notification queue, section 5.3
 * @g: the guest
 * @queue: which one
 * @base: device address of its memory
 * @size_bytes: size of its memory
 * Context: any.
 */
void guest_create_records(struct guest *g, const struct notification_queue *queue, uint64_t base,
			  uint32_t size_bytes)
{
	guest_store(g, 0, records_reg(queue, 0), (uint32_t)base);
	guest_store(g, 0, records_reg(queue, 4), (uint32_t)(base >> 32));
	guest_store(g, 0, records_reg(queue, 8), size_bytes);
}

/**
 * guest_destroy_records() - its end, in the driver's order
 * @g: the guest
 * @queue: which one
 * Context: any.
 */
void guest_destroy_records(struct guest *g, const struct notification_queue *queue)
{
	static const uint32_t order[NR_DRIVERS][3] = { { 8, 0, 4 }, { 0, 4, 8 } };
	unsigned int i;

	for (i = 0; i < 3; i++)
		guest_store(g, 0, records_reg(queue, order[g->driver][i]), 0);
}

/*
 * Probe, reset, unload: sections 10.1 to 10.3, 6.1, 10.11.
 */

static void check_bar(struct guest *g, unsigned int bar)
{
	const uint32_t ones[2] = { 0xFFFFFFFF, 0xFFFFFFFF };
	uint32_t start[2], size;

	start[0] = config_read(g, CFG_BAR(bar), 4);
	start[1] = config_read(g, CFG_BAR(bar + 1), 4);
	assert_true((start[0] & ~0xFu) || start[1]);
	emu_pcicfg_write(&g->config, CFG_BAR(bar), ones, 4);
	emu_pcicfg_write(&g->config, CFG_BAR(bar + 1), ones, 4);
	size = (config_read(g, CFG_BAR(bar), 4) & ~0xFu) | config_read(g, CFG_BAR(bar + 1), 4);
	assert_int_not_equal(size, 0);
	emu_pcicfg_write(&g->config, CFG_BAR(bar), &start[0], 4);
	emu_pcicfg_write(&g->config, CFG_BAR(bar + 1), &start[1], 4);
}

/**
 * guest_probe() - section 10.1, with the memory of a module just loaded
 * @g: the guest
 * Context: any.
 */
void guest_probe(struct guest *g)
{
	g->sequence = 1;
	g->stores = 0;
	g->reads = 0;
	memset(g->queue_config, 0, sizeof(g->queue_config));
	memset(g->area, 0, AREA_BYTES);
	check_bar(g, 0);
	check_bar(g, 2);
	guest_command(g, (uint16_t)(config_read(g, CFG_COMMAND, 2) | COMMAND_MEMORY));
	if (g->driver == V224) {
		check_bar(g, 4);
		guest_command(g, COMMAND_MEMORY | COMMAND_MASTER);
	} else {
		guest_misc(g, M_ID, g->index);
	}
}

/**
 * guest_reset_request() - ask for a reset
 * @g: the guest
 * @kind: RESET_DEVICE or RESET_CORES
 * Context: any.
 */
void guest_reset_request(struct guest *g, uint32_t kind)
{
	if (kind == RESET_CORES)
		guest_misc(g, M_RESET_MAP, 0);
	guest_misc(g, M_RESET, kind);
	guest_misc(g, M_DOORBELL, 1);
}

/**
 * guest_reset_wait() - look until the request word reads 0
 * @g: the guest
 *
 * The drivers' seconds between two looks are nothing here: looks come until the card
 * answers one. Looks that it does not answer are lost, as in the drivers.
 * Context: as guest_send().
 */
void guest_reset_wait(struct guest *g)
{
	uint32_t request = 1;

	until(guest_try_read(g, APB + MISC + M_RESET, &request) && !request);
}

/**
 * guest_forget_engines() - a device reset took what engines had been told
 * @g: the guest
 * Context: any.
 */
void guest_forget_engines(struct guest *g)
{
	memset(g->engine_used, 0, sizeof(g->engine_used));
}

/**
 * guest_load() - 1.0: probe to DEVICE_INIT; 2.24: probe and the reset at start
 * @g: the guest, whose card nobody drives
 * Context: as guest_send().
 */
void guest_load(struct guest *g)
{
	uint32_t ids[2];

	guest_probe(g);
	if (g->driver == V10) {
		guest_device_info(g, ids);
	} else {
		if (config_read(g, CFG_REVISION, 1) != REVISION_QEMU) {
			guest_reset_request(g, RESET_DEVICE);
			guest_reset_wait(g);
			guest_forget_engines(g);
		}
		assert_true(guest_reg(g, MISC + M_STATUS) & STATUS_READY);
		guest_misc(g, M_ID, g->index);
	}
	guest_init_cores(g, 0xF);
}

/**
 * guest_unload() - the BARs go, memory decode and bus mastering are switched off
 * @g: the guest
 * Context: any.
 */
void guest_unload(struct guest *g)
{
	guest_command(g, 0);
}

/**
 * guest_device_info() - DEVICE_INFO: wait for ready, ask who the neighbours are
 * @g: the guest
 * @ids: answers them, east first, only the linked ones
 * Context: as guest_send().
 * Return: how many.
 */
unsigned int guest_device_info(struct guest *g, uint32_t ids[2])
{
	uint32_t status = 0;
	unsigned int count = 0;

	if (g->driver == V10)
		guest_command(g, COMMAND_MEMORY | COMMAND_MASTER);
	until((status = guest_reg(g, MISC + M_STATUS)) & STATUS_READY);
	if (status & STATUS_EAST)
		ids[count++] = guest_read(g, EAST | (APB + MISC + M_ID));
	if (status & STATUS_WEST)
		ids[count++] = guest_read(g, WEST | (APB + MISC + M_ID));
	return count;
}
