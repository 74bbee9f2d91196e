/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interrupt vectors of a card.
 */
#ifndef NEURON_IRQ_H
#define NEURON_IRQ_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "hw_irq.h"

struct neuron_device;

/**
 * struct neuron_irq_vector - what a handler is told
 * @ndev: card
 * @number: of the vector, from 0
 */
struct neuron_irq_vector {
	struct neuron_device *ndev;
	u32 number;
};

/**
 * struct neuron_irq - interrupts of a card
 * @vector: those with a handler, neuron_hw_irq.vectors of them
 * @tried: whether they come was found out since the last reset
 * @prove_work: finds it out
 */
struct neuron_irq {
	struct neuron_irq_vector vector[NEURON_HW_IRQ_SOURCES];
	bool tried;
	struct work_struct prove_work;
};

void neuron_irq_init(struct neuron_device *ndev);
void neuron_irq_fini(struct neuron_device *ndev);
void neuron_irq_quiesce(struct neuron_device *ndev);
void neuron_irq_resume(struct neuron_device *ndev);
void neuron_irq_prove(struct neuron_device *ndev);
void neuron_irq_look(struct neuron_device *ndev);
u32 neuron_irq_flags(const struct neuron_device *ndev);

#endif
