/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables that say where the attributes of an answer go in a struct.
 */
#ifndef NEURON_FIELDS_H
#define NEURON_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

enum field_kind { FIELD_U32, FIELD_U64, FIELD_S32, FIELD_STR, FIELD_FLAG };

struct field {
	uint16_t attr;
	uint8_t kind;
	uint16_t off;		/* in the struct, bytes */
	uint16_t size;		/* of the member, bytes */
};

/*
 * The struct starts with `uint64_t present`, one bit per attribute number;
 * tables of attribute sets stay below 64 attributes, or FIELD() does not compile.
 * @more takes attributes that no field has, lists for example; may be NULL.
 */
struct field_table {
	const struct field *fields;
	unsigned int count;
	size_t size;
	void (*more)(const struct nlattr *attr, void *to);
};

#define FIELD(kind_, attr_, type_, member_)						\
	{ .attr = (attr_) + 0 * sizeof(char[(attr_) < 64 ? 1 : -1]), .kind = (kind_),	\
	  .off = offsetof(type_, member_),						\
	  .size = sizeof(((type_ *)0)->member_) }

#define FIELD_TABLE(fields_, type_)							\
	{ .fields = (fields_), .count = sizeof(fields_) / sizeof((fields_)[0]),		\
	  .size = sizeof(type_) }

int fields_parse_attrs(const struct field_table *table, const void *attrs, int bytes, void *to);
int fields_parse(const struct field_table *table, const struct nlmsghdr *hdr, void *to);

#endif
