/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	genl-spec/neuron.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: genl-spec/regen */

#ifndef _LINUX_NEURON_GEN_H
#define _LINUX_NEURON_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/neuron.h>
#include <compat/nl_compat.h>

/* Common nested types */
extern const struct nla_policy neuron_entry_nl_policy[NEURON_A_ENTRY_DST_DEV_INDEX + 1];
extern const struct nla_policy neuron_event_entry_nl_policy[NEURON_A_EVENT_ENTRY_VALUE + 1];
extern const struct nla_policy neuron_reg_entry_nl_policy[NEURON_A_REG_ENTRY_VALUE + 1];
extern const struct nla_policy neuron_semaphore_entry_nl_policy[NEURON_A_SEMAPHORE_ENTRY_VALUE + 1];
extern const struct nla_policy neuron_transfer_nl_policy[NEURON_A_TRANSFER_PATTERN + 1];

int neuron_nl_look_pre(const struct genl_split_ops *ops, struct sk_buff *skb,
		       struct genl_info *info);
int neuron_nl_use_pre(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info);
int neuron_nl_own_pre(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info);
void
neuron_nl_post(const struct genl_split_ops *ops, struct sk_buff *skb,
	       struct genl_info *info);
int neuron_nl_look_dump_start(struct netlink_callback *cb);
int neuron_nl_dump_start(struct netlink_callback *cb);
int neuron_nl_dump_done(struct netlink_callback *cb);

int neuron_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_device_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int neuron_nl_neighbor_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_neighbor_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int neuron_nl_neighbor_refresh_doit(struct sk_buff *skb,
				    struct genl_info *info);
int neuron_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_stats_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int neuron_nl_context_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_context_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int neuron_nl_context_set_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_mem_alloc_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_mem_free_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_mem_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_mem_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int neuron_nl_engine_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_engine_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int neuron_nl_ring_create_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_destroy_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int neuron_nl_ring_attach_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_detach_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_write_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_start_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_ack_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_nq_create_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_nq_destroy_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_nq_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_nq_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int neuron_nl_nq_ack_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_event_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_event_set_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_reg_read_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_job_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int neuron_nl_job_free_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_core_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_core_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int neuron_nl_core_claim_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_core_release_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_semaphore_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_semaphore_set_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_mem_copy_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_mem_fill_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_device_reset_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_engine_set_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_job_cancel_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_reg_write_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_counters_get_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_metric_post_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_ring_read_doit(struct sk_buff *skb, struct genl_info *info);
int neuron_nl_device_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	NEURON_NLGRP_HOTPLUG,
	NEURON_NLGRP_HEALTH,
	NEURON_NLGRP_USAGE,
};

extern struct genl_family neuron_nl_family;

#endif /* _LINUX_NEURON_GEN_H */
