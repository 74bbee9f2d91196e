/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PCI driver.
 */
#ifndef NEURON_PCI_H
#define NEURON_PCI_H

int neuron_pci_register(void);
void neuron_pci_unregister(void);

#endif
