// SPDX-License-Identifier: GPL-2.0
/*
 * reg-read, reg-write, counters-get, metric-post.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"
#include "raw.h"

/*
 * May the sender do anything to the card? A program that was handed the file or
 * the socket of somebody with more rights shall not have them: all must have had
 * this one. That the socket's opener has, whatever the sender has, was seen
 * when ctx-fd was looked up.
 */
static int check_raw(struct sk_buff *skb, const struct genl_info *info)
{
	const struct file *file = neuron_nl_file(info);
	int err = 0;

	if (!netlink_capable(skb, CAP_SYS_RAWIO) ||
	    !file_ns_capable(file, &init_user_ns, CAP_SYS_RAWIO)) {
		NL_SET_ERR_MSG(info->extack, "This needs CAP_SYS_RAWIO, also to open ctx-fd");
		err = -EPERM;
	} else if (security_locked_down(LOCKDOWN_PCI_ACCESS)) {
		NL_SET_ERR_MSG(info->extack, "The kernel is locked down");
		err = -EPERM;
	}
	if (err)
		NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_A_REG_CTX_FD]);

	return err;
}

static int parse_bar(u32 *bar, const struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NEURON_A_REG_BAR];

	*bar = attr ? nla_get_u32(attr) : 0;
	if (*bar != 1)
		return 0;

	NL_SET_ERR_MSG_ATTR(info->extack, attr, "Registers are in BAR 0 and 2");

	return -EINVAL;
}

/**
 * struct reg_arg - registers to read
 * @bar: where
 * @raw: also those that are not on the allow-list
 * @count: number of them
 * @off: offsets in it
 */
struct reg_arg {
	u32 bar;
	bool raw;
	u32 count;
	u32 off[NEURON_MAX_REG_READS];
};

static int parse_reg(struct reg_arg *arg, const struct genl_info *info, const struct nlattr *attr)
{
	int err;

	if (arg->count == NEURON_MAX_REG_READS) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "More registers than one request takes");
		return -E2BIG;
	}
	err = neuron_raw_check_read(neuron_nl_device(info), arg->bar, nla_get_u32(attr), arg->raw,
				    info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, attr);
		return err;
	}
	arg->off[arg->count++] = nla_get_u32(attr);

	return 0;
}

static int parse_regs(struct reg_arg *arg, struct sk_buff *skb, const struct genl_info *info)
{
	struct nlattr *attr;
	int err;
	int rem;

	arg->raw = info->attrs[NEURON_A_REG_RAW];
	err = neuron_nl_need(info, NEURON_A_REG_OFFSET);
	if (!err)
		err = parse_bar(&arg->bar, info);
	if (!err && arg->raw)
		err = check_raw(skb, info);
	if (err)
		return err;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) == NEURON_A_REG_OFFSET)
			err = parse_reg(arg, info, attr);
		if (err)
			break;
	}

	return err;
}

static void reg_read_run(struct neuron_job *job)
{
	const struct reg_arg *arg = job->arg;
	struct neuron_job_result *result = &job->result;

	result->error = neuron_raw_read(job->ctx->ndev, arg->bar, arg->off, arg->count,
					result->value);
	result->text = neuron_nl_read_text(result->error);
	result->nr_values = result->error ? 0 : arg->count;
}

static int fill_regs(struct sk_buff *skb, const struct neuron_job *job)
{
	u32 i;

	for (i = 0; i < job->result.nr_values; i++)
		if (nla_put_u32(skb, NEURON_A_REG_VALUE, job->result.value[i]))
			return -EMSGSIZE;

	return 0;
}

/**
 * neuron_nl_reg_read_doit() - reg-read
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_reg_read_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	job = neuron_nl_new_job(info, reg_read_run, sizeof(struct reg_arg));
	if (IS_ERR(job))
		return PTR_ERR(job);

	err = parse_regs(job->arg, skb, info);
	if (err) {
		neuron_job_put(job);
		return err;
	}

	return neuron_nl_run_job(skb, info, job, fill_regs);
}

/**
 * struct write_arg - stores to do
 * @bar: where
 * @count: number of them
 * @from: attribute that each came from
 * @store: they
 */
struct write_arg {
	u32 bar;
	u32 count;
	const struct nlattr *from[NEURON_MAX_REG_WRITES];
	struct neuron_raw_store store[NEURON_MAX_REG_WRITES];
};

static int parse_write(struct write_arg *arg, const struct genl_info *info, struct nlattr *nest)
{
	struct nlattr *tb[NEURON_A_REG_ENTRY_MAX + 1];
	struct neuron_raw_store *store;
	int err;

	if (arg->count == NEURON_MAX_REG_WRITES) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "More registers than one request takes");
		return -E2BIG;
	}
	neuron_nl_spread_entry(tb, NEURON_A_REG_ENTRY_MAX, nest);
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, NEURON_A_REG_ENTRY_OFFSET) ||
	    NL_REQ_ATTR_CHECK(info->extack, nest, tb, NEURON_A_REG_ENTRY_VALUE)) {
		NL_SET_ERR_MSG(info->extack, "A required attribute is missing");
		return -EINVAL;
	}

	arg->from[arg->count] = nest;
	store = &arg->store[arg->count++];
	store->off = nla_get_u32(tb[NEURON_A_REG_ENTRY_OFFSET]);
	store->value = nla_get_u32(tb[NEURON_A_REG_ENTRY_VALUE]);
	err = neuron_raw_check_write(neuron_nl_device(info), arg->bar, store->off, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, tb[NEURON_A_REG_ENTRY_OFFSET]);

	return err;
}

static int parse_writes(struct write_arg *arg, const struct genl_info *info)
{
	struct nlattr *attr;
	int err;
	int rem;

	err = neuron_nl_need(info, NEURON_A_REG_WRITE);
	if (!err)
		err = parse_bar(&arg->bar, info);
	if (err)
		return err;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) == NEURON_A_REG_WRITE)
			err = parse_write(arg, info, attr);
		if (err)
			break;
	}

	return err;
}

/**
 * neuron_nl_reg_write_doit() - reg-write
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_reg_write_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct write_arg *arg;
	u32 wrong = 0;
	int err;

	err = check_raw(skb, info);
	if (err)
		return err;
	arg = kzalloc(sizeof(*arg), GFP_KERNEL);
	if (!arg)
		return -ENOMEM;

	err = parse_writes(arg, info);
	if (!err) {
		err = neuron_raw_write(neuron_nl_ctx(info), arg->bar, arg->store, arg->count,
				       &wrong, info->extack);
		if (err == -EBUSY)
			NL_SET_BAD_ATTR(info->extack, arg->from[wrong]);
	}
	kfree(arg);

	return err;
}

/**
 * struct counters_arg - counters to read
 * @eng: engine of those that are an engine's
 * @count: number of counters
 * @counter: enum neuron_counter of each
 * @value: filled
 */
struct counters_arg {
	u32 eng;
	u32 count;
	u32 counter[NEURON_MAX_COUNTERS];
	u64 value[NEURON_MAX_COUNTERS];
};

static int parse_counter(struct counters_arg *arg, const struct genl_info *info,
			 const struct nlattr *attr)
{
	u32 counter = nla_get_u32(attr);

	if (arg->count == NEURON_MAX_COUNTERS) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "More counters than one request takes");
		return -E2BIG;
	}
	arg->counter[arg->count++] = counter;
	if (!neuron_raw_counter_of_engine(counter))
		return 0;

	return neuron_nl_need(info, NEURON_A_REG_ENG_ID);
}

static int parse_counters(struct counters_arg *arg, const struct genl_info *info)
{
	struct nlattr *eng = info->attrs[NEURON_A_REG_ENG_ID];
	struct nlattr *attr;
	int err;
	int rem;

	err = neuron_nl_need(info, NEURON_A_REG_COUNTER);
	if (err)
		return err;
	if (eng) {
		arg->eng = nla_get_u32(eng);
		if (arg->eng >= neuron_nl_device(info)->hw.map->engines) {
			NL_SET_ERR_MSG_ATTR(info->extack, eng, "There is no such engine");
			return -ERANGE;
		}
	}

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) == NEURON_A_REG_COUNTER)
			err = parse_counter(arg, info, attr);
		if (err)
			break;
	}

	return err;
}

static void counters_run(struct neuron_job *job)
{
	struct counters_arg *arg = job->arg;
	struct neuron_job_result *result = &job->result;

	result->error = neuron_raw_counters(job->ctx->ndev, arg->eng, arg->counter, arg->count,
					    arg->value);
	result->text = neuron_nl_read_text(result->error);
	result->nr_counts = result->error ? 0 : arg->count;
	result->count = arg->value;
}

static int fill_counters(struct sk_buff *skb, const struct neuron_job *job)
{
	u32 i;

	for (i = 0; i < job->result.nr_counts; i++)
		if (neuron_nl_put_u64(skb, NEURON_A_REG_COUNT, job->result.count[i]))
			return -EMSGSIZE;

	return 0;
}

/**
 * neuron_nl_counters_get_doit() - counters-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_counters_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	job = neuron_nl_new_job(info, counters_run, sizeof(struct counters_arg));
	if (IS_ERR(job))
		return PTR_ERR(job);

	err = parse_counters(job->arg, info);
	if (err) {
		neuron_job_put(job);
		return err;
	}

	return neuron_nl_run_job(skb, info, job, fill_counters);
}

/**
 * struct metric_arg - statistics to post
 * @privileged: even if others hold something
 * @bytes: size of @data
 * @data: they
 */
struct metric_arg {
	bool privileged;
	u32 bytes;
	u8 data[NEURON_MAX_METRIC_BYTES];
};

static void metric_run(struct neuron_job *job)
{
	const struct metric_arg *arg = job->arg;
	struct netlink_ext_ack text = { };

	job->result.error = neuron_raw_metric(job->ctx, arg->privileged, arg->data, arg->bytes,
					      &text);
	job->result.text = text._msg ?: neuron_nl_read_text(job->result.error);
}

/**
 * neuron_nl_metric_post_doit() - metric-post
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post; sleeps up to wait-us.
 * Return: 0 or a negative errno.
 */
int neuron_nl_metric_post_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *metric = info->attrs[NEURON_A_DEVICE_METRIC];
	bool privileged = netlink_capable(skb, CAP_SYS_ADMIN);
	struct metric_arg *arg;
	struct neuron_job *job;
	int err;

	err = neuron_nl_need(info, NEURON_A_DEVICE_METRIC);
	if (err)
		return err;
	if (!nla_len(metric)) {
		NL_SET_ERR_MSG_ATTR(info->extack, metric, "There is nothing to post");
		return -EINVAL;
	}
	err = neuron_raw_check_metric(neuron_nl_ctx(info), privileged, info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[NEURON_A_DEVICE_CTX_FD]);
		return err;
	}

	job = neuron_nl_new_job(info, metric_run, sizeof(*arg));
	if (IS_ERR(job))
		return PTR_ERR(job);
	arg = job->arg;
	arg->privileged = privileged;
	arg->bytes = nla_len(metric);
	nla_memcpy(arg->data, metric, sizeof(arg->data));

	return neuron_nl_run_job(skb, info, job, NULL);
}
