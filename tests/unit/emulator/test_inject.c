// SPDX-License-Identifier: GPL-2.0
/* Control commands, and the faults they inject. */
#include <errno.h>

#include "model.h"

static uint64_t field(struct json_object *obj, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(obj, key, &value));
	return json_object_get_uint64(value);
}

static struct json_object *member(struct json_object *obj, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(obj, key, &value));
	return value;
}

static void refusals(void **state)
{
	static const char *const lines[] = {
		"", "nonsense", "link", "link east", "link north up", "link east sideways",
		"inject", "inject fwio", "inject fwio nothing", "inject fwio delay",
		"inject fwio delay x", "inject fwio error 256", "inject fwio drop -1",
		"inject dma", "inject dma stall", "inject dma stall 12", "inject dma abort",
		"inject dma slow", "inject dma slow 5 99", "inject dma melt", "inject device",
		"inject device asleep", "inject nq", "inject nq overflow x", "raise",
		"raise notify", "raise notify 4 0 0 0", "raise notify 0 4 0 0",
		"raise notify 0 0 4294967296 0", "raise notify 0 0 0 2147483648",
		"raise music 0 0 0 0", "dram", "dram read", "dram read 8589934592 1",
		"dram read 8589934591 2", "dram read 0 65537", "dram write 0", "dram write 0 abc",
		"dram write 0 zz", "dram write 8589934591 0000", "reg", "reg read 1 0",
		"reg read 0 2", "reg read 0 16777216", "reg read 2 268435456", "reg write 0 0",
		"misc 0x24 1", "misc 0x1c 1", "misc 4096 1", "misc",
	};
	struct model *m = *state;
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char copy[80], *argv[8], *save = NULL, *word, *text = NULL;
		struct json_object *answer;
		size_t bytes = 0;
		FILE *out = open_memstream(&text, &bytes);
		int argc = 0;

		snprintf(copy, sizeof(copy), "%s", lines[i]);
		for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
			argv[argc++] = word;
		if (emu_card_command(m->card, argc, argv, out) >= 0)
			fail_msg("accepted: %s", lines[i]);
		fclose(out);
		answer = json_tokener_parse(text);
		assert_true(strlen(json_object_get_string(member(answer, "error"))) > 0);
		json_object_put(answer);
		free(text);
	}
}

static void show_tells(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 3, 4, 64);
	struct json_object *show, *engine, *queue, *nq;

	wr(m, 0x404000 + 0x1094, (uint32_t)dev_host(0x700000));
	wr(m, 0x404000 + 0x1098, (uint32_t)(dev_host(0x700000) >> 32));
	wr(m, 0x404000 + 0x109C, 4096);
	ring_put(&r, 0, 64 | M2S_FIRST | M2S_LAST, OP_COPY, dev_host(0x400000));
	ring_add(&r, 0, 1);
	show = control_on(m->card, "show", 0);
	assert_int_equal(json_object_array_length(member(show, "engines")), 12);
	engine = json_object_array_get_idx(member(show, "engines"), 3);
	assert_int_equal(field(engine, "engine"), 3);
	assert_int_equal(field(engine, "m2s-state"), 0x10);
	assert_int_equal(json_object_array_length(member(engine, "queues")), 1);
	queue = json_object_array_get_idx(member(engine, "queues"), 0);
	assert_int_equal(field(queue, "queue"), 4);
	assert_int_equal(field(member(queue, "m2s"), "used"), 1);
	assert_int_equal(field(member(queue, "m2s"), "base"), dev_host(RING_OFF(0)));
	nq = json_object_array_get_idx(member(show, "notify-queues"), 0);
	assert_string_equal(json_object_get_string(member(nq, "type")), "event");
	assert_int_equal(field(nq, "size"), 4096);
	assert_int_equal(field(member(show, "counters"), "tail_increments"), 1);
	json_object_put(show);
	show = control_on(m->card, "help", 0);
	assert_true(json_object_object_length(show) >= 7);
	json_object_put(show);
}

static void memory_and_registers(void **state)
{
	struct model *m = *state;
	struct json_object *answer;

	control(m, "dram write 0x100000010 00ff7Fa5");
	answer = control_on(m->card, "dram read 0x10000000f 6", 0);
	assert_string_equal(json_object_get_string(member(answer, "hex")), "0000ff7fa500");
	json_object_put(answer);
	answer = control_on(m->card, "reg read 0 0x40604", 0);
	assert_int_equal(field(answer, "value"), 4);
	json_object_put(answer);
	control(m, "misc 0 3");
	assert_int_equal(rd(m, MISC), 3);
	answer = control_on(m->card, "raise notify 0 0 1 1", 0);
	assert_false(json_object_get_boolean(member(answer, "written"))); /* no queue there */
	json_object_put(answer);
}

static void stall_holds(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 2, 64), other = ring_make_on(m, m->card, 2, 2, 64, RING_OFF(1));

	control(m, "inject dma stall 1");
	put(m->host + 0x400000, 0x11);
	put(m->host + 0x500000, 0);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_copy(&other, dev_host(0x500010), dev_host(0x400000), 4);
	until(get(m->host + 0x500010) == 0x11); /* other engines go on */
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(get(m->host + 0x500000), 0);
	assert_int_not_equal(rd(m, udma(1) + 0x200), 0); /* busy */
	/* It does not get quiet when disabled ... */
	wr(m, queue_reg(1, 0, 2, Q_CONFIG), 0x03000000);
	wr(m, queue_reg(1, S2M, 2, Q_CONFIG), 0x03000000);
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 0x30000001);
	assert_int_equal(ring_reg(&r, 1, Q_STATUS), 0x30000001);
	/* ... until it is let go, and then does not run what was disabled. */
	control(m, "inject dma resume");
	assert_int_equal(ring_reg(&r, 0, Q_STATUS), 1);
	assert_int_equal(get(m->host + 0x500000), 0);
	wr(m, queue_reg(1, 0, 2, Q_CONFIG), 0x03030000);
	wr(m, queue_reg(1, S2M, 2, Q_CONFIG), 0x03030000);
	until(get(m->host + 0x500000) == 0x11);
}

static void resume_goes_on(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 2, 64);

	control(m, "inject dma stall 1");
	put(m->host + 0x400000, 0x12);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	control(m, "inject dma resume 1");
	until(get(m->host + 0x500000) == 0x12);
}

static void stall_ends_with_reset(void **state)
{
	struct model *m = *state;

	control(m, "inject dma stall 1");
	wr(m, MISC + 0x1EC, 1);
	wr(m, MISC + 0x800, 1);
	until(rd(m, MISC + 0x1EC) == 0);
	resume_goes_on(state);
}

static void abort_is_told(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 4, 1, 64);

	control(m, "inject dma abort 4");
	assert_int_equal(rd(m, udma(4) + 0x200), 0x2222);
	assert_int_equal(rd(m, udma(4) + S2M + 0x200), 0x22222);
	assert_int_equal(rd(m, udma(4) + GEN + 0x2000), 1u << 8);
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	assert_int_equal(ring_used(&r, 0), 1);
	assert_int_equal(rd(m, udma(5) + 0x200), 0);
	assert_int_equal(counter(m, "aborts"), 1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void slow_takes_its_time(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 2, 64);
	uint64_t begun = now_ns();
	unsigned int i;

	control(m, "inject dma slow 2000 1");
	for (i = 0; i < 5; i++)
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_start(&r, 5);
	ring_wait_empty(&r);
	/* Ten descriptors, two milliseconds each: a lower bound, so load cannot fail it. */
	assert_true(now_ns() - begun >= 20000000);
	assert_int_equal(counter(m, "packets"), 5);
}

static void slow_ends(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 2, 64);
	unsigned int i;

	control(m, "inject dma slow 1000000");
	for (i = 0; i < 60; i++)
		ring_put_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	ring_start(&r, 60);
	assert_true(ring_used(&r, 0) == 60);
	control(m, "inject dma slow 0");
	ring_wait_empty(&r);
	/* A queue reset in the middle of a slow packet is no trouble. */
	control(m, "inject dma slow 1000000");
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	wr(m, queue_reg(1, 0, 2, M2S_CONTROL), QUEUE_RESET);
	wr(m, queue_reg(1, S2M, 2, S2M_CONTROL), QUEUE_RESET);
	control(m, "inject dma resume");
	assert_int_equal(ring_used(&r, 0), 0);
	assert_int_equal(counter(m, "packets"), 60);
}

static void wrong_completion(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 32);
	uint8_t *tx = m->host + 0x600000;

	memset(tx, 0, 64);
	wr(m, queue_reg(0, 0, 0, Q_CBASE), (uint32_t)dev_host(0x600000));
	wr(m, queue_reg(0, 0, 0, Q_CBASE + 4), (uint32_t)(dev_host(0x600000) >> 32));
	wr(m, queue_reg(0, 0, 0, M2S_COMPLETION), 3);
	control(m, "inject dma wrong-completion 0");
	ring_put_copy(&r, DRAM1, DRAM0, 64);
	ring_put_copy(&r, DRAM1, DRAM0, 64);
	ring_start(&r, 2);
	ring_wait_empty(&r);
	assert_int_equal(get(tx), 1u << 31 | 3u << 26 | 1u << 24);
	assert_int_equal(get(tx + 4), 3u << 26 | 1u << 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("wrong commands are refused with a reason", refusals),
		ONE_MODE("show tells queues, pointers, states and counters", show_tells),
		ONE_MODE("DRAM, registers and firmware words are reachable", memory_and_registers),
		BOTH_MODES("a stalled engine holds, and does not get quiet", stall_holds),
		BOTH_MODES("resume lets a stalled engine go on", resume_goes_on),
		BOTH_MODES("a device reset ends a stall", stall_ends_with_reset),
		BOTH_MODES("an injected abort shows in state and cause", abort_is_told),
		BOTH_MODES("a slow engine takes its time for every descriptor", slow_takes_its_time),
		BOTH_MODES("slowness ends on command", slow_ends),
		BOTH_MODES("a wrong completion tells an error, once", wrong_completion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
