// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of a ring. Memory knows the context it is of, so an entry into memory
 * of another context of the session goes to that one's card; only registers have
 * to say whose they are.
 */
#include <inttypes.h>

#include "ring_entry.h"

#define HAS(given, key)	((given) >> (key) & 1)

#define WORD_BYTES	4	/* what an immediate is, and what a register takes */

static unsigned int count_of(uint64_t given, uint64_t keys)
{
	return (unsigned int)__builtin_popcountll(given & keys);
}

/* Do the words make one entry? Return: EXIT_DONE or EXIT_USAGE. */
static int check(uint64_t given)
{
	const uint64_t registers = 1ULL << ENTRY_EVENT | 1ULL << ENTRY_SEMA;

	if (count_of(given, 1ULL << ENTRY_SRC | 1ULL << ENTRY_IMM) != 1)
		return tool_usage("an entry has one source: \"src\" or \"imm\"");
	if (count_of(given, registers | 1ULL << ENTRY_DST | 1ULL << ENTRY_FIFO) != 1)
		return tool_usage("an entry has one destination: \"dst\", \"event\", \"sema\" or "
				  "\"fifo\"");
	if (!(given & registers) != !HAS(given, ENTRY_CORE))
		return tool_usage(given & registers ? "\"core\" is missing: whose register it is" :
				  "\"core\" goes with \"event\" and \"sema\"");
	if (HAS(given, ENTRY_OP) && !HAS(given, ENTRY_SEMA))
		return tool_usage("\"op\" goes with \"sema\"");
	if (HAS(given, ENTRY_TO) && !(given & registers))
		return tool_usage("\"to\" goes with \"event\" and \"sema\": memory is where it is");
	return EXIT_DONE;
}

static int put_src(const struct session_item *ring, const struct entry_words *words,
		   uint64_t given, struct neuron_entry *entry)
{
	const struct session_item *mem = words->src.mem;

	if (HAS(given, ENTRY_IMM)) {
		entry->src_kind = NEURON_ENTRY_SRC_IMM;
		entry->imm = words->imm;
		return EXIT_DONE;
	}
	if (mem->parent != ring->parent)
		return tool_usage("\"src\" is memory of another context than the ring: only what "
				  "an entry writes to may be that");
	entry->src_kind = NEURON_ENTRY_SRC_MEM;
	entry->src_mem = mem->id;
	entry->src_offset = words->src.offset;
	return EXIT_DONE;
}

static int put_dst(struct tool *tool, const struct session_item *ring,
		   const struct entry_words *words, uint64_t given, struct neuron_entry *entry)
{
	struct session_item *to = ring->parent;
	int status = EXIT_DONE;

	entry->dst_core = words->core;
	if (HAS(given, ENTRY_DST)) {
		to = words->dst.mem->parent;
		entry->dst_kind = NEURON_ENTRY_DST_MEM;
		entry->dst_mem = words->dst.mem->id;
		entry->dst_offset = words->dst.offset;
	} else if (HAS(given, ENTRY_EVENT)) {
		entry->dst_kind = NEURON_ENTRY_DST_EVENT;
		entry->dst_event = words->event;
	} else if (HAS(given, ENTRY_SEMA)) {
		entry->dst_kind = NEURON_ENTRY_DST_SEMAPHORE;
		entry->dst_event = words->sema;
		entry->dst_op = words->op;
	} else {
		entry->dst_kind = NEURON_ENTRY_DST_FIFO;
		entry->dst_core = words->fifo;
	}
	if (HAS(given, ENTRY_TO))
		status = session_ctx(tool, words->to, &to);
	if (!status && to != ring->parent)
		neuron_entry_to(entry, to->ctx);
	return status;
}

/* What is left of a memory behind a place in it. */
static uint64_t rest(const struct args_place *place)
{
	uint64_t size = neuron_mem_size(place->mem->mem);

	return place->offset < size ? size - place->offset : 0;
}

/* As much as fits, or a word where it cannot be anything else. */
static uint64_t usual_length(const struct entry_words *words, uint64_t given)
{
	uint64_t length;

	if (HAS(given, ENTRY_IMM) || HAS(given, ENTRY_EVENT) || HAS(given, ENTRY_SEMA))
		return WORD_BYTES;
	length = rest(&words->src);
	if (HAS(given, ENTRY_DST) && rest(&words->dst) < length)
		length = rest(&words->dst);
	return length;
}

/**
 * entry_make() - an entry of what words say
 * @tool: run
 * @ring: ring that it is for
 * @words: what they say
 * @given: bits ENTRY_*: which there were
 * @entry: filled
 *
 * Return: EXIT_DONE, or the exit status after an error.
 */
int entry_make(struct tool *tool, const struct session_item *ring,
	       const struct entry_words *words, uint64_t given, struct neuron_entry *entry)
{
	int status = check(given);

	*entry = (struct neuron_entry){ .flags = words->flags, .length_bytes = words->length };
	if (!status && !HAS(given, ENTRY_LENGTH))
		entry->length_bytes = usual_length(words, given);
	if (!status)
		status = put_src(ring, words, given, entry);
	if (!status)
		status = put_dst(tool, ring, words, given, entry);
	return status;
}

static void show_src(struct out *out, const struct neuron_entry *entry)
{
	if (entry->src_kind == NEURON_ENTRY_SRC_IMM) {
		out_number(out, "imm", entry->imm, OUT_HEX);
		return;
	}
	out_number(out, "src-mem", entry->src_mem, 0);
	out_number(out, "src-offset", entry->src_offset, OUT_HEX);
}

static void show_dst(struct out *out, const struct neuron_entry *entry)
{
	const char *op = neuron_semaphore_op_name(entry->dst_op);

	if (entry->dst_device)
		out_number(out, "dst-dev-index", entry->dst_device - 1, 0);
	if (entry->dst_kind == NEURON_ENTRY_DST_MEM) {
		out_number(out, "dst-mem", entry->dst_mem, 0);
		out_number(out, "dst-offset", entry->dst_offset, OUT_HEX);
		return;
	}
	out_number(out, "dst-core", entry->dst_core, 0);
	if (entry->dst_kind == NEURON_ENTRY_DST_EVENT)
		out_number(out, "dst-event", entry->dst_event, 0);
	else if (entry->dst_kind == NEURON_ENTRY_DST_FIFO)
		out_bool(out, "dst-fifo", true, 0);
	if (entry->dst_kind != NEURON_ENTRY_DST_SEMAPHORE)
		return;
	out_number(out, "dst-semaphore", entry->dst_event, 0);
	if (op)
		out_string(out, "semaphore-op", op, 0);
	else
		out_number(out, "semaphore-op", entry->dst_op, 0);
}

static void show_flags(struct out *out, uint32_t flags)
{
	const char *names[32];
	size_t count = 0;
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1)
		if (flags & bit && neuron_entry_flag_name(bit))
			names[count++] = neuron_entry_flag_name(bit);
	if (flags)
		out_strings(out, "flags", names, count, 0);
}

/**
 * entry_show() - an entry as output, by the attributes of the spec
 * @out: output; an array is open
 * @number: its number, counted since the ring was attached
 * @entry: entry
 * @state: enum neuron_entry_state
 */
void entry_show(struct out *out, uint64_t number, const struct neuron_entry *entry, uint32_t state)
{
	const char *name = neuron_entry_state_name(state);
	char heading[64];

	snprintf(heading, sizeof(heading), "  entry %" PRIu64 ": %s", number,
		 name ? name : "in a state that this program does not know");
	out_object(out, NULL, heading);
	show_src(out, entry);
	show_dst(out, entry);
	out_number(out, "length", entry->length_bytes, OUT_BYTES);
	show_flags(out, entry->flags);
	if (name)
		out_string(out, "state", name, OUT_HEAD);
	else
		out_number(out, "state", state, OUT_HEAD);
	out_object_end(out);
}
