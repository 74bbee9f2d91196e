/* SPDX-License-Identifier: GPL-2.0 */
/* Names of registers, for people who read a trace: docs/hardware, sections 2 to 5. */
#ifndef NEURON_EMU_REGNAME_H
#define NEURON_EMU_REGNAME_H

#include <stddef.h>
#include <stdint.h>

#define EMU_REGNAME_BYTES	64u

void emu_regname(unsigned int bar, uint64_t off, char name[EMU_REGNAME_BYTES]);
void emu_regname_of_address(uint64_t dev_addr, char name[EMU_REGNAME_BYTES]);

#endif
