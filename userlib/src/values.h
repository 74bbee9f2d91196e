/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of registers, which come in an answer or as the result of a job.
 */
#ifndef NEURON_VALUES_H
#define NEURON_VALUES_H

#include "nlmsg.h"

/*
 * struct values - where they go
 * @attr: attribute of a value
 * @nest: attribute that it is in, 0 if it is at the top
 * @to: where the first one goes, 32 bits
 * @stride: from there to where the next one goes, bytes
 * @room: how many there must be
 * @count: how many have come
 */
struct values {
	int attr, nest;
	void *to;
	size_t stride;
	unsigned int room, count;
};

int values_run(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms,
	       struct values *values);

#endif
