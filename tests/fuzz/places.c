// SPDX-License-Identifier: GPL-2.0
/* Registers and addresses worth trying; offsets from docs/hardware, sections 2 to 8. */
#include "fuzz.h"

#define UNIT_S2M	0x20000u
#define UNIT_GEN	0x38000u
#define UNIT_GEN_EX	0x3C000u
#define QUEUES		0x1000u
#define APB_NOTIFY	0x404000u
#define NOTIFY_STRIDE	0x10000u
#define CORE_STRIDE	0x4000000u
#define CORE_SYNC	0x2700000u
#define CORE_FIFO	0x265C000u

#define PICK(table, byte) ((table)[(byte) % (sizeof(table) / sizeof((table)[0]))])

/**
 * fuzz_unit_reg() - offset in BAR0 of a register of a DMA unit
 * @engine: 0..11
 * @reg: offset in the unit
 * Return: the offset.
 */
uint32_t fuzz_unit_reg(unsigned int engine, uint32_t reg)
{
	return engine / 3 * 0x100000 + 0x40000 + engine % 3 * 0x40000 + reg;
}

/**
 * fuzz_queue_reg() - offset in BAR0 of a register of a queue half
 * @engine: 0..11
 * @s2m: which half
 * @queue: 0..15
 * @reg: offset in the queue's page
 * Return: the offset.
 */
uint32_t fuzz_queue_reg(unsigned int engine, bool s2m, unsigned int queue, uint32_t reg)
{
	return fuzz_unit_reg(engine, (s2m ? UNIT_S2M : 0) + QUEUES + queue * 0x1000 + reg);
}

static uint32_t unit_off(struct fuzz_in *in, unsigned int engine)
{
	static const uint16_t common[] = {
		0x200, 0x204, 0x20C, 0x214, 0x224, 0x228, 0x254, 0x300, 0x304, 0x308, 0x380,
		0x500, 0x508, 0x50C, 0x600, 0x604, 0xFFC,
	};
	uint8_t which = fuzz_u8(in);

	return fuzz_unit_reg(engine, (which & 0x80 ? UNIT_S2M : 0) + PICK(common, which & 0x7f));
}

static uint32_t gen_off(struct fuzz_in *in, unsigned int engine)
{
	static const uint16_t groups[] = {
		0x0000, 0x0040, 0x0080, 0x00C0, 0x2000, 0x2040, 0x2080, 0x2D00, 0x3300, 0x3460,
	};
	uint8_t which = fuzz_u8(in);

	return fuzz_unit_reg(engine, UNIT_GEN + PICK(groups, which & 15) + (which >> 4) * 4u);
}

static uint32_t misc_off(uint8_t which)
{
	static const uint16_t words[] = {
		0x000, 0x01C, 0x024, 0x038, 0x054, 0x1D8, 0x1EC, 0x1F0, 0x1F4, 0x1F8, 0x1FC, 0x800,
	};

	return FUZZ_MISC + PICK(words, which);
}

/**
 * fuzz_apb_off() - an offset in BAR0 that probably is a register
 * @in: the input
 * Return: a multiple of 4.
 */
uint32_t fuzz_apb_off(struct fuzz_in *in)
{
	static const uint8_t queue_regs[] = {
		0x20, 0x24, 0x28, 0x2C, 0x30, 0x34, 0x38, 0x3C, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x54,
		0x5C, 0x64, 0x68, 0x74, 0xA0, 0xB0, 0xC0, 0xFC,
	};
	uint8_t kind = fuzz_u8(in), which = fuzz_u8(in);
	unsigned int engine = (kind >> 3) % 12;

	switch (kind & 7) {
	case 0:
	case 1:
		return fuzz_queue_reg(engine, kind & 1, which & 15, PICK(queue_regs, fuzz_u8(in)));
	case 2:
		return unit_off(in, engine);
	case 3:
		return gen_off(in, engine);
	case 4:
		return misc_off(which);
	case 5:
		return APB_NOTIFY + engine % 4 * NOTIFY_STRIDE + 0xBFC + which * 4u +
		       fuzz_u8(in) * 4u;
	case 6:
		if (which & 1)
			return fuzz_unit_reg(engine, UNIT_GEN_EX + which * 16u);
		return engine / 3 * 0x100000 + engine % 3 * 0x1000 + which * 16u;
	default:
		return fuzz_u32(in) % EMU_BAR0_BYTES & ~3u;
	}
}

/**
 * fuzz_core_off() - an offset in BAR2
 * @in: the input
 * Return: a multiple of 4.
 */
uint32_t fuzz_core_off(struct fuzz_in *in)
{
	uint8_t kind = fuzz_u8(in);
	uint32_t core = (kind >> 4) % 4 * CORE_STRIDE;

	switch (kind & 3) {
	case 0:
		return core + CORE_SYNC + fuzz_u16(in) % 0x2000 / 4 * 4;
	case 1:
		return core + CORE_SYNC + 0x1000 + fuzz_u16(in) % 0x400 / 4 * 4;
	case 2:
		return core + CORE_FIFO + fuzz_u16(in) % 0x4400 / 4 * 4;
	default:
		return fuzz_u32(in) % EMU_BAR2_BYTES & ~3u;
	}
}

/**
 * fuzz_dev_addr() - a device address, reachable or just not
 * @in: the input
 * Return: the address.
 */
uint64_t fuzz_dev_addr(struct fuzz_in *in)
{
	static const uint64_t bases[] = {
		FUZZ_HOST + FUZZ_IOVA,			/* host */
		FUZZ_HOST + FUZZ_IOVA + 0x8000,
		FUZZ_HOST + FUZZ_IOVA + FUZZ_HOST_BYTES - 0x80,
		FUZZ_HOST,
		0,					/* DRAM, both channels */
		0x0FFFFFF80ull,
		0x1000000000ull,
		0x10FFFFFF80ull,
		0x100000000000ull,			/* the same by the other port */
		0xFFFC0000000ull,			/* cores: memory, FIFO, registers */
		0xFFFC0000000ull + CORE_FIFO - 0x80,
		0xFFFC0000000ull + CORE_SYNC,
		0x0000800000000000ull,			/* neighbours */
		0x0000C00000000000ull + 0x1000000000ull,
		0x0000800000000000ull + 0xFFFF0000000ull + FUZZ_MISC,
		0xFFFFFFFFFFFFFF80ull,
	};
	uint8_t kind = fuzz_u8(in);
	uint64_t window = (uint64_t)(kind >> 6) << 46;

	switch (kind & 0x3f) {
	case 0x3f:
		return fuzz_u64(in);
	case 0x3e:
	case 0x3d:
		return window + 0xFFFF0000000ull + fuzz_apb_off(in);
	case 0x3c:
		return window + 0xFFFC0000000ull + fuzz_core_off(in);
	default:
		return bases[kind & 15] + fuzz_u16(in) % 0x1000;
	}
}

/**
 * fuzz_word() - a value for a register
 * @in: the input
 * Return: one that is likely to mean something, or any.
 */
uint32_t fuzz_word(struct fuzz_in *in)
{
	static const uint32_t likely[] = {
		0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 0xff, 0x100, 0xffff, 0x10000,
		0x20000, 0x30000, 0x3030000, 0xffffff, 0x1000000, 0x10FFFFF, 0x7fffffff,
		0x80000000, 0xffffffff, 0x4000, 0x8000, 0xC000, 0xFFF, 0xF0000000, 0x10F8,
		FUZZ_IOVA, FUZZ_IOVA + 0x4000, FUZZ_IOVA + 0x8000,
	};
	uint8_t kind = fuzz_u8(in);

	if (kind < 0xC0)
		return PICK(likely, kind);
	if (kind < 0xE0)
		return fuzz_u8(in);
	return fuzz_u32(in);
}
