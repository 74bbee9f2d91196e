// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>

#include "box.h"
#include "show.h"

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
		[EMU_FWIO_OVERSIZE] = "oversize", [EMU_FWIO_GARBAGE] = "garbage",
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

static struct json_object *show_queues(const struct emu_engine *engine)
{
	struct json_object *list = json_object_new_array(), *obj;
	const struct emu_pair *pair;
	unsigned int queue;

	for (queue = 0; queue < EMU_NR_QUEUES; queue++) {
		pair = &engine->pair[queue];
		if (!emu_half_length(&pair->half[EMU_M2S]) &&
		    !emu_half_length(&pair->half[EMU_S2M]))
			continue;
		obj = json_object_new_object();
		add_number(obj, "queue", queue);
		add_bool(obj, "running", engine->running == (int)queue);
		add_bool(obj, "waiting", pair->waiting);
		json_object_object_add(obj, "m2s", show_half(engine, EMU_M2S, queue));
		json_object_object_add(obj, "s2m", show_half(engine, EMU_S2M, queue));
		json_object_array_add(list, obj);
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

static struct json_object *show_cores(struct emu_card *card)
{
	struct json_object *list = json_object_new_array(), *obj;
	unsigned int core;

	for (core = 0; core < EMU_NR_CORES; core++) {
		obj = json_object_new_object();
		add_number(obj, "core", core);
		json_object_object_add(obj, "semaphores",
				       show_words(card->core[core].semaphore, EMU_NR_SEMAPHORES));
		json_object_object_add(obj, "events",
				       show_words(card->core[core].event, EMU_NR_EVENTS));
		if (card->isa)
			json_object_object_add(obj, "program", show_program(&card->isa->core[core]));
		json_object_array_add(list, obj);
	}
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

static struct json_object *show_injections(struct emu_card *card)
{
	struct json_object *obj = json_object_new_object();

	add_text(obj, "fwio", fwio_fault_name(card->fw.inject.fault));
	add_number(obj, "fwio-count",
		   card->fw.inject.fault == EMU_FWIO_NO_FAULT ? 0 : card->fw.inject.count);
	add_bool(obj, "never-ready", card->reset.never_ready);
	add_bool(obj, "reset-hang", card->reset.hang);
	return obj;
}

/**
 * emu_show_card() - everything about a card
 * @card: the card
 * Context: card lock held.
 * Return: a JSON object that the caller puts.
 */
struct json_object *emu_show_card(struct emu_card *card)
{
	struct json_object *obj = json_object_new_object(), *links = json_object_new_object();

	add_number(obj, "card", card->index);
	add_bool(obj, "attached", atomic_load(&card->attached));
	add_bool(obj, "dead", atomic_load(&card->dead));
	add_bool(obj, "ready", emu_reset_ready(card));
	add_number(obj, "reset-running", card->reset.running);
	add_bool(obj, "bus-master", card->bus_master);
	add_number(obj, "device-id", card->misc.word[EMU_MISC_DEVICE_ID / 4]);
	json_object_object_add(links, "east", show_link(card, EMU_EAST));
	json_object_object_add(links, "west", show_link(card, EMU_WEST));
	json_object_object_add(obj, "links", links);
	json_object_object_add(obj, "engines", show_engines(card));
	json_object_object_add(obj, "notify-queues", show_notify(card));
	json_object_object_add(obj, "cores", show_cores(card));
	json_object_object_add(obj, "injected", show_injections(card));
	json_object_object_add(obj, "host-fault", show_fault(&card->fault));
	json_object_object_add(obj, "counters", show_counters(card));
	return obj;
}
