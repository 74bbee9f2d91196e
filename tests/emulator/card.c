// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "box.h"
#include "card_priv.h"
#include "regs.h"

static void init_locks(struct emu_card *card)
{
	pthread_mutex_init(&card->lock, NULL);
	pthread_mutex_init(&card->irq_lock, NULL);
	pthread_cond_init(&card->quiet, NULL);
}

static int init_memory(struct emu_card *card)
{
	int err = emu_dram_init(&card->dram);

	if (err)
		return err;
	card->core_mem = mmap(NULL, EMU_BAR2_BYTES, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (card->core_mem == MAP_FAILED) {
		card->core_mem = NULL;
		return -errno;
	}
	card->hostmem = emu_hostmem_create();
	return card->hostmem ? 0 : -ENOMEM;
}

/**
 * emu_card_init() - a card as after power-on
 * @card: zeroed storage
 * @box: its box, with clock and pool running
 * @index: position in the box
 * Context: before any other thread knows the card.
 * Return: 0 or a negative errno; after an error emu_card_fini() cleans up.
 */
int emu_card_init(struct emu_card *card, struct emu_box *box, unsigned int index)
{
	unsigned int i;
	int err;

	card->box = box;
	card->index = index;
	card->opts = &box->opts;
	init_locks(card);
	emu_log_init(&card->log, box->opts.log, index);
	emu_trace_connect(box->trace, &card->trace, index);
	err = init_memory(card);
	if (err)
		return err;
	emu_miscram_init(card);
	emu_reset_init(card);
	for (i = 0; i < EMU_NR_ENGINES; i++) {
		err = emu_engine_init(card, i);
		if (err)
			return err;
	}
	err = emu_firmware_init(card);
	if (!err && card->opts->isa == EMU_ISA_STAND_IN)
		err = emu_isa_init(card);
	return err;
}

/**
 * emu_card_fini() - free what emu_card_init() made
 * @card: a card that emu_card_init() saw
 * Context: clock and pool have stopped, nobody else knows the card.
 */
void emu_card_fini(struct emu_card *card)
{
	unsigned int i;

	emu_isa_fini(card);
	emu_firmware_fini(card);
	for (i = 0; i < EMU_NR_ENGINES; i++)
		emu_engine_fini(&card->engine[i]);
	if (card->hostmem)
		emu_hostmem_destroy(card->hostmem);
	if (card->core_mem)
		munmap(card->core_mem, EMU_BAR2_BYTES);
	emu_dram_fini(&card->dram);
	pthread_cond_destroy(&card->quiet);
	pthread_mutex_destroy(&card->irq_lock);
	pthread_mutex_destroy(&card->lock);
}

/**
 * emu_card_enter() - take the card lock
 * @card: the card
 * Context: this thread holds no card's lock.
 */
void emu_card_enter(struct emu_card *card)
{
	pthread_mutex_lock(&card->lock);
}

static void deliver(struct emu_card *card, uint32_t sources)
{
	unsigned int source;

	pthread_mutex_lock(&card->irq_lock);
	for (source = 0; card->irq_raise && source < EMU_NR_VECTORS; source++)
		if (sources & (1u << source)) {
			EMU_TRACE(&card->trace, IRQ, irq, .source = source, .result = "sent");
			card->irq_raise(card->irq_arg, source);
		}
	pthread_mutex_unlock(&card->irq_lock);
}

/**
 * emu_card_leave() - serve a rung doorbell, release the card lock, deliver interrupts
 * @card: the card
 * Context: card lock held; it may be released and taken again while the firmware works.
 */
void emu_card_leave(struct emu_card *card)
{
	uint32_t sources;

	emu_firmware_serve(card);
	sources = card->irq_pending;
	card->irq_pending = 0;
	pthread_mutex_unlock(&card->lock);
	if (sources)
		deliver(card, sources);
}

static bool work_is_stale(const struct emu_card *card)
{
	unsigned int i;

	for (i = 0; i < EMU_NR_ENGINES; i++)
		if (emu_engine_stale(&card->engine[i]))
			return true;
	if (emu_isa_stale(card))
		return true;
	return card->fw.serving && card->fw.job.generation != card->fw.generation;
}

/**
 * emu_card_settle() - wait until cancelled packets and requests touch nothing any more
 * @card: the card
 * Context: card lock held, given up while waiting; never from DMA.
 */
void emu_card_settle(struct emu_card *card)
{
	while (work_is_stale(card))
		pthread_cond_wait(&card->quiet, &card->lock);
}

/**
 * emu_card_irq() - note an interrupt, delivered by emu_card_leave()
 * @card: the card
 * @source: number of docs/hardware, section 8.4
 * Context: card lock held.
 */
void emu_card_irq(struct emu_card *card, unsigned int source)
{
	if (atomic_load(&card->dead) || card->asleep)
		return; /* a packet that landed as the function vanished or fell asleep */
	if (card->irq_lose_next) {
		card->irq_lose_next--;
		card->count.interrupts_lost++;
		EMU_TRACE(&card->trace, IRQ, irq, .source = source, .result = "lost");
		return;
	}
	card->irq_pending |= 1u << source;
	card->count.interrupts++;
}

/**
 * emu_card_dma_allowed() - may the card reach host memory
 * @card: the card
 * Context: card lock held.
 * Return: false if it is dead or asleep, or honours a bus-master bit that is off.
 */
bool emu_card_dma_allowed(const struct emu_card *card)
{
	return !atomic_load(&card->dead) && !card->asleep &&
	       (card->bus_master || !card->opts->strict_bus_master);
}

/**
 * emu_card_set_dead() - the function vanishes from the bus, or comes back as it was
 * @card: the card
 * @dead: true: it vanishes
 * Context: no card lock held.
 */
void emu_card_set_dead(struct emu_card *card, bool dead)
{
	unsigned int i;

	emu_card_enter(card);
	if (atomic_exchange(&card->dead, dead) != dead) {
		for (i = 0; i < EMU_NR_ENGINES; i++) {
			if (dead)
				emu_engine_cancel(&card->engine[i]);
			else
				emu_engine_kick_all(&card->engine[i]);
		}
		if (dead)
			emu_firmware_cancel(card);
		else
			emu_isa_kick(card);
		emu_card_settle(card);
	}
	emu_card_leave(card);
	emu_box_links_changed(card);
}

/**
 * emu_card_attach() - a client has connected
 * @card: the card
 * Context: no card lock held.
 */
void emu_card_attach(struct emu_card *card)
{
	atomic_store(&card->attached, true);
	emu_box_links_changed(card);
}

/**
 * emu_card_detach() - the client has gone: neighbours see their links down
 * @card: the card
 * Context: no card lock held.
 */
void emu_card_detach(struct emu_card *card)
{
	atomic_store(&card->attached, false);
	emu_box_links_changed(card);
}

/**
 * emu_card_reset() - power-on reset, finished on return
 * @card: the card
 * @kind: why; all kinds do the same
 * Context: no card lock held.
 */
void emu_card_reset(struct emu_card *card, enum emu_reset_kind kind)
{
	emu_card_enter(card);
	card->asleep = false;
	emu_reset_power_on(card);
	if (kind == EMU_RESET_CLIENT_GONE)
		card->bus_master = false;
	emu_card_leave(card);
}

/* Starts or stops all engines as emu_card_dma_allowed() says now. */
static void dma_permission_changed(struct emu_card *card)
{
	unsigned int i;

	for (i = 0; i < EMU_NR_ENGINES; i++) {
		if (emu_card_dma_allowed(card))
			emu_engine_kick_all(&card->engine[i]);
		else
			emu_engine_cancel(&card->engine[i]);
	}
	emu_card_settle(card);
}

/**
 * emu_card_set_bus_master() - the command register's bit 2 was written
 * @card: the card
 * @on: its value
 * Context: no card lock held.
 */
void emu_card_set_bus_master(struct emu_card *card, bool on)
{
	emu_pool_open(&card->box->pool);
	emu_card_enter(card);
	card->bus_master = on;
	dma_permission_changed(card);
	emu_card_leave(card);
	emu_pool_drain(&card->box->pool);
}

/**
 * emu_card_set_asleep() - the function enters or leaves D3hot
 * @card: the card
 * @asleep: true: it enters; when this returns its DMA has ended
 * Context: no card lock held.
 */
void emu_card_set_asleep(struct emu_card *card, bool asleep)
{
	emu_pool_open(&card->box->pool);
	emu_card_enter(card);
	card->asleep = asleep;
	if (asleep)
		emu_firmware_cancel(card);
	dma_permission_changed(card);
	emu_card_leave(card);
	emu_pool_drain(&card->box->pool);
}

/**
 * emu_card_set_irq() - where interrupts go
 * @card: the card
 * @raise: called with a source number, without any card's lock; NULL: nowhere
 * @arg: its first argument
 *
 * When this returns, the previous function is not running and will not be called again.
 * Context: the caller holds no lock that raise() takes.
 */
void emu_card_set_irq(struct emu_card *card, void (*raise)(void *arg, unsigned int source),
		      void *arg)
{
	pthread_mutex_lock(&card->irq_lock);
	card->irq_raise = raise;
	card->irq_arg = arg;
	pthread_mutex_unlock(&card->irq_lock);
}

/**
 * emu_card_hostmem() - the host memory that the card reaches
 * @card: the card
 * Context: any.
 * Return: owned by the card.
 */
struct emu_hostmem *emu_card_hostmem(struct emu_card *card)
{
	return card->hostmem;
}

/**
 * emu_card_dram_fd() - memory file behind BAR4
 * @card: the card
 * Context: any.
 * Return: owned by the card.
 */
int emu_card_dram_fd(const struct emu_card *card)
{
	return card->dram.fd;
}

/**
 * emu_card_is_dead() - has the function vanished
 * @card: the card
 * Context: any.
 * Return: true while every region answers all ones.
 */
bool emu_card_is_dead(const struct emu_card *card)
{
	return atomic_load(&card->dead);
}
