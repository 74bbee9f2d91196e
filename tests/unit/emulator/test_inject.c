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

static void lost_completion(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 32);
	uint8_t *tx = m->host + 0x600000;

	memset(tx, 0, 64);
	wr(m, queue_reg(0, 0, 0, Q_CBASE), (uint32_t)dev_host(0x600000));
	wr(m, queue_reg(0, 0, 0, Q_CBASE + 4), (uint32_t)(dev_host(0x600000) >> 32));
	wr(m, queue_reg(0, 0, 0, M2S_COMPLETION), 3);
	control(m, "inject dma lost-completion 0");
	ring_put_copy(&r, DRAM1, DRAM0, 64);
	ring_put_copy(&r, DRAM1, DRAM0, 64);
	ring_start(&r, 2);
	ring_wait_empty(&r);
	/* The card believes that it wrote the first entry; the second is in its place. */
	assert_int_equal(get(tx), 0);
	assert_int_equal(get(tx + 4), 3u << 26 | 1u << 24);
	assert_int_equal(ring_reg(&r, 0, Q_CHEAD) & 0xffffff, 2);
}

static void corrupted_byte(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 7, 1, 32);
	uint8_t *src = m->host + 0x400000, *dst = m->host + 0x500000;

	fill(src, 0x2000, 1);
	control(m, "inject dma corrupt 7");
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 0x1000);
	ring_copy(&r, dev_host(0x501000), dev_host(0x401000), 0x1000);
	ring_wait_empty(&r);
	assert_int_equal(dst[0], (uint8_t)~src[0]);
	assert_memory_equal(dst + 1, src + 1, 0x1fff);
	/* Into nowhere it is a fault like any other. */
	control(m, "inject dma corrupt 7");
	ring_copy(&r, 0x2000000000, dev_host(0x400000), 64);
	until(counter(m, "data_write_faults") == 1);
}

static void dma_faults_end(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 1, 1, 32);

	control(m, "inject dma stall 1");
	control(m, "inject dma corrupt");
	control(m, "inject dma lost-completion 1");
	control(m, "inject dma wrong-completion 1");
	ring_copy(&r, dev_host(0x500000), dev_host(0x400000), 4);
	put(m->host + 0x400000, 0x1234);
	control(m, "inject dma none");
	ring_wait_empty(&r);
	assert_int_equal(get(m->host + 0x500000), 0x1234);
}

#define EVENT_QUEUE (0x404000u + 0x1094u)
#define BUF 0x700000u
#define PHASE (1u << 31)

static void make_event_queue(struct model *m)
{
	memset(m->host + BUF, 0, 4096);
	wr(m, EVENT_QUEUE, (uint32_t)dev_host(BUF));
	wr(m, EVENT_QUEUE + 4, (uint32_t)(dev_host(BUF) >> 32));
	wr(m, EVENT_QUEUE + 8, 4096);
}

static void event(struct model *m, uint32_t value)
{
	card_store(m->card, 2, 0x2700000, value);
}

static void wrong_phase(void **state)
{
	struct model *m = *state;

	make_event_queue(m);
	control(m, "inject nq wrong-phase");
	event(m, 1);
	event(m, 0);
	assert_int_equal(get(m->host + BUF + 8), 1); /* not yet written, says the phase */
	assert_int_equal(get(m->host + BUF + 24), PHASE);
	control(m, "inject nq wrong-phase 5");
	control(m, "inject nq overflow 5");
	control(m, "inject nq none");
	event(m, 1);
	assert_int_equal(get(m->host + BUF + 40), PHASE | 1);
	assert_int_equal(rd(m, EVENT_QUEUE + 0x14), 0);
}

static void raised_records(void **state)
{
	static const struct {
		const char *name;
		uint32_t reg, type;
	} kinds[] = {
		{ "explicit", 0xBFC, 1 }, { "notify", 0xBFC, 1 }, { "implicit", 0xC7C, 0 },
		{ "trace", 0xC7C, 0 }, { "error", 0x1074, 3 }, { "event", 0x1094, 2 },
	};
	struct model *m = *state;
	char line[64];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		memset(m->host + BUF, 0, 64);
		wr(m, 0x404000 + kinds[i].reg, (uint32_t)dev_host(BUF));
		wr(m, 0x404000 + kinds[i].reg + 4, (uint32_t)(dev_host(BUF) >> 32));
		wr(m, 0x404000 + kinds[i].reg + 8, 4096);
		snprintf(line, sizeof(line), "raise %s 0 0 77 5", kinds[i].name);
		control(m, line);
		assert_int_equal(get(m->host + BUF), kinds[i].type);
		assert_int_equal(get(m->host + BUF + 4), 77);
		assert_int_equal(get(m->host + BUF + 8), PHASE | 5);
	}
}

static void ask_reset(struct model *m)
{
	wr(m, MISC + 0x1EC, 1);
	wr(m, MISC + 0x800, 1);
	until(rd(m, MISC + 0x1EC) == 0);
}

static void reset_fails_once(void **state)
{
	struct model *m = *state;

	control(m, "inject device reset-fail");
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
	ask_reset(m);
	assert_int_equal(rd(m, MISC + 0x1C), 0);
	ask_reset(m);
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
	control(m, "inject device reset-fail 9");
	ask_reset(m);
	control(m, "inject device none");
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
	ask_reset(m);
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
	/* A power-on heals, but leaves what is set for later resets. */
	control(m, "inject device reset-fail 2");
	ask_reset(m);
	emu_card_reset(m->card, EMU_RESET_FLR);
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
	ask_reset(m);
	assert_int_equal(rd(m, MISC + 0x1C), 0);
}

#define REQ 0x10000u
#define RSP 0x20000u

uint32_t emu_crc32c(const uint8_t *bytes, size_t len_bytes);

/* READ of two registers; the answer's header. */
static uint32_t read_two(struct model *m, uint8_t seq)
{
	uint64_t addrs[2] = { APB + MISC + 0x1C, APB + 0x40604 };
	uint8_t *message = m->host + REQ;

	memset(message, 0, 8);
	memset(m->host + RSP, 0, 16);
	message[0] = seq;
	message[1] = 1;
	message[2] = 8 + sizeof(addrs);
	memcpy(message + 8, addrs, sizeof(addrs));
	put(message + 4, emu_crc32c(message, 8 + sizeof(addrs)));
	wr(m, MISC + 0x1F0, (uint32_t)(dev_host(REQ) >> 32));
	wr(m, MISC + 0x1F4, (uint32_t)dev_host(REQ));
	wr(m, MISC + 0x1F8, (uint32_t)(dev_host(RSP) >> 32));
	wr(m, MISC + 0x1FC, (uint32_t)dev_host(RSP));
	wr(m, MISC + 0x800, 1);
	return get(m->host + RSP);
}

static void short_answer(void **state)
{
	struct model *m = *state;

	control(m, "inject fwio short");
	assert_int_equal(read_two(m, 5), 0x00080005);
	assert_int_equal(get(m->host + RSP + 4), 0x80000000);
	assert_int_equal(get(m->host + RSP + 8), 0);
	assert_int_equal(read_two(m, 6), 0x000C0006);
	assert_int_equal(get(m->host + RSP + 8), 4);
}

/* A driver gave up, asks anew in the same buffer, and gets the answer to the first. */
static void stale_answer(void **state)
{
	struct model *m = *state;

	control(m, "inject fwio delay 20");
	assert_int_equal(read_two(m, 21), 0);
	control(m, "inject fwio delay 3600000");
	assert_int_equal(read_two(m, 22), 0);
	until(get(m->host + RSP) == 0x000C0015);
	assert_int_equal(get(m->host + RSP + 8), 4);
	assert_int_equal(counter(m, "fwio_answered"), 1);
	assert_int_equal(counter(m, "fwio_requests"), 2);
}

static void ones_by_every_way(void **state)
{
	struct model *m = *state;

	control(m, "inject device ones");
	assert_int_equal(rd(m, 0x40604), 0xffffffff);
	assert_int_equal(card_load(m->card, 2, 0x2701000), 0xffffffff);
	assert_int_equal(read_two(m, 3), 0x000C0003);
	assert_int_equal(get(m->host + RSP + 4), 0xffffffff);
	assert_int_equal(get(m->host + RSP + 8), 0xffffffff);
	control(m, "inject device none");
	assert_int_equal(rd(m, 0x40604), 4);
	assert_int_equal(read_two(m, 4), 0x000C0004);
	assert_int_equal(get(m->host + RSP + 8), 4);
}

static void dead_and_back(void **state)
{
	struct model *m = *state;

	wr(m, MISC + 0xC0, 0x55);
	control(m, "inject device dead");
	assert_int_equal(rd(m, MISC + 0xC0), 0xffffffff);
	wr(m, MISC + 0xC0, 0x66);
	control(m, "inject device alive");
	assert_int_equal(rd(m, MISC + 0xC0), 0x55);
}

static void interrupts_lost_and_spurious(void **state)
{
	struct model *m = *state;

	make_event_queue(m);
	control(m, "inject irq lost 2");
	event(m, 1);
	event(m, 0);
	assert_int_equal(atomic_load(&m->irqs[25]), 0);
	assert_int_equal(counter(m, "interrupts_lost"), 2);
	event(m, 1);
	assert_int_equal(atomic_load(&m->irqs[25]), 1);
	assert_int_equal(rd(m, EVENT_QUEUE + 0x0C), 48); /* the records are there */
	control(m, "inject irq spurious 13");
	assert_int_equal(atomic_load(&m->irqs[13]), 1);
	control(m, "inject irq spurious");
	assert_int_equal(atomic_load(&m->irqs[0]), 1);
	control(m, "inject irq lost 1000");
	control(m, "inject irq none");
	event(m, 0);
	assert_int_equal(atomic_load(&m->irqs[25]), 2);
}

/* What "show injected" has, as text: equal before and after. */
static void told(struct model *m, char *text, size_t bytes)
{
	struct json_object *answer = control_on(m->card, "show injected", 0);

	snprintf(text, bytes, "%s", json_object_to_json_string(answer));
	json_object_put(answer);
}

static void every_fault_is_told_and_ended(void **state)
{
	static const char *const faults[] = {
		"fwio drop", "fwio delay 5", "fwio bad-seq", "fwio bad-crc", "fwio error 1",
		"fwio short", "fwio oversize", "fwio garbage", "dma stall 3", "dma slow 10 4",
		"dma corrupt 5", "dma wrong-completion 6", "dma lost-completion 7",
		"nq overflow", "nq wrong-phase", "device never-ready", "device reset-hang",
		"device reset-fail", "device ones", "device dead", "irq lost",
	};
	static char quiet[4096], disturbed[4096], healed[4096];
	struct model *m = *state;
	char line[64];
	size_t i;

	told(m, quiet, sizeof(quiet));
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		snprintf(line, sizeof(line), "inject %s", faults[i]);
		control(m, line);
		told(m, disturbed, sizeof(disturbed));
		if (!strcmp(quiet, disturbed))
			fail_msg("not told: %s", faults[i]);
		control(m, "inject none");
		told(m, healed, sizeof(healed));
		assert_string_equal(healed, quiet);
	}
	/* A reset that hangs ends with the others. */
	control(m, "inject device reset-hang");
	wr(m, MISC + 0x1EC, 1);
	wr(m, MISC + 0x800, 1);
	control(m, "inject none");
	assert_int_equal(rd(m, MISC + 0x1EC), 0);
	assert_int_equal(rd(m, MISC + 0x1C), 0x80000000);
}

static void expect_error(struct model *m, const char *line, int err, const char *part)
{
	struct json_object *answer = control_on(m->card, line, err);

	if (!strstr(json_object_get_string(member(answer, "error")), part))
		fail_msg("%s: %s", line, json_object_to_json_string(answer));
	json_object_put(answer);
}

static void refusals_name_what_is_allowed(void **state)
{
	struct model *m = *state;

	expect_error(m, "inject", -EINVAL, "none, fwio, dma, nq, device, irq");
	expect_error(m, "inject fwoi", -EINVAL, "'fwoi' is none of: none, fwio");
	expect_error(m, "inject fwio", -EINVAL, "drop [COUNT], delay MS [COUNT]");
	expect_error(m, "inject dma melt", -EINVAL, "'melt' is none of: stall ENGINE");
	expect_error(m, "inject dma stall 12", -ERANGE, "'12' is not a number from 0 to 11");
	expect_error(m, "inject irq spurious 32", -ERANGE, "number from 0 to 31");
	expect_error(m, "inject device asleep", -EINVAL, "never-ready, ready");
	expect_error(m, "show enigne 1", -EINVAL, "engine ENGINE");
	expect_error(m, "show queue 3 16", -ERANGE, "number from 0 to 15");
	expect_error(m, "show core", -EINVAL, "word 2 is missing: a number from 0 to 3");
	expect_error(m, "link up east", -EINVAL, "east|west up|down");
	expect_error(m, "raise music 0 0 0 0", -EINVAL, "notify|trace|event|error");
}

static void show_by_block(void **state)
{
	struct model *m = *state;
	struct json_object *show;

	ring_make(m, 3, 15, 64);
	make_event_queue(m);
	card_store(m->card, 2, 0x2701100 + 4, 7);
	show = control_on(m->card, "show engine 3", 0);
	assert_int_equal(field(show, "engine"), 3);
	assert_int_equal(json_object_array_length(member(show, "queues")), 1);
	json_object_put(show);
	show = control_on(m->card, "show queue 3 15", 0);
	assert_int_equal(field(member(show, "m2s"), "length"), 64);
	json_object_put(show);
	show = control_on(m->card, "show core 0", 0);
	assert_int_equal(field(member(show, "semaphores"), "1"), 7);
	assert_int_equal(json_object_array_length(member(show, "notify-queues")), 1);
	json_object_put(show);
	read_two(m, 1);
	show = control_on(m->card, "show fwio", 0);
	assert_int_equal(field(show, "request"), dev_host(REQ));
	assert_int_equal(field(show, "words"), 2);
	json_object_put(show);
	show = control_on(m->card, "show counters", 0);
	assert_int_equal(field(show, "fwio_words"), 2);
	json_object_put(show);
	show = control_on(m->card, "show pci", 0);
	assert_int_equal(field(show, "device-id"), 0x7064);
	assert_int_equal(json_object_array_length(member(show, "bars")), 3);
	json_object_put(show);
	show = control_on(m->card, "show links", 0);
	assert_false(json_object_get_boolean(member(member(show, "east"), "up")));
	json_object_put(show);
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
		BOTH_MODES("a lost completion leaves a hole, once", lost_completion),
		BOTH_MODES("a corrupted packet has its first byte inverted", corrupted_byte),
		BOTH_MODES("DMA faults end on command", dma_faults_end),
		ONE_MODE("a record with a wrong phase looks unwritten", wrong_phase),
		ONE_MODE("records of every kind can be raised", raised_records),
		ONE_MODE("a failed reset leaves the card not ready until the next",
			 reset_fails_once),
		ONE_MODE("a short answer misses its last word", short_answer),
		ONE_MODE("a late answer arrives while a newer request waits", stale_answer),
		ONE_MODE("registers read as all ones by every way", ones_by_every_way),
		ONE_MODE("a dead function comes back as it was", dead_and_back),
		ONE_MODE("interrupts get lost, or come without a reason",
			 interrupts_lost_and_spurious),
		ONE_MODE("every fault is told, and ended by inject none",
			 every_fault_is_told_and_ended),
		ONE_MODE("refusals name what is allowed", refusals_name_what_is_allowed),
		ONE_MODE("show tells one block", show_by_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
