/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How cards, neighbours and health events are read from messages; the monitor
 * needs it too.
 */
#ifndef NEURON_DEVICE_H
#define NEURON_DEVICE_H

#include "fields.h"

extern const struct field_table device_table;
extern const struct field_table neighbor_table;

#endif
