// SPDX-License-Identifier: GPL-2.0
/*
 * core-get, -claim, -release, event-get, -set, semaphore-get, -set.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "claim.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "job.h"
#include "nl.h"

static u64 held_ms(const struct neuron_claim *claim)
{
	return jiffies_to_msecs(jiffies - claim->since);
}

static int fill_core(struct sk_buff *skb, struct neuron_device *ndev, u32 nc,
		     const struct genl_info *info)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	struct neuron_claim claim;
	void *hdr;

	if (nc >= map->cores)
		return -ENOENT;

	claim = neuron_claim_look(ndev, nc);
	hdr = neuron_nl_put(skb, info);
	if (!hdr)
		return -EMSGSIZE;

	if (nla_put_u32(skb, NEURON_A_CORE_DEV_INDEX, ndev->index) ||
	    nla_put_u32(skb, NEURON_A_CORE_NC_ID, nc) ||
	    (claim.ctx_id &&
	     (nla_put_u32(skb, NEURON_A_CORE_CTX_ID, claim.ctx_id) ||
	      neuron_nl_put_u64(skb, NEURON_A_CORE_HELD_MS, held_ms(&claim)))) ||
	    nla_put_u32(skb, NEURON_A_CORE_EVENTS, map->events) ||
	    nla_put_u32(skb, NEURON_A_CORE_SEMAPHORES, map->semaphores) ||
	    nla_put_u32(skb, NEURON_A_CORE_FIFO_BYTES, map->fifo_bytes)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);

	return 0;
}

/**
 * neuron_nl_core_get_doit() - core-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_core_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return neuron_nl_reply_numbered(info, NEURON_A_CORE_NC_ID, fill_core,
					"The card has no such core");
}

/**
 * neuron_nl_core_get_dumpit() - core-get of all
 * @skb: message buffer
 * @cb: dump
 *
 * Context: May sleep.
 * Return: for the core.
 */
int neuron_nl_core_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return neuron_nl_dump_parts(skb, cb, fill_core);
}

/* Claims cores, or releases them. */
typedef int (*claim_fn)(struct neuron_ctx *ctx, const u32 *nc, u32 count, u32 *wrong,
			struct netlink_ext_ack *extack);

static int for_cores(const struct genl_info *info, claim_fn fn)
{
	const struct nlattr *from[NEURON_MAX_CORES];
	u32 nc[NEURON_MAX_CORES];
	struct nlattr *attr;
	u32 count = 0;
	u32 wrong;
	int err;
	int rem;

	err = neuron_nl_need(info, NEURON_A_CORE_CLAIM);
	if (err)
		return err;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != NEURON_A_CORE_CLAIM)
			continue;
		if (count == NEURON_MAX_CORES) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "More cores than a card has");
			return -E2BIG;
		}
		from[count] = attr;
		nc[count++] = nla_get_u32(attr);
	}

	err = fn(neuron_nl_ctx(info), nc, count, &wrong, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, from[wrong]);

	return err;
}

/**
 * neuron_nl_core_claim_doit() - core-claim
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_core_claim_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_cores(info, neuron_claim_take);
}

/**
 * neuron_nl_core_release_doit() - core-release
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_core_release_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_cores(info, neuron_claim_release);
}

/* Does a core have the event or semaphore of this number? */
typedef int (*index_check)(struct neuron_device *ndev, u32 index, struct netlink_ext_ack *extack);

/**
 * struct entry_attrs - numbers of the attributes of one event or semaphore
 * @nc: core
 * @index: which one of the core
 * @op: what is done to it, or 0
 * @value: it, or what is done
 */
struct entry_attrs {
	u32 nc;
	u32 index;
	u32 op;
	u32 value;
};

/**
 * struct kind - events or semaphores
 * @single: of a request about one
 * @nested: of an entry of a list
 * @list: attribute of an entry
 * @check: is there such a one
 */
struct kind {
	struct entry_attrs single;
	struct entry_attrs nested;
	u32 list;
	index_check check;
};

static const struct kind events = {
	.single = { NEURON_A_EVENT_NC_ID, NEURON_A_EVENT_EVENT_ID, 0, NEURON_A_EVENT_VALUE },
	.nested = { NEURON_A_EVENT_ENTRY_NC_ID, NEURON_A_EVENT_ENTRY_EVENT_ID, 0,
		    NEURON_A_EVENT_ENTRY_VALUE },
	.list = NEURON_A_EVENT_ENTRY,
	.check = neuron_core_check_event,
};

static const struct kind semaphores = {
	.single = { NEURON_A_SEMAPHORE_NC_ID, NEURON_A_SEMAPHORE_SEMAPHORE_ID,
		    NEURON_A_SEMAPHORE_OP, NEURON_A_SEMAPHORE_VALUE },
	.nested = { NEURON_A_SEMAPHORE_ENTRY_NC_ID, NEURON_A_SEMAPHORE_ENTRY_SEMAPHORE_ID,
		    NEURON_A_SEMAPHORE_ENTRY_OP, NEURON_A_SEMAPHORE_ENTRY_VALUE },
	.list = NEURON_A_SEMAPHORE_ENTRY,
	.check = neuron_core_check_semaphore,
};

/* Both sets are parsed with room for this many. */
#define ENTRY_MAX	NEURON_A_SEMAPHORE_ENTRY_MAX
static_assert((int)ENTRY_MAX >= (int)NEURON_A_EVENT_ENTRY_MAX);
/* The answer of a list is one message. */
static_assert(NEURON_MAX_CORE_ENTRIES * 28 + 512 <= GENLMSG_DEFAULT_SIZE);
static_assert(NEURON_MAX_CORE_ENTRIES <= NEURON_JOB_VALUES);

/**
 * struct core_list - events or semaphores that a request is about
 * @kind: which
 * @nested: given as a list
 * @count: number of them
 * @entry: they
 */
struct core_list {
	const struct kind *kind;
	bool nested;
	u32 count;
	struct neuron_core_entry entry[NEURON_MAX_CORE_ENTRIES];
};

/* Is the attribute there, at the top (@nest is NULL) or in an entry? */
static int need(const struct genl_info *info, struct nlattr *nest, struct nlattr **tb, u32 attr)
{
	if (!NL_REQ_ATTR_CHECK(info->extack, nest, tb, attr))
		return 0;

	NL_SET_ERR_MSG(info->extack, "A required attribute is missing");

	return -EINVAL;
}

static int parse_entry(struct core_list *list, const struct genl_info *info, struct nlattr *nest,
		       struct nlattr **tb, bool change)
{
	const struct entry_attrs *attrs = nest ? &list->kind->nested : &list->kind->single;
	struct neuron_core_entry *entry = &list->entry[list->count++];
	struct neuron_device *ndev = neuron_nl_device(info);
	int err;

	err = need(info, nest, tb, attrs->nc);
	if (!err)
		err = need(info, nest, tb, attrs->index);
	if (!err && change)
		err = need(info, nest, tb, attrs->value);
	if (err)
		return err;

	entry->nc = nla_get_u32(tb[attrs->nc]);
	entry->index = nla_get_u32(tb[attrs->index]);
	if (change) {
		entry->op = attrs->op && tb[attrs->op] ? nla_get_u32(tb[attrs->op]) :
							 NEURON_SEMAPHORE_OP_SET;
		entry->value = nla_get_u32(tb[attrs->value]);
	}

	err = neuron_core_check_nc(ndev, entry->nc, info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack, tb[attrs->nc]);
		return err;
	}
	err = list->kind->check(ndev, entry->index, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, tb[attrs->index]);

	return err;
}

static int parse_nest(struct core_list *list, const struct genl_info *info, struct nlattr *nest,
		      bool change)
{
	struct nlattr *tb[ENTRY_MAX + 1];

	if (list->count == NEURON_MAX_CORE_ENTRIES) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "More entries than one request takes");
		return -E2BIG;
	}
	neuron_nl_spread_entry(tb, list->kind->nested.value, nest);

	return parse_entry(list, info, nest, tb, change);
}

/* What a request is about: one, or a list. */
static int parse_list(struct core_list *list, const struct genl_info *info,
		      const struct kind *kind, bool change)
{
	struct nlattr *first = info->attrs[kind->list];
	struct nlattr *attr;
	int err = 0;
	int rem;

	list->kind = kind;
	list->nested = first;
	list->count = 0;
	if (!first)
		return parse_entry(list, info, NULL, info->attrs, change);
	if (info->attrs[kind->single.nc] || info->attrs[kind->single.index] ||
	    (change && info->attrs[kind->single.value]) ||
	    (change && kind->single.op && info->attrs[kind->single.op])) {
		NL_SET_ERR_MSG_ATTR(info->extack, first, "Give one or a list, not both");
		return -EINVAL;
	}

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) == kind->list)
			err = parse_nest(list, info, attr, change);
		if (err)
			break;
	}

	return err;
}

/* The attribute that entry @index came from. */
static const struct nlattr *entry_attr(const struct core_list *list, const struct genl_info *info,
				       u32 index)
{
	struct nlattr *attr;
	int rem;

	if (!list->nested)
		return info->attrs[list->kind->single.nc];

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rem)
		if (nla_type(attr) == list->kind->list && !index--)
			return attr;

	return NULL;
}

/* Changes them; @wrong is the entry to blame. */
typedef int (*change_fn)(struct neuron_ctx *ctx, const struct neuron_core_entry *list, u32 count,
			 u32 *wrong, struct netlink_ext_ack *extack);

static int change_list(struct genl_info *info, const struct kind *kind, change_fn change)
{
	struct core_list *list = kzalloc(sizeof(*list), GFP_KERNEL);
	u32 wrong;
	int err;

	if (!list)
		return -ENOMEM;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (!err)
		err = parse_list(list, info, kind, true);
	if (!err) {
		err = change(neuron_nl_ctx(info), list->entry, list->count, &wrong, info->extack);
		if (err == -EBUSY && wrong < list->count)
			NL_SET_BAD_ATTR(info->extack, entry_attr(list, info, wrong));
	}
	kfree(list);

	return err;
}

static int fill_entry(struct sk_buff *skb, const struct entry_attrs *attrs,
		      const struct neuron_core_entry *entry, u32 value)
{
	if (nla_put_u32(skb, attrs->nc, entry->nc) ||
	    nla_put_u32(skb, attrs->index, entry->index) ||
	    nla_put_u32(skb, attrs->value, value))
		return -EMSGSIZE;

	return 0;
}

static int fill_list(struct sk_buff *skb, const struct neuron_job *job)
{
	const struct core_list *list = job->arg;
	struct nlattr *nest;
	u32 i;

	if (!list->nested)
		return fill_entry(skb, &list->kind->single, list->entry, job->result.value[0]);

	for (i = 0; i < list->count; i++) {
		nest = nla_nest_start(skb, list->kind->list);
		if (!nest || fill_entry(skb, &list->kind->nested, &list->entry[i],
					job->result.value[i]))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}

	return 0;
}

/* Ask the firmware for them, in a job. */
static int read_list(struct sk_buff *skb, struct genl_info *info, const struct kind *kind,
		     neuron_job_fn run)
{
	struct neuron_job *job;
	int err;

	err = neuron_device_check_ready(neuron_nl_device(info), info->extack);
	if (err)
		return err;
	job = neuron_nl_new_job(info, run, sizeof(struct core_list));
	if (IS_ERR(job))
		return PTR_ERR(job);

	err = parse_list(job->arg, info, kind, false);
	if (err) {
		neuron_job_put(job);
		return err;
	}

	return neuron_nl_run_job(skb, info, job, fill_list);
}

static void got_values(struct neuron_job *job, int err)
{
	const struct core_list *list = job->arg;

	job->result.error = err;
	job->result.text = neuron_nl_read_text(err);
	job->result.nr_values = err ? 0 : list->count;
}

static void event_get_run(struct neuron_job *job)
{
	const struct core_list *list = job->arg;

	got_values(job, neuron_core_events_get(job->ctx->ndev, list->entry, list->count,
					       job->result.value));
}

static void semaphore_get_run(struct neuron_job *job)
{
	const struct core_list *list = job->arg;

	got_values(job, neuron_core_semaphores_get(job->ctx->ndev, list->entry, list->count,
						   job->result.value));
}

/**
 * neuron_nl_event_get_doit() - event-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_event_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return read_list(skb, info, &events, event_get_run);
}

/**
 * neuron_nl_event_set_doit() - event-set
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_event_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_list(info, &events, neuron_core_events_set);
}

/**
 * neuron_nl_semaphore_get_doit() - semaphore-get
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_semaphore_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return read_list(skb, info, &semaphores, semaphore_get_run);
}

/**
 * neuron_nl_semaphore_set_doit() - semaphore-set
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_semaphore_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_list(info, &semaphores, neuron_core_semaphores_set);
}
