/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupts, and how to wait with or without them.
 *
 * Whether a card interrupts at all is not known before it was tried, so each kind
 * of source is trusted after a proof only, and no longer than it deserves it. Who
 * waits looks at memory in steps; an interrupt only makes a step end early.
 */
#ifndef NEURON_HW_IRQ_H
#define NEURON_HW_IRQ_H

#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/types.h>
#include <linux/wait.h>

struct neuron_hw;

#define NEURON_HW_IRQ_SOURCES	32

/* Kinds of sources that earn or lose trust together. */
enum neuron_hw_irq_kind {
	NEURON_HW_IRQ_FIRMWARE,	/* an answer was written */
	NEURON_HW_IRQ_ENGINE,	/* a descriptor with the interrupt flag is done */
	NEURON_HW_IRQ_CORE,	/* a notification record was written */
	NEURON_HW_IRQ_KINDS,
};

/**
 * struct neuron_hw_irq_source - what interrupts
 * @seen: how often it may have done so
 * @wq: who sleeps until it does
 */
struct neuron_hw_irq_source {
	atomic_t seen;
	wait_queue_head_t wq;
};

/**
 * struct neuron_hw_irq - interrupts of a card
 * @vectors: number granted, 0 for none; sources share them in turn
 * @source: by number, docs/hardware, section 8.4
 * @trusted: by kind: waits may rely on it; read and written once
 * @misses: by kind: interrupts that did not come, one after the other
 * @fell: a kind has lost its trust since neuron_hw_irq_fell() was asked
 * @before_reset: neuron_hw_irq_source.seen of the firmware before the last reset
 */
struct neuron_hw_irq {
	u32 vectors;
	struct neuron_hw_irq_source source[NEURON_HW_IRQ_SOURCES];
	bool trusted[NEURON_HW_IRQ_KINDS];
	atomic_t misses[NEURON_HW_IRQ_KINDS];
	atomic_t fell;
	u32 before_reset;
};

/**
 * struct neuron_hw_wait - somebody who waits for something in memory
 * @hw: card
 * @kind: what kind of source tells
 * @source: its number
 * @eng: engine, if that is the kind
 * @queue: queue of @eng
 * @seen: interrupts before the last look
 * @began: when the wait began
 * @step_us: next step without interrupts
 * @step_last_us: longest one
 * @silent: the last step ended by its time, although an interrupt was trusted in
 */
struct neuron_hw_wait {
	struct neuron_hw *hw;
	enum neuron_hw_irq_kind kind;
	u32 source;
	u32 eng;
	u32 queue;
	u32 seen;
	ktime_t began;
	unsigned int step_us;
	unsigned int step_last_us;
	bool silent;
};

void neuron_hw_irq_init(struct neuron_hw *hw);
void neuron_hw_irq_engine_init(struct neuron_hw *hw, u32 eng);
void neuron_hw_irq_came(struct neuron_hw *hw, u32 vector);
bool neuron_hw_irq_is_core(const struct neuron_hw *hw, u32 vector, u32 nc);
bool neuron_hw_irq_trusted(const struct neuron_hw *hw, enum neuron_hw_irq_kind kind);
bool neuron_hw_irq_fell(struct neuron_hw *hw);
void neuron_hw_irq_wake(struct neuron_hw *hw);
void neuron_hw_irq_distrust(struct neuron_hw *hw);
bool neuron_hw_irq_prove(struct neuron_hw *hw);

void neuron_hw_wait_firmware(struct neuron_hw_wait *wait, struct neuron_hw *hw,
			     unsigned int step_us, unsigned int step_last_us);
void neuron_hw_wait_queue(struct neuron_hw_wait *wait, struct neuron_hw *hw, u32 eng, u32 queue,
			  unsigned int step_us, unsigned int step_last_us);
void neuron_hw_wait_core(struct neuron_hw_wait *wait, struct neuron_hw *hw, u32 nc);
bool neuron_hw_wait_spin(bool (*ended)(const void *data), const void *data);
void neuron_hw_wait_step(struct neuron_hw_wait *wait, unsigned int most_us);
void neuron_hw_wait_end(struct neuron_hw_wait *wait);

#endif
