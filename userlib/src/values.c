// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Values of registers, which come in an answer or as the result of a job.
 */
#include <errno.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "job.h"
#include "values.h"

static int got_values(const struct nlmsghdr *hdr, void *arg)
{
	struct values *values = arg;
	int wanted = values->nest ? values->nest : values->attr;
	struct nlattr *attr, *value;
	int left;

	left = nlmsg_datalen(hdr) - (int)GENL_HDRLEN;
	attr = (struct nlattr *)((char *)nlmsg_data(hdr) + GENL_HDRLEN);
	for (; nla_ok(attr, left); attr = nla_next(attr, &left)) {
		if (nla_type(attr) != wanted || values->count == values->room)
			continue;
		value = values->nest ? nla_find(nla_data(attr), nla_len(attr), values->attr) :
				       attr;
		if (!value || nla_len(value) != 4)
			return -EBADMSG;
		values->value[values->count++] = nla_get_u32(value);
	}
	return 0;
}

/**
 * values_run() - send a request for values, and wait for them
 * @ctx: context
 * @request: built, without wait-us; gone afterwards
 * @timeout_ms: limit
 * @values: filled
 *
 * Return: 0; -EBADMSG if there are too few; as job_run().
 */
int values_run(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms,
	       struct values *values)
{
	struct neuron_job_info job;
	uint32_t cmd = request->cmd;
	unsigned int i;
	int ret;

	ret = job_run(ctx, request, timeout_ms, got_values, values, &job);
	if (ret < 0)
		return ret;
	if (ret == 1) {
		values->count = job.values < values->room ? job.values : values->room;
		for (i = 0; i < values->count; i++)
			values->value[i] = job.value[i];
	}
	if (values->count < values->room)
		return error_local(ctx->handle, cmd, -EBADMSG, "the answer lacks values");
	return 0;
}
