// SPDX-License-Identifier: GPL-2.0
/* Accesses from the bus: width, alignment, bounds; docs/hardware, sections 1.3 and 1.4. */
#include <string.h>

#include "box.h"
#include "card_priv.h"
#include "regs.h"

/* What of a larger BAR2 lies behind the cores is like what lies behind a BAR. */
static bool window_of(const struct emu_card *card, unsigned int bar, enum emu_window *window,
		      uint64_t *bytes)
{
	*window = bar ? EMU_WINDOW_CORE : EMU_WINDOW_APB;
	*bytes = bar ? EMU_BAR2_BYTES : emu_opts_bar0_bytes(card->opts);
	return bar == 0 || bar == 2;
}

static bool inside(uint64_t off, size_t len, uint64_t bytes)
{
	return off <= bytes && len <= bytes - off;
}

/* Registers take 32-bit stores; an aligned 64-bit one is two of them, low word first. */
static bool width_good(uint64_t off, size_t len)
{
	return (len == 4 || len == 8) && !(off & (len - 1));
}

/* What fits of an access, for the trace. */
static uint64_t low_bytes(const void *buf, size_t len)
{
	uint64_t value = 0;

	memcpy(&value, buf, len < sizeof(value) ? len : sizeof(value));
	return value;
}

static void read_dram(struct emu_card *card, uint64_t off, void *buf, size_t len)
{
	if (inside(off, len, card->opts->bar4_bytes))
		memcpy(buf, card->dram.bytes + off, len);
}

static void read_registers(struct emu_card *card, enum emu_window window, uint64_t off,
			   uint8_t *buf, size_t len)
{
	uint32_t value;
	size_t i;

	emu_card_enter(card);
	card->count.direct_loads++;
	emu_log_once(&card->log, EMU_LOG_DIRECT_LOAD, "direct load of %zu bytes from BAR%d + %#llx",
		     len, window == EMU_WINDOW_APB ? 0 : 2, (unsigned long long)off);
	if (card->opts->true_bar_reads && !card->reads_ones && width_good(off, len)) {
		for (i = 0; i < len; i += 4) {
			value = emu_regs_read(card, window, (uint32_t)(off + i));
			memcpy(buf + i, &value, 4);
		}
	}
	EMU_TRACE(&card->trace, REG, reg, .bar = window == EMU_WINDOW_APB ? 0 : 2, .off = off,
		  .width = (uint32_t)len, .value = low_bytes(buf, len));
	emu_card_leave(card);
}

/**
 * emu_card_bar_read() - a load from a BAR
 * @card: the card
 * @bar: 0, 2 or 4; others read all ones
 * @off: offset in it
 * @buf: answers the bytes; all ones beyond the BAR, from registers (unless told
 *       otherwise), and from a dead card
 * @len: bytes
 * Context: no card lock held.
 */
void emu_card_bar_read(struct emu_card *card, unsigned int bar, uint64_t off, void *buf, size_t len)
{
	enum emu_window window;
	uint64_t bytes;

	memset(buf, 0xff, len);
	if (emu_card_is_dead(card))
		return;
	if (bar == 4)
		read_dram(card, off, buf, len);
	else if (window_of(card, bar, &window, &bytes) && inside(off, len, bytes))
		read_registers(card, window, off, buf, len);
}

static void refuse(struct emu_card *card, unsigned int bar, uint64_t off, size_t len)
{
	card->count.ignored_stores++;
	emu_log_once(&card->log, EMU_LOG_IGNORED_STORE,
		     "store of %zu bytes to BAR%u + %#llx ignored", len, bar,
		     (unsigned long long)off);
}

static void write_registers(struct emu_card *card, enum emu_window window, uint64_t off,
			    const uint8_t *buf, size_t len)
{
	uint32_t value;
	size_t i;

	for (i = 0; i < len; i += 4) {
		memcpy(&value, buf + i, 4);
		emu_regs_write(card, window, (uint32_t)(off + i), value);
	}
	/* A store that stops an engine or a queue has stopped it when it is acknowledged. */
	emu_card_settle(card);
}

/**
 * emu_card_bar_write() - a store to a BAR
 * @card: the card
 * @bar: 0, 2 or 4; others ignore it
 * @off: offset in it
 * @buf: the bytes
 * @len: how many
 *
 * Inline mode: the copies that the store starts are done on return.
 * Context: no card lock held.
 */
void emu_card_bar_write(struct emu_card *card, unsigned int bar, uint64_t off, const void *buf,
			size_t len)
{
	enum emu_window window;
	uint64_t bytes;
	bool good;

	if (emu_card_is_dead(card))
		return;
	if (bar == 4) {
		if (inside(off, len, card->opts->bar4_bytes))
			memcpy(card->dram.bytes + off, buf, len);
		return;
	}
	if (!window_of(card, bar, &window, &bytes))
		return;
	good = width_good(off, len) && inside(off, len, bytes);
	emu_pool_open(&card->box->pool);
	emu_card_enter(card);
	EMU_TRACE(&card->trace, REG, reg, .store = true, .bar = bar, .off = off,
		  .width = (uint32_t)len, .value = low_bytes(buf, len), .refused = !good);
	if (good)
		write_registers(card, window, off, buf, len);
	else
		refuse(card, bar, off, len);
	emu_card_leave(card);
	emu_pool_drain(&card->box->pool);
}
