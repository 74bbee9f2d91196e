// SPDX-License-Identifier: GPL-2.0
/*
 * The firmware mailbox, docs/hardware, section 4.
 *
 * A request lies in host memory; a doorbell tells the firmware; the answer is
 * written to host memory, its header last. There is no way to take a request
 * back: after a time-out its answer may still come, at any time until bus
 * mastering is off. Therefore the buffers live as long as the card, every
 * attempt has a sequence number of its own, and an answer with another number
 * is counted and otherwise ignored. The firmware serves one request after the
 * other, so a late answer is never written after that of a later attempt.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "fwio_msg.h"
#include "hw.h"
#include "hw_fault.h"
#include "hw_fwio.h"
#include "hw_io.h"
#include "hw_regs.h"
#include "hw_udma.h"
#include "trace.h"

/*
 * One coherent allocation holds both: it is aligned to a page at least, hence
 * neither part crosses a 4 GiB border and both are 64-byte aligned, which is
 * all that is known of what the firmware needs (docs/hardware, section 2.5).
 */
#define REQUEST_BYTES		SZ_1K
#define RESPONSE_OFF		REQUEST_BYTES
#define RESPONSE_BYTES		SZ_512
#define BUF_BYTES		(REQUEST_BYTES + RESPONSE_BYTES)

/* Steps of the wait without interrupts: healthy firmware answers within tens of microseconds. */
#define STEP_FIRST_US		5
#define STEP_LAST_US		1000

unsigned int neuron_fwio_attempts = 3;
unsigned int neuron_fwio_timeout_ms = 1000;

static_assert(NEURON_FWIO_REQUEST_HEADER + NEURON_FWIO_READ_MAX * sizeof(u64) <= REQUEST_BYTES);
static_assert(NEURON_FWIO_REQUEST_HEADER + NEURON_FWIO_METRIC_MAX <= REQUEST_BYTES);
static_assert(NEURON_FWIO_RESPONSE_HEADER + NEURON_FWIO_READ_MAX * sizeof(u32) <= RESPONSE_BYTES);

/**
 * struct message - one request, made as often as it takes
 * @dev_addr: registers to read
 * @value: where their values go
 * @count: number of them, 0 for a metric
 * @data: the metric
 * @data_bytes: its size
 */
struct message {
	const u64 *dev_addr;
	u32 *value;
	unsigned int count;
	const void *data;
	size_t data_bytes;
};

static __le32 *response(struct neuron_fwio *fwio)
{
	return fwio->buf + RESPONSE_OFF;
}

/**
 * neuron_fwio_init() - set the mailbox up
 * @hw: card, without the mailbox
 *
 * Takes attempts and time-out from the parameters of this moment.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int neuron_fwio_init(struct neuron_hw *hw)
{
	struct neuron_fwio *fwio = &hw->fwio;

	mutex_init(&fwio->lock);
	fwio->seq = 0;
	fwio->stale = 0;
	fwio->attempts = max(neuron_fwio_attempts, 1u);
	fwio->timeout_ms = max(neuron_fwio_timeout_ms, 1u);
	fwio->buf = dma_alloc_coherent(hw->dev, BUF_BYTES, &fwio->dma_addr, GFP_KERNEL);

	return fwio->buf ? 0 : -ENOMEM;
}

/**
 * neuron_fwio_fini() - free the mailbox's buffers
 * @hw: card, with bus mastering off
 *
 * Context: May sleep.
 */
void neuron_fwio_fini(struct neuron_hw *hw)
{
	dma_free_coherent(hw->dev, BUF_BYTES, hw->fwio.buf, hw->fwio.dma_addr);
	mutex_destroy(&hw->fwio.lock);
}

static void ring_doorbell(struct neuron_hw *hw)
{
	neuron_hw_write(hw, hw->map->misc_off + NEURON_MISC_DOORBELL, 1);
}

/* A reset forgets the pointers, so every request stores them again. */
static void post(struct neuron_hw *hw)
{
	u64 request_addr = neuron_hw_host_addr(hw, hw->fwio.dma_addr);
	u64 response_addr = request_addr + RESPONSE_OFF;
	u32 misc_off = hw->map->misc_off;

	neuron_hw_write(hw, misc_off + NEURON_MISC_REQUEST_LO, lower_32_bits(request_addr));
	neuron_hw_write(hw, misc_off + NEURON_MISC_REQUEST_HI, upper_32_bits(request_addr));
	neuron_hw_write(hw, misc_off + NEURON_MISC_RESPONSE_LO, lower_32_bits(response_addr));
	neuron_hw_write(hw, misc_off + NEURON_MISC_RESPONSE_HI, upper_32_bits(response_addr));
	ring_doorbell(hw);
}

/* An answer stays in the buffer, but counts once. */
static void count_stale(struct neuron_hw *hw, u32 header)
{
	if (header != hw->fwio.stale)
		atomic64_inc(&hw->stats.fwio_stale);
	hw->fwio.stale = header;
}

/* Whatever is in the buffer when nobody waits is a late answer. */
static void clear_response(struct neuron_hw *hw)
{
	__le32 *header = response(&hw->fwio);

	if (READ_ONCE(*header))
		count_stale(hw, le32_to_cpu(READ_ONCE(*header)));
	WRITE_ONCE(*header, 0);
	hw->fwio.stale = 0;
}

/* Requests of everybody but a reset end early when one begins. */
static int may_wait(struct neuron_hw *hw, bool for_reset)
{
	if (neuron_hw_is_gone(hw))
		return -ENODEV;
	if (neuron_hw_is_paused(hw))
		return -ECANCELED;
	if (READ_ONCE(hw->fwio.reserved) && !for_reset)
		return -ECANCELED;
	if (fatal_signal_pending(current))
		return -ECANCELED;

	return 0;
}

/*
 * Sleep until the response buffer holds an answer to request @seq. Returns its
 * verdict, which is NEURON_FWIO_NONE after the time-out, or a negative errno.
 */
static int await(struct neuron_hw *hw, struct neuron_hw_wait *wait, u8 seq, size_t data_bytes,
		 unsigned int timeout_ms, bool for_reset)
{
	ktime_t deadline = ktime_add_ms(ktime_get(), timeout_ms);

	for (;;) {
		/* Taken before the look, so that the last look is after the deadline. */
		bool late = ktime_after(ktime_get(), deadline);
		u32 header = le32_to_cpu(READ_ONCE(*response(&hw->fwio)));
		enum neuron_fwio_verdict verdict = neuron_fwio_judge(header, seq, data_bytes);
		int ret;

		if (verdict == NEURON_FWIO_STALE)
			count_stale(hw, header);
		else if (verdict != NEURON_FWIO_NONE)
			return verdict;

		ret = may_wait(hw, for_reset);
		if (ret)
			return ret;
		if (late)
			return NEURON_FWIO_NONE;

		neuron_hw_wait_step(wait, UINT_MAX);
	}
}

static void take_values(struct neuron_fwio *fwio, u32 *value, unsigned int count)
{
	const __le32 *data = response(fwio) + 1;
	unsigned int i;

	/* The device writes the header last; read it first. */
	dma_rmb();
	for (i = 0; i < count; i++)
		value[i] = le32_to_cpu(data[i]);
}

static u64 us_since(ktime_t began)
{
	return ktime_us_delta(ktime_get(), began);
}

static void build(struct neuron_fwio *fwio, const struct message *msg)
{
	if (msg->count)
		neuron_fwio_build_read(fwio->buf, REQUEST_BYTES, fwio->seq, msg->dev_addr,
				       msg->count);
	else
		neuron_fwio_build_metric(fwio->buf, REQUEST_BYTES, fwio->seq, msg->data,
					 msg->data_bytes);
}

/* The firmware may take a metric from here or from the request, section 4.6. */
static void store_metric(struct neuron_hw *hw, const struct message *msg)
{
	size_t off;

	for (off = 0; off < msg->data_bytes; off += sizeof(u32)) {
		__le32 word = 0;

		memcpy(&word, msg->data + off, min(msg->data_bytes - off, sizeof(word)));
		neuron_hw_write(hw, hw->map->misc_off + NEURON_MISC_METRIC + off,
				le32_to_cpu(word));
	}
}

/*
 * Make the request once. Returns 0, -EAGAIN for a failure that may pass,
 * -ETIMEDOUT, or an errno that ends the whole request.
 */
static int attempt(struct neuron_hw *hw, const struct message *msg, unsigned int timeout_ms,
		   bool for_reset)
{
	struct neuron_fwio *fwio = &hw->fwio;
	ktime_t began = ktime_get();
	struct neuron_hw_wait wait;
	int verdict;
	int ret;

	ret = may_wait(hw, for_reset);
	if (ret)
		return ret;

	fwio->seq = neuron_fwio_next_seq(fwio->seq);
	clear_response(hw);
	build(fwio, msg);
	trace_neuron_fwio_ask(hw->index, fwio->seq, msg->count, msg->count ? msg->dev_addr[0] : 0);
	neuron_hw_wait_firmware(&wait, hw, STEP_FIRST_US, STEP_LAST_US);
	post(hw);

	verdict = neuron_hw_fault(NEURON_HW_FAULT_FWIO) ? NEURON_FWIO_NONE :
		  await(hw, &wait, fwio->seq, msg->count * sizeof(*msg->value), timeout_ms,
			for_reset);
	if (verdict < 0)
		return verdict;
	if (verdict == NEURON_FWIO_NONE) {
		atomic64_inc(&hw->stats.fwio_timeouts);
		trace_neuron_fwio_timeout(hw->index, fwio->seq, us_since(began));
		return -ETIMEDOUT;
	}
	trace_neuron_fwio_answer(hw->index, fwio->seq, verdict, us_since(began));

	if (verdict == NEURON_FWIO_GOOD)
		take_values(fwio, msg->value, msg->count);
	else
		atomic64_inc(&hw->stats.fwio_errors);
	/* Taken: what is found here by the next attempt is something else. */
	WRITE_ONCE(*response(fwio), 0);
	neuron_hw_wait_end(&wait);

	if (verdict == NEURON_FWIO_GOOD)
		return 0;

	return verdict == NEURON_FWIO_REFUSED ? -EIO : -EAGAIN;
}

static int make_request(struct neuron_hw *hw, const struct message *msg, unsigned int attempts,
			unsigned int timeout_ms, bool for_reset)
{
	unsigned int i;
	int ret;

	atomic64_inc(&hw->stats.fwio_requests);
	if (mutex_lock_killable(&hw->fwio.lock))
		return -ECANCELED;

	store_metric(hw, msg);
	ret = attempt(hw, msg, timeout_ms, for_reset);
	for (i = 1; i < attempts && (ret == -EAGAIN || ret == -ETIMEDOUT); i++) {
		atomic64_inc(&hw->stats.fwio_retries);
		trace_neuron_fwio_retry(hw->index, i + 1, ret);
		ret = attempt(hw, msg, timeout_ms, for_reset);
	}
	mutex_unlock(&hw->fwio.lock);

	return ret == -EAGAIN ? -EIO : ret;
}

static int read_regs(struct neuron_hw *hw, const u64 *dev_addr, u32 *value, unsigned int count,
		     unsigned int attempts, unsigned int timeout_ms, bool for_reset)
{
	struct message msg = { .dev_addr = dev_addr, .value = value, .count = count };

	if (!count || count > NEURON_FWIO_READ_MAX)
		return -EINVAL;

	return make_request(hw, &msg, attempts, timeout_ms, for_reset);
}

/**
 * neuron_fwio_read_opts() - read registers with a patience of the caller's
 * @hw: card
 * @dev_addr: device addresses of the registers, each a multiple of 4
 * @value: where the values go, in the same order; undefined after an error
 * @count: number of registers, 1..NEURON_FWIO_READ_MAX
 * @attempts: how often to ask, at least 1
 * @timeout_ms: how long to wait for each answer
 *
 * For resets: it does not care whether the mailbox is reserved.
 *
 * Context: Sleeps, without a busy wait; takes the mailbox lock and no other.
 * Return: 0; -EINVAL for a wrong @count; -ENODEV once the card is gone;
 * -ETIMEDOUT if the last attempt was not answered; -EIO if it was answered with
 * an error or with a wrong number of values (unmapped address, link down);
 * -ECANCELED when the card was paused or the caller killed meanwhile.
 */
int neuron_fwio_read_opts(struct neuron_hw *hw, const u64 *dev_addr, u32 *value,
			  unsigned int count, unsigned int attempts, unsigned int timeout_ms)
{
	return read_regs(hw, dev_addr, value, count, attempts, timeout_ms, true);
}

/**
 * neuron_fwio_read() - read registers
 * @hw: card
 * @dev_addr: device addresses of the registers, each a multiple of 4
 * @value: where the values go, in the same order; undefined after an error
 * @count: number of registers, 1..NEURON_FWIO_READ_MAX
 *
 * Context: and
 * Return: as neuron_fwio_read_opts(), with the card's attempts and time-out;
 * -ECANCELED also while the mailbox is reserved for a reset.
 */
int neuron_fwio_read(struct neuron_hw *hw, const u64 *dev_addr, u32 *value, unsigned int count)
{
	return read_regs(hw, dev_addr, value, count, hw->fwio.attempts, hw->fwio.timeout_ms,
			 false);
}

/**
 * neuron_fwio_post_metric() - hand statistics to the firmware
 * @hw: card
 * @data: the statistics
 * @data_bytes: their size, 1..NEURON_FWIO_METRIC_MAX
 *
 * Context: and
 * Return: as neuron_fwio_read().
 */
int neuron_fwio_post_metric(struct neuron_hw *hw, const void *data, size_t data_bytes)
{
	struct message msg = { .data = data, .data_bytes = data_bytes };

	if (!data_bytes || data_bytes > NEURON_FWIO_METRIC_MAX)
		return -EINVAL;

	return make_request(hw, &msg, hw->fwio.attempts, hw->fwio.timeout_ms, false);
}

/**
 * neuron_fwio_reserve() - keep the mailbox for a reset, or let everybody have it
 * @hw: card
 * @reserved: whether the requests of neuron_fwio_read() end with -ECANCELED, those
 *	that wait already included
 *
 * Firmware is silent in a reset (docs/hardware, section 6.2): nobody shall wait
 * for it, and the reset for none of them.
 *
 * Context: Any.
 */
void neuron_fwio_reserve(struct neuron_hw *hw, bool reserved)
{
	WRITE_ONCE(hw->fwio.reserved, reserved);
}

/**
 * neuron_fwio_ring() - store a word of misc RAM and ring the doorbell
 * @hw: card
 * @misc_off: offset of the word in misc RAM
 * @value: what to store
 *
 * Not between the stores and the answer of a request: the doorbell has one
 * meaning or the other, and a request that loses its own would time out.
 *
 * Context: Sleeps; takes the mailbox lock. Does not wait for an answer.
 * Return: 0, -ENODEV once the card is gone, -ECANCELED when killed.
 */
int neuron_fwio_ring(struct neuron_hw *hw, u32 misc_off, u32 value)
{
	if (mutex_lock_killable(&hw->fwio.lock))
		return -ECANCELED;

	neuron_hw_write(hw, hw->map->misc_off + misc_off, value);
	ring_doorbell(hw);
	mutex_unlock(&hw->fwio.lock);

	return neuron_hw_is_gone(hw) ? -ENODEV : 0;
}
