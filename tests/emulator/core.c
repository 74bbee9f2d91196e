// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/mman.h>

#include "card_priv.h"
#include "core.h"

/**
 * emu_core_kind() - what lies behind an offset of the core window
 * @win_off: offset in the window of all four cores (BAR2)
 * @span_bytes: answers how far the same kind reaches
 * Context: any.
 * Return: memory, registers, or the instruction FIFO; it reads 0, and swallows what is
 * written unless the card has an instruction set.
 */
enum emu_core_kind emu_core_kind(uint32_t win_off, uint64_t *span_bytes)
{
	uint32_t off = win_off % EMU_CORE_BYTES;

	if (off < EMU_CORE_FIFO) {
		*span_bytes = EMU_CORE_FIFO - off;
		return EMU_CORE_MEMORY;
	}
	if (off < EMU_CORE_FIFO + EMU_CORE_FIFO_BYTES) {
		*span_bytes = EMU_CORE_FIFO + EMU_CORE_FIFO_BYTES - off;
		return EMU_CORE_FIFO_WINDOW;
	}
	if (off < EMU_CORE_SYNC) {
		*span_bytes = EMU_CORE_SYNC - off;
		return EMU_CORE_MEMORY;
	}
	if (off < EMU_CORE_SYNC + EMU_CORE_SYNC_BYTES) {
		*span_bytes = EMU_CORE_SYNC + EMU_CORE_SYNC_BYTES - off;
		return EMU_CORE_REGISTERS;
	}
	*span_bytes = EMU_CORE_BYTES - off;
	return EMU_CORE_MEMORY;
}

/**
 * emu_core_reset() - events and semaphores of one core to zero
 * @card: the card
 * @core: 0..3
 * Context: card lock held.
 */
void emu_core_reset(struct emu_card *card, unsigned int core)
{
	memset(&card->core[core], 0, sizeof(card->core[core]));
	emu_isa_cancel(card, core);
}

/**
 * emu_core_drop_memory() - plain memory of all cores reads zero again
 * @card: the card
 * Context: any.
 */
void emu_core_drop_memory(struct emu_card *card)
{
	madvise(card->core_mem, EMU_BAR2_BYTES, MADV_DONTNEED);
}

static uint32_t sync_read(const struct emu_core *core, uint32_t off)
{
	if (off < EMU_CORE_EVENT + 4 * EMU_NR_EVENTS)
		return core->event[off / 4];
	if (off >= EMU_CORE_SEM_VALUE && off < EMU_CORE_SEM_VALUE + 4 * EMU_NR_SEMAPHORES)
		return core->semaphore[(off - EMU_CORE_SEM_VALUE) / 4];
	return 0;
}

static void event_write(struct emu_card *card, unsigned int core, unsigned int id, uint32_t value)
{
	uint32_t *event = &card->core[core].event[id];

	if (*event == (value & 1))
		return;
	*event = value & 1;
	emu_notify_post(card, core, EMU_NOTIFY_EVENT, 0, id, *event);
}

static void sync_write(struct emu_card *card, unsigned int n, uint32_t off, uint32_t value)
{
	uint32_t *semaphore = card->core[n].semaphore;
	unsigned int i = (off & 0xff) / 4;

	if (off < EMU_CORE_EVENT + 4 * EMU_NR_EVENTS) {
		event_write(card, n, off / 4, value);
		return;
	}
	/* Index 32 and above is unused space that published drivers do hit (section 5.1). */
	if (i >= EMU_NR_SEMAPHORES)
		return;
	switch (off & ~0xffu) {
	case EMU_CORE_SEM_SET:
		semaphore[i] = value;
		break;
	case EMU_CORE_SEM_ADD:
		semaphore[i] += value;
		break;
	case EMU_CORE_SEM_SUB:
		semaphore[i] -= value;
		break;
	}
}

/**
 * emu_core_read() - one word of the core window
 * @card: the card
 * @win_off: offset in BAR2, multiple of 4
 * Context: card lock held.
 * Return: register or memory content; 0 for what is not readable.
 */
uint32_t emu_core_read(struct emu_card *card, uint32_t win_off)
{
	uint32_t off = win_off % EMU_CORE_BYTES, value = 0;
	uint64_t span;

	switch (emu_core_kind(win_off, &span)) {
	case EMU_CORE_REGISTERS:
		return sync_read(&card->core[win_off / EMU_CORE_BYTES], off - EMU_CORE_SYNC);
	case EMU_CORE_MEMORY:
		value = __atomic_load_n((uint32_t *)(card->core_mem + win_off), __ATOMIC_RELAXED);
		break;
	case EMU_CORE_FIFO_WINDOW:
		break;
	}
	return value;
}

/**
 * emu_core_write() - store one word in the core window
 * @card: the card
 * @win_off: offset in BAR2, multiple of 4
 * @value: the word
 * Context: card lock held.
 */
void emu_core_write(struct emu_card *card, uint32_t win_off, uint32_t value)
{
	uint32_t off = win_off % EMU_CORE_BYTES;
	uint64_t span;

	switch (emu_core_kind(win_off, &span)) {
	case EMU_CORE_REGISTERS:
		sync_write(card, win_off / EMU_CORE_BYTES, off - EMU_CORE_SYNC, value);
		emu_isa_core_changed(card, win_off / EMU_CORE_BYTES);
		break;
	case EMU_CORE_MEMORY:
		__atomic_store_n((uint32_t *)(card->core_mem + win_off), value, __ATOMIC_RELAXED);
		break;
	case EMU_CORE_FIFO_WINDOW:
		if (card->isa)
			emu_isa_feed(card, win_off / EMU_CORE_BYTES, value, EMU_ISA_NO_ORIGIN);
		break;
	}
}
