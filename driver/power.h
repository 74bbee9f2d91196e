/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the system does to a card from outside: sleep, resets of the bus, errors of
 * the link, shutdown.
 */
#ifndef NEURON_POWER_H
#define NEURON_POWER_H

#include <linux/types.h>

struct neuron_device;

void neuron_power_init(struct neuron_device *ndev);
void neuron_power_down(struct neuron_device *ndev, bool orderly);
void neuron_power_await(struct neuron_device *ndev);
void neuron_power_up(struct neuron_device *ndev);
void neuron_power_off(struct neuron_device *ndev);

#endif
