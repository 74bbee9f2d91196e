// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "iofic.h"

/* Registers of one group. */
#define R_CAUSE		0x00u
#define R_CAUSE_SET	0x08u
#define R_MASK		0x10u
#define R_MASK_CLEAR	0x18u
#define R_STATUS	0x20u
#define R_CONTROL	0x28u
#define R_ABORT_MASK	0x30u
#define R_LOG_MASK	0x38u
#define GROUP_BYTES	0x40u

#define CONTROL_CLEAR_ON_READ	(1u << 0)
#define CONTROL_AUTO_MASK	(1u << 1)
#define CONTROL_AUTO_CLEAR	(1u << 2)
#define CONTROL_POSEDGE		(1u << 3)
#define CONTROL_RESET_TIMERS	(1u << 4)
#define CONTROL_SUPPRESS	(1u << 5)
#define CONTROL_INTERVAL(c)	((c) >> 16 & 0xFFu)
#define CONTROL_RESOLUTION(c)	((c) >> 24 & 0xFu)

/* Registers of single causes: 8 bytes each, the interval first. */
#define INTERVALS		0x0400u
#define INTERVAL_GROUP_BYTES	0x100u
#define INTERVAL_CAUSE_BYTES	8u

/* Bits of group A and D that sum up other groups. */
#define A_FROM(group)	(1u << ((group) - EMU_IOFIC_B))
#define A_FROM_B	A_FROM(EMU_IOFIC_B)
#define A_FROM_C	A_FROM(EMU_IOFIC_C)
#define A_FROM_D	A_FROM(EMU_IOFIC_D)
#define D_FROM_SEC_A	(1u << 8)
#define D_FROM_SEC_B	(1u << 9)
#define D_FROM_SEC_C	(1u << 10)

static const uint32_t group_off[EMU_IOFIC_NR_GROUPS] = {
	0x0000, 0x0040, 0x0080, 0x00C0, 0x2000, 0x2040, 0x2080,
	0x2D00, 0x2E00, 0x2F00, 0x3000, 0x3100, 0x3200, 0x3300,
};

/**
 * emu_iofic_reset() - nothing raised, everything masked
 * @iofic: one engine's controllers
 * Context: card lock held.
 */
void emu_iofic_reset(struct emu_iofic *iofic)
{
	unsigned int i;

	memset(iofic, 0, sizeof(*iofic));
	for (i = 0; i < EMU_IOFIC_NR_GROUPS; i++) {
		iofic->group[i].mask = ~0u;
		iofic->group[i].abort_mask = ~0u;
	}
}

/**
 * emu_iofic_group_at() - which group a register belongs to
 * @gen_off: offset in the engine's GEN block
 * Context: any.
 * Return: group number, or -1.
 */
int emu_iofic_group_at(uint32_t gen_off)
{
	int i;

	for (i = 0; i < EMU_IOFIC_NR_GROUPS; i++)
		if (gen_off >= group_off[i] && gen_off < group_off[i] + GROUP_BYTES)
			return i;
	return -1;
}

static uint32_t causes(const struct emu_iofic_regs *group)
{
	/* With "set on positive edge" a level counts only at its rise, which was latched. */
	return group->control & CONTROL_POSEDGE ? group->cause : group->cause | group->level;
}

static uint32_t active(const struct emu_iofic_regs *group)
{
	return causes(group) & ~group->mask;
}

/**
 * emu_iofic_read() - one register of a group
 * @iofic: one engine's controllers
 * @gen_off: offset in the GEN block, inside of a group
 * Context: card lock held; evaluate afterwards, since reading may clear causes.
 * Return: its value.
 */
uint32_t emu_iofic_read(struct emu_iofic *iofic, uint32_t gen_off)
{
	int n = emu_iofic_group_at(gen_off);
	struct emu_iofic_regs *group = &iofic->group[n];
	uint32_t value;

	switch (gen_off - group_off[n]) {
	case R_CAUSE:
		value = causes(group);
		if (group->control & CONTROL_CLEAR_ON_READ)
			group->cause = 0;
		return value;
	case R_MASK:
		return group->mask;
	case R_STATUS:
		return group->level;
	case R_CONTROL:
		return group->control;
	case R_ABORT_MASK:
		return group->abort_mask;
	case R_LOG_MASK:
		return group->log_mask;
	default:
		return 0;
	}
}

static void write_control(struct emu_iofic *iofic, unsigned int n, uint32_t value)
{
	if (n < EMU_IOFIC_NR_PRIMARY && (value & CONTROL_RESET_TIMERS))
		memset(iofic->moderation[n].free_ns, 0, sizeof(iofic->moderation[n].free_ns));
	iofic->group[n].control = value & ~CONTROL_RESET_TIMERS; /* a command, not a state */
}

/**
 * emu_iofic_set_interval() - store to the moderation register of a cause
 * @iofic: one engine's controllers
 * @gen_off: offset in the GEN block; nothing happens if it is another register
 * @value: the word
 * Context: card lock held.
 */
void emu_iofic_set_interval(struct emu_iofic *iofic, uint32_t gen_off, uint32_t value)
{
	uint32_t off = gen_off - INTERVALS;

	if (gen_off < INTERVALS || off >= EMU_IOFIC_NR_PRIMARY * INTERVAL_GROUP_BYTES ||
	    off % INTERVAL_CAUSE_BYTES)
		return;
	iofic->moderation[off / INTERVAL_GROUP_BYTES]
		.interval[off % INTERVAL_GROUP_BYTES / INTERVAL_CAUSE_BYTES] = (uint8_t)value;
}

/**
 * emu_iofic_write() - store to one register of a group
 * @iofic: one engine's controllers
 * @gen_off: offset in the GEN block, inside of a group
 * @value: the word
 * Context: card lock held; evaluate afterwards.
 */
void emu_iofic_write(struct emu_iofic *iofic, uint32_t gen_off, uint32_t value)
{
	int n = emu_iofic_group_at(gen_off);
	struct emu_iofic_regs *group = &iofic->group[n];

	switch (gen_off - group_off[n]) {
	case R_CAUSE:
		group->cause &= value;
		break;
	case R_CAUSE_SET:
		group->cause |= value;
		break;
	case R_MASK:
		group->mask = value;
		break;
	case R_MASK_CLEAR:
		group->mask &= value;
		break;
	case R_CONTROL:
		write_control(iofic, (unsigned int)n, value);
		break;
	case R_ABORT_MASK:
		group->abort_mask = value;
		break;
	case R_LOG_MASK:
		group->log_mask = value;
		break;
	}
}

/**
 * emu_iofic_raise() - hardware sets cause bits
 * @iofic: one engine's controllers
 * @group: which group
 * @bits: causes
 * Context: card lock held; evaluate afterwards.
 */
void emu_iofic_raise(struct emu_iofic *iofic, enum emu_iofic_group group, uint32_t bits)
{
	iofic->group[group].cause |= bits;
}

static void set_level(struct emu_iofic_regs *group, uint32_t level)
{
	if (group->control & CONTROL_POSEDGE)
		group->cause |= level & ~group->level;
	group->level = level;
}

static void sum_up(struct emu_iofic *iofic)
{
	struct emu_iofic_regs *g = iofic->group;

	set_level(&g[EMU_IOFIC_D],
		  (active(&g[EMU_IOFIC_SEC_A]) ? D_FROM_SEC_A : 0) |
		  (active(&g[EMU_IOFIC_SEC_B]) ? D_FROM_SEC_B : 0) |
		  (active(&g[EMU_IOFIC_SEC_C]) ? D_FROM_SEC_C : 0));
	set_level(&g[EMU_IOFIC_A],
		  (active(&g[EMU_IOFIC_B]) ? A_FROM_B : 0) |
		  (active(&g[EMU_IOFIC_C]) ? A_FROM_C : 0) |
		  (active(&g[EMU_IOFIC_D]) ? A_FROM_D : 0));
}

/* The bits of group A that may send a message on a line now. */
static uint32_t sendable(const struct emu_iofic *iofic, enum emu_iofic_line line)
{
	const struct emu_iofic_regs *g = iofic->group;
	uint32_t bits = line == EMU_LINE_ERROR ? A_FROM_D : A_FROM_B | A_FROM_C;

	if (g[EMU_IOFIC_A].control & CONTROL_SUPPRESS)
		return 0;
	if (g[EMU_IOFIC_B].control & CONTROL_SUPPRESS)
		bits &= ~A_FROM_B;
	if (g[EMU_IOFIC_C].control & CONTROL_SUPPRESS)
		bits &= ~A_FROM_C;
	if (g[EMU_IOFIC_D].control & CONTROL_SUPPRESS)
		bits &= ~A_FROM_D;
	return bits & active(&g[EMU_IOFIC_A]);
}

static uint64_t interval_ns(const struct emu_iofic *iofic, unsigned int n, unsigned int bit)
{
	uint32_t control = iofic->group[n].control, interval = iofic->moderation[n].interval[bit];

	if (!interval)
		interval = CONTROL_INTERVAL(control);
	return (uint64_t)interval * CONTROL_RESOLUTION(control) * EMU_MODERATION_UNIT_NS;
}

/* The bits that moderation lets through now; for the others the earliest time is noted. */
static uint32_t unheld(struct emu_iofic *iofic, unsigned int n, uint32_t bits, uint64_t now_ns)
{
	const uint64_t *free_ns = iofic->moderation[n].free_ns;
	uint32_t through = bits;
	unsigned int bit;

	if (!CONTROL_RESOLUTION(iofic->group[n].control))
		return bits;
	for (bit = 0; bit < 32; bit++) {
		if (!(bits & (1u << bit)) || free_ns[bit] <= now_ns)
			continue;
		through &= ~(1u << bit);
		if (!iofic->due_ns || free_ns[bit] < iofic->due_ns)
			iofic->due_ns = free_ns[bit];
	}
	return through;
}

static void after_message(struct emu_iofic *iofic, unsigned int n, uint32_t bits, uint64_t now_ns)
{
	struct emu_iofic_regs *group = &iofic->group[n];
	unsigned int bit;

	for (bit = 0; bit < 32 && CONTROL_RESOLUTION(group->control); bit++)
		if (bits & (1u << bit))
			iofic->moderation[n].free_ns[bit] = now_ns + interval_ns(iofic, n, bit);
	if (group->control & CONTROL_AUTO_CLEAR)
		group->cause &= ~bits;
	if (group->control & CONTROL_AUTO_MASK)
		group->mask |= bits;
}

/**
 * struct message - what became of an attempt to send
 * @sent: bits of group A that it was for; 0: nothing was sent
 * @held: moderation keeps some causes back
 * @left: some of the causes that were told are still there
 */
struct message {
	uint32_t sent;
	bool held;
	bool left;
};

static void send_group(struct emu_iofic *iofic, unsigned int n, uint64_t now_ns,
		       struct message *message)
{
	uint32_t want = active(&iofic->group[n]);
	uint32_t bits = unheld(iofic, n, want, now_ns);

	message->held |= bits != want;
	/* A summary bit without causes below was set by software, and is told as well. */
	if (want && !bits)
		return;
	after_message(iofic, n, bits, now_ns);
	message->left |= active(&iofic->group[n]) & bits;
	message->sent |= A_FROM(n);
}

static struct message send(struct emu_iofic *iofic, uint32_t summary, uint64_t now_ns)
{
	uint32_t through = unheld(iofic, EMU_IOFIC_A, summary, now_ns);
	struct message message = { .held = through != summary };
	unsigned int n;

	for (n = EMU_IOFIC_B; n <= EMU_IOFIC_D; n++)
		if (through & A_FROM(n))
			send_group(iofic, n, now_ns, &message);
	if (message.sent)
		after_message(iofic, EMU_IOFIC_A, message.sent, now_ns);
	return message;
}

/* Returns whether a message goes out now. */
static bool evaluate_line(struct emu_iofic *iofic, enum emu_iofic_line line, uint64_t now_ns)
{
	uint32_t bits = sendable(iofic, line);
	struct message message;

	if (!bits || iofic->line[line]) {
		iofic->line[line] = bits;
		return false;
	}
	message = send(iofic, bits, now_ns);
	sum_up(iofic);
	/* What is held back has to find the line down when its time comes. */
	iofic->line[line] = message.held ? message.left : sendable(iofic, line);
	return message.sent;
}

/**
 * emu_iofic_evaluate() - let causes take effect on summaries and messages
 * @iofic: one engine's controllers
 * @can_send: the function has an interrupt capability; without one nothing is ever sent,
 *            so nothing is cleared or masked by sending
 * @now_ns: the time, for moderation; evaluate again at @iofic->due_ns if that is not 0
 *
 * Group A sums up B, C and D; its own mask counts too (section 8.2, step 2).
 * Context: card lock held.
 * Return: lines whose message is to be sent now, one bit per enum emu_iofic_line.
 */
unsigned int emu_iofic_evaluate(struct emu_iofic *iofic, bool can_send, uint64_t now_ns)
{
	unsigned int line, rose = 0;

	iofic->due_ns = 0;
	sum_up(iofic);
	for (line = 0; line < EMU_NR_LINES; line++) {
		if (!can_send)
			iofic->line[line] = sendable(iofic, line);
		else if (evaluate_line(iofic, line, now_ns))
			rose |= 1u << line;
	}
	return rose;
}
