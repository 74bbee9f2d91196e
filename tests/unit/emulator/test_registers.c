// SPDX-License-Identifier: GPL-2.0
/*
 * Every register of the tables of docs/hardware, sections 3.3 to 3.7, 3.12.1, 4.1, 5.2
 * and 5.3: its value after each kind of reset, and what a store leaves in it. Copied from
 * the document, not from the model.
 */
#include "model.h"

#define EMPTY		0x01000000u	/* of a FIFO */
#define ALL		0xFFFFFFFFu
#define UNIT_STRIDE	0x10000u

enum kind {
	RW,	/* keeps the bits of @arg */
	RO,	/* keeps nothing of what is written */
	WO,	/* reads 0; @arg can be stored without consequence */
};

struct row {
	uint32_t first, last;	/* offsets; a register every 4 bytes */
	enum kind kind;
	uint32_t reset;
	uint32_t arg;
};

static const struct row tdma[] = {
	{ 0x00, 0x00, RW, 0, ALL },
	{ 0x1C, 0x1C, RW, 0, ALL },
	{ 0x20, 0x20, RW, 0, ALL },
};

static const struct row m2s[] = {
	{ 0x100, 0x114, RW, 0, ALL },
	{ 0x118, 0x11C, RW, 0x10, ALL },
	{ 0x120, 0x120, RW, 0x00080010, ALL },
	{ 0x124, 0x124, RW, 0x20404040, ALL },
	{ 0x200, 0x200, RO, 0, 0 },
	{ 0x204, 0x204, WO, 0, 1 },
	{ 0x20C, 0x20C, RW, 0, ALL },
	{ 0x214, 0x220, RO, 0, 0 },
	{ 0x224, 0x224, WO, 0, 1 },
	{ 0x228, 0x230, RO, EMPTY, 0 },
	{ 0x234, 0x234, RW, 0, 0xFFF },
	{ 0x238, 0x23C, RO, EMPTY, 0 },
	{ 0x240, 0x244, RO, 0, 0 },
	{ 0x248, 0x258, RW, 0, ALL },
	{ 0x300, 0x300, RW, 0x80, ALL },
	{ 0x304, 0x304, RW, 0x00010040, ALL },
	{ 0x308, 0x308, RW, 0x00001041, ALL },
	{ 0x310, 0x310, RW, 0x01000400, ALL },
	{ 0x340, 0x344, RW, 0, ALL },
	{ 0x380, 0x388, RW, 0, ALL },
	{ 0x3C0, 0x3D0, RW, 0, ALL },
	{ 0x3D4, 0x3D4, RW, 7, ALL },
	{ 0x400, 0x408, RW, 0, ALL },
	{ 0x500, 0x51C, RO, 0, 0 },
	{ 0x600, 0x600, RO, 0x80, 0 },
	{ 0x604, 0x604, RO, 4, 0 },
	{ 0x608, 0x610, RO, 0, 0 },
};

static const struct row s2m[] = {
	{ 0x100, 0x120, RW, 0, ALL },
	{ 0x124, 0x124, RW, 0x00400040, ALL },
	{ 0x128, 0x128, RW, 0x40404040, ALL },
	{ 0x12C, 0x12C, RW, 0, ALL },
	{ 0x200, 0x200, RO, 0, 0 },
	{ 0x204, 0x204, WO, 0, 1 },
	{ 0x20C, 0x20C, RW, 0, ALL },
	{ 0x214, 0x220, RO, 0, 0 },
	{ 0x224, 0x224, WO, 0, 1 },
	{ 0x228, 0x234, RO, EMPTY, 0 },
	{ 0x238, 0x238, RW, 0, 0xFFF },
	{ 0x23C, 0x240, RO, EMPTY, 0 },
	{ 0x244, 0x250, RW, 0, ALL },
	{ 0x300, 0x300, RW, 0x80, ALL },
	{ 0x304, 0x304, RW, 0x00010407, ALL },
	{ 0x308, 0x308, RW, 0x00000841, ALL },
	{ 0x30C, 0x30C, RW, 8, ALL },
	{ 0x340, 0x344, RW, 0, ALL },
	{ 0x380, 0x380, RW, 0x00001004, ALL },
	{ 0x384, 0x384, RW, 0, ALL },
	{ 0x38C, 0x38C, RW, 0, ALL },
	{ 0x500, 0x51C, RO, 0, 0 },
	{ 0x600, 0x61C, RO, 0, 0 },
};

static const struct row m2s_queue[] = {
	{ 0x20, 0x20, RW, 0x03000000, ALL },
	{ 0x24, 0x24, RO, 0, 0 },
	{ 0x28, 0x28, RW, 0, 0xFFFFFFC0 },
	{ 0x2C, 0x2C, RW, 0, ALL },
	{ 0x30, 0x30, RW, 0, 0x00FFFFFF },
	{ 0x34, 0x34, RO, 0x40000000, 0 },
	{ 0x38, 0x38, WO, 0, 0 },
	{ 0x3C, 0x40, RO, 0x40000000, 0 },
	{ 0x44, 0x44, RW, 0, 0xFFFFFFC0 },
	{ 0x48, 0x48, RW, 0, ALL },
	{ 0x4C, 0x50, RO, 0x40000000, 0 },
	{ 0x60, 0x70, RW, 0, ALL },
	{ 0x74, 0x74, RW, 7, ALL },
	{ 0x80, 0x8C, RW, 0, ALL },
	{ 0xA0, 0xA0, RW, 0, ALL },
	{ 0xB0, 0xB0, WO, 0, 1 },
	{ 0xC0, 0xC0, RO, 0, 0 },
};

static const struct row s2m_queue[] = {
	{ 0x20, 0x20, RW, 0x03000000, ALL },
	{ 0x24, 0x24, RO, 0, 0 },
	{ 0x28, 0x28, RW, 0, 0xFFFFFFC0 },
	{ 0x2C, 0x2C, RW, 0, ALL },
	{ 0x30, 0x30, RW, 0, 0x00FFFFFF },
	{ 0x34, 0x34, RO, 0x40000000, 0 },
	{ 0x38, 0x38, WO, 0, 0 },
	{ 0x3C, 0x40, RO, 0x40000000, 0 },
	{ 0x44, 0x44, RW, 0, 0xFFFFFFC0 },
	{ 0x48, 0x48, RW, 0, ALL },
	{ 0x4C, 0x50, RO, 0x40000000, 0 },
	{ 0x54, 0x60, RW, 0, ALL },
	{ 0x64, 0x64, WO, 0, 0x10 },
	{ 0x68, 0x68, RO, 0, 0 },
};

static const struct row group[] = {
	{ 0x00, 0x00, RO, 0, 0 },	/* without causes; stores can only clear */
	{ 0x08, 0x08, WO, 0, 0 },
	{ 0x10, 0x10, RW, ALL, ALL },
	{ 0x18, 0x18, WO, 0, ALL },
	{ 0x20, 0x20, RO, 0, 0 },
	{ 0x28, 0x28, RW, 0, ~0x10u },	/* bit 4 is a command */
	{ 0x30, 0x30, RW, ALL, ALL },
	{ 0x38, 0x38, RW, 0, ALL },
};

static const uint32_t groups[] = {
	0x0000, 0x0040, 0x0080, 0x00C0, 0x2000, 0x2040, 0x2080,
	0x2D00, 0x2E00, 0x2F00, 0x3000, 0x3100, 0x3200, 0x3300,
};

static const struct row gen[] = {
	{ 0x0400, 0x07FC, RW, 0, ALL },
	{ 0x2100, 0x21FC, RW, 0, ALL },
	{ 0x2200, 0x22FC, RW, 0, ALL },	/* mailboxes: storage without effect */
	{ 0x2300, 0x2308, RW, 0, ALL },
	{ 0x2500, 0x253C, RW, 0, ALL },
	{ 0x2600, 0x263C, RW, 0, ALL },
	{ 0x2700, 0x273C, RW, 0, ALL },
	{ 0x2900, 0x2ABC, RW, 0, ALL },
	{ 0x2B00, 0x2B34, RW, 0, ALL },
	{ 0x33A0, 0x33A0, RW, 0, ALL },	/* where one published driver writes by mistake */
	{ 0x3400, 0x341C, RW, 0, ALL },
	{ 0x3420, 0x3420, RW, 0, ALL },
	{ 0x3460, 0x346C, RW, 0, ALL },
};

static const struct row axi_queue[] = {
	{ 0x0, 0x0, RW, 0, ALL },
	{ 0x4, 0x4, RO, 0, 0 },
	{ 0x8, 0x8, RW, 0, ALL },
};

static const struct row gen_ex[] = {
	{ 0x400, 0x7FC, RW, 0, ALL },
};

static const struct row notify_queue[] = {
	{ 0x00, 0x08, RW, 0, ALL },
	{ 0x0C, 0x0C, RO, 0, 0 },
	{ 0x10, 0x10, RW, 0, ALL },
	{ 0x14, 0x14, RO, 0, 0 },
	{ 0x18, 0x18, RW, 0, ALL },
};

static const struct row events[] = {
	{ 0x2700000, 0x27003FC, RW, 0, 1 },
	{ 0x2700400, 0x2700400, RO, 0, 0 },	/* one too far */
	{ 0x2701000, 0x270107C, RO, 0, 0 },
	{ 0x2701100, 0x270117C, WO, 0, 0 },
	{ 0x2701180, 0x2701180, RO, 0, 0 },	/* one too far */
	{ 0x2701200, 0x270127C, WO, 0, 0 },
	{ 0x2701300, 0x270137C, WO, 0, 0 },
};

static const struct row misc[] = {
	{ 0x000, 0x000, RO, 2, 0 },
	{ 0x01C, 0x01C, RO, 0x80000000, 0 },
	{ 0x024, 0x024, RW, 0, ALL },
	{ 0x038, 0x03C, RO, 0, 0 },
	{ 0x040, 0x050, RO, 0, 0 },
	{ 0x054, 0x058, RO, 0, 0 },
	{ 0x064, 0x064, RO, 0, 0 },
	{ 0x0C0, 0x0EC, RW, 0, ALL },
	{ 0x100, 0x17C, RW, 0, ALL },
	{ 0x180, 0x198, RW, 0, ALL },
	{ 0x1A0, 0x1CC, RW, 0, ALL },
	{ 0x1F0, 0x1FC, RW, 0, ALL },
	{ 0x200, 0x7FC, RW, 0, ALL },
	{ 0x800, 0x800, WO, 0, 0 },
	{ 0x804, 0xFFC, RW, 0, ALL },
};

typedef void (*visit)(struct model *m, unsigned int bar, uint64_t at, const struct row *row);

static void rows(struct model *m, visit f, unsigned int bar, uint64_t base, const struct row *row,
		 size_t count)
{
	uint32_t off;

	for (; count; count--, row++)
		for (off = row->first; off <= row->last; off += 4)
			f(m, bar, base + off, row);
}

#define ROWS(m, f, bar, base, table) \
	rows(m, f, bar, base, table, sizeof(table) / sizeof((table)[0]))

static uint32_t tdma_base(unsigned int engine)
{
	return engine / 3 * 0x100000 + engine % 3 * 0x1000;
}

static void engine_rows(struct model *m, visit f, unsigned int engine)
{
	static const unsigned int queues[] = { 0, 7, 15 };
	uint32_t u = udma(engine);
	unsigned int i;

	ROWS(m, f, 0, tdma_base(engine), tdma);
	ROWS(m, f, 0, u, m2s);
	ROWS(m, f, 0, u + S2M, s2m);
	for (i = 0; i < 3; i++) {
		ROWS(m, f, 0, queue_reg(engine, 0, queues[i], 0), m2s_queue);
		ROWS(m, f, 0, queue_reg(engine, S2M, queues[i], 0), s2m_queue);
	}
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		ROWS(m, f, 0, u + GEN + groups[i], group);
	ROWS(m, f, 0, u + GEN, gen);
	for (i = 0; i < 16; i++)
		ROWS(m, f, 0, u + GEN + 0x2C00 + 12 * i, axi_queue);
	ROWS(m, f, 0, u + GEN_EX, gen_ex);
}

static void core_rows(struct model *m, visit f, unsigned int core)
{
	uint32_t unit = 0x404000 + core * UNIT_STRIDE;
	unsigned int i, s;

	for (i = 0; i < 4; i++) {
		for (s = 0; s < 4; s++) {
			ROWS(m, f, 0, unit + 0xBFC + i * 0x104 + s * 0x20, notify_queue);
			ROWS(m, f, 0, unit + 0xC7C + i * 0x104 + s * 0x20, notify_queue);
		}
	}
	ROWS(m, f, 0, unit + 0x1074, notify_queue);
	ROWS(m, f, 0, unit + 0x1094, notify_queue);
	ROWS(m, f, 2, core * 0x4000000ull, events);
}

static void units(struct model *m, visit f)
{
	engine_rows(m, f, 0);
	engine_rows(m, f, 4);
	engine_rows(m, f, 11);
	core_rows(m, f, 0);
	core_rows(m, f, 3);
}

static void check_reset(struct model *m, unsigned int bar, uint64_t at, const struct row *row)
{
	uint32_t want = row->kind == WO ? 0 : row->reset;

	if (card_load(m->card, bar, at) != want)
		fail_msg("BAR%u + %#llx: %#x instead of %#x after reset", bar,
			 (unsigned long long)at, card_load(m->card, bar, at), want);
}

/* Also finds registers that share their storage: none has its neighbour's pattern. */
static uint32_t pattern(uint64_t at)
{
	return (uint32_t)(at * 2654435761u) ^ 0x5A5A5A5A;
}

static void store_unkept(struct model *m, unsigned int bar, uint64_t at, const struct row *row)
{
	if (row->kind == RO)
		card_store(m->card, bar, at, ~row->reset);
	else if (row->kind == WO)
		card_store(m->card, bar, at, row->arg);
}

static void store_kept(struct model *m, unsigned int bar, uint64_t at, const struct row *row)
{
	if (row->kind == RW)
		card_store(m->card, bar, at, pattern(at));
}

static void check_kept(struct model *m, unsigned int bar, uint64_t at, const struct row *row)
{
	uint32_t got = card_load(m->card, bar, at);

	if (row->kind == RW && (got & row->arg) != (pattern(at) & row->arg))
		fail_msg("BAR%u + %#llx: %#x instead of %#x after a store", bar,
			 (unsigned long long)at, got, pattern(at) & row->arg);
}

static void fill_all(struct model *m)
{
	units(m, store_unkept);
	ROWS(m, store_unkept, 0, MISC, misc);
	units(m, check_reset);
	ROWS(m, check_reset, 0, MISC, misc);
	units(m, store_kept);
	ROWS(m, store_kept, 0, MISC, misc);
	units(m, check_kept);
	ROWS(m, check_kept, 0, MISC, misc);
}

static void ask_reset(struct model *m, uint32_t kind)
{
	wr(m, MISC + 0x1EC, kind);
	wr(m, MISC + 0x800, 1);
	until(rd(m, MISC + 0x1EC) == 0);
}

static void after_power_on(void **state)
{
	struct model *m = *state;

	units(m, check_reset);
	ROWS(m, check_reset, 0, MISC, misc);
	fill_all(m);
	emu_card_reset(m->card, EMU_RESET_BUS);
	units(m, check_reset);
	ROWS(m, check_reset, 0, MISC, misc);
}

static void after_device_reset(void **state)
{
	struct model *m = *state;

	fill_all(m);
	ask_reset(m, 1);
	units(m, check_reset);
	ROWS(m, check_reset, 0, MISC, misc);
	fill_all(m);
}

/* Misc RAM stays, pointers and device id included. */
static void after_core_reset(void **state)
{
	struct model *m = *state;

	fill_all(m);
	wr(m, MISC + 0x1D8, 0xF);
	ask_reset(m, 2);
	units(m, check_reset);
	ROWS(m, check_kept, 0, MISC, misc);
}

static void after_reset_of_other_cores(void **state)
{
	struct model *m = *state;

	fill_all(m);
	wr(m, MISC + 0x1D8, 0xFFFFFFF4); /* core 2, and bits that mean nothing */
	ask_reset(m, 2);
	units(m, check_kept);
	wr(m, MISC + 0x1D8, 0xFFFFFFF2); /* core 1 */
	ask_reset(m, 2);
	engine_rows(m, check_reset, 4);
	engine_rows(m, check_kept, 0);
	engine_rows(m, check_kept, 11);
	core_rows(m, check_kept, 0);
	core_rows(m, check_kept, 3);
}

static void all_engines_alike(void **state)
{
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < 12; i++)
		engine_rows(m, check_reset, i);
	for (i = 0; i < 4; i++)
		core_rows(m, check_reset, i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("every register of every engine and core has its reset value",
			 all_engines_alike),
		ONE_MODE("registers keep what they should, and lose it at a power-on reset",
			 after_power_on),
		ONE_MODE("and at a device reset, with all of misc RAM", after_device_reset),
		ONE_MODE("and at a core reset, which leaves misc RAM alone", after_core_reset),
		ONE_MODE("a core reset leaves other cores alone", after_reset_of_other_cores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
