/* SPDX-License-Identifier: GPL-2.0 */
/* Misc RAM: 4 KiB of words between driver and firmware; docs/hardware, section 4.1. */
#ifndef NEURON_EMU_MISCRAM_H
#define NEURON_EMU_MISCRAM_H

#include <stdbool.h>
#include <stdint.h>

struct emu_card;

#define EMU_MISC_BYTES		0x1000u
#define EMU_MISC_API_VERSION	0x000u
#define EMU_MISC_STATUS		0x01Cu
#define EMU_MISC_DEVICE_ID	0x024u
#define EMU_MISC_POWER		0x054u
#define EMU_MISC_RESET_MAP	0x1D8u
#define EMU_MISC_RESET		0x1ECu
#define EMU_MISC_REQUEST_HI	0x1F0u
#define EMU_MISC_REQUEST_LO	0x1F4u
#define EMU_MISC_RESPONSE_HI	0x1F8u
#define EMU_MISC_RESPONSE_LO	0x1FCu
#define EMU_MISC_DOORBELL	0x800u

#define EMU_STATUS_EAST		(1u << 0)
#define EMU_STATUS_WEST		(1u << 1)
#define EMU_STATUS_READY	(1u << 31)

#define EMU_POWER_MAX		10000u	/* hundredths of percent */

struct emu_miscram {
	uint32_t word[EMU_MISC_BYTES / 4];
	bool sampling;		/* the power register counts its samples by itself */
};

void emu_miscram_init(struct emu_card *card);
void emu_miscram_reset(struct emu_card *card);
uint32_t emu_miscram_read(struct emu_card *card, uint32_t off);
void emu_miscram_write(struct emu_card *card, uint32_t off, uint32_t value);
void emu_miscram_set_power(struct emu_card *card, uint32_t hundredths);
bool emu_miscram_set_firmware_word(struct emu_card *card, uint32_t off, uint32_t value);

#endif
