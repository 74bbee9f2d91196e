// SPDX-License-Identifier: GPL-2.0
/*
 * The command's words and output.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "args.h"
#include "out.h"

static const char *const words[] = { "mem", "monitor", "neighbor", "nq", "ring", "rings" };

static const char *word_name(const void *names, size_t i)
{
	return ((const char *const *)names)[i];
}

static int match(const char *word)
{
	return args_match(word, word_name, words, sizeof(words) / sizeof(words[0]));
}

static void words_may_be_cut_while_clear(void **state)
{
	(void)state;
	assert_int_equal(match("mem"), 0);
	assert_int_equal(match("me"), 0);
	assert_int_equal(match("m"), ARGS_AMBIGUOUS);
	assert_int_equal(match("mo"), 1);
	assert_int_equal(match("n"), ARGS_AMBIGUOUS);
	assert_int_equal(match("ring"), 4);
	assert_int_equal(match("rin"), ARGS_AMBIGUOUS);
	assert_int_equal(match("memo"), ARGS_NONE);
	assert_int_equal(match("x"), ARGS_NONE);
	assert_int_equal(match(""), ARGS_NONE);
}

static void words_are_taken_in_order(void **state)
{
	char *list[] = { "dev", "0", "help", NULL };
	struct args args = { .words = list };

	(void)state;
	assert_false(args_take(&args, "0"));
	assert_true(args_take(&args, "dev"));
	assert_string_equal(args_peek(&args), "0");
	assert_false(args_is_help(args_peek(&args)));
	assert_string_equal(args_next(&args), "0");
	assert_true(args_is_help(args_next(&args)));
	assert_null(args_next(&args));
	assert_null(args_peek(&args));
	assert_false(args_take(&args, "x"));
	assert_false(args_is_help(NULL));
}

struct thing {
	uint64_t present;
	uint64_t big;
	uint32_t number, state, flags;
	int32_t small;
	char text[32];
};

static const char *state_name(uint32_t value)
{
	return value == 1 ? "ready" : NULL;
}

static const char *flag_name(uint32_t bit)
{
	return bit == 1 ? "one" : bit == 4 ? "four" : NULL;
}

static const struct show shows[] = {
	SHOW(SHOW_U32, 1, "number", struct thing, number, OUT_HEAD, NULL),
	SHOW(SHOW_U64, 2, "big", struct thing, big, OUT_BYTES, NULL),
	SHOW(SHOW_ENUM, 3, "state", struct thing, state, 0, state_name),
	SHOW(SHOW_FLAGS, 4, "flags", struct thing, flags, 0, flag_name),
	SHOW(SHOW_S32, 5, "small", struct thing, small, OUT_DETAIL, NULL),
	SHOW(SHOW_STR, 6, "text", struct thing, text, 0, NULL),
};

static const struct thing thing = {
	.present = 0x7e, .number = 7, .big = 8ull << 30, .state = 1, .flags = 5, .small = -1,
	.text = "a \"b\"/c",
};

static char *render(const struct thing *what, bool json, bool pretty, bool details)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	struct out out;

	out_init(&out, file, json, pretty, details);
	out_array(&out, "thing");
	if (what) {
		out_object(&out, NULL, "thing 7:");
		out_info(&out, shows, sizeof(shows) / sizeof(shows[0]), what);
		out_object_end(&out);
	}
	out_array_end(&out);
	assert_int_equal(out_finish(&out), 0);
	out_fini(&out);
	fclose(file);
	return text;
}

static void assert_renders(const struct thing *what, bool json, bool details, const char *expected)
{
	char *text = render(what, json, false, details);

	assert_string_equal(text, expected);
	free(text);
}

static void json_has_the_names_of_the_spec(void **state)
{
	(void)state;
	assert_renders(&thing, true, false,
		       "{\"thing\":[{\"number\":7,\"big\":8589934592,\"state\":\"ready\","
		       "\"flags\":[\"one\",\"four\"],\"small\":-1,\"text\":\"a \\\"b\\\"/c\"}]}\n");
}

static void absent_is_left_out(void **state)
{
	struct thing part = thing;

	(void)state;
	part.present = 1 << 1 | 1 << 4;
	part.flags = 0;
	assert_renders(&part, true, false, "{\"thing\":[{\"number\":7,\"flags\":[]}]}\n");
}

static void unknown_values_stay_numbers(void **state)
{
	struct thing part = thing;

	(void)state;
	part.present = 1 << 3 | 1 << 4;
	part.state = 9;
	part.flags = 1u << 31 | 1;
	assert_renders(&part, true, false,
		       "{\"thing\":[{\"state\":9,\"flags\":[\"one\",2147483648]}]}\n");
}

static void nothing_is_an_empty_list(void **state)
{
	(void)state;
	assert_renders(NULL, true, false, "{\"thing\":[]}\n");
	assert_renders(NULL, false, false, "");
}

static void large_numbers_stay_exact(void **state)
{
	struct thing part = thing;

	(void)state;
	part.present = 1 << 2;
	part.big = UINT64_MAX;
	assert_renders(&part, true, false, "{\"thing\":[{\"big\":18446744073709551615}]}\n");
}

static void pretty_json_is_the_same_json(void **state)
{
	char *plain = render(&thing, true, false, false);
	char *pretty = render(&thing, true, true, false);
	struct json_object *a = json_tokener_parse(plain), *b = json_tokener_parse(pretty);

	(void)state;
	assert_non_null(a);
	assert_true(json_object_equal(a, b));
	assert_non_null(strstr(pretty, "\n  "));
	json_object_put(a);
	json_object_put(b);
	free(plain);
	free(pretty);
}

static void text_says_details_on_request(void **state)
{
	(void)state;
	assert_renders(&thing, false, false,
		       "thing 7:\n    big 8GiB  state ready  flags one,four  text a \"b\"/c\n");
	assert_renders(&thing, false, true,
		       "thing 7:\n    big 8GiB  state ready  flags one,four  small -1"
		       "  text a \"b\"/c\n");
}

static void text_lines_stay_short(void **state)
{
	char *text = NULL, *line, *save = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	unsigned int i, lines = 0;
	struct out out;

	(void)state;
	out_init(&out, file, false, false, false);
	out_object(&out, NULL, "x:");
	for (i = 0; i < 40; i++)
		out_number(&out, "number", i, 0);
	out_object_end(&out);
	out_finish(&out);
	fclose(file);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		assert_true(strlen(line) < 80);
		lines++;
	}
	assert_true(lines > 3);
	free(text);
}

static void lines_of_events_are_objects_each(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	struct out out;
	int i;

	(void)state;
	out_init(&out, file, true, false, false);
	for (i = 0; i < 2; i++) {
		out_string(&out, "name", "device-add-ntf", 0);
		out_object(&out, "msg", "");
		out_number(&out, "dev-index", (uint64_t)i, 0);
		out_object_end(&out);
		out_bool(&out, "synthesized", true, 0);
		out_finish(&out);
	}
	out_fini(&out);
	fclose(file);
	assert_string_equal(text,
			    "{\"name\":\"device-add-ntf\",\"msg\":{\"dev-index\":0},\"synthesized\":true}\n"
			    "{\"name\":\"device-add-ntf\",\"msg\":{\"dev-index\":1},\"synthesized\":true}\n");
	free(text);
}

static void full_disk_is_noticed(void **state)
{
	FILE *file = fopen("/dev/full", "w");
	struct out out;

	(void)state;
	assert_non_null(file);
	out_init(&out, file, true, false, false);
	assert_int_equal(out_finish(&out), -1);
	out_fini(&out);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_may_be_cut_while_clear),
		cmocka_unit_test(words_are_taken_in_order),
		cmocka_unit_test(json_has_the_names_of_the_spec),
		cmocka_unit_test(absent_is_left_out),
		cmocka_unit_test(unknown_values_stay_numbers),
		cmocka_unit_test(nothing_is_an_empty_list),
		cmocka_unit_test(large_numbers_stay_exact),
		cmocka_unit_test(pretty_json_is_the_same_json),
		cmocka_unit_test(text_says_details_on_request),
		cmocka_unit_test(text_lines_stay_short),
		cmocka_unit_test(lines_of_events_are_objects_each),
		cmocka_unit_test(full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
