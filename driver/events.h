/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the objects announce; nl_notify.c carries it to the listeners. May sleep.
 */
#ifndef NEURON_EVENTS_H
#define NEURON_EVENTS_H

#include <linux/types.h>
#include <linux/neuron.h>

struct neuron_cause;
struct neuron_device;
struct neuron_nq;

enum neuron_event {
	NEURON_EVENT_DEVICE_ADD,
	NEURON_EVENT_DEVICE_DEL,
	NEURON_EVENT_DEVICE_CHANGE,
};

#define NEURON_EVENT_NO_ENGINE	U32_MAX
#define NEURON_EVENT_NO_PORT	U32_MAX

/**
 * struct neuron_health_note - what a health event tells
 * @text: fixed sentence
 * @eng: engine concerned, or NEURON_EVENT_NO_ENGINE
 * @cause: what its error controllers told, or NULL
 * @nq: notification queue concerned, or NULL
 * @lost: records that @nq has lost since the last such event
 * @port: of the link concerned, or NEURON_EVENT_NO_PORT
 */
struct neuron_health_note {
	const char *text;
	u32 eng;
	const struct neuron_cause *cause;
	const struct neuron_nq *nq;
	u64 lost;
	u32 port;
};

void neuron_event_device(struct neuron_device *ndev, enum neuron_event event);
void neuron_event_neighbor(struct neuron_device *ndev, u32 port);
void neuron_event_health(struct neuron_device *ndev, const struct neuron_health_note *note);

void neuron_event_core_release(struct neuron_device *ndev, u32 nc);
void neuron_event_pressure(struct neuron_device *ndev, enum neuron_mem_kind kind,
			   enum neuron_pressure pressure, u32 count);

/*
 * NLM_F_ECHO (nl_echo.c): a job is part of the request that has started it and
 * waits for it. 0 is a request without.
 */
u64 neuron_event_asker(void);
void neuron_event_work(u64 asker, bool begins);

u64 neuron_event_hotplug_seq(void);
u64 neuron_event_health_seq(void);
u64 neuron_event_usage_seq(void);
u64 neuron_event_hotplug_lost(void);
u64 neuron_event_health_lost(void);
u64 neuron_event_usage_lost(void);

#endif
