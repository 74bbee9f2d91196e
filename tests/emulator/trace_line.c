// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers that people count are JSON numbers; offsets, addresses and register values are
 * strings in hexadecimal. All strings are ours, so nothing needs an escape.
 */
#include "trace_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "card.h"
#include "engine.h"
#include "iofic.h"
#include "notify.h"
#include "regname.h"

#define COMMAND_READ	1u
#define COMMAND_METRIC	2u
#define VALUE_PHASE	(1u << 31)

struct line {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void add(struct line *line, const char *format, ...)
{
	size_t room = EMU_TRACE_LINE_BYTES - line->used;
	va_list args;
	int wanted;

	va_start(args, format);
	wanted = vsnprintf(line->text + line->used, room, format, args);
	va_end(args);
	line->used += (size_t)wanted < room ? (size_t)wanted : room - 1;
}

static void add_hex(struct line *line, const char *key, uint64_t value)
{
	add(line, ",\"%s\":\"0x%llx\"", key, (unsigned long long)value);
}

static void add_number(struct line *line, const char *key, uint64_t value)
{
	add(line, ",\"%s\":%llu", key, (unsigned long long)value);
}

static void add_text(struct line *line, const char *key, const char *value)
{
	add(line, ",\"%s\":\"%s\"", key, value);
}

static void add_reg(struct line *line, const struct emu_trace_reg *reg)
{
	char name[EMU_REGNAME_BYTES];

	emu_regname(reg->bar, reg->off, name);
	add_text(line, "op", reg->store ? "store" : "load");
	add_number(line, "bar", reg->bar);
	add_hex(line, "offset", reg->off);
	add_number(line, "width", reg->width);
	add_hex(line, "value", reg->value);
	add_text(line, "name", name);
	if (reg->by_dma)
		add_text(line, "by", "dma");
	if (reg->refused)
		add(line, ",\"refused\":true");
}

static const char *command_name(uint8_t command)
{
	return command == COMMAND_READ ? "read" : command == COMMAND_METRIC ? "metric" : "unknown";
}

static uint32_t listed(const struct emu_trace_fwio *fwio)
{
	return fwio->count < EMU_TRACE_FWIO_VALUES ? fwio->count : EMU_TRACE_FWIO_VALUES;
}

static void add_fwio_names(struct line *line, const struct emu_trace_fwio *fwio)
{
	char name[EMU_REGNAME_BYTES];
	uint32_t i;

	add(line, ",\"names\":[");
	for (i = 0; i < listed(fwio); i++) {
		emu_regname_of_address(fwio->value[i], name);
		add(line, "%s\"%s\"", i ? "," : "", name);
	}
	add(line, "]");
}

static void add_fwio(struct line *line, const struct emu_trace_fwio *fwio)
{
	uint32_t i;

	add_text(line, "op", fwio->step);
	if (fwio->at)
		add_hex(line, "at", fwio->at);
	if (!fwio->bytes)
		return;
	add_number(line, "sequence", fwio->sequence);
	if (fwio->answer)
		add_number(line, "error", fwio->error);
	else
		add_text(line, "command", command_name(fwio->command));
	add_number(line, "bytes", fwio->bytes);
	add_number(line, "count", fwio->count);
	if (!fwio->count)
		return;
	add(line, ",\"%s\":[", fwio->answer ? "values" : "addresses");
	for (i = 0; i < listed(fwio); i++)
		add(line, "%s\"0x%llx\"", i ? "," : "", (unsigned long long)fwio->value[i]);
	add(line, "]");
	if (!fwio->answer)
		add_fwio_names(line, fwio);
}

static void add_desc(struct line *line, const char *key, const struct emu_desc *desc)
{
	add(line, ",\"%s\":[\"0x%08x\",\"0x%08x\",\"0x%08x\",\"0x%08x\"]", key, desc->word[0],
	    desc->word[1], desc->word[2], desc->word[3]);
}

static void add_place(struct line *line, const char *key, const struct emu_desc *desc)
{
	char name[EMU_REGNAME_BYTES];

	emu_regname_of_address((uint64_t)desc->word[3] << 32 | desc->word[2], name);
	add_text(line, key, name);
}

static void add_dma(struct line *line, const struct emu_trace_dma *dma)
{
	add_number(line, "engine", dma->engine);
	add_number(line, "queue", dma->queue);
	add_text(line, "result", dma->result);
	add_number(line, "bytes", dma->bytes);
	add_number(line, "m2s-descriptors", dma->descriptors[EMU_M2S]);
	add_number(line, "s2m-descriptors", dma->descriptors[EMU_S2M]);
	add_desc(line, "m2s", &dma->first[EMU_M2S]);
	add_desc(line, "s2m", &dma->first[EMU_S2M]);
	add_place(line, "from", &dma->first[EMU_M2S]);
	add_place(line, "to", &dma->first[EMU_S2M]);
}

static const char *error_name(enum emu_dir dir, unsigned int bit)
{
	static const struct {
		enum emu_dir dir;
		unsigned int bit;
		const char *name;
	} names[] = {
		{ EMU_M2S, EMU_M2S_COMPLETION_RESPONSE, "completion-write" },
		{ EMU_M2S, EMU_M2S_DATA_RESPONSE, "data-read" },
		{ EMU_M2S, EMU_M2S_DESC_RESPONSE, "descriptor-read" },
		{ EMU_M2S, EMU_M2S_PACKET_BYTES, "packet-too-long" },
		{ EMU_M2S, EMU_M2S_PACKET_DESCS, "too-many-descriptors" },
		{ EMU_M2S, EMU_M2S_FIRST_INSIDE, "first-inside-packet" },
		{ EMU_M2S, EMU_M2S_NO_FIRST, "no-first" },
		{ EMU_M2S, EMU_M2S_RING_ID, "ring-id" },
		{ EMU_S2M, EMU_S2M_DATA_RESPONSE, "data-write" },
		{ EMU_S2M, EMU_S2M_DESC_RESPONSE, "descriptor-read" },
		{ EMU_S2M, EMU_S2M_RING_ID, "ring-id" },
		{ EMU_S2M, EMU_S2M_COMPLETION_RESPONSE, "completion-write" },
		{ EMU_S2M, EMU_S2M_PACKET_LENGTH, "packet-too-long" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].dir == dir && names[i].bit == bit)
			return names[i].name;
	return "other";
}

static void add_fault(struct line *line, const struct emu_trace_fault *fault)
{
	add_number(line, "engine", fault->engine);
	add_number(line, "queue", fault->queue);
	add_text(line, "half", fault->dir == EMU_M2S ? "m2s" : "s2m");
	add_text(line, "error", error_name(fault->dir, fault->bit));
	add_number(line, "cause-bit", fault->bit);
	add_desc(line, "descriptor", &fault->desc);
	add_place(line, "address", &fault->desc);
	if (fault->host)
		add_text(line, "host", fault->host);
}

static void add_record(struct line *line, const struct emu_trace_record *record)
{
	static const char *const types[EMU_NOTIFY_NR_TYPES] = {
		[EMU_NOTIFY_TRACE] = "trace", [EMU_NOTIFY_NOTIFY] = "notify",
		[EMU_NOTIFY_EVENT] = "event", [EMU_NOTIFY_ERROR] = "error",
	};
	uint32_t type = record->word[0] & 0xff;

	add_number(line, "core", record->core);
	add_text(line, "type", type < EMU_NOTIFY_NR_TYPES ? types[type] : "other");
	add_number(line, "instance", record->word[0] >> 8 & 0xff);
	add_number(line, "id", record->word[1]);
	add_number(line, "value", record->word[2] & ~VALUE_PHASE);
	add_number(line, "phase", record->word[2] >> 31);
	add_hex(line, "address", record->dev_addr);
	add_text(line, "result", record->result);
}

static void add_irq(struct line *line, const struct emu_trace_irq *irq)
{
	unsigned int source = irq->source;

	add_number(line, "source", source);
	if (!source)
		add_text(line, "name", "firmware");
	else if (source < 1 + EMU_NR_ENGINES)
		add(line, ",\"name\":\"engine[%u].completion\"", source - 1);
	else if (source < 1 + 2 * EMU_NR_ENGINES)
		add(line, ",\"name\":\"engine[%u].error\"", source - 1 - EMU_NR_ENGINES);
	else
		add(line, ",\"name\":\"core[%u].nq\"", source - 1 - 2 * EMU_NR_ENGINES);
	add_text(line, "result", irq->result);
}

static void add_reset(struct line *line, const struct emu_trace_reset *reset)
{
	add_text(line, "op", reset->step);
	add_text(line, "what", reset->what);
	add_hex(line, "cores", reset->cores);
}

static void add_link(struct line *line, const struct emu_trace_link *link)
{
	add_text(line, "side", link->east ? "east" : "west");
	add(line, ",\"up\":%s", link->up ? "true" : "false");
}

static void add_begin(struct line *line, const struct emu_trace_begin *begin)
{
	char kinds[EMU_TRACE_LIST_BYTES], text[32] = "";
	time_t now = begin->unix_time_s;
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	add_text(line, "kinds", emu_trace_kind_list(begin->kinds, kinds));
	add_text(line, "time", text);
}

static void add_members(struct line *line, const struct emu_trace_event *event)
{
	switch (event->kind) {
	case EMU_TRACE_REG:
		add_reg(line, &event->reg);
		break;
	case EMU_TRACE_FWIO:
		add_fwio(line, &event->fwio);
		break;
	case EMU_TRACE_DMA:
		add_dma(line, &event->dma);
		break;
	case EMU_TRACE_FAULT:
		add_fault(line, &event->fault);
		break;
	case EMU_TRACE_RECORD:
		add_record(line, &event->record);
		break;
	case EMU_TRACE_IRQ:
		add_irq(line, &event->irq);
		break;
	case EMU_TRACE_RESET:
		add_reset(line, &event->reset);
		break;
	case EMU_TRACE_LINK:
		add_link(line, &event->link);
		break;
	default:
		add_begin(line, &event->begin);
		break;
	}
}

/**
 * emu_trace_line() - print an event
 * @event: the event
 * @text: answers one line with its end
 * Context: any.
 * Return: bytes of the line.
 */
size_t emu_trace_line(const struct emu_trace_event *event, char text[EMU_TRACE_LINE_BYTES])
{
	struct line line = { .text = text };

	add(&line, "{\"us\":%llu,\"card\":", (unsigned long long)event->time_us);
	if (event->card == EMU_TRACE_ALL_CARDS)
		add(&line, "\"all\"");
	else
		add(&line, "%u", event->card);
	add(&line, ",\"kind\":\"%s\"", emu_trace_kind_name(event->kind));
	if (event->lost)
		add_number(&line, "lost", event->lost);
	add_members(&line, event);
	add(&line, "}\n");
	return line.used;
}
