// SPDX-License-Identifier: GPL-2.0
/* Netlink without a library, so that only the kernel's part is measured. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"

#define ANSWERS		32

struct groups groups;

void link_open(struct link *link)
{
	link->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (link->fd < 0)
		die("netlink socket", errno);
	link->seq = 0;
}

void link_close(struct link *link)
{
	close(link->fd);
}

static void *grow(struct link *link, size_t bytes)
{
	void *at = link->bytes + link->length;

	if (link->length + bytes > sizeof(link->bytes))
		die("message", EMSGSIZE);
	memset(at, 0, bytes);
	link->length += bytes;

	return at;
}

/* Every message knows its length at any time. */
static void measure(struct link *link)
{
	struct nlmsghdr *hdr = (void *)(link->bytes + link->begin);

	hdr->nlmsg_len = link->length - link->begin;
}

void msg_more(struct link *link, uint16_t family, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *hdr;

	link->begin = link->length;
	hdr = grow(link, NLMSG_HDRLEN);
	genl = grow(link, GENL_HDRLEN);
	hdr->nlmsg_type = family;
	hdr->nlmsg_flags = NLM_F_REQUEST | flags;
	hdr->nlmsg_seq = ++link->seq;
	genl->cmd = cmd;
	genl->version = 1;
	measure(link);
}

void msg_new(struct link *link, uint16_t family, uint8_t cmd, uint16_t flags)
{
	link->length = 0;
	msg_more(link, family, cmd, flags);
}

static void put(struct link *link, uint16_t nr, const void *value, size_t bytes)
{
	struct nlattr *attr = grow(link, NLA_HDRLEN + NLA_ALIGN(bytes));

	attr->nla_len = NLA_HDRLEN + bytes;
	attr->nla_type = nr;
	memcpy(attr + 1, value, bytes);
	measure(link);
}

void msg_u32(struct link *link, uint16_t nr, uint32_t value)
{
	put(link, nr, &value, sizeof(value));
}

void msg_u64(struct link *link, uint16_t nr, uint64_t value)
{
	put(link, nr, &value, sizeof(value));
}

void msg_flag(struct link *link, uint16_t nr)
{
	put(link, nr, "", 0);
}

void msg_text(struct link *link, uint16_t nr, const char *text)
{
	put(link, nr, text, strlen(text) + 1);
}

size_t nest_begin(struct link *link, uint16_t nr)
{
	size_t at = link->length;

	put(link, nr | NLA_F_NESTED, "", 0);

	return at;
}

void nest_end(struct link *link, size_t nest)
{
	struct nlattr *attr = (void *)(link->bytes + nest);

	attr->nla_len = link->length - nest;
}

void link_send(struct link *link)
{
	if (send(link->fd, link->bytes, link->length, 0) < 0)
		die("send", errno);
}

/* An error ends the bench; an acknowledgement counts as a reply. */
static void check(const uint8_t *bytes, ssize_t got)
{
	const struct nlmsghdr *hdr = (const void *)bytes;
	int error;

	for (; NLMSG_OK(hdr, got); hdr = NLMSG_NEXT(hdr, got)) {
		if (hdr->nlmsg_type != NLMSG_ERROR)
			continue;
		memcpy(&error, NLMSG_DATA(hdr), sizeof(error));
		if (error)
			die("request", -error);
	}
}

/* Takes so many replies, as many at a time as there are. */
void link_get(struct link *link, unsigned int replies)
{
	static _Thread_local uint8_t bytes[ANSWERS][4096] __attribute__((aligned(8)));
	struct iovec parts[ANSWERS];
	struct mmsghdr heads[ANSWERS];
	int i, got;

	while (replies) {
		int want = replies < ANSWERS ? replies : ANSWERS;

		for (i = 0; i < want; i++) {
			parts[i] = (struct iovec){ bytes[i], sizeof(bytes[i]) };
			heads[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i],
							    .msg_iovlen = 1 };
		}
		got = want == 1 ? recvmsg(link->fd, &heads[0].msg_hdr, 0) :
				  recvmmsg(link->fd, heads, want, MSG_WAITFORONE, NULL);
		if (got < 0)
			die("receive", errno);
		if (want == 1) {
			heads[0].msg_len = got;
			got = 1;
		}
		for (i = 0; i < got; i++)
			check(bytes[i], heads[i].msg_len);
		replies -= got;
	}
}

/* Value of an attribute of up to 8 bytes in a reply. */
static uint64_t value_of(const uint8_t *bytes, size_t length, uint16_t nr)
{
	const uint8_t *at = bytes + NLMSG_HDRLEN + GENL_HDRLEN;
	uint64_t value = 0;
	struct nlattr attr;

	while (at + NLA_HDRLEN <= bytes + length) {
		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN)
			break;
		if ((attr.nla_type & NLA_TYPE_MASK) == nr) {
			memcpy(&value, at + NLA_HDRLEN,
			       attr.nla_len - NLA_HDRLEN < 8 ? attr.nla_len - NLA_HDRLEN : 8);
			return value;
		}
		at += NLA_ALIGN(attr.nla_len);
	}

	return ALL_ONES;
}

/* Sends the message and keeps its reply for link_value(). */
void link_ask(struct link *link)
{
	link_send(link);
	link->got = recv(link->fd, link->reply, sizeof(link->reply), 0);
	if (link->got < 0)
		die("receive", errno);
	check(link->reply, link->got);
}

/* An attribute of the reply, of up to 8 bytes; ALL_ONES if it is not there. */
uint64_t link_value(const struct link *link, uint16_t nr)
{
	return value_of(link->reply, link->got, nr);
}

/* Sends the message, which asks for an acknowledgement and has no reply; its errno. */
int link_try(struct link *link)
{
	uint8_t bytes[4096] __attribute__((aligned(8)));
	const struct nlmsghdr *hdr = (void *)bytes;
	int error;

	link_send(link);
	if (recv(link->fd, bytes, sizeof(bytes), 0) < 0)
		die("receive", errno);
	if (hdr->nlmsg_type != NLMSG_ERROR)
		return 0;
	memcpy(&error, NLMSG_DATA(hdr), sizeof(error));

	return -error;
}

static void take_group(const uint8_t *nest, size_t length)
{
	const uint8_t *at = nest;
	const char *name = "";
	struct nlattr attr;
	uint32_t id = 0;

	for (; at + NLA_HDRLEN <= nest + length; at += NLA_ALIGN(attr.nla_len)) {
		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN)
			break;
		if (attr.nla_type == CTRL_ATTR_MCAST_GRP_ID)
			memcpy(&id, at + NLA_HDRLEN, sizeof(id));
		if (attr.nla_type == CTRL_ATTR_MCAST_GRP_NAME)
			name = (const char *)at + NLA_HDRLEN;
	}
	if (!strcmp(name, "hotplug"))
		groups.hotplug = id;
	if (!strcmp(name, "usage"))
		groups.usage = id;
}

static void take_groups(const uint8_t *nest, size_t length)
{
	const uint8_t *at = nest;
	struct nlattr attr;

	for (; at + NLA_HDRLEN <= nest + length; at += NLA_ALIGN(attr.nla_len)) {
		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN)
			break;
		take_group(at + NLA_HDRLEN, attr.nla_len - NLA_HDRLEN);
	}
}

/* Numbers of the family and its groups, from the controller. */
struct groups link_resolve(void)
{
	static uint8_t bytes[32768] __attribute__((aligned(8)));
	static struct link link;
	const uint8_t *at = bytes + NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr attr;
	ssize_t got;

	link_open(&link);
	msg_new(&link, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	msg_text(&link, CTRL_ATTR_FAMILY_NAME, NEURON_FAMILY_NAME);
	link_send(&link);
	got = recv(link.fd, bytes, sizeof(bytes), 0);
	check(bytes, got);
	for (; at + NLA_HDRLEN <= bytes + got; at += NLA_ALIGN(attr.nla_len)) {
		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN)
			break;
		if (attr.nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&groups.family, at + NLA_HDRLEN, sizeof(groups.family));
		if ((attr.nla_type & NLA_TYPE_MASK) == CTRL_ATTR_MCAST_GROUPS)
			take_groups(at + NLA_HDRLEN, attr.nla_len - NLA_HDRLEN);
	}
	link_close(&link);

	return groups;
}
