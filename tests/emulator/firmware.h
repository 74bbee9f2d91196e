/* SPDX-License-Identifier: GPL-2.0 */
/* The firmware behind the mailbox ("FWIO"): docs/hardware, sections 4.2 to 4.8. */
#ifndef NEURON_EMU_FIRMWARE_H
#define NEURON_EMU_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"

struct emu_card;

#define EMU_FWIO_MAX_BYTES 65536u

enum emu_fwio_fault {
	EMU_FWIO_NO_FAULT,
	EMU_FWIO_DROP,		/* no answer */
	EMU_FWIO_DELAY,		/* answer later */
	EMU_FWIO_BAD_SEQ,	/* answer with another sequence number */
	EMU_FWIO_BAD_CRC,	/* the request's checksum counts as wrong: no answer */
	EMU_FWIO_ERROR,		/* answer with an error code */
	EMU_FWIO_SHORT,		/* the last word is missing */
	EMU_FWIO_OVERSIZE,	/* the header claims more than was asked for */
	EMU_FWIO_GARBAGE,	/* behind a right sequence number nothing is right */
};

struct emu_fwio_inject {
	enum emu_fwio_fault fault;
	uint32_t value;		/* milliseconds, or the error code */
	uint32_t count;		/* requests left */
};

enum emu_fwio_outcome {
	EMU_FWIO_ANSWER,
	EMU_FWIO_BAD_POINTER,
	EMU_FWIO_BAD_SIZE,
	EMU_FWIO_WRONG_CRC,
};

/* A doorbell that was rung during a reset, with the pointers of that moment. */
struct emu_fwio_latch {
	bool rung;
	uint64_t request_addr;
	uint64_t response_addr;
};

/* One request; belongs to the thread that set firmware.serving. */
struct emu_fwio_job {
	uint64_t request_addr;		/* device addresses */
	uint64_t response_addr;
	struct emu_fwio_inject inject;
	unsigned int generation;
	uint32_t request_bytes;
	uint32_t response_bytes;
	uint32_t words_read;
	bool metric;
	bool bad_crc;
	uint8_t error;
	uint8_t *request;		/* EMU_FWIO_MAX_BYTES each */
	uint8_t *response;
};

struct emu_firmware {
	bool rung;
	bool busy;		/* a request is being served, or its answer is delayed */
	bool serving;		/* a thread works on it right now, without the lock */
	unsigned int generation;	/* moves when a reset drops what is under way */
	struct emu_fwio_job job;
	struct emu_fwio_inject inject;
	struct emu_timer delay;
	struct emu_fwio_latch latch;
};

uint32_t emu_crc32c(const uint8_t *bytes, size_t len_bytes);
int emu_firmware_init(struct emu_card *card);
void emu_firmware_fini(struct emu_card *card);
void emu_firmware_ring(struct emu_card *card);
void emu_firmware_cancel(struct emu_card *card);
void emu_firmware_serve(struct emu_card *card);

#endif
