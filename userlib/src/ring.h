/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Entries as attributes.
 */
#ifndef NEURON_RING_H
#define NEURON_RING_H

#include "nlmsg.h"

void entry_put(struct nreq *request, const struct neuron_entry *entry);

#endif
