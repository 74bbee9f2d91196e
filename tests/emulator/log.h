/* SPDX-License-Identifier: GPL-2.0 */
/* One line per card and cause: a guest that repeats itself does not fill the log. */
#ifndef NEURON_EMU_LOG_H
#define NEURON_EMU_LOG_H

#include <stdatomic.h>
#include <stdio.h>

enum emu_log_cause {
	EMU_LOG_DIRECT_LOAD,
	EMU_LOG_IGNORED_STORE,
	EMU_LOG_UNKNOWN_STORE,
	EMU_LOG_STORE_IN_RESET,
	EMU_LOG_TAIL_IGNORED,
	EMU_LOG_TAIL_LIMITED,
	EMU_LOG_RING_ALIGNMENT,
	EMU_LOG_OPERATION,
	EMU_LOG_DMA_ERROR,
	EMU_LOG_HOST_UNMAPPED,
	EMU_LOG_HOST_PROTECTED,
	EMU_LOG_HOST_NO_MEMORY,
	EMU_LOG_FWIO_POINTER,
	EMU_LOG_FWIO_SIZE,
	EMU_LOG_FWIO_CRC,
	EMU_LOG_FWIO_COMMAND,
	EMU_LOG_FWIO_READ,
	EMU_LOG_FWIO_LOST,
	EMU_LOG_BUS_MASTER,
	EMU_LOG_RECORD_DROPPED,
	EMU_LOG_RECORD_FAULT,
	EMU_LOG_ISA,
	EMU_LOG_NR_CAUSES,
};

struct emu_log {
	FILE *out;			/* NULL: nowhere */
	unsigned int card;
	atomic_uint said;
};

void emu_log_init(struct emu_log *log, FILE *out, unsigned int card);
void emu_log_once(struct emu_log *log, enum emu_log_cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
