/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The family's common parts: who asks, about which card, with what authority;
 * and the frame of replies. Entries themselves are in nl_<object>.c.
 */
#ifndef NEURON_NL_H
#define NEURON_NL_H

#include <net/genetlink.h>
#include <linux/neuron.h>

#include "compat/nl_compat.h"
#include "ctx.h"
#include "gen/neuron_nl_gen.h"
#include "job.h"

struct neuron_device;
struct neuron_ring;

/*
 * Numbers that are the same in every attribute set of the spec (checked in
 * nl.c), so that hooks and job answers need not know the set.
 */
#define NEURON_NL_CTX_FD	NEURON_A_MEM_CTX_FD
#define NEURON_NL_DEV_INDEX	NEURON_A_MEM_DEV_INDEX
#define NEURON_NL_BUS_NAME	NEURON_A_MEM_BUS_NAME
#define NEURON_NL_PAD		NEURON_A_MEM_PAD
#define NEURON_NL_WAIT_US	NEURON_A_MEM_WAIT_US
#define NEURON_NL_JOB_ID	NEURON_A_MEM_JOB_ID
#define NEURON_NL_JOB_STATE	NEURON_A_MEM_JOB_STATE
#define NEURON_NL_CTX_ID	NEURON_A_MEM_CTX_ID

/* Adds a 64-bit attribute of any set; -EMSGSIZE if it does not fit. */
static inline int neuron_nl_put_u64(struct sk_buff *skb, u32 attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, NEURON_NL_PAD);
}

/* Set by the pre hooks, valid until post. */
static inline struct neuron_device *neuron_nl_device(const struct genl_info *info)
{
	return info->user_ptr[0];
}

/* Likewise: the file that ctx-fd names. */
static inline const struct file *neuron_nl_file(const struct genl_info *info)
{
	return info->user_ptr[1];
}

struct neuron_ctx *neuron_nl_ctx(const struct genl_info *info);

/**
 * struct neuron_nl_dump - where a dump is
 * @ctx: given by ctx-fd, counted, or NULL
 * @object: first id in that context, or part of that card, to go on with
 * @device: index of the card to go on with
 * @dev_index: only this card, or -1
 * @ctx_id: first context of that card to go on with
 * @uid: user who asked; invalid if the sender is not what its socket's opener was
 * @all: the asker may see everybody's contexts
 * @hidden: cards that the asker shall not see, by index
 */
struct neuron_nl_dump {
	struct neuron_ctx *ctx;
	unsigned long object;
	unsigned long device;
	s32 dev_index;
	u32 ctx_id;
	kuid_t uid;
	bool all;
	u64 hidden;
};

static inline struct neuron_nl_dump *neuron_nl_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct neuron_nl_dump) > sizeof_field(struct netlink_callback, ctx));
	return (struct neuron_nl_dump *)cb->ctx;
}

/*
 * Write one message into @skb, begun with neuron_nl_put(). -EMSGSIZE if it does
 * not fit; nothing is left behind then (genlmsg_cancel()). The same function
 * serves do, dump and notification.
 */
typedef int (*neuron_nl_fill_part)(struct sk_buff *skb, struct neuron_device *ndev, u32 part,
				   const struct genl_info *info);
typedef int (*neuron_nl_fill_object)(struct sk_buff *skb, struct neuron_ctx *ctx, void *object,
				     const struct genl_info *info);

void *neuron_nl_put(struct sk_buff *skb, const struct genl_info *info);

/* Parts of a card are numbered from 0; @fill says -ENOENT behind the last. */
int neuron_nl_dump_parts(struct sk_buff *skb, struct netlink_callback *cb,
			 neuron_nl_fill_part fill);
/* One message per context; @fill gets NULL as its object. */
int neuron_nl_dump_contexts(struct sk_buff *skb, struct netlink_callback *cb,
			    neuron_nl_fill_object fill);

/**
 * struct neuron_nl_objects_ops - how a dump goes through the objects of contexts
 * @list: what they are
 * @next: first object with an id of at least *@id, counted, *@id updated; NULL at the end
 * @put: drops that reference
 * @fill: writes one message
 */
struct neuron_nl_objects_ops {
	enum neuron_list list;
	void *(*next)(struct neuron_ctx *ctx, unsigned long *id);
	void (*put)(void *object);
	neuron_nl_fill_object fill;
};

int neuron_nl_dump_objects(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct neuron_nl_objects_ops *ops);

/*
 * Entries of lists are taken apart only: the core has judged each of them by its policy
 * when it judged the request. Lists are long, so it is not asked to do so again.
 */
static inline void neuron_nl_spread_entry(struct nlattr **tb, int max, const struct nlattr *entry)
{
	struct nlattr *attr;
	int rem;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	nla_for_each_nested(attr, entry, rem)
		if (nla_type(attr) <= max)
			tb[nla_type(attr)] = attr;
}

struct neuron_ctx *neuron_nl_dst_ctx(const struct nlattr *fd, struct netlink_ext_ack *extack);
int neuron_nl_need(const struct genl_info *info, u32 attr);
int neuron_nl_blame_quota(const struct genl_info *info, int err);
void neuron_nl_set_text(struct netlink_ext_ack *extack, const char *text);
u32 neuron_nl_wait_us(const struct sk_buff *skb, const struct genl_info *info);

/*
 * A reply by hand: neuron_nl_reply_new() (begins the message and adds
 * dev-index), attributes, neuron_nl_reply_send() with what they returned.
 */
struct sk_buff *neuron_nl_reply_new(struct genl_info *info, void **hdr);
int neuron_nl_reply_send(struct sk_buff *skb, void *hdr, struct genl_info *info, int err);

/* A reply by the function that dumps use too. */
int neuron_nl_reply_part(struct genl_info *info, u32 part, neuron_nl_fill_part fill);
int neuron_nl_reply_numbered(struct genl_info *info, u32 attr, neuron_nl_fill_part fill,
			     const char *none);
int neuron_nl_reply_object(struct genl_info *info, void *object, neuron_nl_fill_object fill);

struct neuron_job *neuron_nl_new_job(const struct genl_info *info, neuron_job_fn run,
				     size_t arg_bytes);

const char *neuron_nl_read_text(int err);

/* Adds a finished job's result to its reply. */
typedef int (*neuron_nl_fill_result)(struct sk_buff *skb, const struct neuron_job *job);

/*
 * Submits @job (its reference is used up), waits up to wait-us for its end, and
 * answers: with the result, with an error and its text, or with job-id and
 * job-state while it runs on. @fill may be NULL.
 */
int neuron_nl_run_job(struct sk_buff *skb, struct genl_info *info, struct neuron_job *job,
		      neuron_nl_fill_result fill);

int neuron_nl_fill_device_get(struct sk_buff *skb, struct neuron_device *ndev, u32 part,
			      const struct genl_info *info);
int neuron_nl_fill_neighbor(struct sk_buff *skb, struct neuron_device *ndev, u32 port,
			    const struct genl_info *info);

struct neuron_ring *neuron_nl_ring(const struct genl_info *info);

int neuron_nl_register(void);
void neuron_nl_unregister(void);

#endif
