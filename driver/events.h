/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the objects announce; nl_notify.c carries it to the listeners. May sleep.
 */
#ifndef NEURON_EVENTS_H
#define NEURON_EVENTS_H

#include <linux/types.h>

struct neuron_device;

enum neuron_event {
	NEURON_EVENT_DEVICE_ADD,
	NEURON_EVENT_DEVICE_DEL,
	NEURON_EVENT_DEVICE_CHANGE,
};

#define NEURON_EVENT_NO_ENGINE	U32_MAX

void neuron_event_device(struct neuron_device *ndev, enum neuron_event event);
void neuron_event_neighbor(struct neuron_device *ndev, u32 port);
void neuron_event_health(struct neuron_device *ndev, const char *cause, u32 eng);

u64 neuron_event_hotplug_seq(void);
u64 neuron_event_health_seq(void);
u64 neuron_event_hotplug_lost(void);
u64 neuron_event_health_lost(void);

#endif
