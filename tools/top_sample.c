// SPDX-License-Identifier: GPL-2.0
/*
 * top: asks the driver for cards, counters and contexts. The hardware is not
 * asked, so looking costs the card nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

#define R(key, member) { key, offsetof(struct neuron_stats_info, member) }

const struct top_rate top_rates[] = {
	R("bytes", bytes),
	R("descriptors", descriptors),
	R("doorbells", doorbells),
	R("copies", copies),
	R("cleared-bytes", cleared_bytes),
	R("fwio-requests", fwio_requests),
	R("interrupts", interrupts),
};

const size_t top_rate_count = COUNT(top_rates);

/* struct taking - a sample that is being taken, of all cards or of one */
struct taking {
	struct top_sample *sample;
	int index;
};

static bool is_wanted(const struct taking *taking, uint32_t index)
{
	return taking->index == NEURON_ALL_DEVICES || (uint32_t)taking->index == index;
}

static int take_card(const struct neuron_device_info *info, void *arg)
{
	struct taking *taking = arg;
	struct top_sample *sample = taking->sample;
	struct top_card *cards;

	if (!is_wanted(taking, info->index))
		return 0;
	cards = realloc(sample->cards, (sample->card_count + 1) * sizeof(*cards));
	if (!cards)
		return -ENOMEM;
	sample->cards = cards;
	cards[sample->card_count++] = (struct top_card){ .device = *info };
	return 0;
}

static int take_stats(const struct neuron_stats_info *info, void *arg)
{
	struct top_sample *sample = ((struct taking *)arg)->sample;
	size_t i;

	for (i = 0; i < sample->card_count; i++)
		if (!strcmp(sample->cards[i].device.bus_name, info->bus_name))
			sample->cards[i].stats = *info;
	return 0;
}

static int take_context(const struct neuron_ctx_info *info, void *arg)
{
	struct taking *taking = arg;
	struct top_sample *sample = taking->sample;
	struct neuron_ctx_info *contexts;

	if (!is_wanted(taking, info->index))
		return 0;
	contexts = realloc(sample->contexts, (sample->context_count + 1) * sizeof(*contexts));
	if (!contexts)
		return -ENOMEM;
	sample->contexts = contexts;
	contexts[sample->context_count++] = *info;
	return 0;
}

/**
 * top_sample() - look
 * @tool: run
 * @index: card, or NEURON_ALL_DEVICES
 * @sample: filled; to be freed with top_sample_free() in any case
 *
 * Return: 0, or a negative errno; the sample then says why.
 */
int top_sample(struct tool *tool, int index, struct top_sample *sample)
{
	struct taking taking = { .sample = sample, .index = index };
	int err;

	*sample = (struct top_sample){ .at_ms = tool_now_ms() };
	err = neuron_device_list(tool->handle, take_card, &taking);
	if (!err)
		err = neuron_stats_list(tool->handle, NEURON_ALL_DEVICES, take_stats, &taking);
	if (!err)
		err = neuron_ctx_list(tool->handle, NEURON_ALL_DEVICES, take_context, &taking);
	if (err)
		snprintf(sample->error, sizeof(sample->error), "%s",
			 neuron_last_error(tool->handle));
	else if (index != NEURON_ALL_DEVICES && !sample->card_count)
		snprintf(sample->error, sizeof(sample->error), "card %d is gone", index);
	return err;
}

/**
 * top_sample_free() - free what a sample holds
 * @sample: sample
 */
void top_sample_free(struct top_sample *sample)
{
	free(sample->cards);
	free(sample->contexts);
	*sample = (struct top_sample){ 0 };
}

static const struct top_card *same_card(const struct top_sample *sample,
					const struct top_card *card)
{
	size_t i;

	for (i = 0; i < sample->card_count; i++)
		if (!strcmp(sample->cards[i].device.bus_name, card->device.bus_name) &&
		    sample->cards[i].stats.present)
			return &sample->cards[i];
	return NULL;
}

static uint64_t value(const struct top_card *card, size_t off)
{
	uint64_t number;

	memcpy(&number, (const char *)&card->stats + off, sizeof(number));
	return number;
}

/**
 * top_has_rates() - is there something to compare a card with?
 * @before: sample before
 * @card: card of this sample
 *
 * A card that was bound anew counts from zero: contexts-opened is what it shows by.
 *
 * Return: whether there is.
 */
bool top_has_rates(const struct top_sample *before, const struct top_card *card)
{
	const struct top_card *old = same_card(before, card);

	return old && card->stats.present && card->stats.bytes >= old->stats.bytes &&
	       card->stats.fwio_requests >= old->stats.fwio_requests &&
	       card->stats.contexts_opened >= old->stats.contexts_opened;
}

/**
 * top_per_second() - how fast a counter counts
 * @before: sample before, for which top_has_rates()
 * @now: this sample
 * @card: card of @now
 * @off: of the counter
 *
 * Return: per second.
 */
uint64_t top_per_second(const struct top_sample *before, const struct top_sample *now,
			const struct top_card *card, size_t off)
{
	const struct top_card *old = same_card(before, card);
	uint64_t ms = now->at_ms - before->at_ms;
	uint64_t then = old ? value(old, off) : 0;

	if (!ms || value(card, off) < then)
		return 0;
	return (uint64_t)((double)(value(card, off) - then) * 1000 / (double)ms + 0.5);
}
