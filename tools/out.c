// SPDX-License-Identifier: GPL-2.0
/*
 * Output. JSON is collected and written at the end, so that it is whole even
 * after an error; text is written as it comes, a heading per object and its
 * attributes below, several to a line.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "out.h"

#define INDENT	"    "
#define WIDTH	79

/**
 * out_init() - begin output
 * @out: output
 * @file: where to
 * @json: JSON, else text
 * @pretty: JSON over several lines
 * @details: text with everything
 */
void out_init(struct out *out, FILE *file, bool json, bool pretty, bool details)
{
	*out = (struct out){ .file = file, .pretty = pretty, .details = details };
	if (json) {
		out->json = json_object_new_object();
		out->open[0] = out->json;
	}
}

/**
 * out_color() - whether text has colours
 * @out: output
 * @when: always, never, or if it goes to a terminal and NO_COLOR is not set
 */
void out_color(struct out *out, enum out_color when)
{
	const char *no = getenv("NO_COLOR");

	out->color = when == OUT_COLOR_ALWAYS ||
		     (when == OUT_COLOR_AUTO && isatty(fileno(out->file)) && !(no && no[0]));
}

/**
 * out_reset() - forget what was not written yet
 * @out: output
 */
void out_reset(struct out *out)
{
	out->depth = 0;
	out->column = 0;
	if (!out->json)
		return;
	json_object_put(out->json);
	out->json = out->open[0] = json_object_new_object();
}

static void add(struct out *out, const char *key, struct json_object *value)
{
	struct json_object *in = out->open[out->depth];

	if (json_object_is_type(in, json_type_array))
		json_object_array_add(in, value);
	else
		json_object_object_add(in, key, value);
}

static void enter(struct out *out, const char *key, struct json_object *value)
{
	add(out, key, value);
	if (out->depth + 1 < OUT_DEPTH)
		out->open[++out->depth] = value;
}

static void leave(struct out *out)
{
	if (out->depth)
		out->depth--;
}

/**
 * out_array() - begin a list of objects
 * @out: output
 * @key: its name
 */
void out_array(struct out *out, const char *key)
{
	if (out->json)
		enter(out, key, json_object_new_array());
}

/**
 * out_array_end() - end a list
 * @out: output
 */
void out_array_end(struct out *out)
{
	if (out->json)
		leave(out);
}

#define RED	"\033[31m"
#define GREEN	"\033[32m"
#define CYAN	"\033[36m"
#define PLAIN	"\033[0m"

/* States that are good, and those that want somebody's eye; others have no colour. */
static const char *state_color(const char *key, const char *value)
{
	static const char *const good[] = { "ready", "ok", "up", "running", "attached", "done" };
	static const char *const bad[] = { "failed", "degraded", "suspect", "down", "lost", "aborted",
					   "resetting" };
	size_t i;

	if (!strstr(key, "state") && strcmp(key, "health"))
		return NULL;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!strcmp(value, good[i]))
			return GREEN;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!strcmp(value, bad[i]))
			return RED;
	return NULL;
}

static void end_line(struct out *out)
{
	if (out->column)
		fputc('\n', out->file);
	out->column = 0;
}

/**
 * out_object() - begin an object
 * @out: output
 * @key: its name; not used within a list
 * @heading: its line of text
 */
void out_object(struct out *out, const char *key, const char *heading)
{
	if (out->json) {
		enter(out, key, json_object_new_object());
		return;
	}
	end_line(out);
	fprintf(out->file, "%s%s%s\n", out->color ? CYAN : "", heading, out->color ? PLAIN : "");
}

/**
 * out_object_end() - end an object
 * @out: output
 */
void out_object_end(struct out *out)
{
	if (out->json)
		leave(out);
	else
		end_line(out);
}

static void text(struct out *out, const char *key, const char *value, unsigned int flags)
{
	const char *color = out->color ? state_color(key, value) : NULL;
	size_t len = strlen(key) + 1 + strlen(value);

	if (flags & OUT_HEAD || (flags & OUT_DETAIL && !out->details))
		return;
	if (out->column && out->column + 2 + len > WIDTH)
		end_line(out);
	fprintf(out->file, "%s%s %s%s%s", out->column ? "  " : INDENT, key, color ? color : "",
		value, color ? PLAIN : "");
	out->column += (unsigned int)(out->column ? 2 + len : strlen(INDENT) + len);
}

/**
 * out_string() - an attribute that is text
 * @out: output
 * @key: its name
 * @value: text
 * @flags: OUT_*
 */
void out_string(struct out *out, const char *key, const char *value, unsigned int flags)
{
	if (out->json)
		add(out, key, json_object_new_string(value));
	else
		text(out, key, value[0] ? value : "-", flags);
}

/**
 * out_strings() - an attribute that is a list of texts
 * @out: output
 * @key: its name
 * @texts: the list
 * @count: how many
 * @flags: OUT_*
 */
void out_strings(struct out *out, const char *key, const char *const *texts, size_t count,
		 unsigned int flags)
{
	struct json_object *array = out->json ? json_object_new_array() : NULL;
	char words[512] = "";
	size_t i;

	for (i = 0; i < count; i++) {
		if (array)
			json_object_array_add(array, json_object_new_string(texts[i]));
		else
			snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s",
				 i ? "," : "", texts[i]);
	}
	if (array)
		add(out, key, array);
	else
		text(out, key, count ? words : "-", flags);
}

/**
 * out_numbers() - an attribute that is a list of numbers
 * @out: output
 * @key: its name
 * @values: the list
 * @count: how many
 * @flags: OUT_*
 */
void out_numbers(struct out *out, const char *key, const uint64_t *values, size_t count,
		 unsigned int flags)
{
	struct json_object *array = out->json ? json_object_new_array() : NULL;
	char words[2100] = "";
	size_t i, len = 0;

	for (i = 0; i < count; i++) {
		if (array)
			json_object_array_add(array, json_object_new_uint64(values[i]));
		else if (len < sizeof(words))
			len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%" PRIu64,
						i ? "," : "", values[i]);
	}
	if (array)
		add(out, key, array);
	else
		text(out, key, count ? words : "-", flags);
}

static void bytes_text(char *to, size_t size, uint64_t value)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;
	uint64_t scaled = value;

	while (scaled >= 1024 && scaled % 1024 == 0 && unit < 4) {
		scaled /= 1024;
		unit++;
	}
	snprintf(to, size, "%" PRIu64 "%s", scaled, units[unit]);
}

/**
 * out_number() - an attribute that is a number
 * @out: output
 * @key: its name
 * @value: number
 * @flags: OUT_*
 */
void out_number(struct out *out, const char *key, uint64_t value, unsigned int flags)
{
	char buf[32];

	if (out->json) {
		add(out, key, json_object_new_uint64(value));
		return;
	}
	if (flags & OUT_BYTES)
		bytes_text(buf, sizeof(buf), value);
	else
		snprintf(buf, sizeof(buf), flags & OUT_HEX ? "0x%" PRIx64 : "%" PRIu64, value);
	text(out, key, buf, flags);
}

/**
 * out_signed() - an attribute that is a number that may be below zero
 * @out: output
 * @key: its name
 * @value: number
 * @flags: OUT_*
 */
void out_signed(struct out *out, const char *key, int32_t value, unsigned int flags)
{
	char buf[16];

	if (out->json) {
		add(out, key, json_object_new_int(value));
		return;
	}
	snprintf(buf, sizeof(buf), "%" PRId32, value);
	text(out, key, buf, flags);
}

/**
 * out_bool() - an attribute that is true or false
 * @out: output
 * @key: its name
 * @value: value
 * @flags: OUT_*
 */
void out_bool(struct out *out, const char *key, bool value, unsigned int flags)
{
	if (out->json)
		add(out, key, json_object_new_boolean(value));
	else
		text(out, key, value ? "true" : "false", flags);
}

/* A value that this program does not know stays a number. */
static void out_enum(struct out *out, const struct show *show, uint32_t value)
{
	const char *name = show->name(value);

	if (name)
		out_string(out, show->key, name, show->flags);
	else
		out_number(out, show->key, value, show->flags);
}

static void flags_json(struct out *out, const struct show *show, uint32_t value)
{
	struct json_object *array = json_object_new_array();
	const char *name;
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		if (!(value & bit))
			continue;
		name = show->name(bit);
		json_object_array_add(array, name ? json_object_new_string(name) :
				      json_object_new_uint64(bit));
	}
	add(out, show->key, array);
}

static void out_flags(struct out *out, const struct show *show, uint32_t value)
{
	char words[256] = "", number[16];
	const char *name;
	uint32_t bit;

	if (out->json) {
		flags_json(out, show, value);
		return;
	}
	for (bit = 1; bit; bit <<= 1) {
		if (!(value & bit))
			continue;
		snprintf(number, sizeof(number), "0x%" PRIx32, bit);
		name = show->name(bit);
		if (words[0])
			strncat(words, ",", sizeof(words) - strlen(words) - 1);
		strncat(words, name ? name : number, sizeof(words) - strlen(words) - 1);
	}
	out_string(out, show->key, words, show->flags);
}

static void out_member(struct out *out, const struct show *show, const void *member)
{
	uint32_t u32 = 0;
	uint64_t u64;

	if (show->kind != SHOW_STR && show->kind != SHOW_U64)
		memcpy(&u32, member, sizeof(u32));
	switch (show->kind) {
	case SHOW_U32:
		out_number(out, show->key, u32, show->flags);
		break;
	case SHOW_U64:
		memcpy(&u64, member, sizeof(u64));
		out_number(out, show->key, u64, show->flags);
		break;
	case SHOW_S32:
		out_signed(out, show->key, (int32_t)u32, show->flags);
		break;
	case SHOW_ENUM:
		out_enum(out, show, u32);
		break;
	case SHOW_FLAGS:
		out_flags(out, show, u32);
		break;
	case SHOW_BOOL:
		out_bool(out, show->key, u32, show->flags);
		break;
	default:
		out_string(out, show->key, member, show->flags);
	}
}

/**
 * out_info() - what is present of one of the library's info structs
 * @out: output
 * @shows: its members
 * @count: how many
 * @info: the struct; begins with `uint64_t present`
 */
void out_info(struct out *out, const struct show *shows, size_t count, const void *info)
{
	uint64_t present;
	size_t i;

	memcpy(&present, info, sizeof(present));
	for (i = 0; i < count; i++)
		if (present >> shows[i].attr & 1)
			out_member(out, &shows[i], (const char *)info + shows[i].off);
}

/**
 * out_finish() - end output, write JSON, be ready for more
 * @out: output
 *
 * Return: 0, -1 if it could not be written.
 */
int out_finish(struct out *out)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (out->json) {
		flags |= out->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : 0;
		fprintf(out->file, "%s\n", json_object_to_json_string_ext(out->json, flags));
		out_reset(out);
	} else {
		end_line(out);
	}
	out->documents++;
	return fflush(out->file) || ferror(out->file) ? -1 : 0;
}

/**
 * out_fini() - free what output holds
 * @out: output
 */
void out_fini(struct out *out)
{
	json_object_put(out->json);
	out->json = NULL;
}
