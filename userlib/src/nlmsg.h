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

int nreq_do(struct nreq *request, nreq_fn fn, void *arg);
int nreq_dump(struct nreq *request, nreq_fn fn, void *arg, bool *interrupted);
int nreq_resolve(struct neuron_handle *handle);
int nreq_family_parse(const struct nlmsghdr *hdr, uint16_t *family, struct nreq_group *groups);

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

#endif
