// SPDX-License-Identifier: GPL-2.0
/*
 * Accounts of contexts and of users. A user is who opened a context's file; his
 * account spans all his contexts on all cards. What is charged stays charged until
 * it is really given back: giving up an id whose memory is still mapped, or named
 * by a descriptor, or held in quarantine, frees nothing.
 *
 * Amounts are reserved before anything is allocated, in one step that never goes
 * over a limit, so requests that race may be refused but never exceed it together.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "pressure.h"
#include "quota.h"

/**
 * struct neuron_user - account of a user, over all cards
 * @ref: each account of his contexts; guarded by neuron_users_lock against revival
 * @uid: who
 * @used: by kind
 */
struct neuron_user {
	struct kref ref;
	kuid_t uid;
	atomic64_t used[NEURON_QUOTA_KINDS];
};

/* Users with an account, by number; a leaf lock besides memory allocation. */
static DEFINE_MUTEX(neuron_users_lock);
static DEFINE_XARRAY(neuron_users);

/* Sentences cannot be composed, so there is one for each limit. */
static const char * const context_text[] = {
	[NEURON_QUOTA_HOST] = "The context's limit of host memory is reached",
	[NEURON_QUOTA_DEVICE] = "The context's limit of device memory is reached",
	[NEURON_QUOTA_IDS] = "The context's limit of ids is reached",
	[NEURON_QUOTA_JOBS] = "The context's limit of jobs is reached",
	[NEURON_QUOTA_CONTEXTS] = NULL,
};

static const char * const user_text[] = {
	[NEURON_QUOTA_HOST] = "The user's limit of host memory is reached",
	[NEURON_QUOTA_DEVICE] = "The user's limit of device memory is reached",
	[NEURON_QUOTA_IDS] = "The user's limit of ids is reached",
	[NEURON_QUOTA_JOBS] = "The user's limit of jobs is reached",
	[NEURON_QUOTA_CONTEXTS] = "The user's limit of contexts is reached",
};

static_assert(ARRAY_SIZE(context_text) == NEURON_QUOTA_KINDS);
static_assert(ARRAY_SIZE(user_text) == NEURON_QUOTA_KINDS);

static struct neuron_user *user_get(kuid_t uid)
{
	struct neuron_user *user;
	int ret;

	lockdep_assert_held(&neuron_users_lock);
	user = xa_load(&neuron_users, __kuid_val(uid));
	if (user) {
		kref_get(&user->ref);
		return user;
	}

	user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	if (!user)
		return ERR_PTR(-ENOMEM);
	kref_init(&user->ref);
	user->uid = uid;
	ret = xa_err(xa_store(&neuron_users, __kuid_val(uid), user, GFP_KERNEL_ACCOUNT));
	if (ret) {
		kfree(user);
		return ERR_PTR(ret);
	}

	return user;
}

static void user_release(struct kref *ref)
{
	struct neuron_user *user = container_of(ref, struct neuron_user, ref);

	xa_erase(&neuron_users, __kuid_val(user->uid));
	mutex_unlock(&neuron_users_lock);
	kfree(user);
}

/**
 * neuron_quota_create() - open an account for a context
 * @uid: its user
 *
 * Context: Sleeps; takes the lock of the users.
 * Return: the account, with nothing on it and without limits of its own;
 * ERR_PTR(-ENOMEM).
 */
struct neuron_quota *neuron_quota_create(kuid_t uid)
{
	struct neuron_quota *quota = kzalloc(sizeof(*quota), GFP_KERNEL_ACCOUNT);
	struct neuron_user *user;

	if (!quota)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&neuron_users_lock);
	user = user_get(uid);
	mutex_unlock(&neuron_users_lock);
	if (IS_ERR(user)) {
		kfree(quota);
		return ERR_CAST(user);
	}
	kref_init(&quota->ref);
	quota->user = user;

	return quota;
}

static void quota_release(struct kref *ref)
{
	struct neuron_quota *quota = container_of(ref, struct neuron_quota, ref);

	kref_put_mutex(&quota->user->ref, user_release, &neuron_users_lock);
	kfree(quota);
}

/**
 * neuron_quota_put() - drop a reference
 * @quota: account
 *
 * Context: Sleeps for a moment; takes the lock of the users if it is the last.
 */
void neuron_quota_put(struct neuron_quota *quota)
{
	kref_put(&quota->ref, quota_release);
}

/* Adds @amount unless that exceeds @limit. */
static bool add_below(atomic64_t *used, u64 amount, u64 limit)
{
	s64 old = atomic64_read(used);

	do {
		if (limit && (amount > limit || (u64)old > limit - amount))
			return false;
	} while (!atomic64_try_cmpxchg(used, &old, old + amount));

	return true;
}

/**
 * neuron_quota_add() - put an amount on the accounts of a context and its user
 * @quota: account of the context
 * @kind: what
 * @amount: bytes or objects; sums do not overflow, since nothing is that large
 * @extack: gets a sentence that names the limit; may be NULL
 *
 * Context: Any.
 * Return: 0, or -EDQUOT with nothing added.
 */
int neuron_quota_add(struct neuron_quota *quota, enum neuron_quota_kind kind, u64 amount,
		     struct netlink_ext_ack *extack)
{
	const char *text;

	if (!add_below(&quota->used[kind], amount, READ_ONCE(quota->limit[kind]))) {
		text = context_text[kind];
	} else if (!add_below(&quota->user->used[kind], amount, neuron_quota_user_limit(kind))) {
		atomic64_sub(amount, &quota->used[kind]);
		text = user_text[kind];
	} else {
		return 0;
	}

	if (extack)
		extack->_msg = text;

	return -EDQUOT;
}

/**
 * neuron_quota_sub() - undo neuron_quota_add()
 * @quota: account of the context
 * @kind: what
 * @amount: bytes or objects
 *
 * Context: Any.
 */
void neuron_quota_sub(struct neuron_quota *quota, enum neuron_quota_kind kind, u64 amount)
{
	atomic64_sub(amount, &quota->user->used[kind]);
	atomic64_sub(amount, &quota->used[kind]);
}

/**
 * neuron_charge_take() - charge an object with an id, and its memory
 * @charge: zeroed; on success the caller's until neuron_charge_give()
 * @ndev: card, whose listeners are told if little is left
 * @quota: account
 * @kind: of its memory
 * @bytes: size of its memory
 * @extack: gets a sentence that names the limit; may be NULL
 *
 * Context: Sleeps for a moment; takes the locks of events, see device.h.
 * Return: 0, or -EDQUOT with nothing charged.
 */
int neuron_charge_take(struct neuron_charge *charge, struct neuron_device *ndev,
		       struct neuron_quota *quota, enum neuron_mem_kind kind, u64 bytes,
		       struct netlink_ext_ack *extack)
{
	enum neuron_quota_kind account = neuron_quota_kind(kind);
	int ret;

	ret = neuron_quota_add(quota, NEURON_QUOTA_IDS, 1, extack);
	if (ret)
		return ret;
	ret = neuron_quota_add(quota, account, bytes, extack);
	neuron_pressure_account(ndev, quota, kind, ret);
	if (ret) {
		neuron_quota_sub(quota, NEURON_QUOTA_IDS, 1);
		return ret;
	}

	kref_get(&quota->ref);
	charge->quota = quota;
	charge->kind = account;
	charge->bytes = bytes;

	return 0;
}

/**
 * neuron_charge_give() - the object is gone
 * @charge: taken, or zeroed
 *
 * Context: Sleeps for a moment.
 */
void neuron_charge_give(struct neuron_charge *charge)
{
	struct neuron_quota *quota = charge->quota;

	if (!quota)
		return;

	neuron_quota_sub(quota, charge->kind, charge->bytes);
	neuron_quota_sub(quota, NEURON_QUOTA_IDS, 1);
	charge->quota = NULL;
	neuron_quota_put(quota);
}

/**
 * neuron_quota_is_raise() - would a limit let a context have more than now
 * @quota: account of the context
 * @kind: what
 * @limit: bytes or objects, 0 for none
 *
 * Context: Any.
 * Return: whether it would.
 */
bool neuron_quota_is_raise(const struct neuron_quota *quota, enum neuron_quota_kind kind,
			   u64 limit)
{
	u64 old = READ_ONCE(quota->limit[kind]);

	return old && (!limit || limit > old);
}

/**
 * neuron_quota_used() - what is on the account of a context
 * @quota: account
 * @kind: what
 *
 * Context: Any.
 * Return: bytes or objects.
 */
u64 neuron_quota_used(const struct neuron_quota *quota, enum neuron_quota_kind kind)
{
	return atomic64_read(&quota->used[kind]);
}

/**
 * neuron_quota_user_used() - what is on the account of a context's user
 * @quota: account of the context
 * @kind: what
 *
 * Context: Any.
 * Return: bytes or objects.
 */
u64 neuron_quota_user_used(const struct neuron_quota *quota, enum neuron_quota_kind kind)
{
	return atomic64_read(&quota->user->used[kind]);
}

static u64 mib(unsigned long number)
{
	return (u64)min_t(unsigned long, number, U64_MAX / SZ_1M) * SZ_1M;
}

/**
 * neuron_quota_user_limit() - how much any user may have
 * @kind: what
 *
 * Context: Any.
 * Return: bytes or objects, 0 for no limit.
 */
u64 neuron_quota_user_limit(enum neuron_quota_kind kind)
{
	switch (kind) {
	case NEURON_QUOTA_HOST:
		return mib(READ_ONCE(neuron_user_host_mib));
	case NEURON_QUOTA_DEVICE:
		return mib(READ_ONCE(neuron_user_device_mib));
	case NEURON_QUOTA_IDS:
		return READ_ONCE(neuron_user_ids);
	case NEURON_QUOTA_JOBS:
		return READ_ONCE(neuron_user_jobs);
	case NEURON_QUOTA_CONTEXTS:
		return READ_ONCE(neuron_user_contexts);
	case NEURON_QUOTA_KINDS:
		break;
	}

	return 0;
}
