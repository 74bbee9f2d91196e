/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver notices about a card, and what it does about it.
 */
#ifndef NEURON_HEALTH_H
#define NEURON_HEALTH_H

#include <linux/types.h>
#include <linux/neuron.h>

struct neuron_device;

void neuron_health_init(struct neuron_device *ndev);
void neuron_health_watch(struct neuron_device *ndev);
void neuron_health_look(struct neuron_device *ndev);
void neuron_health_look_locked(struct neuron_device *ndev);
int neuron_health_check(struct neuron_device *ndev, int err);
void neuron_health_report(struct neuron_device *ndev, enum neuron_health health,
			  const char *cause, u32 eng);
void neuron_health_recovered(struct neuron_device *ndev);
void neuron_health_held(struct neuron_device *ndev);
void neuron_health_reset(struct neuron_device *ndev);
bool neuron_health_present(struct neuron_device *ndev);

#endif
