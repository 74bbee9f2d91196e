// SPDX-License-Identifier: GPL-2.0
/*
 * Another module by the name of neuron, without cards or family: what a machine
 * has when somebody else's driver was installed.
 */
#include <linux/module.h>

static int __init neuron_init(void)
{
	return 0;
}
module_init(neuron_init);

static void __exit neuron_exit(void)
{
}
module_exit(neuron_exit);

MODULE_DESCRIPTION("Another module by the name of neuron");
MODULE_LICENSE("GPL");
MODULE_VERSION("9.9");
