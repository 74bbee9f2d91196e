/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests to the kernel: built, sent, answered.
 */
#ifndef NEURON_NLMSG_H
#define NEURON_NLMSG_H

#include <linux/netlink.h>

#include "fields.h"
#include "internal.h"

struct nl_msg;
struct nlattr;

/*
 * struct nreq - a request under construction
 * @err: what went wrong while building it; sending answers with it
 */
struct nreq {
	struct neuron_handle *handle;
	struct nl_msg *msg;
	uint32_t cmd;
	int err;
};

/* Called per message of the answer; what it returns becomes the result. */
typedef int (*nreq_fn)(const struct nlmsghdr *hdr, void *arg);

void nreq_init(struct nreq *request, struct neuron_handle *handle, uint32_t cmd,
		     size_t attrs_bytes);
void nreq_put_u32(struct nreq *request, int attr, uint32_t value);
void nreq_put_u64(struct nreq *request, int attr, uint64_t value);
void nreq_put_string(struct nreq *request, int attr, const char *text);
void nreq_put_bytes(struct nreq *request, int attr, const void *data, size_t size);
void nreq_put_flag(struct nreq *request, int attr);
void nreq_put_device(struct nreq *request, int fd, int index);
struct nlattr *nreq_nest_start(struct nreq *request, int attr);
void nreq_nest_end(struct nreq *request, struct nlattr *nest);

/* These two are done at once, also while calls are being queued. */
int nreq_do(struct nreq *request, nreq_fn fn, void *arg);
int nreq_dump(struct nreq *request, nreq_fn fn, void *arg, bool *interrupted);
int nreq_resolve(struct neuron_handle *handle);
int nreq_family_parse(const struct nlmsghdr *hdr, uint16_t *family, struct nreq_group *groups);

/*
 * struct nreq_end - how a call came out
 * @err: 0 or a negative errno
 * @job: what it became, if it became a job that has ended; NULL else
 */
struct nreq_end {
	struct neuron_handle *handle;
	uint32_t cmd;
	int err;
	const struct neuron_job_info *job;
};

/*
 * struct nreq_how - what becomes of the answer to a request
 * @got: called per message of the answer, may be NULL
 * @end: called once in any case, may be NULL; returns the result of the call
 * @state_bytes: size of what both are given; it is moved, so it must not point to itself
 */
struct nreq_how {
	nreq_fn got;
	int (*end)(const struct nreq_end *end, void *state);
	size_t state_bytes;
};

struct neuron_batch *nreq_pause(struct neuron_handle *handle);
int nreq_too_long(struct neuron_ctx *ctx, uint32_t cmd);
int nreq_call(struct nreq *request, const struct nreq_how *how, void *state);
int nreq_order(struct nreq *request);

/* Several requests in one send: more are not useful, since their answers pile up. */
#define NREQ_MAX_CHUNK	64

/* struct nreq_note - what went wrong with one of several requests */
struct nreq_note {
	struct neuron_error_info err;
	char sentence[sizeof(((struct neuron_handle *)0)->sentence)];
};

/*
 * struct nreq_part - one of several requests
 * @note: where a failure goes
 * @result: 0 or a negative errno, set when it is answered
 */
struct nreq_part {
	struct nl_msg *msg;
	nreq_fn fn;
	void *arg;
	struct nreq_note **note;
	int result;
};

void nreq_note_take(struct nreq_note **note, const struct neuron_handle *handle, int error);
uint32_t nreq_cmd(struct nl_msg *msg);
void nreq_send(struct neuron_handle *handle, struct nreq_part *parts, unsigned int count);

/* One object into a struct; all objects into an array. */

struct nreq_list {
	const struct field_table *table;
	char *items;
	size_t count, room;
};

int nreq_get(struct nreq *request, const struct field_table *table, void *to, size_t size);
int nreq_list_all(struct neuron_handle *handle, uint32_t cmd, int fd, int index,
		const struct field_table *table, struct nreq_list *list);
const void *nreq_list_at(const struct nreq_list *list, size_t i);
void nreq_list_free(struct nreq_list *list);

/* All objects, given to a function of the program; nreq_tell_fn knows its type. */

typedef void (*nreq_any_fn)(void);
typedef int (*nreq_tell_fn)(const void *info, nreq_any_fn fn, void *arg);

#define NREQ_TELL(name, type)							\
	static int name(const void *info, nreq_any_fn fn, void *arg)		\
	{									\
		return ((type)fn)(info, arg);					\
	}

struct nreq_each {
	struct neuron_handle *handle;
	uint32_t cmd;
	int fd, index;
	const struct field_table *table;
	nreq_tell_fn tell;
	nreq_any_fn fn;
	void *arg;
};

int nreq_each(const struct nreq_each *each);
int nreq_each_now(const struct nreq_each *each);

#endif
