/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output: text for people or JSON, from the same calls.
 */
#ifndef NEURONNL_OUT_H
#define NEURONNL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OUT_HEAD	0x1u	/* in text the heading says it */
#define OUT_DETAIL	0x2u	/* in text only with -d */
#define OUT_BYTES	0x4u	/* in text with a unit */
#define OUT_HEX		0x8u	/* in text hexadecimal */

#define OUT_DEPTH	8

struct json_object;

enum out_color { OUT_COLOR_NEVER, OUT_COLOR_ALWAYS, OUT_COLOR_AUTO };

/*
 * struct out - where output goes
 * @json: the whole of it so far, NULL for text
 * @open: JSON objects and arrays being filled, the innermost last
 * @column: of the line of text being written
 * @documents: how often output was finished
 * @color: text has colours
 */
struct out {
	FILE *file;
	bool pretty, details, color;
	struct json_object *json;
	struct json_object *open[OUT_DEPTH];
	unsigned int depth;
	unsigned int column;
	unsigned int documents;
};

/* How a member of one of the library's info structs is shown. */
enum show_kind { SHOW_U32, SHOW_U64, SHOW_S32, SHOW_STR, SHOW_ENUM, SHOW_FLAGS,
		 SHOW_BOOL };

struct show {
	const char *key;
	uint8_t kind, attr, flags;
	size_t off;
	const char *(*name)(uint32_t value);
};

#define SHOW(kind_, attr_, key_, type_, member_, flags_, name_)			\
	{ .key = (key_), .kind = (kind_), .attr = (attr_), .flags = (flags_),	\
	  .off = offsetof(type_, member_), .name = (name_) }

void out_init(struct out *out, FILE *file, bool json, bool pretty, bool details);
void out_color(struct out *out, enum out_color when);
void out_reset(struct out *out);
void out_array(struct out *out, const char *key);
void out_array_end(struct out *out);
void out_object(struct out *out, const char *key, const char *heading);
void out_object_end(struct out *out);
void out_string(struct out *out, const char *key, const char *text, unsigned int flags);
void out_strings(struct out *out, const char *key, const char *const *texts, size_t count,
		 unsigned int flags);
void out_number(struct out *out, const char *key, uint64_t value, unsigned int flags);
void out_signed(struct out *out, const char *key, int32_t value, unsigned int flags);
void out_numbers(struct out *out, const char *key, const uint64_t *values, size_t count,
		 unsigned int flags);
void out_bool(struct out *out, const char *key, bool value, unsigned int flags);
void out_info(struct out *out, const struct show *shows, size_t count, const void *info);
int out_finish(struct out *out);
void out_fini(struct out *out);

#endif
