// SPDX-License-Identifier: GPL-2.0
/*
 * From a PCI function to a card and back.
 */
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "cdev.h"
#include "debugfs.h"
#include "device.h"
#include "hw.h"
#include "irq.h"
#include "pci.h"

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
	if (err)
		return err;

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
	struct neuron_device *ndev = pci_get_drvdata(pdev);

	neuron_hw_gone(&ndev->hw);
	pci_clear_master(pdev);
}

static struct pci_driver driver = {
	.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.shutdown = shutdown,
};

/**
 * neuron_pci_register() - let the PCI core find cards
 *
 * Context: May sleep; probes all cards that are there.
 * Return: 0 or a negative errno.
 */
int __init neuron_pci_register(void)
{
	return pci_register_driver(&driver);
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
