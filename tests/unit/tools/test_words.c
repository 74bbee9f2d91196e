// SPDX-License-Identifier: GPL-2.0
/*
 * Words of a line, keywords and their values, complaints in the user's words.
 * Nothing here gets as far as a kernel.
 */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "neuronnl.h"

struct values {
	bool flag;
	uint32_t u32, kind, flags;
	int32_t s32;
	uint64_t u64;
	int ms;
	const char *text, *label;
	struct args_list list;
	struct session_item *ctx, *mem;
	struct args_place place;
};

static const struct arg table[] = {
	ARG(ARG_FLAG, "flag", struct values, flag, 0),
	ARG(ARG_U32, "u32", struct values, u32, 0),
	ARG(ARG_S32, "s32", struct values, s32, 0),
	ARG(ARG_U64, "u64", struct values, u64, 0),
	ARG(ARG_MS, "ms", struct values, ms, 0),
	ARG(ARG_STRING, "text", struct values, text, ARG_BARE),
	ARG(ARG_LABEL, "name", struct values, label, 0, .attr = "label"),
	ARG(ARG_ENUM, "kind", struct values, kind, 0, .name = neuron_mem_kind_name),
	ARG(ARG_FLAGS, "flags", struct values, flags, 0, .name = neuron_entry_flag_name),
	ARG(ARG_LIST, "list", struct values, list, 0),
	ARG(ARG_OPENED, "ctx", struct values, ctx, 0),
	ARG(ARG_MEM, "mem", struct values, mem, 0),
	ARG(ARG_PLACE, "place", struct values, place, ARG_BARE),
	{ .key = NULL },
};

static const struct arg strict[] = {
	ARG(ARG_U32, "core", struct values, u32, ARG_NEEDED, .attr = "nc-id"),
	ARG(ARG_CTX, "dev", struct values, ctx, 0),
	{ .key = NULL },
};

static const struct command lax_command = { .name = "lax", .args = table };
static const struct command strict_command = { .name = "claim", .args = strict };
static const struct object object = { .name = "thing" };

/* A session with two contexts; "a" has memory 1 "buf", "b" has memory 1 and 2. */
struct world {
	struct tool tool;
	struct session session;
	struct session_item a, b, buf, one, two;
	struct values got;
	uint64_t given;
};

static void item(struct session_item *to, struct session_item *next, enum session_kind kind,
		 struct session_item *parent, uint32_t id, const char *label)
{
	*to = (struct session_item){ .next = next, .kind = kind, .parent = parent, .id = id };
	snprintf(to->label, sizeof(to->label), "%s", label);
}

static void build(struct world *w)
{
	memset(w, 0, sizeof(*w));
	item(&w->a, &w->b, SESSION_CTX, NULL, 1, "a");
	item(&w->b, &w->buf, SESSION_CTX, NULL, 2, "b");
	item(&w->buf, &w->one, SESSION_MEM, &w->a, 1, "buf");
	item(&w->one, &w->two, SESSION_MEM, &w->b, 1, "");
	item(&w->two, NULL, SESSION_MEM, &w->b, 2, "");
	w->session.items = &w->a;
	w->tool.session = &w->session;
	w->tool.object = &object;
	w->tool.many = true;
}

/*
 * Parses a line by a command's table. What is complained about is in @said.
 * Return: exit status.
 */
static int parse(struct world *w, const struct command *command, const char *line, char *said,
		 size_t size)
{
	char text[256], *words[32];
	struct args args = { .words = words };
	int saved = dup(STDERR_FILENO), status;
	FILE *file = tmpfile();
	size_t len;

	build(w);
	w->tool.command = command;
	snprintf(text, sizeof(text), "%s", line);
	assert_true(words_split(text, words, COUNT(words)) >= 0);
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	status = args_parse(&w->tool, &args, &w->got, &w->given);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(said, 1, size - 1, file);
	said[len] = '\0';
	fclose(file);
	return status;
}

static void takes(struct world *w, const char *line)
{
	char said[512];

	if (parse(w, &lax_command, line, said, sizeof(said)))
		fail_msg("\"%s\" is refused: %s", line, said);
	assert_string_equal(said, "");
}

static void refuses(const struct command *command, const char *line, const char *why)
{
	struct world w;
	char said[1024];

	assert_int_equal(parse(&w, command, line, said, sizeof(said)), EXIT_USAGE);
	if (!strstr(said, why))
		fail_msg("\"%s\": \"%s\" is not in \"%s\"", line, why, said);
}

static void keywords_come_in_any_order(void **state)
{
	struct world w;

	(void)state;
	takes(&w, "u64 4K u32 7 flag s32 -3");
	assert_int_equal(w.got.u64, 4096);
	assert_int_equal(w.got.u32, 7);
	assert_int_equal(w.got.s32, -3);
	assert_true(w.got.flag);
	assert_int_equal(w.given, 0xf);
	takes(&w, "s32 5 flag u32 0x10");
	assert_int_equal(w.got.s32, 5);
	assert_int_equal(w.got.u32, 16);
	assert_int_equal(w.given, 0x7);
	takes(&w, "");
	assert_int_equal(w.given, 0);
}

static void values_may_stand_alone(void **state)
{
	struct world w;

	(void)state;
	takes(&w, "hello buf+0x10 u32 1");
	assert_string_equal(w.got.text, "hello");
	assert_ptr_equal(w.got.place.mem, &w.buf);
	assert_int_equal(w.got.place.offset, 16);
	takes(&w, "place buf text u32");
	assert_string_equal(w.got.text, "u32");
	refuses(&lax_command, "hello buf more", "\"more\" is no keyword of \"thing lax\"");
}

static void keywords_are_named_when_wrong(void **state)
{
	(void)state;
	refuses(&strict_command, "", "\"core\" is missing (N)");
	refuses(&strict_command, "core", "\"core\" lacks its value (N)");
	refuses(&strict_command, "core 1 core 2", "\"core\" is given twice");
	refuses(&strict_command, "core 1 cores 2", "\"cores\" is no keyword of \"thing claim\"");
	refuses(&strict_command, "cor 1", "\"cor\" is no keyword");
	refuses(&strict_command, "core 1 dev nobody", "\"nobody\" is no card");
	refuses(&lax_command, "text a text b", "\"text\" is given twice");
}

static void numbers_are_numbers(void **state)
{
	struct world w;
	size_t i;
	static const struct { const char *line; uint64_t value; } good[] = {
		{ "u64 0", 0 }, { "u64 1K", 1024 }, { "u64 3MiB", 3145728 }, { "u64 2G", 2147483648 },
		{ "u64 1T", 1099511627776 }, { "u64 0xffffffffffffffff", UINT64_MAX },
		{ "u64 16777215T", 16777215ULL << 40 },
	};
	static const char *const bad[] = {
		"u32 x", "u32 -1", "u32 4294967296", "u32 1K", "u32 1x", "u64 4k", "u64 4KB", "u64 -4",
		"u64 16777216T", "u64 99999999999999999999", "u64 K", "s32 2147483648",
		"s32 -2147483649", "s32 --1", "ms 5m", "ms", "ms -1", "ms 2147484", "ms ever",
	};

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		takes(&w, good[i].line);
		assert_true(w.got.u64 == good[i].value);
	}
	for (i = 0; i < COUNT(bad); i++)
		refuses(&lax_command, bad[i], "\"");
	takes(&w, "s32 -2147483648");
	assert_int_equal(w.got.s32, INT32_MIN);
	takes(&w, "ms 2s");
	assert_int_equal(w.got.ms, 2000);
	takes(&w, "ms 20ms");
	assert_int_equal(w.got.ms, 20);
	takes(&w, "ms forever");
	assert_int_equal(w.got.ms, NEURON_FOREVER);
}

static void names_have_values(void **state)
{
	struct world w;

	(void)state;
	takes(&w, "kind device flags barrier,interrupt");
	assert_int_equal(w.got.kind, NEURON_MEM_KIND_DEVICE);
	assert_int_equal(w.got.flags, NEURON_ENTRY_FLAG_BARRIER | NEURON_ENTRY_FLAG_INTERRUPT);
	refuses(&lax_command, "kind devic", "is none of host, device");
	refuses(&lax_command, "flags barrier,", "is none of barrier");
	refuses(&lax_command, "flags barriers", "is none of barrier");
}

static void lists_have_pieces(void **state)
{
	struct world w;

	(void)state;
	takes(&w, "list 3");
	assert_int_equal(w.got.list.count, 1);
	takes(&w, "list 0,7,2-4");
	assert_int_equal(w.got.list.count, 5);
	assert_int_equal(w.got.list.value[1], 7);
	assert_int_equal(w.got.list.value[4], 4);
	takes(&w, "list 0-127");
	assert_int_equal(w.got.list.count, ARGS_LIST);
	refuses(&lax_command, "list 0-128", "is no list");
	refuses(&lax_command, "list 0-4294967296", "is no list");
	refuses(&lax_command, "list 1,", "is no list");
	refuses(&lax_command, "list 4-2", "is no list");
	refuses(&lax_command, "list 1;2", "is no list");
}

static void labels_are_no_numbers(void **state)
{
	struct world w;

	(void)state;
	takes(&w, "name buf0");
	assert_string_equal(w.got.label, "buf0");
	refuses(&lax_command, "name 0buf", "is no name");
	refuses(&lax_command, "name a+b", "is no name");
	refuses(&lax_command, "name ''", "is no name");
	refuses(&lax_command, "name abcdefghijklmnopqrstuvwxyz012345", "more than 31");
}

static void things_go_by_label_or_id(void **state)
{
	struct world w;

	(void)state;
	takes(&w, "mem buf");
	assert_ptr_equal(w.got.mem, &w.buf);
	takes(&w, "mem 2");
	assert_ptr_equal(w.got.mem, &w.two);
	takes(&w, "ctx b");
	assert_ptr_equal(w.got.ctx, &w.b);
	refuses(&lax_command, "mem 1", "memory 1 is in several contexts");
	refuses(&lax_command, "mem 3", "the session has no memory \"3\"");
	refuses(&lax_command, "mem other", "the session has no memory \"other\"");
	refuses(&lax_command, "ctx buf", "the session has no context \"buf\"");
	refuses(&lax_command, "place buf+x", "is no number");
}

static int split(const char *line, char **words, size_t max)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s", line);
	return words_split(text, words, max);
}

static void lines_have_words(void **state)
{
	char *words[5];

	(void)state;
	assert_int_equal(split("  mem\talloc  size 4K \n", words, 5), 4);
	assert_string_equal(words[0], "mem");
	assert_string_equal(words[3], "4K");
	assert_null(words[4]);
	assert_int_equal(split("a#b # c d e f g", words, 5), 1);
	assert_string_equal(words[0], "a#b");
	assert_int_equal(split("", words, 5), 0);
	assert_int_equal(split("# all", words, 5), 0);
	assert_int_equal(split("'a b' \"c \\\" d\" e\\ f ''", words, 5), 4);
	assert_string_equal(words[0], "a b");
	assert_string_equal(words[1], "c \" d");
	assert_string_equal(words[2], "e f");
	assert_string_equal(words[3], "");
	assert_int_equal(split("a'b'c", words, 5), 1);
	assert_string_equal(words[0], "abc");
	assert_int_equal(split("a 'b", words, 5), -1);
	assert_int_equal(split("a b c d e", words, 5), -1);
}

static void sentence_is(const char *attr, const char *text, const char *want)
{
	struct neuron_error_info info = { .op = "core-claim", .error = -EBUSY };
	char got[256];

	snprintf(info.attr, sizeof(info.attr), "%s", attr);
	refused_sentence(&strict_command, &info, text, got, sizeof(got));
	assert_string_equal(got, want);
}

static void refusals_have_the_words_of_the_line(void **state)
{
	struct neuron_error_info info = { .op = "core-claim", .error = -EBUSY };

	(void)state;
	sentence_is("nc-id", "core-claim: The card has no such core (nc-id 9)",
		    "The card has no such core (core 9)");
	sentence_is("claim.nc-id", "core-claim: No core. (claim.nc-id 9, allowed 0 to 3)",
		    "No core. (core 9, allowed 0 to 3)");
	sentence_is("dev-index", "core-claim: There is no such card (dev-index 9)",
		    "There is no such card (dev 9)");
	sentence_is("nc-id", "core-claim: Give nc-id, or eng-id (nc-id 1)",
		    "Give nc-id, or eng-id (core 1)");
	sentence_is("size", "core-claim: Too much (size 1)", "Too much (size 1)");
	sentence_is("nc-id", "attribute nc-id is missing", "attribute core is missing");
	sentence_is("", "core-claim: It is so.", "It is so");
	assert_non_null(strstr(refused_hint(&info, "Another context has claimed the core"),
			       "neuronnl core show"));
	info.error = -EACCES;
	assert_non_null(strstr(refused_hint(&info, "no"), "group"));
	info.error = -EINVAL;
	assert_null(refused_hint(&info, "no"));
}

static void collect(void *arg, const char *word)
{
	strcat(arg, word);
	strcat(arg, " ");
}

static void completes(const char *line, const char *begun, const char *want)
{
	char *words[8], got[1024] = "";
	struct world w;

	build(&w);
	assert_true(split(line, words, COUNT(words)) >= 0);
	complete_words(&w.tool, words, begun, collect, got);
	if (w.tool.handle)
		neuron_close(w.tool.handle);
	assert_string_equal(got, want);
}

static void words_are_completed(void **state)
{
	(void)state;
	completes("", "mo", "monitor ");
	completes("mem", "a", "alloc ");
	completes("me", "f", "free fill ");
	completes("mem alloc", "si", "size ");
	completes("mem alloc kind", "", "host device ");
	completes("mem alloc size 4K", "s", "");
	completes("mem free", "b", "buf ");
	completes("mem copy from", "", "buf ");
	completes("ctx close", "", "ctx a b help ");
	completes("mem alloc size", "", "");
	completes("nothing", "", "");
	completes("mem nothing", "", "");
	completes("mem show", "n", "name ");
	completes("mem show mem", "", "buf ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keywords_come_in_any_order),
		cmocka_unit_test(values_may_stand_alone),
		cmocka_unit_test(keywords_are_named_when_wrong),
		cmocka_unit_test(numbers_are_numbers),
		cmocka_unit_test(names_have_values),
		cmocka_unit_test(lists_have_pieces),
		cmocka_unit_test(labels_are_no_numbers),
		cmocka_unit_test(things_go_by_label_or_id),
		cmocka_unit_test(lines_have_words),
		cmocka_unit_test(refusals_have_the_words_of_the_line),
		cmocka_unit_test(words_are_completed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
