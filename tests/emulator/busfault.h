/* SPDX-License-Identifier: GPL-2.0 */
/* SIGBUS: what the kernel says when a mapped file became shorter than its mapping. */
#ifndef NEURON_EMU_BUSFAULT_H
#define NEURON_EMU_BUSFAULT_H

void emu_busfault_catch(void);

#endif
