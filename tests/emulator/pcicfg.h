/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI configuration space of one card, docs/hardware, section 1.1.
 *
 * No locking: the transport's thread is the only one that touches it.
 */
#ifndef NEURON_EMU_PCICFG_H
#define NEURON_EMU_PCICFG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card.h"

#define EMU_PCICFG_BYTES	4096

/* Where the MSI-X structures are in BAR0, docs/hardware, section 8.4. */
#define EMU_MSIX_TABLE_OFF	0xf00000u
#define EMU_MSIX_TABLE_BYTES	(EMU_NR_VECTORS * 16u)
#define EMU_MSIX_PBA_OFF	0xf08000u
#define EMU_MSIX_PBA_BYTES	8u

/* What a write asked for beyond storing bits; emu_pcicfg_write() ors them. */
#define EMU_PCICFG_RESET	1u	/* function level reset, or D3hot to D0 */
#define EMU_PCICFG_COMMAND	2u	/* bus mastering was switched on or off */
#define EMU_PCICFG_SLEEP	4u	/* the function has entered D3hot */

/* Kinds of errors of emu_pcicfg_error(). */
enum emu_pcicfg_error { EMU_PCICFG_CORRECTABLE, EMU_PCICFG_UNCORRECTABLE };

/**
 * struct emu_pcicfg - registers and what of them may be written
 * @reg: what a read answers
 * @rw: bits that a write stores
 * @w1c: bits that a write of one clears
 * @initial: @reg after power-on
 * @sticky: bits that only power-on brings back to @initial
 */
struct emu_pcicfg {
	uint8_t reg[EMU_PCICFG_BYTES];
	uint8_t rw[EMU_PCICFG_BYTES];
	uint8_t w1c[EMU_PCICFG_BYTES];
	uint8_t initial[EMU_PCICFG_BYTES];
	uint8_t sticky[EMU_PCICFG_BYTES];
};

void emu_pcicfg_init(struct emu_pcicfg *cfg, const struct emu_opts *opts, unsigned int index);
void emu_pcicfg_reset(struct emu_pcicfg *cfg);
void emu_pcicfg_power_on(struct emu_pcicfg *cfg);
void emu_pcicfg_read(const struct emu_pcicfg *cfg, size_t off, void *buf, size_t len);
unsigned int emu_pcicfg_write(struct emu_pcicfg *cfg, size_t off, const void *buf, size_t len);
bool emu_pcicfg_bus_master(const struct emu_pcicfg *cfg);
bool emu_pcicfg_error(struct emu_pcicfg *cfg, enum emu_pcicfg_error kind, unsigned int bit);
bool emu_pcicfg_asleep(const struct emu_pcicfg *cfg);

#endif
