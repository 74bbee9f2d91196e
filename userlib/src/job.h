/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work that takes hardware time: a blocking call of what may become a job.
 */
#ifndef NEURON_JOB_H
#define NEURON_JOB_H

#include "nlmsg.h"

/* As timeout_ms: the call takes none and waits to the end. */
#define JOB_UNTIMED	(-2)

int job_call(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms,
	     const struct nreq_how *how, void *state);
int job_order(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms);

/* At once, also while calls are being queued. */
int job_of(const struct nlmsghdr *hdr, uint32_t *job_id);
int job_get(struct neuron_ctx *ctx, uint32_t job_id, struct neuron_job_info *info);
int job_free(struct neuron_ctx *ctx, uint32_t job_id);
int job_result(struct neuron_ctx *ctx, const struct neuron_job_info *job);

#endif
