// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else's module, which has what the driver needs: by each parameter one thing.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <net/genetlink.h>

static char *class;
module_param(class, charp, 0444);
MODULE_PARM_DESC(class, "name of a class");

static char *family;
module_param(family, charp, 0444);
MODULE_PARM_DESC(family, "name of a generic netlink family");

static char *driver;
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "name of a PCI driver, which takes all cards");

static char *node;
module_param(node, charp, 0444);
MODULE_PARM_DESC(node, "name of a device file");

static bool registers;
module_param(registers, bool, 0444);
MODULE_PARM_DESC(registers, "take the registers of the first card");

static struct class taken_class;
static struct genl_family taken_family = { .module = THIS_MODULE };
static struct class node_class = { .name = "neuron_foreign" };
static dev_t node_devt;
static struct pci_dev *card;

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_AMAZON, 0x7064) },
	{ }
};

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return 0;
}

static struct pci_driver taken_driver = { .id_table = ids, .probe = probe };

static int take_class(void)
{
	taken_class.name = class;

	return class ? class_register(&taken_class) : 0;
}

static void give_class(void)
{
	if (class)
		class_unregister(&taken_class);
}

static int take_family(void)
{
	if (!family)
		return 0;
	strscpy(taken_family.name, family, sizeof(taken_family.name));

	return genl_register_family(&taken_family);
}

static void give_family(void)
{
	if (family)
		genl_unregister_family(&taken_family);
}

static int take_driver(void)
{
	taken_driver.name = driver;

	return driver ? pci_register_driver(&taken_driver) : 0;
}

static void give_driver(void)
{
	if (driver)
		pci_unregister_driver(&taken_driver);
}

static int make_node(void)
{
	struct device *dev;
	int err = class_register(&node_class);

	if (err)
		return err;
	dev = device_create(&node_class, NULL, node_devt, NULL, "%s", node);
	if (IS_ERR(dev))
		class_unregister(&node_class);

	return PTR_ERR_OR_ZERO(dev);
}

static int take_node(void)
{
	int err;

	if (!node)
		return 0;
	err = alloc_chrdev_region(&node_devt, 0, 1, "neuron_foreign");
	if (err)
		return err;
	err = make_node();
	if (err)
		unregister_chrdev_region(node_devt, 1);

	return err;
}

static void give_node(void)
{
	if (!node)
		return;
	device_destroy(&node_class, node_devt);
	class_unregister(&node_class);
	unregister_chrdev_region(node_devt, 1);
}

static int take_registers(void)
{
	int err;

	if (!registers)
		return 0;
	card = pci_get_device(ids[0].vendor, ids[0].device, NULL);
	if (!card)
		return -ENODEV;
	err = pci_request_region(card, 0, "neuron_foreign");
	if (err)
		pci_dev_put(card);

	return err;
}

static void give_registers(void)
{
	if (!registers)
		return;
	pci_release_region(card, 0);
	pci_dev_put(card);
}

static int __init foreign_init(void)
{
	int err;

	err = take_class();
	if (err)
		return err;
	err = take_family();
	if (err)
		goto err_class;
	err = take_driver();
	if (err)
		goto err_family;
	err = take_node();
	if (err)
		goto err_driver;
	err = take_registers();
	if (err)
		goto err_node;

	return 0;

err_node:
	give_node();
err_driver:
	give_driver();
err_family:
	give_family();
err_class:
	give_class();
	return err;
}

static void __exit foreign_exit(void)
{
	give_registers();
	give_node();
	give_driver();
	give_family();
	give_class();
}

module_init(foreign_init);
module_exit(foreign_exit);
MODULE_DESCRIPTION("Somebody else's module, for tests");
MODULE_LICENSE("GPL");
