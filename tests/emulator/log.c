// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>

#include "log.h"

_Static_assert(EMU_LOG_NR_CAUSES <= 32, "one bit per cause");

/**
 * emu_log_init() - prepare the log of one card
 * @log: storage
 * @out: where lines go, or NULL
 * @card: index that every line begins with
 * Context: before any other thread knows the card.
 */
void emu_log_init(struct emu_log *log, FILE *out, unsigned int card)
{
	log->out = out;
	log->card = card;
	atomic_init(&log->said, 0);
}

/**
 * emu_log_once() - one line, the first time that a card meets a cause
 * @log: the card's log
 * @cause: what happened
 * @format: printf format, without line end
 * Context: any; any lock may be held.
 */
void emu_log_once(struct emu_log *log, enum emu_log_cause cause, const char *format, ...)
{
	char line[240];
	va_list args;

	if (!log->out || (atomic_fetch_or(&log->said, 1u << cause) & (1u << cause)))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fprintf(log->out, "card %u: %s\n", log->card, line);
	fflush(log->out);
}
