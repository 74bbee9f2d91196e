// SPDX-License-Identifier: GPL-2.0
/*
 * Written from docs/hardware, without the driver's register names: two
 * readings of the text check each other.
 */
#include <stdio.h>
#include "card.h"

#define BAR0		((void *)0x100000000000ul)
#define BAR2		((void *)0x200000000000ul)
#define BAR0_BYTES	0x1000000ul
#define BAR2_BYTES	0x10000000ul
#define HOST		0x400000000000ull
#define DMA_ADDR	0x3ffffff000ull

struct card card;

static struct card_store *reg(u64 dev_addr)
{
	u32 slot = dev_addr / 4 * 2654435761u % CARD_REGS;

	while (card.reg[slot].dev_addr && card.reg[slot].dev_addr != dev_addr)
		slot = (slot + 1) % CARD_REGS;
	card.reg[slot].dev_addr = dev_addr;

	return &card.reg[slot];
}

void card_set(u64 dev_addr, u32 value)
{
	reg(dev_addr)->value = value;
}

u32 card_get(u64 dev_addr)
{
	return reg(dev_addr)->value;
}

/* Index of the first store of @value to @dev_addr, or -1. */
s64 card_find(u64 dev_addr, u32 value)
{
	unsigned int i;

	for (i = 0; i < card.stores; i++)
		if (card.store[i].dev_addr == dev_addr && card.store[i].value == value)
			return i;

	return -1;
}

void card_plan(enum card_answer answer, u64 delay_us)
{
	assert(card.plans < CARD_PLAN_MAX);
	card.plan[card.plans].answer = answer;
	card.plan[card.plans].delay_us = delay_us;
	card.plans++;
}

static u32 crc32c(const u8 *byte, size_t bytes)
{
	u32 crc = ~0u;
	int bit;

	while (bytes--) {
		crc ^= *byte++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}

	return ~crc;
}

static void *memory_at(u32 high_off, u32 low_off)
{
	u64 addr = (u64)card_get(CARD_MISC + high_off) << 32 | card_get(CARD_MISC + low_off);

	assert(addr & HOST);
	assert((addr & ~HOST) - DMA_ADDR < 4096);

	return (u8 *)card.dev.memory + ((addr & ~HOST) - DMA_ADDR);
}

/* Returns the number of addresses, or 0 for a request that deserves no answer. */
static unsigned int check_request(const u8 *request, u64 *addr)
{
	u8 copy[808];
	size_t size;
	u32 crc;

	size = request[2] | request[3] << 8;
	assert(size <= sizeof(copy));
	memcpy(copy, request, size);
	memcpy(&crc, copy + 4, 4);
	memset(copy + 4, 0, 4);
	if (!copy[0] || copy[1] != 1 || size < 16 || size % 8 || crc32c(copy, size) != le32toh(crc))
		return 0;
	memcpy(addr, copy + 8, size - 8);

	return (size - 8) / 8;
}

static size_t build_answer(u8 *bytes, u8 seq, enum card_answer answer, const u64 *addr,
			   unsigned int count)
{
	unsigned int i;

	if (answer == CARD_SHORT)
		count--;
	if (answer == CARD_FAILED || answer == CARD_REFUSED)
		count = 0;
	for (i = 0; i < count; i++) {
		u32 value = htole32(card_get(le64toh(addr[i])));

		memcpy(bytes + 4 + 4 * i, &value, 4);
	}
	if (answer == CARD_LONG)
		count++;
	bytes[0] = answer == CARD_WRONG_SEQ ? seq - 1 : seq;
	bytes[1] = answer == CARD_FAILED ? 1 : answer == CARD_REFUSED ? 2 : 0;
	bytes[2] = (4 + 4 * count) & 0xff;
	bytes[3] = (4 + 4 * count) >> 8;

	return 4 + 4 * count;
}

static void serve_request(void)
{
	struct card_plan plan = { CARD_GOOD, 0 };
	const u8 *request = memory_at(0x1f0, 0x1f4);
	unsigned int count;
	u64 addr[100];

	if (card.requests < card.plans)
		plan = card.plan[card.requests];
	card.requests++;
	count = check_request(request, addr);
	if (!count)
		card.bad_requests++;
	if (!count || plan.answer == CARD_LOST)
		return;

	assert(card.pendings < CARD_PLAN_MAX);
	card.pending[card.pendings].at_us = shim_now_us + plan.delay_us;
	card.pending[card.pendings].size = build_answer(card.pending[card.pendings].bytes,
							request[0], plan.answer, addr, count);
	card.pendings++;
}

static void send_irq(unsigned int source)
{
	if (!card.hw.irq.vectors)
		return;
	if (card.irqs_lost)
		card.irqs_lost--;
	else
		neuron_hw_irq_came(&card.hw, source % card.hw.irq.vectors);
}

/* Auto-clear and auto-mask happen when the message is sent. */
static void iofic_send(unsigned int eng)
{
	u32 active = card.iofic[eng].cause & ~card.iofic[eng].mask;

	if (!active || card.iofic[eng].summary_mask & 1)
		return;
	if (card.iofic[eng].control & 1 << 2)
		card.iofic[eng].cause &= ~active;
	if (card.iofic[eng].control & 1 << 1)
		card.iofic[eng].mask |= active;
	send_irq(1 + eng);
}

void card_done(unsigned int eng, unsigned int queue)
{
	card.iofic[eng].cause |= 1u << queue;
	iofic_send(eng);
}

static void iofic_store(u64 dev_addr, u32 value)
{
	unsigned int eng;
	u64 off;

	for (eng = 0; eng < CARD_ENGINES; eng++) {
		off = dev_addr - (CARD_APB + 0x40000 + eng / 3 * 0x100000 + eng % 3 * 0x40000 +
				  0x38000);
		if (off >= 0x80)
			continue;
		if (off == 0x18)
			card.iofic[eng].summary_mask &= value;
		else if (off == 0x48)
			card.iofic[eng].cause |= value;
		else if (off == 0x50)
			card.iofic[eng].mask = value;
		else if (off == 0x58)
			card.iofic[eng].mask &= value;
		else if (off == 0x68)
			card.iofic[eng].control = value;
		iofic_send(eng);
	}
}

static void deliver(void)
{
	unsigned int i;
	u8 *response;

	for (i = 0; i < card.pendings; i++) {
		if (!card.pending[i].at_us || card.pending[i].at_us > shim_now_us)
			continue;
		response = memory_at(0x1f8, 0x1fc);
		memcpy(response + 4, card.pending[i].bytes + 4, card.pending[i].size - 4);
		memcpy(response, card.pending[i].bytes, 4);
		card.pending[i].at_us = 0;
		if (!card.firmware_silent)
			send_irq(0);
	}
	while (card.pendings && !card.pending[card.pendings - 1].at_us)
		card.pendings--;
}

static void tick(void)
{
	if (card.reset_until_us && shim_now_us >= card.reset_until_us) {
		card.reset_until_us = 0;
		card_set(CARD_MISC + 0x1ec, 0);
		card_set(CARD_MISC + 0x24, 0);
		card_set(CARD_MISC + 0x1c, card_get(CARD_MISC + 0x1c) | 1u << 31);
	}
	if (card.done_at_us && shim_now_us >= card.done_at_us) {
		card.done_at_us = 0;
		card_done(card.done_eng, 15);
	}
	if (card.reserved_at_us && shim_now_us >= card.reserved_at_us)
		neuron_fwio_reserve(&card.hw, true);
	if (card.gone_at_us && shim_now_us >= card.gone_at_us)
		neuron_hw_gone(&card.hw);
	if (card.killed_at_us && shim_now_us >= card.killed_at_us)
		shim_killed = true;
	deliver();
}

static void doorbell(void)
{
	if (card.reset_until_us)
		return;
	if (card_get(CARD_MISC + 0x1ec) == 1) {
		card.resets++;
		card.reset_until_us = shim_now_us + card.reset_us;
		card_set(CARD_MISC + 0x1c, card_get(CARD_MISC + 0x1c) & ~(1u << 31));
		return;
	}
	serve_request();
	deliver();
}

void writel(u32 value, void *addr)
{
	u64 dev_addr;

	if (addr >= BAR2) {
		assert((u64)addr - (u64)BAR2 < BAR2_BYTES);
		dev_addr = CARD_CORES + ((u64)addr - (u64)BAR2);
	} else {
		assert(addr >= BAR0 && (u64)addr - (u64)BAR0 < BAR0_BYTES);
		dev_addr = CARD_APB + ((u64)addr - (u64)BAR0);
	}

	assert(card.stores < CARD_STORES_MAX);
	card.store[card.stores].dev_addr = dev_addr;
	card.store[card.stores].value = value;
	card.stores++;
	card_set(dev_addr, value);
	if (dev_addr == CARD_MISC + 0x800 && value)
		doorbell();
	iofic_store(dev_addr, value);
}

int card_setup(void **state)
{
	unsigned int eng;

	(void)state;
	memset(&card, 0, sizeof(card));
	for (eng = 0; eng < CARD_ENGINES; eng++) {
		card.iofic[eng].mask = U32_MAX;
		card.iofic[eng].summary_mask = U32_MAX;
	}
	shim_now_us = 1000000;
	shim_killed = false;
	shim_warnings = 0;
	shim_tick = tick;
	card.dev.dma_addr = DMA_ADDR;
	card.reset_us = 50000;
	card_set(CARD_MISC + 0x1c, 1u << 31);

	return neuron_hw_init(&card.hw, &card.dev, BAR0, BAR0_BYTES, BAR2, BAR2_BYTES,
			      neuron_hw_map_get(0x7064));
}

int card_teardown(void **state)
{
	(void)state;
	neuron_hw_fini(&card.hw);

	return shim_warnings || card.bad_requests;
}
