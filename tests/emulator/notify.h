/* SPDX-License-Identifier: GPL-2.0 */
/* Notification unit of one core: docs/hardware, section 5.3. */
#ifndef NEURON_EMU_NOTIFY_H
#define NEURON_EMU_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct emu_card;

enum emu_notify_type {
	EMU_NOTIFY_TRACE,
	EMU_NOTIFY_NOTIFY,
	EMU_NOTIFY_EVENT,
	EMU_NOTIFY_ERROR,
	EMU_NOTIFY_NR_TYPES,
};

#define EMU_NOTIFY_INSTANCES	4u
#define EMU_NOTIFY_SUBQUEUES	4u
#define EMU_NOTIFY_PER_TYPE	(EMU_NOTIFY_INSTANCES * EMU_NOTIFY_SUBQUEUES)
#define EMU_NOTIFY_ERROR_QUEUE	(2 * EMU_NOTIFY_PER_TYPE)
#define EMU_NOTIFY_EVENT_QUEUE	(EMU_NOTIFY_ERROR_QUEUE + 1)
#define EMU_NOTIFY_QUEUES	(EMU_NOTIFY_EVENT_QUEUE + 1)
#define EMU_NOTIFY_WORDS	0x800u
#define EMU_NOTIFY_RECORD_BYTES	16u

/* Registers are kept as words; this is what follows from writing them. */
struct emu_notify_queue {
	uint64_t base;		/* device address, latched by the size write */
	uint32_t size_bytes;	/* whole records */
	uint32_t tail;		/* byte offset of the next record */
	uint32_t overflows;
	uint32_t records;
	bool phase;
	bool head_seen;		/* head was written since the queue was created */
};

struct emu_notify {
	uint32_t reg[EMU_NOTIFY_WORDS];
	struct emu_notify_queue queue[EMU_NOTIFY_QUEUES];
	uint32_t drop_next;	/* injected: so many records meet a "full" queue */
	uint32_t wrong_phase_next;	/* injected: so many records have a wrong phase bit */
};

void emu_notify_reset(struct emu_notify *unit);
uint32_t emu_notify_read(const struct emu_notify *unit, uint32_t off);
void emu_notify_write(struct emu_notify *unit, uint32_t off, uint32_t value);
uint32_t emu_notify_queue_off(unsigned int queue);
bool emu_notify_enabled(const struct emu_notify *unit, unsigned int queue);
bool emu_notify_post_sub(struct emu_card *card, unsigned int core, enum emu_notify_type type,
			 unsigned int instance, unsigned int sub_queue, uint32_t id,
			 uint32_t value);
bool emu_notify_post(struct emu_card *card, unsigned int core, enum emu_notify_type type,
		     unsigned int instance, uint32_t id, uint32_t value);

#endif
