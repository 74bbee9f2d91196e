/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work that takes hardware time: a blocking call of what may become a job.
 */
#ifndef NEURON_JOB_H
#define NEURON_JOB_H

#include "nlmsg.h"

int job_run(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms, nreq_fn fn, void *arg,
	    struct neuron_job_info *info);

#endif
