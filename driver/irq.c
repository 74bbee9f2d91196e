// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt vectors of a card: as many as can be had, or none.
 *
 * A card without is polled, and so is one that was seen not to interrupt. Handlers
 * only wake: what has happened is seen by who looks, which whoever waits does
 * without interrupts, too.
 */
#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include "device.h"
#include "events.h"
#include "irq.h"
#include "nq_watch.h"

static irqreturn_t handler(int irq, void *data)
{
	struct neuron_irq_vector *vector = data;
	struct neuron_device *ndev = vector->ndev;
	u32 nc;

	neuron_hw_irq_came(&ndev->hw, vector->number);
	for (nc = 0; nc < ndev->hw.map->cores; nc++)
		if (neuron_hw_irq_is_core(&ndev->hw, vector->number, nc))
			neuron_nq_watch_core(ndev, nc);

	return IRQ_HANDLED;
}

static void free_vectors(struct neuron_device *ndev, u32 count)
{
	while (count--)
		free_irq(pci_irq_vector(ndev->pdev, count), &ndev->irq.vector[count]);
	pci_free_irq_vectors(ndev->pdev);
}

static void prove_work(struct work_struct *work)
{
	struct neuron_device *ndev = container_of(work, struct neuron_device, irq.prove_work);

	/* A reset waits for this, and what it begins with is not tried before its end. */
	mutex_lock(&ndev->repair_lock);
	if (!ndev->irq.tried && neuron_device_state(ndev) == NEURON_DEVICE_STATE_READY) {
		neuron_hw_irq_prove(&ndev->hw);
		WRITE_ONCE(ndev->irq.tried, true);
	}
	mutex_unlock(&ndev->repair_lock);
}

/**
 * neuron_irq_prove() - somebody will use the card: find out whether it interrupts
 * @ndev: registered card
 *
 * Nobody waits for the answer: until it is there the card is polled. Once for each
 * reset, and not before the card is ready and open.
 *
 * Context: Any but interrupts.
 */
void neuron_irq_prove(struct neuron_device *ndev)
{
	if (atomic_read(&ndev->nr_contexts) && !READ_ONCE(ndev->irq.tried))
		neuron_device_queue(ndev, &ndev->irq.prove_work);
}

/**
 * neuron_irq_init() - get as many vectors as the card and the machine have
 * @ndev: card with its hardware layer set up, not registered
 *
 * Powers of two, since the card may fold its sources on those granted. None at
 * all is no error.
 *
 * Context: Sleeps.
 */
void neuron_irq_init(struct neuron_device *ndev)
{
	u32 most = min_t(u32, ndev->hw.map->irq_sources, NEURON_HW_IRQ_SOURCES);
	struct neuron_irq_vector *vector;
	int granted;
	u32 i;

	INIT_WORK(&ndev->irq.prove_work, prove_work);
	granted = pci_alloc_irq_vectors(ndev->pdev, 1, roundup_pow_of_two(most),
					PCI_IRQ_MSIX | PCI_IRQ_MSI);
	if (granted <= 0)
		return;

	/* Handlers look at it: known before the first may run. */
	ndev->hw.irq.vectors = granted;
	for (i = 0; i < min_t(u32, granted, most); i++) {
		vector = &ndev->irq.vector[i];
		vector->ndev = ndev;
		vector->number = i;
		if (request_irq(pci_irq_vector(ndev->pdev, i), handler, 0, dev_name(&ndev->dev),
				vector))
			goto err_free;
	}

	return;

err_free:
	free_vectors(ndev, i);
	ndev->hw.irq.vectors = 0;
}

static u32 handlers(const struct neuron_device *ndev)
{
	return min_t(u32, ndev->hw.irq.vectors, ndev->hw.map->irq_sources);
}

/**
 * neuron_irq_fini() - give the vectors back
 * @ndev: card that has stopped; no engine is brought up any more
 *
 * No handler runs any more when this returns.
 *
 * Context: Sleeps.
 */
void neuron_irq_fini(struct neuron_device *ndev)
{
	if (!ndev->hw.irq.vectors)
		return;

	neuron_hw_irq_distrust(&ndev->hw);
	free_vectors(ndev, handlers(ndev));
	ndev->hw.irq.vectors = 0;
}

/**
 * neuron_irq_quiesce() - no handler runs until neuron_irq_resume()
 * @ndev: card
 *
 * Whoever waits goes on by polling.
 *
 * Context: Sleeps.
 */
void neuron_irq_quiesce(struct neuron_device *ndev)
{
	u32 i;

	neuron_hw_irq_distrust(&ndev->hw);
	for (i = 0; i < handlers(ndev); i++)
		disable_irq(pci_irq_vector(ndev->pdev, i));
}

/**
 * neuron_irq_resume() - the opposite
 * @ndev: card after neuron_irq_quiesce()
 *
 * Interrupts are not relied on before the card was reset and has proved them.
 *
 * Context: Sleeps.
 */
void neuron_irq_resume(struct neuron_device *ndev)
{
	u32 i;

	for (i = 0; i < handlers(ndev); i++)
		enable_irq(pci_irq_vector(ndev->pdev, i));
}

/**
 * neuron_irq_look() - announce it if interrupts have failed
 * @ndev: card
 *
 * A polled card works as well, if slower, so its health is what it was.
 *
 * Context: Sleeps; takes the locks of events, see device.h.
 */
void neuron_irq_look(struct neuron_device *ndev)
{
	static const struct neuron_health_note note = {
		.text = "Interrupts were lost; the card is polled",
		.eng = NEURON_EVENT_NO_ENGINE,
		.port = NEURON_EVENT_NO_PORT,
	};

	if (!neuron_hw_irq_fell(&ndev->hw))
		return;

	neuron_event_health(ndev, &note);
	neuron_event_device(ndev, NEURON_EVENT_DEVICE_CHANGE);
}

/**
 * neuron_irq_flags() - how the end of work is noticed
 * @ndev: card
 *
 * Context: Any.
 * Return: NEURON_DEVICE_FLAG_INTERRUPTS, or 0 if the card is polled.
 */
u32 neuron_irq_flags(const struct neuron_device *ndev)
{
	return neuron_hw_irq_trusted(&ndev->hw, NEURON_HW_IRQ_ENGINE) ?
	       NEURON_DEVICE_FLAG_INTERRUPTS : 0;
}
