/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much a context and its user hold, and may.
 */
#ifndef NEURON_QUOTA_H
#define NEURON_QUOTA_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/kref.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/neuron.h>

struct netlink_ext_ack;
struct neuron_device;
struct neuron_user;

/* What is counted: bytes, or objects. */
enum neuron_quota_kind {
	NEURON_QUOTA_HOST,
	NEURON_QUOTA_DEVICE,
	NEURON_QUOTA_IDS,
	NEURON_QUOTA_JOBS,
	NEURON_QUOTA_CONTEXTS,
	NEURON_QUOTA_KINDS
};

/*
 * For what is as large as a user asks. It is charged to the memory cgroup of who asks, by
 * his request or his job, and is refused where that or the machine has no more: nobody's
 * process is killed for it.
 */
#define NEURON_GFP_ASKED (GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* What bytes of a kind of memory are counted as. */
static inline enum neuron_quota_kind neuron_quota_kind(enum neuron_mem_kind kind)
{
	return kind == NEURON_MEM_KIND_HOST ? NEURON_QUOTA_HOST : NEURON_QUOTA_DEVICE;
}

/**
 * struct neuron_quota - account of a context
 * @ref: the context, and each charge, which may outlive it
 * @user: account of its user, counted
 * @used: by kind
 * @limit: by kind, 0 for none
 */
struct neuron_quota {
	struct kref ref;
	struct neuron_user *user;
	atomic64_t used[NEURON_QUOTA_KINDS];
	u64 limit[NEURON_QUOTA_KINDS];
};

/**
 * struct neuron_charge - an object with an id, and its memory, on an account
 * @quota: the account, counted; NULL if nothing is charged
 * @kind: of the memory
 * @bytes: its size
 */
struct neuron_charge {
	struct neuron_quota *quota;
	enum neuron_quota_kind kind;
	u64 bytes;
};

/* Module parameters, defined in main.c: limits of each user, 0 for none. */
extern unsigned long neuron_user_host_mib;
extern unsigned long neuron_user_device_mib;
extern unsigned int neuron_user_ids;
extern unsigned int neuron_user_jobs;
extern unsigned int neuron_user_contexts;

struct neuron_quota *neuron_quota_create(kuid_t uid);
void neuron_quota_put(struct neuron_quota *quota);
int neuron_quota_add(struct neuron_quota *quota, enum neuron_quota_kind kind, u64 amount,
		     struct netlink_ext_ack *extack);
void neuron_quota_sub(struct neuron_quota *quota, enum neuron_quota_kind kind, u64 amount);
int neuron_charge_take(struct neuron_charge *charge, struct neuron_device *ndev,
		       struct neuron_quota *quota, enum neuron_mem_kind kind, u64 bytes,
		       struct netlink_ext_ack *extack);
void neuron_charge_give(struct neuron_charge *charge);
bool neuron_quota_is_raise(const struct neuron_quota *quota, enum neuron_quota_kind kind,
			   u64 limit);
u64 neuron_quota_used(const struct neuron_quota *quota, enum neuron_quota_kind kind);
u64 neuron_quota_user_used(const struct neuron_quota *quota, enum neuron_quota_kind kind);
u64 neuron_quota_user_limit(enum neuron_quota_kind kind);

#endif
