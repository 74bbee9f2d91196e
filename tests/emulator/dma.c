// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "box.h"
#include "card_priv.h"
#include "dma.h"
#include "regs.h"

#define LOW_BITS	(EMU_ADDR_HOST - 1)
#define PIECE_BYTES	65536u	/* between two looks at the generation */
#define BOUNCE_BYTES	1024u	/* registers are copied through a buffer of this size */

static struct emu_target memory(struct emu_card *card, uint8_t *mem, uint64_t span_bytes)
{
	return (struct emu_target){ EMU_TARGET_MEMORY, card, mem, 0, span_bytes };
}

static struct emu_target core_window(struct emu_card *card, uint32_t off)
{
	struct emu_target target = { .card = card, .mem = card->core_mem + off, .off = off };

	switch (emu_core_kind(off, &target.span_bytes)) {
	case EMU_CORE_MEMORY:
		target.kind = EMU_TARGET_MEMORY;
		break;
	case EMU_CORE_REGISTERS:
		target.kind = EMU_TARGET_CORE;
		break;
	case EMU_CORE_FIFO_WINDOW:
		target.kind = card->isa ? EMU_TARGET_FIFO : EMU_TARGET_DISCARD;
		break;
	}
	return target;
}

static struct emu_target resolve_local(struct emu_card *card, uint64_t addr)
{
	struct emu_target none = { .kind = EMU_TARGET_NONE };

	addr &= ~EMU_ADDR_PORT;
	if (addr < EMU_CHANNEL_BYTES)
		return memory(card, card->dram.bytes + addr, EMU_CHANNEL_BYTES - addr);
	if (addr >= EMU_ADDR_DRAM1 && addr < EMU_ADDR_DRAM1 + EMU_CHANNEL_BYTES) {
		addr -= EMU_ADDR_DRAM1;
		return memory(card, card->dram.bytes + EMU_CHANNEL_BYTES + addr,
			      EMU_CHANNEL_BYTES - addr);
	}
	if (addr >= EMU_ADDR_CORES && addr < EMU_ADDR_CORES + EMU_BAR2_BYTES)
		return core_window(card, (uint32_t)(addr - EMU_ADDR_CORES));
	if (addr >= EMU_ADDR_APB && addr < EMU_ADDR_APB + emu_opts_bar0_bytes(card->opts)) {
		addr -= EMU_ADDR_APB;
		return (struct emu_target){ EMU_TARGET_APB, card, NULL, addr,
					    emu_opts_bar0_bytes(card->opts) - addr };
	}
	return none;
}

/**
 * emu_dma_resolve() - decode a device address
 * @card: whose address space it is in
 * @dev_addr: 64-bit device address
 *
 * A neighbour's window reaches that card's local space, not its windows or its host.
 * Context: any.
 * Return: the target; kind EMU_TARGET_NONE if nothing answers there.
 */
struct emu_target emu_dma_resolve(struct emu_card *card, uint64_t dev_addr)
{
	struct emu_target none = { .kind = EMU_TARGET_NONE };
	uint64_t low = dev_addr & LOW_BITS;
	struct emu_card *peer;

	switch (dev_addr >> EMU_ADDR_SELECTOR_SHIFT) {
	case EMU_ADDR_HOST >> EMU_ADDR_SELECTOR_SHIFT:
		return (struct emu_target){ EMU_TARGET_HOST, card, NULL, low,
					    EMU_ADDR_HOST - low };
	case EMU_ADDR_EAST >> EMU_ADDR_SELECTOR_SHIFT:
		peer = emu_box_neighbour(card, EMU_EAST);
		return peer ? resolve_local(peer, low) : none;
	case EMU_ADDR_WEST >> EMU_ADDR_SELECTOR_SHIFT:
		peer = emu_box_neighbour(card, EMU_WEST);
		return peer ? resolve_local(peer, low) : none;
	case 0:
		return resolve_local(card, low);
	default:
		return none;
	}
}

static bool is_memory(const struct emu_target *target)
{
	return target->kind == EMU_TARGET_HOST || target->kind == EMU_TARGET_MEMORY;
}

/* Pollers of a marker or a ring entry must see it whole. */
static void move(void *dst, const void *src, size_t len)
{
	if (len == 4 && !(((uintptr_t)dst | (uintptr_t)src) & 3))
		__atomic_store_n((uint32_t *)dst, __atomic_load_n((const uint32_t *)src,
				 __ATOMIC_RELAXED), __ATOMIC_RELEASE);
	else if (len == 8 && !(((uintptr_t)dst | (uintptr_t)src) & 7))
		__atomic_store_n((uint64_t *)dst, __atomic_load_n((const uint64_t *)src,
				 __ATOMIC_RELAXED), __ATOMIC_RELEASE);
	else
		memmove(dst, src, len);
}

static size_t least(size_t len, uint64_t bound)
{
	return len < bound ? len : (size_t)bound;
}

static int load_registers(const struct emu_target *target, uint8_t *buf, size_t len)
{
	enum emu_window window = target->kind == EMU_TARGET_APB ? EMU_WINDOW_APB :
								  EMU_WINDOW_CORE;
	uint32_t value;
	size_t i;

	if ((target->off | len) & 3)
		return -EFAULT;
	pthread_mutex_lock(&target->card->lock);
	for (i = 0; i < len; i += 4) {
		value = emu_regs_read(target->card, window, (uint32_t)(target->off + i));
		memcpy(buf + i, &value, 4);
	}
	pthread_mutex_unlock(&target->card->lock);
	return 0;
}

static int store_registers(const struct emu_target *target, const uint8_t *buf, size_t len)
{
	enum emu_window window = target->kind == EMU_TARGET_APB ? EMU_WINDOW_APB :
								  EMU_WINDOW_CORE;
	uint32_t value;
	size_t i;

	if ((target->off | len) & 3)
		return -EFAULT;
	emu_card_enter(target->card);
	for (i = 0; i < len; i += 4) {
		memcpy(&value, buf + i, 4);
		EMU_TRACE(&target->card->trace, REG, reg, .store = true, .by_dma = true,
			  .bar = window == EMU_WINDOW_APB ? 0 : 2, .off = target->off + i,
			  .width = 4, .value = value);
		emu_regs_write(target->card, window, (uint32_t)(target->off + i), value);
	}
	emu_card_leave(target->card);
	return 0;
}

/* What is no plain memory. Its card's lock is taken, so host memory must not be held. */
static int load_device(const struct emu_target *target, uint8_t *buf, size_t len)
{
	struct emu_hostmem_held held = emu_hostmem_pause();
	int err = -EFAULT;

	switch (target->kind) {
	case EMU_TARGET_DISCARD:
	case EMU_TARGET_FIFO:
		memset(buf, 0, len);
		err = 0;
		break;
	case EMU_TARGET_CORE:
	case EMU_TARGET_APB:
		err = load_registers(target, buf, len);
		break;
	default:
		break;
	}
	emu_hostmem_resume(held);
	return err;
}

static int load(const struct emu_target *target, uint8_t *buf, size_t len)
{
	switch (target->kind) {
	case EMU_TARGET_HOST:
		return emu_hostmem_read(target->card->hostmem, target->off, buf, len);
	case EMU_TARGET_MEMORY:
		move(buf, target->mem, len);
		return 0;
	default:
		return load_device(target, buf, len);
	}
}

static int store_instructions(const struct emu_target *target, const uint8_t *buf, size_t len,
			      uint64_t origin)
{
	if ((target->off | len) & 3)
		return -EFAULT;
	emu_isa_store(target->card, (uint32_t)target->off, buf, len, origin);
	return 0;
}

static int store_device(const struct emu_target *target, const uint8_t *buf, size_t len,
			uint64_t origin)
{
	struct emu_hostmem_held held = emu_hostmem_pause();
	int err = -EFAULT;

	switch (target->kind) {
	case EMU_TARGET_DISCARD:
		err = 0;
		break;
	case EMU_TARGET_FIFO:
		err = store_instructions(target, buf, len, origin);
		break;
	case EMU_TARGET_CORE:
	case EMU_TARGET_APB:
		err = store_registers(target, buf, len);
		break;
	default:
		break;
	}
	emu_hostmem_resume(held);
	return err;
}

static int store(const struct emu_target *target, const uint8_t *buf, size_t len, uint64_t origin)
{
	switch (target->kind) {
	case EMU_TARGET_HOST:
		return emu_hostmem_write(target->card->hostmem, target->off, buf, len);
	case EMU_TARGET_MEMORY:
		move(target->mem, buf, len);
		return 0;
	default:
		return store_device(target, buf, len, origin);
	}
}

/**
 * emu_dma_read() - the card reads something small
 * @card: the card that reads
 * @dev_addr: where
 * @buf: answers the bytes
 * @len_bytes: how many
 * Context: no card lock held.
 * Return: 0 or -EFAULT.
 */
int emu_dma_read(struct emu_card *card, uint64_t dev_addr, void *buf, size_t len_bytes)
{
	struct emu_target target;
	uint8_t *at = buf;
	size_t piece;

	for (; len_bytes; len_bytes -= piece, dev_addr += piece, at += piece) {
		target = emu_dma_resolve(card, dev_addr);
		piece = least(len_bytes, target.span_bytes);
		if (load(&target, at, piece))
			return -EFAULT;
	}
	return 0;
}

/* Instructions learn where they were copied from, if that was memory of their own card. */
static int write_from(struct emu_card *card, uint64_t dev_addr, const uint8_t *buf,
		      size_t len_bytes, uint64_t origin)
{
	struct emu_target target;
	size_t done, piece;

	for (done = 0; done < len_bytes; done += piece) {
		target = emu_dma_resolve(card, dev_addr + done);
		piece = least(len_bytes - done, target.span_bytes);
		if (store(&target, buf + done, piece,
			  origin == EMU_ISA_NO_ORIGIN || target.card != card ? EMU_ISA_NO_ORIGIN :
									       origin + done))
			return -EFAULT;
	}
	return 0;
}

/**
 * emu_dma_write() - the card writes something small
 * @card: the card that writes
 * @dev_addr: where
 * @buf: the bytes
 * @len_bytes: how many
 * Context: no card lock held.
 * Return: 0 or -EFAULT, possibly with a part written.
 */
int emu_dma_write(struct emu_card *card, uint64_t dev_addr, const void *buf, size_t len_bytes)
{
	return write_from(card, dev_addr, buf, len_bytes, EMU_ISA_NO_ORIGIN);
}

static int store_word(struct emu_card *card, uint64_t dev_addr, uint32_t word)
{
	struct emu_target target = emu_dma_resolve(card, dev_addr);
	size_t len = sizeof(word);
	uint8_t *at = target.mem;

	if (!is_memory(&target) || target.span_bytes < len)
		return -EFAULT;
	if (target.kind == EMU_TARGET_HOST) {
		emu_hostmem_begin(card->hostmem);
		at = emu_hostmem_ptr(card->hostmem, target.off, &len, EMU_HOSTMEM_WRITE);
		if (at && len == sizeof(word))
			move(at, &word, len);
		if (emu_hostmem_lost())
			at = NULL;
		emu_hostmem_end(card->hostmem);
		if (at && len < sizeof(word))
			return emu_hostmem_write(card->hostmem, target.off, &word, sizeof(word));
		return at ? 0 : -EFAULT;
	}
	move(at, &word, len);
	return 0;
}

/**
 * emu_dma_store_words() - write a record or entry whose reader polls one of its words
 * @card: the card that writes
 * @dev_addr: memory of the host or of a card, not registers
 * @words: what to write
 * @count: how many
 * @last: index of the word that the reader polls; it is stored after all others
 * Context: any; a card lock may be held.
 * Return: 0 or -EFAULT, possibly with a part written.
 */
int emu_dma_store_words(struct emu_card *card, uint64_t dev_addr, const uint32_t *words,
			unsigned int count, unsigned int last)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (i != last && store_word(card, dev_addr + 4 * i, words[i]))
			return -EFAULT;
	return store_word(card, dev_addr + 4 * last, words[last]);
}

static enum emu_dma_status copy_direct(struct emu_card *card, const struct emu_target *dst,
				       const struct emu_target *src, size_t *len)
{
	bool host = src->kind == EMU_TARGET_HOST || dst->kind == EMU_TARGET_HOST;
	enum emu_dma_status status = EMU_DMA_DONE;
	void *from = src->mem, *to = dst->mem;

	*len = least(least(least(*len, PIECE_BYTES), src->span_bytes), dst->span_bytes);
	if (host)
		emu_hostmem_begin(card->hostmem);
	if (src->kind == EMU_TARGET_HOST)
		from = emu_hostmem_ptr(card->hostmem, src->off, len, EMU_HOSTMEM_READ);
	if (from && dst->kind == EMU_TARGET_HOST)
		to = emu_hostmem_ptr(card->hostmem, dst->off, len, EMU_HOSTMEM_WRITE);
	if (!from)
		status = EMU_DMA_READ_FAULT;
	else if (!to)
		status = EMU_DMA_WRITE_FAULT;
	else
		move(to, from, *len);
	if (host && emu_hostmem_lost())
		status = src->kind == EMU_TARGET_HOST ? EMU_DMA_READ_FAULT : EMU_DMA_WRITE_FAULT;
	if (host)
		emu_hostmem_end(card->hostmem);
	return status;
}

static enum emu_dma_status copy_bounced(struct emu_card *card, uint64_t dst, uint64_t src,
					size_t *len)
{
	uint8_t bounce[BOUNCE_BYTES];

	*len = least(*len, sizeof(bounce));
	if (emu_dma_read(card, src, bounce, *len))
		return EMU_DMA_READ_FAULT;
	if (write_from(card, dst, bounce, *len, src))
		return EMU_DMA_WRITE_FAULT;
	return EMU_DMA_DONE;
}

/**
 * emu_dma_copy() - move bytes between any two device addresses
 * @card: the card whose engine copies
 * @dst: destination device address
 * @src: source device address
 * @len_bytes: how much
 * @generation: the copy stops when this differs from @expected
 * @expected: its value when the copy was decided
 * Context: no card lock held.
 * Return: how it ended; after a fault a part may have been written.
 */
enum emu_dma_status emu_dma_copy(struct emu_card *card, uint64_t dst, uint64_t src,
				 size_t len_bytes, const atomic_uint *generation,
				 unsigned int expected)
{
	enum emu_dma_status status;
	struct emu_target from, to;
	size_t piece;

	for (; len_bytes; len_bytes -= piece, src += piece, dst += piece) {
		if (atomic_load(generation) != expected)
			return EMU_DMA_CANCELLED;
		from = emu_dma_resolve(card, src);
		to = emu_dma_resolve(card, dst);
		piece = len_bytes;
		if (from.kind == EMU_TARGET_NONE)
			return EMU_DMA_READ_FAULT;
		if (to.kind == EMU_TARGET_NONE)
			return EMU_DMA_WRITE_FAULT;
		if (is_memory(&from) && is_memory(&to))
			status = copy_direct(card, &to, &from, &piece);
		else
			status = copy_bounced(card, dst, src, &piece);
		if (status != EMU_DMA_DONE)
			return status;
	}
	return EMU_DMA_DONE;
}
