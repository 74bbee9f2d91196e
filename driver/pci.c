// SPDX-License-Identifier: GPL-2.0
/*
 * From a PCI function to a card and back.
 */
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>

#include "cdev.h"
#include "compat/compat.h"
#include "debugfs.h"
#include "device.h"
#include "events.h"
#include "health.h"
#include "hw.h"
#include "irq.h"
#include "pci.h"
#include "power.h"

#define BAR_REGISTERS	0
#define BAR_CORES	2
#define BAR_DRAM	4

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_AMAZON, 0x7064) },
	{ PCI_DEVICE(PCI_VENDOR_ID_AMAZON, 0x7065) },
	{ PCI_DEVICE(PCI_VENDOR_ID_AMAZON, 0x7066) },
	{ PCI_DEVICE(PCI_VENDOR_ID_AMAZON, 0x7067) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ids);

static int check_bar(struct pci_dev *pdev, int bar, resource_size_t bytes_min)
{
	if (pci_resource_flags(pdev, bar) & IORESOURCE_MEM &&
	    pci_resource_len(pdev, bar) >= bytes_min)
		return 0;

	dev_err(&pdev->dev, "BAR %d is missing or too small\n", bar);
	return -ENODEV;
}

/* Nothing may reach host memory before the card was reset: who knows what it runs. */
static int enable(struct pci_dev *pdev, const struct neuron_hw_map *map)
{
	int err;

	err = check_bar(pdev, BAR_REGISTERS, map->bar0_bytes_min);
	if (!err)
		err = check_bar(pdev, BAR_CORES, map->bar2_bytes_min);
	if (err)
		return err;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	pci_clear_master(pdev);

	err = pcim_iomap_regions(pdev, BIT(BAR_REGISTERS) | BIT(BAR_CORES), KBUILD_MODNAME);
	if (err == -EBUSY)
		dev_err(&pdev->dev,
			"somebody has the card's registers: /proc/iomem says who; then write %s to /sys/bus/pci/drivers/neuron/bind\n",
			pci_name(pdev));
	if (err)
		return err;

	/* For slot_reset(). */
	pci_save_state(pdev);

	return dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(map->dma_bits));
}

static u32 flags_of(struct pci_dev *pdev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(&pdev->dev);
	u32 flags = 0;

	if (pci_resource_flags(pdev, BAR_DRAM) & IORESOURCE_MEM && pci_resource_len(pdev, BAR_DRAM))
		flags |= NEURON_DEVICE_FLAG_BAR4;
	if (domain && domain->type != IOMMU_DOMAIN_IDENTITY)
		flags |= NEURON_DEVICE_FLAG_IOMMU;

	return flags;
}

static int init_hw(struct neuron_device *ndev, const struct neuron_hw_map *map)
{
	struct pci_dev *pdev = ndev->pdev;
	void __iomem * const *table = pcim_iomap_table(pdev);

	return neuron_hw_init(&ndev->hw, &pdev->dev,
			      table[BAR_REGISTERS], pci_resource_len(pdev, BAR_REGISTERS),
			      table[BAR_CORES], pci_resource_len(pdev, BAR_CORES), map);
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct neuron_hw_map *map = neuron_hw_map_get(id->device);
	struct neuron_device *ndev;
	int err;

	if (!map)
		return -ENODEV;

	err = enable(pdev, map);
	if (err)
		return err;

	ndev = neuron_device_create(pdev, flags_of(pdev));
	if (IS_ERR(ndev))
		return PTR_ERR(ndev);

	err = neuron_cdev_check_name(ndev);
	if (err)
		goto err_device;

	err = init_hw(ndev, map);
	if (err)
		goto err_device;

	neuron_irq_init(ndev);
	err = neuron_device_register(ndev, &neuron_cdev_fops);
	if (err)
		goto err_irq;

	pci_set_drvdata(pdev, ndev);
	neuron_debugfs_add(ndev);
	return 0;

err_irq:
	neuron_irq_fini(ndev);
	neuron_hw_fini(&ndev->hw);
err_device:
	neuron_device_destroy(ndev);
	return err;
}

static void remove(struct pci_dev *pdev)
{
	neuron_debugfs_remove(pci_get_drvdata(pdev));
	neuron_device_unregister(pci_get_drvdata(pdev));
}

/* Another kernel may start in this memory: the card must not write to it. */
static void shutdown(struct pci_dev *pdev)
{
	neuron_power_off(pci_get_drvdata(pdev));
}

/* Of all kinds of sleep, the image of a hibernation included. The PCI core saves the rest. */
static int suspend(struct device *dev)
{
	neuron_power_down(dev_get_drvdata(dev), true);

	return 0;
}

static int resume(struct device *dev)
{
	neuron_power_up(dev_get_drvdata(dev));

	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(pm_ops, suspend, resume);

/*
 * Errors of PCI Express. With a link that works, the card's own reset is enough; one
 * that is frozen needs the reset of the link, which the core makes.
 */
static pci_ers_result_t error_detected(struct pci_dev *pdev, pci_channel_state_t channel)
{
	struct neuron_device *ndev = pci_get_drvdata(pdev);

	atomic64_inc(&ndev->counters.pcie_errors);
	if (channel == pci_channel_io_perm_failure) {
		neuron_device_gone(ndev);
		return PCI_ERS_RESULT_DISCONNECT;
	}

	neuron_health_report(ndev, NEURON_HEALTH_DEGRADED,
			     "The card's link told an error; the card is being reset",
			     NEURON_EVENT_NO_ENGINE);
	neuron_power_down(ndev, channel == pci_channel_io_normal);
	neuron_power_await(ndev);

	return channel == pci_channel_io_normal ? PCI_ERS_RESULT_CAN_RECOVER :
						  PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t mmio_enabled(struct pci_dev *pdev)
{
	return pci_device_is_present(pdev) ? PCI_ERS_RESULT_RECOVERED : PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t slot_reset(struct pci_dev *pdev)
{
	struct neuron_device *ndev = pci_get_drvdata(pdev);

	if (neuron_hw_is_gone(&ndev->hw) || !pci_device_is_present(pdev))
		return PCI_ERS_RESULT_DISCONNECT;

	/* What was saved at probe stays saved, for the next time. */
	pci_restore_state(pdev);
	pci_save_state(pdev);

	return PCI_ERS_RESULT_RECOVERED;
}

static void error_resume(struct pci_dev *pdev)
{
	neuron_power_up(pci_get_drvdata(pdev));
}

#ifdef NEURON_HAVE_COR_ERROR_DETECTED
static void cor_error_detected(struct pci_dev *pdev)
{
	struct neuron_device *ndev = pci_get_drvdata(pdev);

	atomic64_inc(&ndev->counters.pcie_corrected);
}
#endif

/* Somebody resets the function, or the bus that it is on, through sysfs or VFIO. */
static void reset_prepare(struct pci_dev *pdev)
{
	neuron_power_down(pci_get_drvdata(pdev), true);
}

static void reset_done(struct pci_dev *pdev)
{
	neuron_power_up(pci_get_drvdata(pdev));
}

static const struct pci_error_handlers error_handlers = {
	.error_detected = error_detected,
	.mmio_enabled = mmio_enabled,
	.slot_reset = slot_reset,
	.resume = error_resume,
	.reset_prepare = reset_prepare,
	.reset_done = reset_done,
#ifdef NEURON_HAVE_COR_ERROR_DETECTED
	.cor_error_detected = cor_error_detected,
#endif
};

static struct pci_driver driver = {
	.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.shutdown = shutdown,
	.driver.pm = pm_sleep_ptr(&pm_ops),
	.err_handler = &error_handlers,
};

/* Whoever has a card keeps it: VFIO for a guest's sake, or a driver that came first. */
static void __init tell_others(void)
{
	struct pci_dev *pdev = NULL;

	while ((pdev = pci_get_device(PCI_VENDOR_ID_AMAZON, PCI_ANY_ID, pdev))) {
		device_lock(&pdev->dev);
		if (pci_match_id(ids, pdev) && pdev->driver && pdev->driver != &driver)
			dev_notice(&pdev->dev,
				   "the driver %s has this card and keeps it: neuronnl doctor says how to change that\n",
				   pdev->driver->name);
		device_unlock(&pdev->dev);
	}
}

/**
 * neuron_pci_register() - let the PCI core find cards
 *
 * Context: May sleep; probes all cards that are there.
 * Return: 0 or a negative errno.
 */
int __init neuron_pci_register(void)
{
	int err = pci_register_driver(&driver);

	if (!err)
		tell_others();

	return err;
}

/**
 * neuron_pci_unregister() - give all cards up
 *
 * Context: Sleeps, see neuron_device_unregister().
 */
void neuron_pci_unregister(void)
{
	pci_unregister_driver(&driver);
}
