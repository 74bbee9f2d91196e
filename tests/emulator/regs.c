// SPDX-License-Identifier: GPL-2.0
#include "card_priv.h"
#include "regs.h"
#include "udma.h"

#define APB_CORE_STRIDE		0x100000u	/* engines of core n begin at n times this */
#define APB_TDMA_STRIDE		0x1000u
#define APB_UDMA_FIRST		0x40000u
#define APB_UDMA_STRIDE		0x40000u

enum apb_block { BLOCK_TDMA, BLOCK_UDMA, BLOCK_NOTIFY, BLOCK_MISC, BLOCK_NONE };

static enum apb_block decode_engine(uint32_t off, unsigned int *index, uint32_t *in_block)
{
	uint32_t in_core = off % APB_CORE_STRIDE;
	unsigned int first = off / APB_CORE_STRIDE * EMU_ENGINES_PER_CORE;

	if (in_core >= APB_UDMA_FIRST) {
		*index = first + (in_core - APB_UDMA_FIRST) / APB_UDMA_STRIDE;
		*in_block = in_core % APB_UDMA_STRIDE;
		return BLOCK_UDMA;
	}
	if (in_core >= EMU_ENGINES_PER_CORE * APB_TDMA_STRIDE)
		return BLOCK_NONE;
	*index = first + in_core / APB_TDMA_STRIDE;
	*in_block = in_core % APB_TDMA_STRIDE;
	return BLOCK_TDMA;
}

static enum apb_block decode(uint32_t off, unsigned int *index, uint32_t *in_block)
{
	if (off < EMU_NR_CORES * APB_CORE_STRIDE)
		return decode_engine(off, index, in_block);
	if (off >= EMU_APB_NOTIFY &&
	    off < EMU_APB_NOTIFY + EMU_NR_CORES * EMU_APB_NOTIFY_STRIDE) {
		*index = (off - EMU_APB_NOTIFY) / EMU_APB_NOTIFY_STRIDE;
		*in_block = (off - EMU_APB_NOTIFY) % EMU_APB_NOTIFY_STRIDE;
		return BLOCK_NOTIFY;
	}
	if (off >= EMU_APB_MISC && off < EMU_APB_MISC + EMU_MISC_BYTES) {
		*in_block = off - EMU_APB_MISC;
		return BLOCK_MISC;
	}
	return BLOCK_NONE;
}

static uint32_t apb_read(struct emu_card *card, uint32_t off)
{
	unsigned int index = 0;
	uint32_t in = 0;

	switch (decode(off, &index, &in)) {
	case BLOCK_TDMA:
		return card->engine[index].tdma[in / 4];
	case BLOCK_UDMA:
		return emu_udma_read(&card->engine[index], in);
	case BLOCK_NOTIFY:
		return emu_notify_read(&card->notify[index], in);
	case BLOCK_MISC:
		return emu_miscram_read(card, in);
	default:
		return 0;
	}
}

static void apb_write(struct emu_card *card, uint32_t off, uint32_t value)
{
	unsigned int index = 0;
	uint32_t in = 0;

	switch (decode(off, &index, &in)) {
	case BLOCK_TDMA:
		card->engine[index].tdma[in / 4] = value;
		break;
	case BLOCK_UDMA:
		emu_udma_write(&card->engine[index], in, value);
		break;
	case BLOCK_NOTIFY:
		emu_notify_write(&card->notify[index], in, value);
		break;
	case BLOCK_MISC:
		emu_miscram_write(card, in, value);
		break;
	default:
		card->count.unknown_stores++;
		emu_log_once(&card->log, EMU_LOG_UNKNOWN_STORE,
			     "store to unknown register at BAR0 + %#x", off);
		break;
	}
}

/**
 * emu_regs_read() - one register, with the side effects of reading it
 * @card: the card
 * @window: which window
 * @off: offset in it, multiple of 4, inside
 * Context: card lock held.
 * Return: the value; 0 where nothing is known.
 */
uint32_t emu_regs_read(struct emu_card *card, enum emu_window window, uint32_t off)
{
	return window == EMU_WINDOW_APB ? apb_read(card, off) : emu_core_read(card, off);
}

/**
 * emu_regs_write() - store to one register, from the CPU or by DMA
 * @card: the card
 * @window: which window
 * @off: offset in it, multiple of 4, inside
 * @value: the word
 * Context: card lock held; emu_card_leave() then serves what the store started.
 */
void emu_regs_write(struct emu_card *card, enum emu_window window, uint32_t off, uint32_t value)
{
	bool misc = window == EMU_WINDOW_APB && off >= EMU_APB_MISC &&
		    off < EMU_APB_MISC + EMU_MISC_BYTES;

	if (emu_reset_blocks_stores(card) && !misc) {
		card->count.stores_in_reset++;
		emu_log_once(&card->log, EMU_LOG_STORE_IN_RESET,
			     "store at %#x lost: the device is being reset", off);
		return;
	}
	if (window == EMU_WINDOW_APB)
		apb_write(card, off, value);
	else
		emu_core_write(card, off, value);
}
