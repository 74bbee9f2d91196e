// SPDX-License-Identifier: GPL-2.0
/*
 * top: a sample as a block of text, or as a line of JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "top.h"

struct cell {
	char text[24];
};

/* Four digits at most, for columns. */
static const char *bytes_of(uint64_t bytes, struct cell *cell)
{
	static const char *const units[] = { "B", "K", "M", "G", "T", "P" };
	double scaled = (double)bytes;
	size_t unit = 0;

	while (scaled >= 1000 && unit + 1 < COUNT(units)) {
		scaled /= 1024;
		unit++;
	}
	snprintf(cell->text, sizeof(cell->text), unit && scaled < 100 ? "%.1f%s" : "%.0f%s",
		 scaled, units[unit]);
	return cell->text;
}

/* Per second, "-" if that is not known yet. */
static const char *rate_of(const struct top_sample *before, const struct top_sample *now,
			   const struct top_card *card, size_t off, bool bytes, struct cell *cell)
{
	uint64_t rate;

	if (!top_has_rates(before, card))
		return "-";
	rate = top_per_second(before, now, card, off);
	if (bytes)
		return bytes_of(rate, cell);
	snprintf(cell->text, sizeof(cell->text), "%" PRIu64, rate);
	return cell->text;
}

static uint64_t faults(const struct neuron_stats_info *stats)
{
	return stats->engine_aborts + stats->fwio_timeouts + stats->fwio_errors +
	       stats->copy_failures + stats->reset_failures + stats->nq_overruns +
	       stats->links_lost + stats->pcie_errors + stats->interrupts_lost;
}

static const char *name_or(const char *name)
{
	return name ? name : "?";
}

#define RATE(member, bytes, n)							\
	rate_of(before, now, card, offsetof(struct neuron_stats_info, member), bytes, &cell[n])

static void card_row(FILE *file, const struct top_sample *before, const struct top_sample *now,
		     const struct top_card *card)
{
	const struct neuron_device_info *device = &card->device;
	struct cell cell[8];

	fprintf(file, "%3" PRIu32 " %-16s %-9s %-8s %4" PRIu32 " %6s %6s %6s %8s %8s %7s %7s %6"
		PRIu64 "\n", device->index, device->bus_name,
		name_or(neuron_device_state_name(device->state)),
		name_or(neuron_health_name(device->health)), device->contexts,
		bytes_of(device->dram_used, &cell[0]), bytes_of(device->dram_bytes, &cell[1]),
		bytes_of(device->host_used, &cell[2]), RATE(bytes, true, 3),
		RATE(descriptors, false, 4), RATE(copies, false, 5), RATE(fwio_requests, false, 6),
		faults(&card->stats));
}

static void context_row(FILE *file, const struct neuron_ctx_info *info)
{
	struct cell cell[2];

	fprintf(file, "%3" PRIu32 " %5" PRIu32 " %7" PRIu32 " %5" PRIu32 " %-15.15s %-15.15s "
		"%6s %6s %5" PRIu32 " %5" PRIu32 " %4" PRIu32 " %4" PRIu32 "\n", info->index,
		info->ctx_id, info->pid, info->uid, info->command,
		info->label[0] ? info->label : "-", bytes_of(info->device_bytes, &cell[0]),
		bytes_of(info->host_bytes, &cell[1]), info->mems, info->rings, info->nqs,
		info->jobs);
}

/**
 * top_text() - a sample for people
 * @tool: run
 * @file: where to
 * @before: sample before, empty at first
 * @now: sample
 * @interval_ms: time between them that was asked for
 */
void top_text(struct tool *tool, FILE *file, const struct top_sample *before,
	      const struct top_sample *now, uint32_t interval_ms)
{
	char when[40];
	size_t i;

	timestamp(tool, when, sizeof(when));
	fprintf(file, "neuronnl top  %.19s  every %g s  cards %zu  contexts %zu\n", when,
		interval_ms / 1000.0, now->card_count, now->context_count);
	if (now->error[0])
		fprintf(file, "%s\n", now->error);
	fprintf(file, "%3s %-16s %-9s %-8s %4s %6s %6s %6s %8s %8s %7s %7s %6s\n", "DEV", "PCI",
		"STATE", "HEALTH", "CTXS", "DRAM", "OF", "HOST", "BYTES/s", "DESCS/s", "COPY/s",
		"FWIO/s", "FAULTS");
	for (i = 0; i < now->card_count; i++)
		card_row(file, before, now, &now->cards[i]);
	if (!now->context_count)
		return;
	fprintf(file, "\n%3s %5s %7s %5s %-15s %-15s %6s %6s %5s %5s %4s %4s\n", "DEV", "CTX",
		"PID", "UID", "COMMAND", "LABEL", "DRAM", "HOST", "MEMS", "RINGS", "NQS", "JOBS");
	for (i = 0; i < now->context_count; i++)
		context_row(file, &now->contexts[i]);
}

static void json_card(struct out *out, const struct top_sample *before,
		      const struct top_sample *now, const struct top_card *card)
{
	size_t i;

	out_object(out, NULL, "");
	out_info(out, show_device, show_device_count, &card->device);
	/* It may have gone between the two questions. */
	if (card->stats.present) {
		out_object(out, "stats", "");
		show_stats(out, &card->stats);
		out_object_end(out);
	}
	if (top_has_rates(before, card)) {
		out_object(out, "rate", "");
		for (i = 0; i < top_rate_count; i++)
			out_number(out, top_rates[i].key,
				   top_per_second(before, now, card, top_rates[i].off), 0);
		out_object_end(out);
	}
	out_object_end(out);
}

/**
 * top_json() - a sample as a line of JSON
 * @tool: run
 * @before: sample before, empty at first: rates are of the time between
 * @now: sample
 */
void top_json(struct tool *tool, const struct top_sample *before, const struct top_sample *now)
{
	struct out *out = &tool->out;
	char when[40];
	size_t i;

	out_number(out, "interval-ms", before->at_ms ? now->at_ms - before->at_ms : 0, 0);
	if (tool->timestamp) {
		timestamp(tool, when, sizeof(when));
		out_string(out, "timestamp", when, 0);
	}
	if (now->error[0])
		out_string(out, "error", now->error, 0);
	out_array(out, "dev");
	for (i = 0; i < now->card_count; i++)
		json_card(out, before, now, &now->cards[i]);
	out_array_end(out);
	out_array(out, "ctx");
	for (i = 0; i < now->context_count; i++) {
		out_object(out, NULL, "");
		show_context(out, &now->contexts[i]);
		out_object_end(out);
	}
	out_array_end(out);
}
