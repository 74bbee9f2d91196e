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
#define CONTROL_SUPPRESS	(1u << 5)

/* Bits of group A and D that sum up other groups. */
#define A_FROM_B	(1u << 0)
#define A_FROM_C	(1u << 1)
#define A_FROM_D	(1u << 2)
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
		group->control = value;
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

static void after_message(struct emu_iofic_regs *group, uint32_t bits)
{
	if (group->control & CONTROL_AUTO_CLEAR)
		group->cause &= ~bits;
	if (group->control & CONTROL_AUTO_MASK)
		group->mask |= bits;
}

static void message_sent(struct emu_iofic *iofic, uint32_t bits)
{
	struct emu_iofic_regs *g = iofic->group;

	if (bits & A_FROM_B)
		after_message(&g[EMU_IOFIC_B], active(&g[EMU_IOFIC_B]));
	if (bits & A_FROM_C)
		after_message(&g[EMU_IOFIC_C], active(&g[EMU_IOFIC_C]));
	if (bits & A_FROM_D)
		after_message(&g[EMU_IOFIC_D], active(&g[EMU_IOFIC_D]));
	after_message(&g[EMU_IOFIC_A], bits);
}

/**
 * emu_iofic_evaluate() - let causes take effect on summaries and messages
 * @iofic: one engine's controllers
 * @can_send: the function has an interrupt capability; without one nothing is ever sent,
 *            so nothing is cleared or masked by sending
 *
 * Group A sums up B, C and D; its own mask counts too (section 8.2, step 2).
 * Context: card lock held.
 * Return: lines whose message is to be sent now, one bit per enum emu_iofic_line.
 */
unsigned int emu_iofic_evaluate(struct emu_iofic *iofic, bool can_send)
{
	unsigned int line, rose = 0;
	uint32_t bits;

	sum_up(iofic);
	for (line = 0; line < EMU_NR_LINES; line++) {
		bits = sendable(iofic, line);
		if (can_send && bits && !iofic->line[line]) {
			rose |= 1u << line;
			message_sent(iofic, bits);
			sum_up(iofic);
		}
		iofic->line[line] = sendable(iofic, line);
	}
	return rose;
}
