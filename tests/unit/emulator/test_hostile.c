// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that writes anything anywhere: the model must neither crash, nor hang, nor reach
 * outside of its memory (the sanitizers tell). The sequence is fixed by its seed.
 */
#include <inttypes.h>

#include "model.h"

#define LAPS 15000

static uint64_t seed;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static uint32_t pick(const uint32_t *from, size_t count)
{
	return from[next() % count];
}

static uint32_t any_word(void)
{
	static const uint32_t likely[] = {
		0, 1, 2, 4, 8, 16, 31, 32, 33, 0xff, 0x100, 0xffff, 0x10000, 0x30000, 0x3030000,
		0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xffffffff, 0x4000, 0x8000, 0xC000,
		0x010FFFFF, 0xFFF,
	};

	if (next() % 4)
		return pick(likely, sizeof(likely) / sizeof(likely[0]));
	return (uint32_t)next();
}

static uint64_t any_addr(void)
{
	static const uint64_t bases[] = {
		HOST + HOST_IOVA, HOST + HOST_IOVA + HOST_BYTES - 64, DRAM0, DRAM1,
		DRAM1 + (4ull << 30) - 64, CORES, CORES + 0x2700000, CORES + 0x265C000, APB,
		APB + MISC, EAST, WEST + DRAM1, EAST + APB + MISC, WEST + CORES + 0x2701200, HOST,
		~0ull - 63,
	};
	uint64_t base = bases[next() % (sizeof(bases) / sizeof(bases[0]))];

	if (next() % 8 == 0)
		return APB + queue_reg(next() % 12, next() & 1 ? S2M : 0, next() % 16, Q_ADD);
	return next() % 16 ? base + next() % 4096 : next();
}

static void any_descriptors(struct model *m)
{
	uint32_t off = RING_OFF(0), i;

	for (i = 0; i < 0x20000; i += 16) {
		uint32_t word0 = any_word() & 0xffff;

		word0 |= (uint32_t)(next() % 4) << 24;
		if (next() % 4)
			word0 |= M2S_FIRST | M2S_LAST;
		if (next() % 4)
			word0 = (word0 & ~0xff00u) | 1u << 24;
		if (next() % 32 == 0)
			word0 = (uint32_t)next();
		put_desc(m->host + off + i, word0, next() % 8 ? OP_COPY : any_word(), any_addr());
	}
}

static void any_store(struct model *m, struct emu_card *card)
{
	static const uint32_t queue_regs[] = {
		0x20, 0x20, 0x28, 0x2C, 0x30, 0x30, 0x38, 0x38, 0x38, 0x38, 0x44, 0x48, 0x54, 0x64,
		0xA0, 0xB0, 0x5C, 0x74,
	};
	static const uint32_t unit_regs[] = {
		0x204, 0x254, 0x304, 0x224, S2M + 0x204, S2M + 0x380, GEN + 0x08, GEN + 0x48,
		GEN + 0x58, GEN + 0x18, GEN + 0x2008, GEN + 0x2048, GEN + 0x2030, GEN + 0x2070,
		GEN + 0x28, GEN + 0x68, GEN + 0x3460, GEN + 0x40,
	};
	static const uint32_t misc_regs[] = { 0x1EC, 0x1F0, 0x1F4, 0x1F8, 0x1FC, 0x800, 0x1D8, 0x24 };
	unsigned int e = next() % 12;
	uint64_t base = dev_host(RING_OFF(0) + next() % 0x8000);

	switch (next() % 10) {
	case 0:
		card_store(card, 0, next() % EMU_BAR0_BYTES & ~3ull, any_word());
		break;
	case 1:
		card_store(card, 2, next() % EMU_BAR2_BYTES & ~3ull, any_word());
		break;
	case 2:
		card_store(card, 2, 0x2700000 + next() % 0x2000 / 4 * 4, any_word());
		break;
	case 3:
		card_store(card, 0, MISC + pick(misc_regs, 8), any_word());
		break;
	case 4:
		card_store(card, 0, udma(e) + pick(unit_regs, 18), any_word());
		break;
	case 5:
		card_store(card, 0, 0x404000 + next() % 4 * 0x10000 + 0xBFC + next() % 0x4C0 / 4 * 4,
			   next() & 1 ? any_word() : (uint32_t)any_addr());
		break;
	case 6: {
		/* A ring that works, so that more than the first check is met. */
		unsigned int q = next() % 16, half;

		for (half = 0; half < 2; half++) {
			uint32_t h = half ? S2M : 0;

			card_store(card, 0, queue_reg(e, h, q, half ? 0x64 : 0xB0), QUEUE_RESET);
			card_store(card, 0, queue_reg(e, h, q, Q_BASE), (uint32_t)base);
			card_store(card, 0, queue_reg(e, h, q, Q_BASE + 4), (uint32_t)(base >> 32));
			card_store(card, 0, queue_reg(e, h, q, Q_LENGTH), 32 + next() % 512);
			card_store(card, 0, queue_reg(e, h, q, Q_CONFIG), 0x30000);
		}
		card_store(card, 0, udma(e) + 0x204, 1);
		card_store(card, 0, udma(e) + S2M + 0x204, 1);
		card_store(card, 0, queue_reg(e, S2M, q, Q_ADD), 1 + next() % 64);
		card_store(card, 0, queue_reg(e, 0, q, Q_ADD), 1 + next() % 64);
		break;
	}
	default:
		card_store(card, 0, queue_reg(e, next() & 1 ? S2M : 0, next() % 16,
			   pick(queue_regs, 18)), next() & 1 ? any_word() : (uint32_t)base);
		break;
	}
	if (next() % 512 == 0)
		any_descriptors(m);
}

static void any_request(struct model *m, struct emu_card *card)
{
	uint32_t off = 0x10000 + (uint32_t)(next() % 64) * 4, i;
	uint64_t req = next() % 8 ? dev_host(off) : any_addr();
	uint64_t rsp = next() % 8 ? dev_host(0x20000) : any_addr();

	for (i = 0; i < 256; i += 8) {
		uint64_t addr = any_addr() & ~3ull;

		memcpy(m->host + off + i, &addr, 8);
	}
	card_store(card, 0, MISC + 0x1F4, (uint32_t)req);
	card_store(card, 0, MISC + 0x1F0, (uint32_t)(req >> 32));
	card_store(card, 0, MISC + 0x1FC, (uint32_t)rsp);
	card_store(card, 0, MISC + 0x1F8, (uint32_t)(rsp >> 32));
	card_store(card, 0, MISC + 0x800, 1);
}

static void any_command(struct emu_card *card)
{
	static const char *const lines[] = {
		"inject dma stall 3", "inject dma resume", "inject dma abort 5",
		"inject dma slow 1", "inject dma slow 0", "inject device dead",
		"inject device alive", "inject device reset-hang", "inject device ready",
		"inject fwio delay 1", "inject fwio garbage 3", "link east down", "link east up",
		"inject nq overflow 2", "raise error 1 1 1 1", "show", "inject dma wrong-completion",
	};

	json_object_put(control_on(card, lines[next() % (sizeof(lines) / sizeof(lines[0]))], 0));
}

static void torture(bool dma_inline, bool lenient, uint64_t with)
{
	struct emu_opts opts = model_opts(dma_inline);
	struct model *m;
	unsigned int lap;

	seed = with;
	opts.nr_cards = 3;
	opts.reset_ms = 1;
	opts.lenient_ring_ids = lenient;
	m = model_create(&opts);
	any_descriptors(m);
	for (lap = 0; lap < LAPS; lap++) {
		struct emu_card *card = emu_box_card(m->box, next() % 3);

		any_store(m, card);
		if (next() % 64 == 0)
			any_request(m, card);
		if (next() % 128 == 0)
			any_command(card);
		if (next() % 2048 == 0)
			emu_card_reset(card, EMU_RESET_FLR);
		if (next() % 256 == 0)
			emu_card_set_bus_master(card, next() & 1);
		if (next() % 256 == 0)
			card_load(card, 0, next() % EMU_BAR0_BYTES & ~3ull);
	}
	for (lap = 0; lap < 3; lap++) {
		struct emu_card *card = emu_box_card(m->box, lap);

		json_object_put(control_on(card, "inject device alive", 0));
		emu_card_reset(card, EMU_RESET_BUS);
		json_object_put(control_on(card, "inject device ready", 0));
	}
	control(m, "inject fwio none");
	/* After all that the card works as new. */
	{
		struct ring r = ring_make(m, 0, 0, 64);

		put(m->host + 0x400000, 0x1234);
		put(m->host + 0x500000, 0);
		ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
		until(get(m->host + 0x500000) == 0x1234);
	}
	model_destroy(m);
}

static void inline_strict(void **state)
{
	(void)state;
	torture(true, false, 0x9E3779B97F4A7C15ull);
}

static void inline_lenient(void **state)
{
	(void)state;
	torture(true, true, 0xD1B54A32D192ED03ull);
}

static void async_strict(void **state)
{
	(void)state;
	torture(false, false, 0x94D049BB133111EBull);
}

static void async_lenient(void **state)
{
	(void)state;
	torture(false, true, 0xBF58476D1CE4E5B9ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN("any stores, descriptors and requests do no harm (inline, strict)", inline_strict),
		PLAIN("any stores, descriptors and requests do no harm (inline, lenient)", inline_lenient),
		PLAIN("any stores, descriptors and requests do no harm (async, strict)", async_strict),
		PLAIN("any stores, descriptors and requests do no harm (async, lenient)", async_lenient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
