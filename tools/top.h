/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "top" looks at: a sample, and the one before it.
 */
#ifndef NEURONNL_TOP_H
#define NEURONNL_TOP_H

#include <stddef.h>

#include "neuronnl.h"

/**
 * struct top_card - a card
 * @stats: counters; no bit in its "present" if the card went meanwhile
 */
struct top_card {
	struct neuron_device_info device;
	struct neuron_stats_info stats;
};

/**
 * struct top_sample - what the driver knows at a time
 * @at_ms: monotonic time
 * @error: why there is nothing, empty if there is
 */
struct top_sample {
	uint64_t at_ms;
	struct top_card *cards;
	struct neuron_ctx_info *contexts;
	size_t card_count, context_count;
	char error[256];
};

/**
 * struct top_rate - a counter that is shown per second
 * @key: as the spec names it
 * @off: in struct neuron_stats_info
 */
struct top_rate {
	const char *key;
	size_t off;
};

extern const struct top_rate top_rates[];
extern const size_t top_rate_count;

int top_sample(struct tool *tool, int index, struct top_sample *sample);
void top_sample_free(struct top_sample *sample);
uint64_t top_per_second(const struct top_sample *before, const struct top_sample *now,
			const struct top_card *card, size_t off);
bool top_has_rates(const struct top_sample *before, const struct top_card *card);

void top_text(struct tool *tool, FILE *file, const struct top_sample *before,
	      const struct top_sample *now, uint32_t interval_ms);
void top_json(struct tool *tool, const struct top_sample *before, const struct top_sample *now);

#endif
