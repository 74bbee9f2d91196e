// SPDX-License-Identifier: GPL-2.0
/*
 * ring-read.
 */
#include <linux/errno.h>
#include <linux/slab.h>

#include "nl.h"
#include "ring.h"
#include "ring_entry.h"

static int put_src(struct sk_buff *skb, const struct neuron_ring_seen *seen)
{
	if (!seen->has_src)
		return nla_put_u32(skb, NEURON_A_ENTRY_IMM, seen->entry.imm);

	return nla_put_u32(skb, NEURON_A_ENTRY_SRC_MEM, seen->src_id) ?:
	       nla_put_u64_64bit(skb, NEURON_A_ENTRY_SRC_OFFSET, seen->entry.src_offset,
				 NEURON_A_ENTRY_PAD);
}

static int put_dst(struct sk_buff *skb, const struct neuron_ring_seen *seen)
{
	const struct neuron_ring_entry *entry = &seen->entry;

	if (seen->dst_dev_index >= 0 &&
	    nla_put_u32(skb, NEURON_A_ENTRY_DST_DEV_INDEX, seen->dst_dev_index))
		return -EMSGSIZE;
	if (entry->dst_kind == NEURON_RING_DST_MEM)
		return nla_put_u32(skb, NEURON_A_ENTRY_DST_MEM, seen->dst_id) ?:
		       nla_put_u64_64bit(skb, NEURON_A_ENTRY_DST_OFFSET, entry->dst_offset,
					 NEURON_A_ENTRY_PAD);
	if (nla_put_u32(skb, NEURON_A_ENTRY_DST_CORE, entry->nc))
		return -EMSGSIZE;
	if (entry->dst_kind == NEURON_RING_DST_EVENT)
		return nla_put_u32(skb, NEURON_A_ENTRY_DST_EVENT, entry->index);
	if (entry->dst_kind == NEURON_RING_DST_SEMAPHORE)
		return nla_put_u32(skb, NEURON_A_ENTRY_DST_SEMAPHORE, entry->index) ?:
		       nla_put_u32(skb, NEURON_A_ENTRY_SEMAPHORE_OP, entry->op);

	return nla_put_flag(skb, NEURON_A_ENTRY_DST_FIFO);
}

static int put_entry(struct sk_buff *skb, const struct neuron_ring_seen *seen)
{
	struct nlattr *nest = nla_nest_start(skb, NEURON_A_RING_ENTRY);

	if (!nest || put_src(skb, seen) || put_dst(skb, seen) ||
	    nla_put_u64_64bit(skb, NEURON_A_ENTRY_LENGTH, seen->entry.len, NEURON_A_ENTRY_PAD) ||
	    (seen->entry.flags &&
	     nla_put_u32(skb, NEURON_A_ENTRY_FLAGS, seen->entry.flags)) ||
	    nla_put_u32(skb, NEURON_A_ENTRY_STATE, seen->state))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);

	return 0;
}

static int read(struct sk_buff *skb, const struct genl_info *info, struct neuron_ring *ring)
{
	struct nlattr *first_attr = info->attrs[NEURON_A_RING_FIRST];
	struct nlattr *count_attr = info->attrs[NEURON_A_RING_COUNT];
	u64 first = first_attr ? nla_get_u64(first_attr) : 0;
	u32 count = NEURON_MAX_READ_ENTRIES;
	struct neuron_ring_seen *seen;
	int err;
	u32 i;

	if (count_attr)
		count = min(count, nla_get_u32(count_attr));
	seen = kcalloc(count, sizeof(*seen), GFP_KERNEL);
	if (!seen)
		return -ENOMEM;

	count = neuron_ring_read(ring, &first, seen, count);
	err = nla_put_u32(skb, NEURON_A_RING_RING_ID, ring->id) ?:
	      neuron_nl_put_u64(skb, NEURON_A_RING_FIRST, first) ?:
	      nla_put_u32(skb, NEURON_A_RING_COUNT, count);
	for (i = 0; !err && i < count; i++)
		err = put_entry(skb, &seen[i]);
	kfree(seen);

	return err;
}

/**
 * neuron_nl_ring_read_doit() - ring-read
 * @skb: request
 * @info: request
 *
 * Context: Between pre and post.
 * Return: 0 or a negative errno.
 */
int neuron_nl_ring_read_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct neuron_ring *ring = neuron_nl_ring(info);
	struct sk_buff *reply;
	void *hdr;
	int err;

	if (IS_ERR(ring))
		return PTR_ERR(ring);

	reply = neuron_nl_reply_new(info, &hdr);
	if (IS_ERR(reply))
		err = PTR_ERR(reply);
	else
		err = neuron_nl_reply_send(reply, hdr, info, read(reply, info, ring));
	neuron_ring_put(ring);

	return err;
}
