// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>

#include "box.h"
#include "command.h"

static void add_number(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

static void add_bool(struct json_object *obj, const char *key, bool value)
{
	json_object_object_add(obj, key, json_object_new_boolean(value));
}

static void add_text(struct json_object *obj, const char *key, const char *value)
{
	json_object_object_add(obj, key, json_object_new_string(value));
}

static const char *fwio_fault_name(enum emu_fwio_fault fault)
{
	static const char *const names[] = {
		[EMU_FWIO_NO_FAULT] = "none",	  [EMU_FWIO_DROP] = "drop",
		[EMU_FWIO_DELAY] = "delay",	  [EMU_FWIO_BAD_SEQ] = "bad-seq",
		[EMU_FWIO_BAD_CRC] = "bad-crc",	  [EMU_FWIO_ERROR] = "error",
		[EMU_FWIO_SHORT] = "short",	  [EMU_FWIO_OVERSIZE] = "oversize",
		[EMU_FWIO_GARBAGE] = "garbage",
	};

	return names[fault];
}

static struct json_object *show_link(struct emu_card *card, enum emu_side side)
{
	struct emu_card *peer = emu_box_configured(card, side);
	struct json_object *obj = json_object_new_object();

	if (peer)
		add_number(obj, "card", peer->index);
	add_bool(obj, "up", emu_box_neighbour(card, side));
	return obj;
}

static struct json_object *show_half(const struct emu_engine *engine, enum emu_dir dir,
				     unsigned int queue)
{
	const struct emu_half *half = &engine->pair[queue].half[dir];
	struct json_object *obj = json_object_new_object();

	add_number(obj, "base", emu_half_base(half));
	add_number(obj, "length", emu_half_length(half));
	add_number(obj, "used", half->used);
	add_number(obj, "head", half->head.index);
	add_number(obj, "head-ring-id", half->head.id);
	add_number(obj, "tail", half->tail.index);
	add_number(obj, "tail-ring-id", half->tail.id);
	add_number(obj, "packets", half->packets);
	if (emu_half_completes(half, dir)) {
		add_number(obj, "completion-base", emu_half_completion_base(half));
		add_number(obj, "completion-head", half->completion.index);
	}
	add_bool(obj, "frozen", half->frozen);
	return obj;
}

static struct json_object *show_queue(const struct emu_engine *engine, unsigned int queue)
{
	const struct emu_pair *pair = &engine->pair[queue];
	struct json_object *obj = json_object_new_object();

	add_number(obj, "queue", queue);
	add_bool(obj, "running", engine->running == (int)queue);
	add_bool(obj, "waiting", pair->waiting);
	json_object_object_add(obj, "m2s", show_half(engine, EMU_M2S, queue));
	json_object_object_add(obj, "s2m", show_half(engine, EMU_S2M, queue));
	return obj;
}

static struct json_object *show_queues(const struct emu_engine *engine)
{
	struct json_object *list = json_object_new_array();
	const struct emu_pair *pair;
	unsigned int queue;

	for (queue = 0; queue < EMU_NR_QUEUES; queue++) {
		pair = &engine->pair[queue];
		if (emu_half_length(&pair->half[EMU_M2S]) ||
		    emu_half_length(&pair->half[EMU_S2M]))
			json_object_array_add(list, show_queue(engine, queue));
	}
	return list;
}

static const char *run_name(enum emu_run run)
{
	return run == EMU_RUN_NORMAL ? "normal" : run == EMU_RUN_DISABLED ? "disabled" : "aborted";
}

static struct json_object *show_engine(const struct emu_engine *engine)
{
	struct json_object *obj = json_object_new_object();

	add_number(obj, "engine", engine->index);
	add_text(obj, "m2s", run_name(engine->run[EMU_M2S]));
	add_text(obj, "s2m", run_name(engine->run[EMU_S2M]));
	add_number(obj, "m2s-state", emu_engine_state(engine, EMU_M2S));
	add_number(obj, "s2m-state", emu_engine_state(engine, EMU_S2M));
	add_number(obj, "m2s-errors", engine->iofic.group[EMU_IOFIC_SEC_A].cause);
	add_number(obj, "s2m-errors", engine->iofic.group[EMU_IOFIC_SEC_B].cause);
	add_bool(obj, "stalled", engine->stalled);
	add_number(obj, "slow-us", engine->slow_us);
	add_number(obj, "wrong-completions", engine->wrong_completions);
	add_number(obj, "lost-completions", engine->lost_completions);
	add_number(obj, "corrupt-packets", engine->corrupt_packets);
	json_object_object_add(obj, "queues", show_queues(engine));
	return obj;
}

static struct json_object *show_engines(struct emu_card *card)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < EMU_NR_ENGINES; i++)
		json_object_array_add(list, show_engine(&card->engine[i]));
	return list;
}

static void name_queue(struct json_object *obj, unsigned int queue)
{
	unsigned int local = queue % EMU_NOTIFY_PER_TYPE;

	if (queue == EMU_NOTIFY_ERROR_QUEUE || queue == EMU_NOTIFY_EVENT_QUEUE) {
		add_text(obj, "type", queue == EMU_NOTIFY_ERROR_QUEUE ? "error" : "event");
		return;
	}
	add_text(obj, "type", queue < EMU_NOTIFY_PER_TYPE ? "notify" : "trace");
	add_number(obj, "instance", local / EMU_NOTIFY_SUBQUEUES);
	add_number(obj, "sub-queue", local % EMU_NOTIFY_SUBQUEUES);
}

static void show_notify_unit(struct json_object *list, const struct emu_notify *unit,
			     unsigned int core)
{
	const struct emu_notify_queue *state;
	struct json_object *obj;
	unsigned int queue;

	for (queue = 0; queue < EMU_NOTIFY_QUEUES; queue++) {
		state = &unit->queue[queue];
		if (!emu_notify_enabled(unit, queue))
			continue;
		obj = json_object_new_object();
		add_number(obj, "core", core);
		name_queue(obj, queue);
		add_number(obj, "base", state->base);
		add_number(obj, "size", state->size_bytes);
		add_number(obj, "tail", state->tail);
		if (state->head_seen)
			add_number(obj, "head",
				   emu_notify_read(unit, emu_notify_queue_off(queue) + 0x18));
		add_number(obj, "records", state->records);
		add_number(obj, "overflows", state->overflows);
		json_object_array_add(list, obj);
	}
}

static struct json_object *show_notify(struct emu_card *card)
{
	struct json_object *list = json_object_new_array();
	unsigned int core;

	for (core = 0; core < EMU_NR_CORES; core++)
		show_notify_unit(list, &card->notify[core], core);
	return list;
}

/* Only what is not zero: index and value pairs. */
static struct json_object *show_words(const uint32_t *words, unsigned int count)
{
	struct json_object *obj = json_object_new_object();
	unsigned int i;
	char key[12];

	for (i = 0; i < count; i++) {
		if (!words[i])
			continue;
		snprintf(key, sizeof(key), "%u", i);
		add_number(obj, key, words[i]);
	}
	return obj;
}

static struct json_object *show_program(const struct emu_isa_core *core)
{
	struct json_object *obj = json_object_new_object();

	add_text(obj, "state", emu_isa_state_name(core->state));
	add_number(obj, "queued", core->used);
	add_number(obj, "words", core->words);
	add_number(obj, "executed", core->executed);
	add_bool(obj, "tracing", core->tracing);
	if (core->state == EMU_ISA_STOPPED) {
		add_number(obj, "error", core->error);
		add_number(obj, "tag", core->error_tag);
	}
	return obj;
}

static struct json_object *show_core(struct emu_card *card, unsigned int core)
{
	struct json_object *obj = json_object_new_object();

	add_number(obj, "core", core);
	json_object_object_add(obj, "semaphores",
			       show_words(card->core[core].semaphore, EMU_NR_SEMAPHORES));
	json_object_object_add(obj, "events", show_words(card->core[core].event, EMU_NR_EVENTS));
	if (card->isa)
		json_object_object_add(obj, "program", show_program(&card->isa->core[core]));
	return obj;
}

static struct json_object *show_cores(struct emu_card *card)
{
	struct json_object *list = json_object_new_array();
	unsigned int core;

	for (core = 0; core < EMU_NR_CORES; core++)
		json_object_array_add(list, show_core(card, core));
	return list;
}

static struct json_object *show_counters(struct emu_card *card)
{
	struct json_object *obj = json_object_new_object();

#define ADD_COUNTER(name) add_number(obj, #name, card->count.name);
	EMU_COUNTERS(ADD_COUNTER)
#undef ADD_COUNTER
	return obj;
}

static struct json_object *show_fault(const struct emu_fault *fault)
{
	struct json_object *obj = json_object_new_object();

	add_text(obj, "reason", emu_fault_reason(fault->why));
	if (fault->why == EMU_HOSTMEM_REACHED)
		return obj;
	add_number(obj, "address", fault->host_addr);
	add_text(obj, "access", fault->write ? "write" : "read");
	add_text(obj, "by", fault->by);
	return obj;
}

static bool engine_disturbed(const struct emu_engine *engine)
{
	return engine->stalled || engine->slow_us || engine->wrong_completions ||
	       engine->lost_completions || engine->corrupt_packets;
}

static struct json_object *show_disturbed_engines(const struct emu_card *card)
{
	struct json_object *list = json_object_new_array(), *obj;
	const struct emu_engine *engine;
	unsigned int i;

	for (i = 0; i < EMU_NR_ENGINES; i++) {
		engine = &card->engine[i];
		if (!engine_disturbed(engine))
			continue;
		obj = json_object_new_object();
		add_number(obj, "engine", i);
		add_bool(obj, "stalled", engine->stalled);
		add_number(obj, "slow-us", engine->slow_us);
		add_number(obj, "wrong-completions", engine->wrong_completions);
		add_number(obj, "lost-completions", engine->lost_completions);
		add_number(obj, "corrupt-packets", engine->corrupt_packets);
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *show_injections(struct emu_card *card)
{
	struct json_object *obj = json_object_new_object();
	uint32_t dropped = 0, wrong_phase = 0;
	unsigned int core;

	for (core = 0; core < EMU_NR_CORES; core++) {
		dropped += card->notify[core].drop_next;
		wrong_phase += card->notify[core].wrong_phase_next;
	}
	add_text(obj, "fwio", fwio_fault_name(card->fw.inject.fault));
	add_number(obj, "fwio-count",
		   card->fw.inject.fault == EMU_FWIO_NO_FAULT ? 0 : card->fw.inject.count);
	json_object_object_add(obj, "engines", show_disturbed_engines(card));
	add_number(obj, "nq-overflow", dropped);
	add_number(obj, "nq-wrong-phase", wrong_phase);
	add_bool(obj, "never-ready", card->reset.never_ready);
	add_bool(obj, "reset-hang", card->reset.hang);
	add_number(obj, "reset-fail", card->reset.fail_next);
	add_bool(obj, "reset-failed", card->reset.failed);
	add_bool(obj, "ones", card->reads_ones);
	add_bool(obj, "dead", atomic_load(&card->dead));
	add_number(obj, "irq-lost", card->irq_lose_next);
	return obj;
}

static struct json_object *show_links(struct emu_card *card)
{
	struct json_object *links = json_object_new_object();

	json_object_object_add(links, "east", show_link(card, EMU_EAST));
	json_object_object_add(links, "west", show_link(card, EMU_WEST));
	return links;
}

static uint64_t word_pair(const struct emu_card *card, uint32_t high_off, uint32_t low_off)
{
	return (uint64_t)card->misc.word[high_off / 4] << 32 | card->misc.word[low_off / 4];
}

static struct json_object *show_fwio(struct emu_card *card)
{
	struct json_object *obj = json_object_new_object();
	const struct emu_counters *count = &card->count;

	add_bool(obj, "ready", emu_reset_ready(card));
	add_bool(obj, "busy", card->fw.busy);
	add_number(obj, "request", word_pair(card, EMU_MISC_REQUEST_HI, EMU_MISC_REQUEST_LO));
	add_number(obj, "response", word_pair(card, EMU_MISC_RESPONSE_HI, EMU_MISC_RESPONSE_LO));
	add_number(obj, "reset-request", card->misc.word[EMU_MISC_RESET / 4]);
	add_number(obj, "reset-running", card->reset.running);
	add_number(obj, "api-version", card->misc.word[EMU_MISC_API_VERSION / 4]);
	add_number(obj, "requests", count->fwio_requests);
	add_number(obj, "answered", count->fwio_answered);
	add_number(obj, "words", count->fwio_words);
	add_number(obj, "refused", count->fwio_bad_pointer + count->fwio_bad_size +
		   count->fwio_bad_crc);
	add_number(obj, "failed", count->fwio_bad_command + count->fwio_bad_read);
	add_number(obj, "lost-in-reset", count->fwio_lost_in_reset);
	add_text(obj, "injected", fwio_fault_name(card->fw.inject.fault));
	return obj;
}

static void add_bar(struct json_object *list, unsigned int bar, uint64_t bytes)
{
	struct json_object *obj = json_object_new_object();

	add_number(obj, "bar", bar);
	add_number(obj, "bytes", bytes);
	json_object_array_add(list, obj);
}

static struct json_object *show_pci(struct emu_card *card)
{
	static const char *const irq_kinds[] = {
		[EMU_IRQ_NONE] = "none", [EMU_IRQ_MSI] = "msi", [EMU_IRQ_MSIX] = "msix",
	};
	struct json_object *obj = json_object_new_object(), *bars = json_object_new_array();

	add_number(obj, "vendor-id", 0x1d0f);
	add_number(obj, "device-id", card->opts->device_id);
	add_number(obj, "revision", card->opts->revision);
	add_bar(bars, 0, EMU_BAR0_BYTES);
	add_bar(bars, 2, EMU_BAR2_BYTES);
	add_bar(bars, 4, card->opts->bar4_bytes);
	json_object_object_add(obj, "bars", bars);
	add_text(obj, "irq", irq_kinds[card->opts->irq_mode]);
	add_bool(obj, "bus-master", card->bus_master);
	add_bool(obj, "attached", atomic_load(&card->attached));
	add_bool(obj, "dead", atomic_load(&card->dead));
	return obj;
}

static struct json_object *show_card(struct emu_card *card)
{
	struct json_object *obj = json_object_new_object();

	add_number(obj, "card", card->index);
	add_bool(obj, "attached", atomic_load(&card->attached));
	add_bool(obj, "dead", atomic_load(&card->dead));
	add_bool(obj, "ready", emu_reset_ready(card));
	add_number(obj, "reset-running", card->reset.running);
	add_bool(obj, "bus-master", card->bus_master);
	add_number(obj, "device-id", card->misc.word[EMU_MISC_DEVICE_ID / 4]);
	json_object_object_add(obj, "links", show_links(card));
	json_object_object_add(obj, "engines", show_engines(card));
	json_object_object_add(obj, "notify-queues", show_notify(card));
	json_object_object_add(obj, "cores", show_cores(card));
	json_object_object_add(obj, "injected", show_injections(card));
	json_object_object_add(obj, "host-fault", show_fault(&card->fault));
	json_object_object_add(obj, "counters", show_counters(card));
	return obj;
}

static struct json_object *show_core_whole(struct emu_card *card, unsigned int core)
{
	struct json_object *obj = show_core(card, core), *queues = json_object_new_array();

	show_notify_unit(queues, &card->notify[core], core);
	json_object_object_add(obj, "notify-queues", queues);
	return obj;
}

/* The blocks that have numbers. */
static int show_numbered(struct emu_call *call, struct json_object **answer)
{
	bool queue = emu_call_is(call, 0, "queue");
	uint64_t index, second = 0;
	int err;

	if (emu_call_is(call, 0, "core")) {
		err = emu_call_number(call, 1, EMU_NR_CORES - 1, &index);
		if (!err)
			*answer = show_core_whole(call->card, (unsigned int)index);
		return err;
	}
	if (!queue && !emu_call_is(call, 0, "engine"))
		return emu_call_expected(call, "show", 0);
	err = emu_call_number(call, 1, EMU_NR_ENGINES - 1, &index);
	if (!err && queue)
		err = emu_call_number(call, 2, EMU_NR_QUEUES - 1, &second);
	if (!err)
		*answer = queue ? show_queue(&call->card->engine[index], (unsigned int)second) :
				  show_engine(&call->card->engine[index]);
	return err;
}

/**
 * emu_command_show() - "show" and its blocks
 * @call: the command
 * Context: no card lock held.
 * Return: 0, or a negative errno with the reason in @call.
 */
int emu_command_show(struct emu_call *call)
{
	static const struct {
		const char *block;
		struct json_object *(*show)(struct emu_card *card);
	} blocks[] = {
		{ "", show_card }, { "fwio", show_fwio }, { "links", show_links },
		{ "pci", show_pci }, { "injected", show_injections },
		{ "counters", show_counters },
	};
	struct json_object *answer = NULL;
	int err = 0;
	size_t i;

	emu_card_enter(call->card);
	for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (emu_call_is(call, 0, blocks[i].block))
			answer = blocks[i].show(call->card);
	if (!answer)
		err = show_numbered(call, &answer);
	emu_card_leave(call->card);
	if (answer) {
		json_object_put(call->answer);
		call->answer = answer;
	}
	return err;
}
