// SPDX-License-Identifier: GPL-2.0
#include "box.h"
#include "card_priv.h"
#include "miscram.h"

#define SERIAL_LO		0x038u
#define SERIAL_HI		0x03Cu
#define POWER_VALUE		0xFFFFu
#define POWER_COUNT_SHIFT	16
#define API_VERSION_POWER	3u	/* the first one that has the power register */
#define POWER_SAMPLE_NS		10000000ull	/* assumed; published software looks every 50 ms */

/* Words that the firmware owns: software's stores are lost, resets keep them. */
static bool firmware_owns(uint32_t off)
{
	switch (off) {
	case EMU_MISC_API_VERSION:
	case EMU_MISC_STATUS:
	case SERIAL_LO:
	case SERIAL_HI:
	case 0x040: /* ECC counters */
	case 0x044:
	case 0x048:
	case 0x04C:
	case 0x050:
	case EMU_MISC_POWER:
	case 0x058:
	case 0x064: /* memory repair */
		return true;
	default:
		return false;
	}
}

/**
 * emu_miscram_init() - what the firmware's own words say on a new card
 * @card: zeroed card
 * Context: before any other thread knows the card.
 */
void emu_miscram_init(struct emu_card *card)
{
	const struct emu_opts *opts = card->opts;
	uint64_t serial = opts->serial ? opts->serial + card->index : 0;

	card->misc.word[EMU_MISC_API_VERSION / 4] =
		opts->api_version ? opts->api_version : EMU_API_VERSION;
	card->misc.sampling = opts->api_version >= API_VERSION_POWER;
	card->misc.word[SERIAL_LO / 4] = (uint32_t)serial;
	card->misc.word[SERIAL_HI / 4] = (uint32_t)(serial >> 32);
}

/**
 * emu_miscram_reset() - clear everything that software wrote
 * @card: the card
 * Context: card lock held.
 */
void emu_miscram_reset(struct emu_card *card)
{
	uint32_t off;

	for (off = 0; off < EMU_MISC_BYTES; off += 4)
		if (!firmware_owns(off))
			card->misc.word[off / 4] = 0;
}

static uint32_t status(struct emu_card *card)
{
	uint32_t value = 0;

	if (emu_reset_ready(card))
		value |= EMU_STATUS_READY;
	if (emu_box_neighbour(card, EMU_EAST))
		value |= EMU_STATUS_EAST;
	if (emu_box_neighbour(card, EMU_WEST))
		value |= EMU_STATUS_WEST;
	return value;
}

/* The sampler's counter follows from the time, so nothing has to wake up for it. */
static uint32_t power(const struct emu_card *card)
{
	uint32_t value = card->misc.word[EMU_MISC_POWER / 4];
	uint32_t samples = (uint32_t)(emu_clock_now_ns() / POWER_SAMPLE_NS);

	if (!card->misc.sampling ||
	    card->misc.word[EMU_MISC_API_VERSION / 4] < API_VERSION_POWER)
		return value;
	return (value & POWER_VALUE) | samples << POWER_COUNT_SHIFT;
}

/**
 * emu_miscram_read() - one word
 * @card: the card
 * @off: offset in the block, multiple of 4
 * Context: card lock held.
 * Return: its value; the doorbell reads 0.
 */
uint32_t emu_miscram_read(struct emu_card *card, uint32_t off)
{
	switch (off) {
	case EMU_MISC_STATUS:
		return status(card);
	case EMU_MISC_POWER:
		return power(card);
	default:
		return card->misc.word[off / 4];
	}
}

/**
 * emu_miscram_write() - software's store to one word
 * @card: the card
 * @off: offset in the block, multiple of 4
 * @value: the word
 * Context: card lock held; a rung doorbell is answered by emu_card_leave().
 */
void emu_miscram_write(struct emu_card *card, uint32_t off, uint32_t value)
{
	if (off == EMU_MISC_DOORBELL) {
		if (value)
			emu_firmware_ring(card);
	} else if (!firmware_owns(off)) {
		card->misc.word[off / 4] = value;
	}
}

/**
 * emu_miscram_set_firmware_word() - the firmware changes one of its own words
 * @card: the card
 * @off: offset in the block
 * @value: new value
 * Context: card lock held.
 * Return: false if the word is not the firmware's, or is computed (status).
 */
bool emu_miscram_set_firmware_word(struct emu_card *card, uint32_t off, uint32_t value)
{
	if (!firmware_owns(off) || off == EMU_MISC_STATUS)
		return false;
	if (off == EMU_MISC_POWER)
		card->misc.sampling = false; /* said whole, counter included */
	card->misc.word[off / 4] = value;
	return true;
}

/**
 * emu_miscram_set_power() - what the power register shall tell from its next sample on
 * @card: the card
 * @hundredths: utilisation in hundredths of percent
 * Context: card lock held.
 */
void emu_miscram_set_power(struct emu_card *card, uint32_t hundredths)
{
	card->misc.word[EMU_MISC_POWER / 4] = hundredths;
	card->misc.sampling = true;
}
