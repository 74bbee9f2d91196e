// SPDX-License-Identifier: GPL-2.0
/*
 * DMA engines and queues, docs/hardware, section 3.
 *
 * Set-up is stores only: a read is a round trip to the firmware, and all values
 * that must be kept are known.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <asm/barrier.h>

#include "cause.h"
#include "hw.h"
#include "hw_fault.h"
#include "hw_io.h"
#include "hw_regs.h"
#include "hw_udma.h"

/* What differs between the two halves of a queue pair. */
struct half {
	u32 off;
	u32 compl_config;
	u32 control;
};

static const struct half m2s = {
	.off = NEURON_UDMA_M2S,
	.compl_config = NEURON_M2S_QUEUE_COMPL_CONFIG,
	.control = NEURON_M2S_QUEUE_CONTROL,
};

static const struct half s2m = {
	.off = NEURON_UDMA_S2M,
	.compl_config = NEURON_S2M_QUEUE_COMPL_CONFIG,
	.control = NEURON_S2M_QUEUE_CONTROL,
};

struct reg_value {
	u32 off;
	u32 value;
};

#define M2S(reg)	(NEURON_UDMA_M2S + NEURON_M2S_ ## reg)
#define S2M(reg)	(NEURON_UDMA_S2M + NEURON_S2M_ ## reg)
#define IOFIC(group, reg) \
	(NEURON_UDMA_GEN + NEURON_GEN_ ## group + NEURON_IOFIC_ ## reg)

/*
 * Common registers of an engine, docs/hardware, section 3.13, second column,
 * with two corrections: what that column stores twice with different bits is
 * stored once with all of them (causes of group C and their summary), and
 * queues stay disabled until they have a ring.
 */
static const struct reg_value engine_setup[] = {
	{ M2S(DATA_FIFO),		0x01000400 },
	{ M2S(OUTSTANDING),		0x20808080 },
	{ NEURON_UDMA_GEN + NEURON_GEN_AXI_TIMEOUT, NEURON_AXI_TIMEOUT_CYCLES },
	{ M2S(ACK_TIMEOUT),		0 },
	{ M2S(PACKET_LENGTH),		NEURON_M2S_LENGTH_0_IS_64K | 0xfffff },
	{ M2S(STREAM),			0x00000102 },
	{ S2M(ACK_TIMEOUT),		0 },
	{ S2M(OUTSTANDING_READS),	0x00400080 },
	{ S2M(OUTSTANDING_WRITES),	0x40804080 },
	/* Without a completion ring its head must not move: silicon races. */
	{ NEURON_UDMA_GEN + NEURON_GEN_SPARE, NEURON_SPARE_HOLD_COMPL_HEAD },
	/* Errors abort the engine and send no message. */
	{ IOFIC(SECONDARY_A, CONTROL),	NEURON_IOFIC_POSEDGE | NEURON_IOFIC_NO_MSIX },
	{ IOFIC(SECONDARY_B, CONTROL),	NEURON_IOFIC_POSEDGE | NEURON_IOFIC_NO_MSIX },
	{ IOFIC(PRIMARY_D, CONTROL),	NEURON_IOFIC_POSEDGE | NEURON_IOFIC_NO_MSIX },
	{ IOFIC(SECONDARY_A, ABORT_MASK), (u32)~NEURON_M2S_ERRORS },
	{ IOFIC(SECONDARY_B, ABORT_MASK), (u32)~NEURON_S2M_ERRORS },
	{ IOFIC(SECONDARY_C, ABORT_MASK), (u32)~NEURON_PARITY_ERRORS },
	{ IOFIC(SECONDARY_A, UNMASK),	(u32)~NEURON_M2S_ERRORS },
	{ IOFIC(SECONDARY_B, UNMASK),	(u32)~NEURON_S2M_ERRORS },
	{ IOFIC(SECONDARY_C, UNMASK),	(u32)~NEURON_PARITY_ERRORS },
	{ IOFIC(PRIMARY_D, UNMASK),	(u32)~NEURON_SECONDARY_SUMMARY },
	/* Completion entries of 4 words, should a queue have a ring for them (A11). */
	{ S2M(COMPLETION),		0x00001004 },
	/* Prefetch threshold 128, burst 8; 128 descriptors in a packet at most. */
	{ M2S(PREFETCH),		NEURON_M2S_PREFETCH_ROUND_ROBIN | 128 },
	{ M2S(PREFETCH_BURSTS),		0x00008081 },
};

static u32 queue_off(const struct neuron_hw *hw, u32 eng, const struct half *half, u32 queue)
{
	return neuron_hw_map_udma(hw->map, eng) + half->off + NEURON_QUEUE_OFF +
	       queue * NEURON_QUEUE_STRIDE;
}

static void queue_write(struct neuron_hw *hw, u32 eng, const struct half *half, u32 queue,
			u32 off, u32 value)
{
	neuron_hw_write(hw, queue_off(hw, eng, half, queue) + off, value);
}

static u64 queue_reg(const struct neuron_hw *hw, u32 eng, const struct half *half, u32 queue,
		     u32 off)
{
	return hw->map->apb_base + queue_off(hw, eng, half, queue) + off;
}

/**
 * neuron_hw_host_addr() - device address of host memory
 * @hw: card
 * @dma_addr: DMA address from the DMA API, below 2^46 since the mask says so
 *
 * Context: Any.
 * Return: the address by which the card reaches that memory.
 */
u64 neuron_hw_host_addr(const struct neuron_hw *hw, dma_addr_t dma_addr)
{
	return hw->map->host_base | dma_addr;
}

/* Take all upper address bits from the descriptor. */
static void select_init(struct neuron_hw *hw, u32 eng, u32 queue)
{
	u32 off = neuron_hw_map_udma(hw->map, eng) + NEURON_UDMA_GEN_EX + NEURON_SELECT_OFF +
		  queue * NEURON_SELECT_STRIDE;
	u32 i;

	for (i = 0; i < NEURON_SELECTS; i++)
		neuron_hw_write(hw, off + i * sizeof(u32), NEURON_SELECT_ALL);
}

/*
 * A queue of length 0 ignores tail increments. The length is cleared before
 * the base, so that there is no moment with a length and no ring.
 */
static void half_reset(struct neuron_hw *hw, u32 eng, const struct half *half, u32 queue)
{
	queue_write(hw, eng, half, queue, NEURON_QUEUE_CONFIG, NEURON_QUEUE_CONFIG_OFF);
	queue_write(hw, eng, half, queue, half->control, NEURON_QUEUE_CONTROL_RESET);
	queue_write(hw, eng, half, queue, NEURON_QUEUE_RING_LENGTH, 0);
	queue_write(hw, eng, half, queue, NEURON_QUEUE_RING_LO, 0);
	queue_write(hw, eng, half, queue, NEURON_QUEUE_RING_HI, 0);
}

/**
 * neuron_udma_engine_init() - bring an engine up
 * @hw: card, ready
 * @eng: engine, of which no queue runs
 *
 * All its queues are disabled and without a ring afterwards, whatever they were
 * before; the engine itself runs. Right after power-on, after a device reset
 * and for an engine that a former driver left.
 *
 * "Normal" is written once: silicon seems to run without, the sibling engines
 * of other chips do not (docs/hardware, section 3.8).
 *
 * Context: Any; less than 300 stores.
 */
void neuron_udma_engine_init(struct neuron_hw *hw, u32 eng)
{
	u32 udma = neuron_hw_map_udma(hw->map, eng);
	u32 tdma = neuron_hw_map_tdma(hw->map, eng);
	u32 queue;
	size_t i;

	for (queue = 0; queue < hw->map->queues; queue++)
		neuron_udma_queue_disable(hw, eng, queue);

	for (i = 0; i < ARRAY_SIZE(engine_setup); i++)
		neuron_hw_write(hw, udma + engine_setup[i].off, engine_setup[i].value);
	neuron_hw_irq_engine_init(hw, eng);

	for (queue = 0; queue < hw->map->queues; queue++) {
		select_init(hw, eng, queue);
		neuron_udma_queue_reset(hw, eng, queue);
	}

	neuron_hw_write(hw, tdma + NEURON_TDMA_READ_REORDER, NEURON_TDMA_READ_REORDER_ON);
	neuron_hw_write(hw, tdma + NEURON_TDMA_WRITE_REORDER, NEURON_TDMA_WRITE_REORDER_OFF);
	neuron_hw_write(hw, tdma + NEURON_TDMA_EVENT_ACCEL, NEURON_TDMA_EVENT_ACCEL_ON);

	neuron_udma_engine_change(hw, eng, NEURON_ENGINE_NORMAL);
}

/* What an abort leaves behind, docs/hardware, section 3.15. */
static const struct reg_value abort_traces[] = {
	{ NEURON_UDMA_M2S + NEURON_HALF_CLEAR_LOG, 1 },
	{ NEURON_UDMA_S2M + NEURON_HALF_CLEAR_LOG, 1 },
	{ IOFIC(SECONDARY_A, CAUSE),	0 },
	{ IOFIC(SECONDARY_B, CAUSE),	0 },
	{ IOFIC(SECONDARY_C, CAUSE),	0 },
	{ IOFIC(PRIMARY_D, CAUSE),	0 },
};

/**
 * neuron_udma_engine_recover() - bring an engine up again that has aborted
 * @hw: card
 * @eng: engine
 *
 * Aborts both halves, whichever it was, takes the rings of all queues away,
 * clears what tells of the abort and goes on as neuron_udma_engine_init(). Rings
 * may be given back when neuron_udma_queue_quiet() says so; if the engine stays
 * aborted, only a reset of the card helps.
 *
 * Context: Any; some hundred stores.
 */
void neuron_udma_engine_recover(struct neuron_hw *hw, u32 eng)
{
	u32 udma = neuron_hw_map_udma(hw->map, eng);
	u32 queue;
	size_t i;

	neuron_udma_engine_change(hw, eng, NEURON_ENGINE_ABORT);
	for (queue = 0; queue < hw->map->queues; queue++)
		neuron_udma_queue_reset(hw, eng, queue);
	for (i = 0; i < ARRAY_SIZE(abort_traces); i++)
		neuron_hw_write(hw, udma + abort_traces[i].off, abort_traces[i].value);
	neuron_udma_engine_init(hw, eng);
}

/**
 * neuron_udma_engine_change() - ask an engine for another state
 * @hw: card
 * @eng: engine
 * @change: what is asked for
 *
 * The engine follows in its own time: see neuron_udma_engine_states(). After an
 * abort each queue stays frozen until neuron_udma_queue_reset() (A10).
 *
 * Context: Any.
 */
void neuron_udma_engine_change(struct neuron_hw *hw, u32 eng, enum neuron_engine_change change)
{
	u32 udma = neuron_hw_map_udma(hw->map, eng);

	neuron_hw_write(hw, udma + NEURON_UDMA_M2S + NEURON_HALF_CHANGE_STATE, change);
	neuron_hw_write(hw, udma + NEURON_UDMA_S2M + NEURON_HALF_CHANGE_STATE, change);
}

/* One half's state register; @fields are those that count. */
static enum neuron_engine_hw_state decode_half(u32 state, u32 fields)
{
	enum neuron_engine_hw_state result = NEURON_ENGINE_HW_IDLE;
	u32 shift;

	for (shift = 0; shift < 32; shift += 4) {
		if (!(fields >> shift & 0x3))
			continue;
		switch (state >> shift & 0x3) {
		case NEURON_STATE_FIELD_IDLE:
			break;
		case NEURON_STATE_FIELD_NORMAL:
			result = max(result, NEURON_ENGINE_HW_RUNNING);
			break;
		case NEURON_STATE_FIELD_ABORT:
			result = max(result, NEURON_ENGINE_HW_ABORTED);
			break;
		default:
			return NEURON_ENGINE_HW_UNKNOWN;
		}
	}

	return result;
}

static enum neuron_engine_hw_state decode_engine(u32 m2s_state, u32 s2m_state, bool stream_off)
{
	u32 fields = NEURON_STATE_COMPLETION | NEURON_STATE_STREAM | NEURON_STATE_DATA |
		     NEURON_STATE_PREFETCH;
	u32 s2m_fields = fields | NEURON_STATE_S2M_WRITE;

	/* Silicon may show a busy stream that is off. */
	if (stream_off)
		s2m_fields &= ~(u32)NEURON_STATE_STREAM;

	return max(decode_half(m2s_state, fields), decode_half(s2m_state, s2m_fields));
}

/*
 * An S2M stream that is switched off counts as off only if no enabled queue
 * receives from it. This driver never switches it off, so this is rarely asked.
 */
static int stream_receives(struct neuron_hw *hw, u32 eng, bool *receives)
{
	u32 on = NEURON_QUEUE_CONFIG_PREFETCH | NEURON_QUEUE_CONFIG_WORK;
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 value[NEURON_FWIO_READ_MAX];
	u32 queues = min_t(u32, hw->map->queues, NEURON_FWIO_READ_MAX);
	u32 queue;
	int ret;

	for (queue = 0; queue < queues; queue++)
		addr[queue] = queue_reg(hw, eng, &s2m, queue, NEURON_QUEUE_CONFIG);

	ret = neuron_fwio_read(hw, addr, value, queues);
	if (ret)
		return ret;

	*receives = false;
	for (queue = 0; queue < queues; queue++)
		*receives |= (value[queue] & on) == on;

	return 0;
}

#define REGS_PER_ENGINE		4
#define REG_REVISION		3
#define ENGINES_PER_READ	(NEURON_FWIO_READ_MAX / REGS_PER_ENGINE)

static int read_states(struct neuron_hw *hw, u32 first_eng, u32 count, u32 *value)
{
	u64 addr[NEURON_FWIO_READ_MAX];
	u32 i;

	for (i = 0; i < count; i++) {
		u64 udma = hw->map->apb_base + neuron_hw_map_udma(hw->map, first_eng + i);
		u64 *a = &addr[i * REGS_PER_ENGINE];

		a[0] = udma + NEURON_UDMA_M2S + NEURON_HALF_STATE;
		a[1] = udma + NEURON_UDMA_S2M + NEURON_HALF_STATE;
		a[2] = udma + NEURON_UDMA_S2M + NEURON_S2M_STREAM;
		a[REG_REVISION] = udma + NEURON_UDMA_M2S + NEURON_HALF_REVISION;
	}

	return neuron_fwio_read(hw, addr, value, count * REGS_PER_ENGINE);
}

static int engine_state(struct neuron_hw *hw, u32 eng, const u32 *value, u8 *state)
{
	bool receives = true;
	int ret;

	if ((value[2] & NEURON_S2M_STREAM_OFF) == NEURON_S2M_STREAM_OFF) {
		ret = stream_receives(hw, eng, &receives);
		if (ret)
			return ret;
	}
	*state = decode_engine(value[0], value[1], !receives);

	return 0;
}

/**
 * neuron_udma_engine_states() - ask what engines do
 * @hw: card
 * @first_eng: first engine
 * @count: number of engines from there
 * @states: one enum neuron_engine_hw_state per engine
 * @revisions: what each engine tells of itself; may be NULL
 *
 * One firmware request for a whole card, and one more per engine whose stream
 * somebody switched off.
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 0, -EINVAL if the engines do not exist, or as neuron_fwio_read().
 */
int neuron_udma_engine_states(struct neuron_hw *hw, u32 first_eng, u32 count, u8 *states,
			      u32 *revisions)
{
	u32 value[NEURON_FWIO_READ_MAX];
	u32 i;
	int ret;

	if (!count || count > min_t(u32, hw->map->engines, ENGINES_PER_READ) ||
	    first_eng > hw->map->engines - count)
		return -EINVAL;

	ret = read_states(hw, first_eng, count, value);
	for (i = 0; !ret && i < count; i++) {
		ret = engine_state(hw, first_eng + i, &value[i * REGS_PER_ENGINE], &states[i]);
		if (revisions)
			revisions[i] = value[i * REGS_PER_ENGINE + REG_REVISION];
	}

	return ret;
}

/**
 * neuron_udma_engine_cause() - ask why an engine aborted
 * @hw: card
 * @eng: engine
 * @cause: filled on success; no bit if it did not, or was brought up since
 *
 * Reading does not clear.
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 0, or as neuron_fwio_read().
 */
int neuron_udma_engine_cause(struct neuron_hw *hw, u32 eng, struct neuron_cause *cause)
{
	u64 udma = hw->map->apb_base + neuron_hw_map_udma(hw->map, eng);
	u64 addr[] = {
		udma + IOFIC(SECONDARY_A, CAUSE),
		udma + IOFIC(SECONDARY_B, CAUSE),
		udma + IOFIC(SECONDARY_C, CAUSE),
	};
	u32 value[ARRAY_SIZE(addr)];
	int ret;

	ret = neuron_fwio_read(hw, addr, value, ARRAY_SIZE(addr));
	if (ret)
		return ret;

	cause->m2s = value[0] & NEURON_M2S_ERRORS;
	cause->s2m = value[1] & NEURON_S2M_ERRORS;
	cause->parity = value[2] & NEURON_PARITY_ERRORS;

	return 0;
}

static void half_init(struct neuron_hw *hw, u32 eng, const struct half *half, u32 queue,
		      const struct neuron_udma_half *ring)
{
	u32 compl_config = 0;

	queue_write(hw, eng, half, queue, NEURON_QUEUE_CONFIG, NEURON_QUEUE_CONFIG_OFF);
	queue_write(hw, eng, half, queue, half->control, NEURON_QUEUE_CONTROL_RESET);
	queue_write(hw, eng, half, queue, NEURON_QUEUE_RING_LO, lower_32_bits(ring->ring_addr));
	queue_write(hw, eng, half, queue, NEURON_QUEUE_RING_HI, upper_32_bits(ring->ring_addr));
	queue_write(hw, eng, half, queue, NEURON_QUEUE_RING_LENGTH, ring->entries);

	if (ring->compl_addr) {
		queue_write(hw, eng, half, queue, NEURON_QUEUE_COMPL_LO,
			    lower_32_bits(ring->compl_addr));
		queue_write(hw, eng, half, queue, NEURON_QUEUE_COMPL_HI,
			    upper_32_bits(ring->compl_addr));
		compl_config = NEURON_QUEUE_COMPL_RING | NEURON_QUEUE_COMPL_AT_ONCE;
	}
	queue_write(hw, eng, half, queue, half->compl_config, compl_config);
	queue_write(hw, eng, half, queue, NEURON_QUEUE_CONFIG, NEURON_QUEUE_CONFIG_ON);
}

/**
 * neuron_udma_queue_init() - give a queue its rings and enable it
 * @hw: card
 * @eng: engine
 * @queue: queue, which does not run
 * @tx: ring of source descriptors
 * @rx: ring of destination descriptors
 *
 * Both positions are 0 with ring id NEURON_RING_ID_FIRST afterwards. The
 * memory must be there, and a completion ring zeroed, before.
 *
 * Context: Any.
 */
void neuron_udma_queue_init(struct neuron_hw *hw, u32 eng, u32 queue,
			    const struct neuron_udma_half *tx,
			    const struct neuron_udma_half *rx)
{
	half_init(hw, eng, &m2s, queue, tx);
	half_init(hw, eng, &s2m, queue, rx);
}

static void half_start(struct neuron_hw *hw, u32 eng, const struct half *half, u32 queue, u32 n)
{
	if (!n)
		return;

	/* Descriptors may lie behind a write-combining mapping, which writel() does not order. */
	mb();
	queue_write(hw, eng, half, queue, NEURON_QUEUE_TAIL_ADD,
		    FIELD_PREP(NEURON_QUEUE_INDEX, n));
	if (!neuron_hw_is_gone(hw))
		atomic64_inc(&hw->stats.doorbells);
}

/**
 * neuron_udma_queue_start() - hand descriptors to the hardware
 * @hw: card
 * @eng: engine
 * @queue: queue
 * @n_tx: new source descriptors, 0 for none
 * @n_rx: new destination descriptors, 0 for none
 *
 * Destinations first, so that no packet has to wait for one.
 *
 * Context: Any. Two calls for one queue must not run at once, else the halves
 * may be started in different orders.
 */
void neuron_udma_queue_start(struct neuron_hw *hw, u32 eng, u32 queue, u32 n_tx, u32 n_rx)
{
	half_start(hw, eng, &s2m, queue, n_rx);
	half_start(hw, eng, &m2s, queue, n_tx);
}

/**
 * neuron_udma_queue_disable() - let a queue stop at a packet's border
 * @hw: card
 * @eng: engine
 * @queue: queue
 *
 * Context: Any. neuron_udma_queue_quiet() tells when it has stopped.
 */
void neuron_udma_queue_disable(struct neuron_hw *hw, u32 eng, u32 queue)
{
	queue_write(hw, eng, &m2s, queue, NEURON_QUEUE_CONFIG, NEURON_QUEUE_CONFIG_OFF);
	queue_write(hw, eng, &s2m, queue, NEURON_QUEUE_CONFIG, NEURON_QUEUE_CONFIG_OFF);
}

/**
 * neuron_udma_queue_quiet() - has a disabled queue stopped
 * @hw: card
 * @eng: engine
 * @queue: queue
 *
 * While it has not, ring and buffers may still be read and written.
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 1 if both halves are quiet, 0 if not, or as neuron_fwio_read().
 */
int neuron_udma_queue_quiet(struct neuron_hw *hw, u32 eng, u32 queue)
{
	u64 addr[] = {
		queue_reg(hw, eng, &m2s, queue, NEURON_QUEUE_STATUS),
		queue_reg(hw, eng, &s2m, queue, NEURON_QUEUE_STATUS),
	};
	u32 status[ARRAY_SIZE(addr)];
	int ret;

	ret = neuron_fwio_read(hw, addr, status, ARRAY_SIZE(addr));
	if (ret)
		return ret;
	if (neuron_hw_fault(NEURON_HW_FAULT_QUIET))
		return 0;

	return !((status[0] | status[1]) &
		 (NEURON_QUEUE_STATUS_PREFETCH | NEURON_QUEUE_STATUS_WORK));
}

/**
 * neuron_udma_queue_reset() - take a queue's rings away
 * @hw: card
 * @eng: engine
 * @queue: queue, disabled and quiet, or aborted
 *
 * Afterwards the queue ignores increments until neuron_udma_queue_init().
 *
 * Context: Any.
 */
void neuron_udma_queue_reset(struct neuron_hw *hw, u32 eng, u32 queue)
{
	half_reset(hw, eng, &m2s, queue);
	half_reset(hw, eng, &s2m, queue);
}

/**
 * neuron_udma_queue_pointers() - ask where a queue is
 * @hw: card
 * @eng: engine
 * @queue: queue
 * @pointers: filled on success
 *
 * For people and for tests. The heads run ahead of the data: no descriptor may
 * be taken for done because a head has passed it.
 *
 * Context: Sleeps; takes the mailbox lock.
 * Return: 0, or as neuron_fwio_read().
 */
int neuron_udma_queue_pointers(struct neuron_hw *hw, u32 eng, u32 queue,
			       struct neuron_udma_pointers *pointers)
{
	u64 addr[] = {
		queue_reg(hw, eng, &m2s, queue, NEURON_QUEUE_HEAD),
		queue_reg(hw, eng, &m2s, queue, NEURON_QUEUE_TAIL),
		queue_reg(hw, eng, &s2m, queue, NEURON_QUEUE_HEAD),
		queue_reg(hw, eng, &s2m, queue, NEURON_QUEUE_TAIL),
		queue_reg(hw, eng, &m2s, queue, NEURON_QUEUE_STATUS),
		queue_reg(hw, eng, &s2m, queue, NEURON_QUEUE_STATUS),
	};
	u32 value[ARRAY_SIZE(addr)];
	int ret;

	ret = neuron_fwio_read(hw, addr, value, ARRAY_SIZE(addr));
	if (ret)
		return ret;

	pointers->tx_head = FIELD_GET(NEURON_QUEUE_INDEX, value[0]);
	pointers->tx_tail = FIELD_GET(NEURON_QUEUE_INDEX, value[1]);
	pointers->rx_head = FIELD_GET(NEURON_QUEUE_INDEX, value[2]);
	pointers->rx_tail = FIELD_GET(NEURON_QUEUE_INDEX, value[3]);
	pointers->tx_status = value[4];
	pointers->rx_status = value[5];

	return 0;
}
