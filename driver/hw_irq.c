// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts, docs/hardware, sections 3.12 and 8.
 *
 * Causes can only be read by a firmware request, so none ever is: completions are
 * edges that clear and mask themselves when their message is sent. A queue thus
 * interrupts nobody until somebody is about to sleep and unmasks it, with one
 * store; what was done before that is pending, and interrupts at once.
 */
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/minmax.h>

#include "hw.h"
#include "hw_io.h"
#include "hw_irq.h"
#include "hw_regs.h"

/* How long a processor may be kept from everybody else. */
#define SPIN_US			10
/* How long the self-test waits: far longer than a message takes, on any machine. */
#define TEST_MS			500
/* With one vector other sources may be taken for the one that is tested. */
#define TESTS			3
/* What has lasted long may end a little later: steps grow to an eighth of it. */
#define PATIENCE_SHIFT		3
/* Without interrupts they double up to here, and grow to that part from then on. */
#define DOUBLE_US		1000
/* A step that trusts in an interrupt looks by itself after this time, later after that. */
#define FALLBACK_US		10000
#define FALLBACK_MOST_US	100000
/* An interrupt may be a little later than the data that it tells of. */
#define GRACE_US		2000
/* So many lost ones without one that came are the end of the trust. */
#define MISSES_MAX		8

/**
 * neuron_hw_irq_init() - nothing interrupts yet
 * @hw: card that is being made
 *
 * Context: Any.
 */
void neuron_hw_irq_init(struct neuron_hw *hw)
{
	u32 i;

	for (i = 0; i < NEURON_HW_IRQ_SOURCES; i++)
		init_waitqueue_head(&hw->irq.source[i].wq);
}

static void group_write(struct neuron_hw *hw, u32 eng, u32 group, u32 reg, u32 value)
{
	neuron_hw_write(hw, neuron_hw_map_udma(hw->map, eng) + NEURON_UDMA_GEN + group + reg,
			value);
}

/**
 * neuron_hw_irq_engine_init() - let an engine's queues interrupt when unmasked
 * @hw: card
 * @eng: engine
 *
 * Does nothing for a card without interrupts.
 *
 * Context: Any; four stores.
 */
void neuron_hw_irq_engine_init(struct neuron_hw *hw, u32 eng)
{
	if (!hw->irq.vectors)
		return;

	group_write(hw, eng, NEURON_GEN_PRIMARY_B, NEURON_IOFIC_MASK, U32_MAX);
	group_write(hw, eng, NEURON_GEN_PRIMARY_B, NEURON_IOFIC_CONTROL,
		    NEURON_IOFIC_POSEDGE | NEURON_IOFIC_AUTO_CLEAR | NEURON_IOFIC_AUTO_MASK);
	group_write(hw, eng, NEURON_GEN_PRIMARY_A, NEURON_IOFIC_CONTROL,
		    NEURON_IOFIC_POSEDGE | NEURON_IOFIC_AUTO_CLEAR);
	group_write(hw, eng, NEURON_GEN_PRIMARY_A, NEURON_IOFIC_UNMASK,
		    (u32)~NEURON_SUMMARY_S2M);
}

/* The next completion of a queue interrupts, or one that was before, at once. */
static void arm(struct neuron_hw *hw, u32 eng, u32 queue)
{
	group_write(hw, eng, NEURON_GEN_PRIMARY_B, NEURON_IOFIC_UNMASK, (u32)~BIT(queue));
}

/**
 * neuron_hw_irq_came() - a vector was raised
 * @hw: card
 * @vector: number of it
 *
 * Wakes those who wait for any source that may have raised it.
 *
 * Context: Hard interrupt.
 */
void neuron_hw_irq_came(struct neuron_hw *hw, u32 vector)
{
	struct neuron_hw_irq_source *source;
	u32 i;

	atomic64_inc(&hw->stats.irqs);
	for (i = vector; i < hw->map->irq_sources; i += hw->irq.vectors) {
		source = &hw->irq.source[i];
		atomic_inc(&source->seen);
		if (wq_has_sleeper(&source->wq))
			wake_up_all(&source->wq);
	}
}

/**
 * neuron_hw_irq_is_core() - may a vector tell of a core's notifications
 * @hw: card
 * @vector: number of the vector
 * @nc: core
 *
 * Context: Any.
 * Return: true if so.
 */
bool neuron_hw_irq_is_core(const struct neuron_hw *hw, u32 vector, u32 nc)
{
	return (hw->map->irq_core + nc) % hw->irq.vectors == vector;
}

/**
 * neuron_hw_irq_trusted() - do waits rely on interrupts
 * @hw: card
 * @kind: kind of source
 *
 * Context: Any.
 * Return: true if so.
 */
bool neuron_hw_irq_trusted(const struct neuron_hw *hw, enum neuron_hw_irq_kind kind)
{
	return READ_ONCE(hw->irq.trusted[kind]);
}

/**
 * neuron_hw_irq_fell() - has a kind of source lost its trust, and nobody knows yet
 * @hw: card
 *
 * Context: Any.
 * Return: true once for each time.
 */
bool neuron_hw_irq_fell(struct neuron_hw *hw)
{
	return atomic_read(&hw->irq.fell) && atomic_xchg(&hw->irq.fell, 0);
}

/**
 * neuron_hw_irq_wake() - make all who sleep look again
 * @hw: card
 *
 * Context: Any.
 */
void neuron_hw_irq_wake(struct neuron_hw *hw)
{
	u32 i;

	for (i = 0; i < NEURON_HW_IRQ_SOURCES; i++)
		wake_up_all(&hw->irq.source[i].wq);
}

static u32 seen(const struct neuron_hw *hw, u32 source)
{
	return atomic_read(&hw->irq.source[source].seen);
}

/**
 * neuron_hw_irq_distrust() - poll from now on
 * @hw: card, about to be reset or put to sleep
 *
 * Context: Any.
 */
void neuron_hw_irq_distrust(struct neuron_hw *hw)
{
	u32 kind;

	for (kind = 0; kind < NEURON_HW_IRQ_KINDS; kind++)
		WRITE_ONCE(hw->irq.trusted[kind], false);
	hw->irq.before_reset = seen(hw, hw->map->irq_firmware);
	neuron_hw_irq_wake(hw);
}

/* Returns whether the source has interrupted since it had been seen @before times. */
static bool await_source(struct neuron_hw *hw, u32 source, u32 before, unsigned int most_us)
{
	wait_event_hrtimeout(hw->irq.source[source].wq,
			     seen(hw, source) != before || neuron_hw_is_gone(hw),
			     ns_to_ktime((u64)most_us * NSEC_PER_USEC));

	return seen(hw, source) != before;
}

static bool test_engine(struct neuron_hw *hw, u32 eng, u32 queue)
{
	u32 source = hw->map->irq_engine + eng;
	u32 before = seen(hw, source);

	arm(hw, eng, queue);
	group_write(hw, eng, NEURON_GEN_PRIMARY_B, NEURON_IOFIC_CAUSE_SET, (u32)BIT(queue));

	return await_source(hw, source, before, TEST_MS * 1000);
}

static void trust(struct neuron_hw *hw, enum neuron_hw_irq_kind kind)
{
	atomic_set(&hw->irq.misses[kind], 0);
	WRITE_ONCE(hw->irq.trusted[kind], true);
}

/**
 * neuron_hw_irq_prove() - find out whether the card interrupts
 * @hw: card that was reset by neuron_hw_reset(); neuron_hw_irq_distrust() was before
 *
 * Waits poll meanwhile, so that nobody has unmasked what this masks. The
 * driver's queue of the first core says by hand that it has done something. The
 * firmware must have interrupted for its answers in the reset. Notifications cannot
 * be tried: they are trusted with the engines, until they fail.
 *
 * Context: Sleeps, up to TEST_MS for each of the two if nothing comes.
 * Return: whether engines do.
 */
bool neuron_hw_irq_prove(struct neuron_hw *hw)
{
	u32 eng = neuron_hw_map_engine(hw->map, 0, hw->map->driver_engine);
	bool firmware;
	u32 i;

	if (!hw->irq.vectors)
		return false;

	firmware = await_source(hw, hw->map->irq_firmware, hw->irq.before_reset, TEST_MS * 1000);
	neuron_hw_irq_engine_init(hw, eng);
	for (i = 0; i < TESTS; i++)
		if (!test_engine(hw, eng, hw->map->driver_queue))
			return false;

	trust(hw, NEURON_HW_IRQ_ENGINE);
	trust(hw, NEURON_HW_IRQ_CORE);
	if (firmware)
		trust(hw, NEURON_HW_IRQ_FIRMWARE);

	return true;
}

static void wait_init(struct neuron_hw_wait *wait, struct neuron_hw *hw,
		      enum neuron_hw_irq_kind kind, u32 source)
{
	wait->hw = hw;
	wait->kind = kind;
	wait->source = source;
	wait->eng = 0;
	wait->queue = 0;
	wait->seen = seen(hw, source);
	wait->began = ktime_get();
	wait->step_us = 0;
	wait->step_last_us = 0;
	wait->silent = false;
}

/**
 * neuron_hw_wait_firmware() - begin to wait for an answer
 * @wait: filled
 * @hw: card
 * @step_us: first step without interrupts, microseconds; they grow
 * @step_last_us: but not longer than this
 *
 * Call it before what is waited for can come, and before the first look.
 *
 * Context: Any.
 */
void neuron_hw_wait_firmware(struct neuron_hw_wait *wait, struct neuron_hw *hw,
			     unsigned int step_us, unsigned int step_last_us)
{
	wait_init(wait, hw, NEURON_HW_IRQ_FIRMWARE, hw->map->irq_firmware);
	wait->step_us = step_us;
	wait->step_last_us = step_last_us;
}

/**
 * neuron_hw_wait_queue() - begin to wait for a descriptor with the interrupt flag
 * @wait: filled
 * @hw: card
 * @eng: engine
 * @queue: queue
 * @step_us: as neuron_hw_wait_firmware()
 * @step_last_us: likewise
 *
 * Context: Any.
 */
void neuron_hw_wait_queue(struct neuron_hw_wait *wait, struct neuron_hw *hw, u32 eng, u32 queue,
			  unsigned int step_us, unsigned int step_last_us)
{
	wait_init(wait, hw, NEURON_HW_IRQ_ENGINE, hw->map->irq_engine + eng);
	wait->eng = eng;
	wait->queue = queue;
	wait->step_us = step_us;
	wait->step_last_us = step_last_us;
}

/**
 * neuron_hw_wait_core() - begin to look at records that an interrupt should tell of
 * @wait: filled, for neuron_hw_wait_end() only
 * @hw: card
 * @nc: core
 *
 * For who looks at intervals of its own: if it finds what no interrupt has told,
 * neuron_hw_wait_end() sees to that.
 *
 * Context: Any.
 */
void neuron_hw_wait_core(struct neuron_hw_wait *wait, struct neuron_hw *hw, u32 nc)
{
	wait_init(wait, hw, NEURON_HW_IRQ_CORE, hw->map->irq_core + nc);
	wait->silent = neuron_hw_irq_trusted(hw, NEURON_HW_IRQ_CORE);
}

/**
 * neuron_hw_wait_spin() - look without sleeping, for SPIN_US
 * @ended: is there what is waited for
 * @data: for @ended
 *
 * For what often comes sooner than a sleep would end. No other code of the driver
 * waits busily, nor calls this twice for one wait.
 *
 * Context: Any.
 * Return: whether it is.
 */
bool neuron_hw_wait_spin(bool (*ended)(const void *data), const void *data)
{
	ktime_t end = ktime_add_us(ktime_get(), SPIN_US);

	do {
		if (ended(data))
			return true;
		cpu_relax();
	} while (ktime_before(ktime_get(), end));

	return false;
}

static void forgive(struct neuron_hw *hw, enum neuron_hw_irq_kind kind)
{
	if (atomic_read(&hw->irq.misses[kind]))
		atomic_set(&hw->irq.misses[kind], 0);
}

/* A part of the time that a wait has lasted. */
static unsigned int patience_us(const struct neuron_hw_wait *wait, s64 least_us, s64 most_us)
{
	s64 part_us = ktime_us_delta(ktime_get(), wait->began) >> PATIENCE_SHIFT;

	return clamp(part_us, least_us, most_us);
}

static void step_polling(struct neuron_hw_wait *wait, unsigned int most_us)
{
	unsigned int us = clamp(wait->step_us, 1U, max(most_us, 1U));

	usleep_range(us, 2 * us);
	wait->step_us = wait->step_us < DOUBLE_US ? 2 * wait->step_us :
						    patience_us(wait, DOUBLE_US, UINT_MAX);
	wait->step_us = min(wait->step_us, wait->step_last_us);
	wait->silent = false;
}

/**
 * neuron_hw_wait_step() - sleep between two looks
 * @wait: begun
 * @most_us: not longer than this, but for rounding
 *
 * Context: Sleeps; ends early by an interrupt, and when the card goes.
 */
void neuron_hw_wait_step(struct neuron_hw_wait *wait, unsigned int most_us)
{
	struct neuron_hw *hw = wait->hw;
	unsigned int fallback_us;
	u32 now;

	if (!neuron_hw_irq_trusted(hw, wait->kind)) {
		step_polling(wait, most_us);
		return;
	}

	fallback_us = patience_us(wait, FALLBACK_US, FALLBACK_MOST_US);
	if (wait->kind == NEURON_HW_IRQ_ENGINE)
		arm(hw, wait->eng, wait->queue);
	wait_event_hrtimeout(hw->irq.source[wait->source].wq,
			     seen(hw, wait->source) != wait->seen || neuron_hw_is_gone(hw) ||
			     !neuron_hw_irq_trusted(hw, wait->kind),
			     ns_to_ktime(min(most_us, fallback_us) * NSEC_PER_USEC));

	/* Taken before the next look, so that what comes during it is not missed. */
	now = seen(hw, wait->source);
	wait->silent = now == wait->seen && most_us >= fallback_us;
	if (now != wait->seen)
		forgive(hw, wait->kind);
	wait->seen = now;
}

static void miss(struct neuron_hw *hw, enum neuron_hw_irq_kind kind)
{
	atomic64_inc(&hw->stats.irqs_lost);
	if (atomic_inc_return(&hw->irq.misses[kind]) < MISSES_MAX)
		return;

	WRITE_ONCE(hw->irq.trusted[kind], false);
	atomic_set(&hw->irq.fell, 1);
	neuron_hw_irq_wake(hw);
}

/**
 * neuron_hw_wait_end() - what was waited for is there: should an interrupt have come?
 * @wait: begun
 *
 * After some that were lost, one after the other, the kind is polled until the next
 * reset.
 *
 * Context: Sleeps for GRACE_US if none has come.
 */
void neuron_hw_wait_end(struct neuron_hw_wait *wait)
{
	struct neuron_hw *hw = wait->hw;

	if (!wait->silent || !neuron_hw_irq_trusted(hw, wait->kind) || neuron_hw_is_gone(hw))
		return;

	if (await_source(hw, wait->source, wait->seen, GRACE_US))
		forgive(hw, wait->kind);
	else if (!neuron_hw_is_gone(hw))
		miss(hw, wait->kind);
}
