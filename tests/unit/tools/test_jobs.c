// SPDX-License-Identifier: GPL-2.0
/*
 * Work with a label, before a pretended kernel that does it at once, or makes a job of it.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "neuronnl.h"

#define CTX_FD	5	/* goes as a number only */

struct bed {
	struct fake fake;
	struct neuron_ctx ctx;
	struct session session;
	struct tool tool;
	bool later;	/* work becomes job 7, which has ended when it is looked at again */
	unsigned int looks;
	char *text;
	size_t size;
	FILE *file;
};

static void act(struct fake *fake, const struct nlmsghdr *request)
{
	struct bed *bed = fake->arg;
	struct nl_msg *msg = fake_reply(request, 0);

	switch (fake_cmd(request)) {
	case NEURON_CMD_MEM_ALLOC:
		fake_put_u32(msg, NEURON_A_MEM_MEM_ID, 3);
		fake_put_u64(msg, NEURON_A_MEM_SIZE, 8192);
		break;
	case NEURON_CMD_MEM_FILL:
	case NEURON_CMD_MEM_COPY:
		if (bed->later) {
			fake_put_u32(msg, NEURON_A_MEM_JOB_ID, 7);
			fake_put_u32(msg, NEURON_A_MEM_JOB_STATE, NEURON_JOB_STATE_RUNNING);
		} else {
			fake_put_u32(msg, NEURON_A_MEM_DONE, 1);
		}
		break;
	case NEURON_CMD_JOB_GET:
		fake_put_u32(msg, NEURON_A_JOB_DEV_INDEX, 2);
		fake_put_u32(msg, NEURON_A_JOB_CTX_ID, 9);
		fake_put_u32(msg, NEURON_A_JOB_JOB_ID, 7);
		fake_put_u32(msg, NEURON_A_JOB_JOB_STATE, bed->looks++ ?
			     NEURON_JOB_STATE_DONE : NEURON_JOB_STATE_RUNNING);
		fake_put_u32(msg, NEURON_A_JOB_COMMAND, NEURON_CMD_MEM_FILL);
		fake_put_u32(msg, NEURON_A_JOB_DONE, 1);
		fake_put_u64(msg, NEURON_A_JOB_BYTES, 8192);
		break;
	}
	fake_send(fake, msg);
	fake_ack(fake, request);
}

static void begin(struct bed *bed, bool later, bool json)
{
	memset(bed, 0, sizeof(*bed));
	bed->later = later;
	fake_start(&bed->fake, act, bed);
	bed->ctx = (struct neuron_ctx){
		.handle = &bed->fake.handle, .fd = CTX_FD, .job_fd = -1, .index = 2, .ctx_id = 9,
	};
	bed->tool.handle = &bed->fake.handle;
	bed->tool.session = &bed->session;
	bed->tool.json = json;
	bed->file = open_memstream(&bed->text, &bed->size);
	out_init(&bed->tool.out, bed->file, json, false, false);
	assert_non_null(session_add(&bed->tool, SESSION_CTX, NULL, 9, "mine", &bed->ctx));
}

static void end(struct bed *bed)
{
	struct session_item *item;

	/* The library's objects are freed by hand: the context is none that it opened. */
	while ((item = bed->session.items)) {
		bed->session.items = item->next;
		if (item->kind == SESSION_MEM)
			free(item->mem);
		free(item);
	}
	out_fini(&bed->tool.out);
	fclose(bed->file);
	free(bed->text);
	fake_stop(&bed->fake);
}

/* A line, and what it must print. */
static void line(struct bed *bed, const char *text, const char *want)
{
	char copy[96], *words[16] = { NULL }, *save;
	size_t before = bed->size, count = 0;
	char *word;

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[count++] = word;
	assert_int_equal(tool_line(&bed->tool, words), 0);
	fflush(bed->file);
	if (want)
		assert_string_equal(bed->text + before, want);
}

#define AT_ONCE(command, bytes) \
	"{\"job\":[{\"dev-index\":2,\"ctx-id\":9,\"job-state\":\"done\",\"command\":" command \
	",\"done\":1,\"bytes\":" bytes "}]}\n"

static void what_was_done_at_once_is_shown_like_any_job_that_ended(void **state)
{
	struct bed bed;
	char want[160];

	(void)state;
	begin(&bed, false, true);
	line(&bed, "mem alloc size 8K name buf", NULL);
	line(&bed, "mem fill buf job one", "{\"mem\":[]}\n");
	snprintf(want, sizeof(want), AT_ONCE("%d", "8192"), NEURON_CMD_MEM_FILL);
	line(&bed, "job show job one", want);
	line(&bed, "job show job one", want);
	line(&bed, "job wait one", want);
	line(&bed, "mem copy buf buf+4K length 16 job one", "{\"mem\":[]}\n");
	snprintf(want, sizeof(want), AT_ONCE("%d", "16"), NEURON_CMD_MEM_COPY);
	line(&bed, "job wait one", want);
	end(&bed);
}

static void what_became_a_job_has_its_number(void **state)
{
	struct bed bed;
	char want[192];

	(void)state;
	begin(&bed, true, true);
	line(&bed, "mem alloc size 8K name buf", NULL);
	line(&bed, "mem fill buf job one", "{\"mem\":[]}\n");
	snprintf(want, sizeof(want), "{\"job\":[{\"dev-index\":2,\"ctx-id\":9,\"job-id\":7,"
		 "\"job-state\":\"done\",\"command\":%d,\"done\":1,\"bytes\":8192}]}\n",
		 NEURON_CMD_MEM_FILL);
	line(&bed, "job show job one", want);
	line(&bed, "job wait one", want);
	end(&bed);
}

static void in_text_what_was_done_at_once_has_a_dash_for_a_number(void **state)
{
	struct bed bed;

	(void)state;
	begin(&bed, false, false);
	line(&bed, "mem alloc size 8K name buf", NULL);
	line(&bed, "mem fill buf job one", "");
	line(&bed, "job show job one",
	     "dev 2 ctx 9 job - mem-fill\n    job-state done  done 1  bytes 8KiB\n");
	end(&bed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_done_at_once_is_shown_like_any_job_that_ended),
		cmocka_unit_test(what_became_a_job_has_its_number),
		cmocka_unit_test(in_text_what_was_done_at_once_has_a_dash_for_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
