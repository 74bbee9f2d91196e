// SPDX-License-Identifier: GPL-2.0
/*
 * mem-copy, mem-fill.
 */
#include <linux/errno.h>

#include "ctx.h"
#include "device.h"
#include "job.h"
#include "mem.h"
#include "nl.h"
#include "transfer.h"

static const char *run_text(int err)
{
	switch (err) {
	case -ENOMEM:
		return "There is not enough host memory";
	case -EIO:
		return "No copy queue of the card works";
	case -ETIMEDOUT:
		return "The card did not finish";
	case -ECANCELED:
		return "The card was reset, or the context closed";
	case -ENODEV:
		return "The card is gone";
	default:
		return NULL;
	}
}

/* Memory that a transfer names, counted, and shown as used. */
static struct neuron_mem *use(const struct genl_info *info, struct nlattr *id, const char *text)
{
	struct neuron_mem *mem = neuron_mem_get(neuron_nl_ctx(info), nla_get_u32(id));

	if (mem) {
		atomic_inc(&mem->users);
		return mem;
	}

	neuron_nl_set_text(info->extack, text);
	NL_SET_BAD_ATTR(info->extack, id);

	return NULL;
}

static int refuse(const struct genl_info *info, const struct nlattr *attr, const char *text)
{
	neuron_nl_set_text(info->extack, text);
	NL_SET_BAD_ATTR(info->extack, attr);

	return -EINVAL;
}

/* What a copy must have and a fill must not, and the other way round. */
static int check_kind(const struct genl_info *info, const struct nlattr *nest, struct nlattr **tb)
{
	bool copy = info->genlhdr->cmd == NEURON_CMD_MEM_COPY;

	if (!tb[NEURON_A_TRANSFER_DST_MEM])
		return refuse(info, nest, "A transfer needs dst-mem");
	if (!tb[NEURON_A_TRANSFER_LENGTH])
		return refuse(info, nest, "A transfer needs a length");
	if (copy && !tb[NEURON_A_TRANSFER_SRC_MEM])
		return refuse(info, nest, "A copy needs src-mem");
	if (copy && tb[NEURON_A_TRANSFER_PATTERN])
		return refuse(info, tb[NEURON_A_TRANSFER_PATTERN], "A copy has no pattern");
	if (!copy && tb[NEURON_A_TRANSFER_SRC_MEM])
		return refuse(info, tb[NEURON_A_TRANSFER_SRC_MEM], "A fill has no source");
	if (!copy && tb[NEURON_A_TRANSFER_SRC_OFFSET])
		return refuse(info, tb[NEURON_A_TRANSFER_SRC_OFFSET], "A fill has no source");

	return 0;
}

static int parse_mems(const struct genl_info *info, struct neuron_transfer *transfer,
		      struct nlattr **tb)
{
	struct nlattr *src = tb[NEURON_A_TRANSFER_SRC_MEM];

	if (src) {
		transfer->src = use(info, src, "The context has no such source memory");
		if (!transfer->src)
			return -ENOENT;
	}
	transfer->dst = use(info, tb[NEURON_A_TRANSFER_DST_MEM],
			    "The context has no such destination memory");

	return transfer->dst ? 0 : -ENOENT;
}

static int parse_transfer(const struct genl_info *info, struct neuron_transfer *transfer,
			  const struct nlattr *nest)
{
	static const u32 attr_of[] = {
		[NEURON_TRANSFER_FIELD_LEN] = NEURON_A_TRANSFER_LENGTH,
		[NEURON_TRANSFER_FIELD_SRC_OFFSET] = NEURON_A_TRANSFER_SRC_OFFSET,
		[NEURON_TRANSFER_FIELD_DST_OFFSET] = NEURON_A_TRANSFER_DST_OFFSET,
	};
	struct nlattr *tb[NEURON_A_TRANSFER_MAX + 1];
	enum neuron_transfer_field wrong;
	int err;

	neuron_nl_spread_entry(tb, NEURON_A_TRANSFER_MAX, nest);
	err = check_kind(info, nest, tb);
	if (!err)
		err = parse_mems(info, transfer, tb);
	if (err)
		return err;

	transfer->len = nla_get_u64(tb[NEURON_A_TRANSFER_LENGTH]);
	if (tb[NEURON_A_TRANSFER_SRC_OFFSET])
		transfer->src_offset = nla_get_u64(tb[NEURON_A_TRANSFER_SRC_OFFSET]);
	if (tb[NEURON_A_TRANSFER_DST_OFFSET])
		transfer->dst_offset = nla_get_u64(tb[NEURON_A_TRANSFER_DST_OFFSET]);
	if (tb[NEURON_A_TRANSFER_PATTERN])
		transfer->pattern = nla_get_u32(tb[NEURON_A_TRANSFER_PATTERN]);

	err = neuron_transfer_check(transfer, &wrong, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, tb[attr_of[wrong]] ?: nest);

	return err;
}

static int count_transfers(const struct genl_info *info, u32 *count)
{
	struct nlattr *attr;
	int rem;

	*count = 0;
	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != NEURON_A_MEM_TRANSFER)
			continue;
		if (++*count > NEURON_MAX_TRANSFERS) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "More transfers than one request takes");
			return -E2BIG;
		}
	}

	return 0;
}

/* The list that a request carries; nothing of it has begun when it is refused. */
static struct neuron_transfers *parse_list(const struct genl_info *info)
{
	struct neuron_transfers *transfers;
	struct nlattr *attr;
	u32 count;
	int err;
	int rem;

	err = neuron_nl_need(info, NEURON_A_MEM_TRANSFER);
	if (!err)
		err = count_transfers(info, &count);
	if (err)
		return ERR_PTR(err);
	transfers = neuron_transfers_new(neuron_nl_device(info), count);
	if (!transfers)
		return ERR_PTR(-ENOMEM);

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != NEURON_A_MEM_TRANSFER)
			continue;
		/* Counted first, so that what it has got hold of is dropped with the rest. */
		err = parse_transfer(info, &transfers->list[transfers->count++], attr);
		if (err) {
			neuron_transfers_free(transfers);
			return ERR_PTR(err);
		}
	}

	return transfers;
}

static void run(struct neuron_job *job)
{
	struct neuron_transfers **transfers = job->arg;
	struct neuron_job_result *result = &job->result;

	result->error = neuron_transfers_run(*transfers, &job->progress);
	result->text = run_text(result->error);
	*transfers = NULL;
}

static void drop(struct neuron_job *job)
{
	neuron_transfers_free(*(struct neuron_transfers **)job->arg);
}

static int fill_done(struct sk_buff *skb, const struct neuron_job *job)
{
	return nla_put_u32(skb, NEURON_A_MEM_DONE, job->progress.done);
}

static int transfer(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_transfers *transfers;
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	transfers = parse_list(info);
	if (IS_ERR(transfers))
		return PTR_ERR(transfers);

	job = neuron_nl_new_job(info, run, sizeof(transfers));
	if (IS_ERR(job)) {
		neuron_transfers_free(transfers);
		return PTR_ERR(job);
	}
	*(struct neuron_transfers **)job->arg = transfers;
	job->drop = drop;
	job->stoppable = true;
	job->result.list = true;

	return neuron_nl_run_job(skb, info, job, fill_done);
}

/**
 * neuron_nl_mem_copy_doit() - mem-copy
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_mem_copy_doit(struct sk_buff *skb, struct genl_info *info)
{
	return transfer(skb, info);
}

/**
 * neuron_nl_mem_fill_doit() - mem-fill
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_mem_fill_doit(struct sk_buff *skb, struct genl_info *info)
{
	return transfer(skb, info);
}
