// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From attributes to struct members. Unknown attributes are skipped, so that
 * a newer kernel can say more; values are taken as they are.
 */
#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "fields.h"

static int store_string(const struct field *field, const struct nlattr *attr, char *to)
{
	size_t len = strnlen(nla_data(attr), (size_t)nla_len(attr));

	if (len >= field->size)
		len = field->size - 1u;
	memcpy(to, nla_data(attr), len);
	to[len] = '\0';
	return 0;
}

static int store(const struct field *field, const struct nlattr *attr, void *to)
{
	char *member = (char *)to + field->off;
	uint32_t u32;
	uint64_t u64;

	switch (field->kind) {
	case FIELD_STR:
		return store_string(field, attr, member);
	case FIELD_U64:
		if (nla_len(attr) != 8)
			return -EBADMSG;
		u64 = nla_get_u64(attr);
		memcpy(member, &u64, sizeof(u64));
		return 0;
	case FIELD_FLAG:
		u32 = 1;
		memcpy(member, &u32, sizeof(u32));
		return 0;
	default:
		if (nla_len(attr) != 4)
			return -EBADMSG;
		u32 = nla_get_u32(attr);
		memcpy(member, &u32, sizeof(u32));
		return 0;
	}
}

static const struct field *find(const struct field_table *table, int type)
{
	unsigned int i;

	for (i = 0; i < table->count; i++)
		if (table->fields[i].attr == type)
			return &table->fields[i];
	return NULL;
}

/**
 * fields_parse_attrs() - fill a struct from attributes
 * @table: what goes where
 * @attrs: first attribute, of a message or in a nest
 * @bytes: length of all
 * @to: struct of @table->size bytes, cleared first
 *
 * Return: 0; -EBADMSG if an attribute has a length that its type cannot have.
 */
int fields_parse_attrs(const struct field_table *table, const void *attrs, int bytes, void *to)
{
	const struct nlattr *attr = attrs;
	const struct field *field;
	uint64_t present = 0;
	int left = bytes, err;

	memset(to, 0, table->size);
	for (; nla_ok(attr, left); attr = nla_next(attr, &left)) {
		field = find(table, nla_type(attr));
		if (!field && table->more)
			table->more(attr, to);
		if (!field)
			continue;
		err = store(field, attr, to);
		if (err)
			return err;
		present |= 1ull << field->attr;
	}
	memcpy(to, &present, sizeof(present));
	return 0;
}

/**
 * fields_parse() - fill a struct from a generic netlink message
 * @table: what goes where
 * @hdr: message, complete as nlmsg_ok() has it
 * @to: struct of @table->size bytes, cleared first
 *
 * Return: 0; -EBADMSG if it is too short, or an attribute has a length that its
 * type cannot have.
 */
int fields_parse(const struct field_table *table, const struct nlmsghdr *hdr, void *to)
{
	int left = nlmsg_datalen(hdr) - (int)GENL_HDRLEN;

	if (left < 0) {
		memset(to, 0, table->size);
		return -EBADMSG;
	}
	return fields_parse_attrs(table, (char *)nlmsg_data(hdr) + GENL_HDRLEN, left, to);
}
