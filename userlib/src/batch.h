/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that are queued instead of sent.
 */
#ifndef NEURON_BATCH_H
#define NEURON_BATCH_H

#include "nlmsg.h"

int batch_add(struct nreq *request, struct neuron_ctx *ctx, const struct nreq_how *how,
	      const void *state);
int batch_add_list(const struct nreq_each *each);

#endif
