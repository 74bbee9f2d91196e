// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Values of registers, which come in an answer or as the result of a job.
 */
#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "job.h"
#include "values.h"

static void store(struct values *values, uint32_t value)
{
	memcpy((char *)values->to + values->stride * values->count++, &value, sizeof(value));
}

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
		store(values, nla_get_u32(value));
	}
	return 0;
}

static int end_values(const struct nreq_end *end, void *state)
{
	struct values *values = state;
	unsigned int i;

	if (end->err)
		return end->err;
	if (end->job) {
		values->count = 0;
		for (i = 0; i < end->job->values && i < values->room; i++)
			store(values, end->job->value[i]);
	}
	if (values->count < values->room)
		return error_local(end->handle, end->cmd, -EBADMSG, "the answer lacks values");
	return 0;
}

/**
 * values_run() - send a request for values, and wait for them
 * @ctx: context
 * @request: built, without wait-us; gone afterwards
 * @timeout_ms: limit
 * @values: filled
 *
 * Return: 0; -EBADMSG if there are too few; as job_call().
 */
int values_run(struct neuron_ctx *ctx, struct nreq *request, int timeout_ms,
	       struct values *values)
{
	static const struct nreq_how how = {
		.got = got_values, .end = end_values, .state_bytes = sizeof(struct values),
	};

	return job_call(ctx, request, timeout_ms, &how, values);
}
