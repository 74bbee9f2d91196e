/* SPDX-License-Identifier: GPL-2.0 */
/* Accesses to host memory that the client does not let this card make. */
#ifndef NEURON_EMU_FAULT_H
#define NEURON_EMU_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "hostmem.h"

struct emu_card;

struct emu_access {
	uint64_t dev_addr;
	uint64_t len_bytes;
	bool write;
};

#define EMU_FAULT_BY_BYTES 64

/* The latest one of a card; guarded by its lock. */
struct emu_fault {
	enum emu_hostmem_reach why;	/* EMU_HOSTMEM_REACHED: there was none */
	uint64_t host_addr;
	bool write;
	char by[EMU_FAULT_BY_BYTES];
};

bool emu_fault_tell(struct emu_card *card, const struct emu_access *access, const char *by, ...)
	__attribute__((format(printf, 3, 4)));
const char *emu_fault_reason(enum emu_hostmem_reach why);

#endif
