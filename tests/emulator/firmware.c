// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "card_priv.h"
#include "dma.h"
#include "firmware.h"
#include "regs.h"

#define REQUEST_HEADER		8u
#define RESPONSE_HEADER		4u
#define COMMAND_READ		1u
#define COMMAND_METRIC		2u
#define ERROR_NONE		0u
#define ERROR_FAILED		1u
#define ERROR_UNKNOWN_COMMAND	2u
#define GARBAGE			0xA5u
#define OVERSIZE_EXTRA		64u
#define NS_PER_MS		1000000ull

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const uint8_t *at)
{
	return get32(at) | (uint64_t)get32(at + 4) << 32;
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

/* Registers only: the firmware does not answer for DRAM, plain host memory or nothing. */
static bool read_register(struct emu_card *card, uint64_t dev_addr, uint32_t *value)
{
	struct emu_target target = emu_dma_resolve(card, dev_addr);
	enum emu_window window = EMU_WINDOW_CORE;
	uint64_t off = target.off;

	if (dev_addr & 3)
		return false;
	switch (target.kind) {
	case EMU_TARGET_APB:
		window = EMU_WINDOW_APB;
		break;
	case EMU_TARGET_CORE:
	case EMU_TARGET_DISCARD:
		break;
	case EMU_TARGET_MEMORY:
		/* Plain core memory reads through the mailbox, DRAM does not. */
		if (target.mem < target.card->core_mem ||
		    target.mem >= target.card->core_mem + EMU_BAR2_BYTES)
			return false;
		off = (uint64_t)(target.mem - target.card->core_mem);
		break;
	default:
		return false;
	}
	pthread_mutex_lock(&target.card->lock);
	*value = emu_regs_read(target.card, window, (uint32_t)off);
	if (card->reads_ones)
		*value = ~0u;
	pthread_mutex_unlock(&target.card->lock);
	return true;
}

static uint8_t command_read(struct emu_card *card, struct emu_fwio_job *job)
{
	uint32_t bytes = job->request_bytes - REQUEST_HEADER, i, value;

	if (!bytes || bytes % 8)
		return ERROR_FAILED;
	for (i = 0; i < bytes / 8; i++) {
		if (!read_register(card, get64(job->request + REQUEST_HEADER + 8 * i), &value))
			return ERROR_FAILED;
		put32(job->response + RESPONSE_HEADER + 4 * i, value);
	}
	job->words_read = bytes / 8;
	job->response_bytes += 4 * job->words_read;
	return ERROR_NONE;
}

static uint8_t run_command(struct emu_card *card, struct emu_fwio_job *job)
{
	switch (job->request[1]) {
	case COMMAND_READ:
		return command_read(card, job);
	case COMMAND_METRIC:
		job->metric = true;
		return ERROR_NONE;
	default:
		return ERROR_UNKNOWN_COMMAND;
	}
}

static void put_header(struct emu_fwio_job *job)
{
	job->response[0] = job->request[0];
	job->response[1] = job->error;
	put16(job->response + 2, job->response_bytes);
}

static void spoil(struct emu_fwio_job *job)
{
	switch (job->inject.fault) {
	case EMU_FWIO_BAD_SEQ:
		job->response[0]++;
		break;
	case EMU_FWIO_ERROR:
		job->response[1] = (uint8_t)job->inject.value;
		job->response_bytes = RESPONSE_HEADER;
		put16(job->response + 2, RESPONSE_HEADER);
		break;
	case EMU_FWIO_SHORT:
		put16(job->response + 2, job->response_bytes - 4);
		if (job->response_bytes > RESPONSE_HEADER)
			job->response_bytes -= 4;
		break;
	case EMU_FWIO_OVERSIZE:
		/* Only claimed: the buffer behind is the guest's, and may be small. */
		put16(job->response + 2, job->response_bytes + OVERSIZE_EXTRA);
		break;
	case EMU_FWIO_GARBAGE:
		memset(job->response + 1, GARBAGE, job->response_bytes - 1);
		break;
	default:
		break;
	}
}

static bool is_host_word(uint64_t dev_addr)
{
	return dev_addr >> EMU_ADDR_SELECTOR_SHIFT == 1 && !(dev_addr & 3);
}

static bool crc_good(struct emu_fwio_job *job)
{
	uint32_t said = get32(job->request + 4);

	put32(job->request + 4, 0);
	return emu_crc32c(job->request, job->request_bytes) == said &&
	       job->inject.fault != EMU_FWIO_BAD_CRC;
}

static void run(struct emu_card *card, struct emu_fwio_job *job)
{
	job->response_bytes = RESPONSE_HEADER;
	job->error = job->bad_crc ? ERROR_FAILED : run_command(card, job);
	if (job->error)
		job->response_bytes = RESPONSE_HEADER;
	put_header(job);
	spoil(job);
}

static void trace_request(struct emu_card *card, const struct emu_fwio_job *job)
{
	struct emu_trace_fwio fwio = {
		.step = "request",
		.at = job->request_addr,
		.sequence = job->request[0],
		.command = job->request[1],
		.bytes = job->request_bytes,
	};
	uint32_t i;

	if (!emu_trace_wants(&card->trace, EMU_TRACE_FWIO))
		return;
	if (fwio.command == COMMAND_READ)
		fwio.count = (job->request_bytes - REQUEST_HEADER) / 8;
	for (i = 0; i < fwio.count && i < EMU_TRACE_FWIO_VALUES; i++)
		fwio.value[i] = get64(job->request + REQUEST_HEADER + 8 * i);
	emu_trace_put(&card->trace, &(struct emu_trace_event){ EMU_TRACE_FWIO, .fwio = fwio });
}

static void trace_answer(struct emu_card *card, const struct emu_fwio_job *job)
{
	struct emu_trace_fwio fwio = {
		.step = "answer",
		.at = job->response_addr,
		.answer = true,
		.sequence = job->response[0],
		.error = job->response[1],
		.bytes = get16(job->response + 2),
		.count = job->words_read,
	};
	uint32_t i;

	if (!emu_trace_wants(&card->trace, EMU_TRACE_FWIO))
		return;
	for (i = 0; i < fwio.count && i < EMU_TRACE_FWIO_VALUES; i++)
		fwio.value[i] = get32(job->response + RESPONSE_HEADER + 4 * i);
	emu_trace_put(&card->trace, &(struct emu_trace_event){ EMU_TRACE_FWIO, .fwio = fwio });
}

static enum emu_fwio_outcome handle(struct emu_card *card, struct emu_fwio_job *job)
{
	uint64_t at = job->request_addr & (EMU_ADDR_HOST - 1);

	if (!is_host_word(job->request_addr) || !is_host_word(job->response_addr) ||
	    emu_hostmem_read(card->hostmem, at, job->request, REQUEST_HEADER))
		return EMU_FWIO_BAD_POINTER;
	job->request_bytes = get16(job->request + 2);
	if (job->request_bytes < REQUEST_HEADER ||
	    emu_hostmem_read(card->hostmem, at, job->request, job->request_bytes))
		return EMU_FWIO_BAD_SIZE;
	job->bad_crc = !crc_good(job);
	if (job->bad_crc && !card->opts->crc_error)
		return EMU_FWIO_WRONG_CRC;
	trace_request(card, job);
	run(card, job);
	return EMU_FWIO_ANSWER;
}

static bool deliver(struct emu_card *card, struct emu_fwio_job *job)
{
	uint64_t at = job->response_addr & (EMU_ADDR_HOST - 1);
	uint32_t header = get32(job->response);

	/* The header carries the sequence byte that software polls: after the payload. */
	return !emu_hostmem_write(card->hostmem, at + RESPONSE_HEADER,
				  job->response + RESPONSE_HEADER,
				  job->response_bytes - RESPONSE_HEADER) &&
	       !emu_dma_store_words(card, job->response_addr, &header, 1, 0);
}

static void count_bad_crc(struct emu_card *card)
{
	card->count.fwio_bad_crc++;
	emu_log_once(&card->log, EMU_LOG_FWIO_CRC, "FWIO request with a wrong checksum");
}

static void count_refusal(struct emu_card *card, enum emu_fwio_outcome outcome)
{
	struct emu_fwio_job *job = &card->fw.job;
	struct emu_access access = { job->request_addr, REQUEST_HEADER, false };

	if (outcome == EMU_FWIO_BAD_SIZE)
		access.len_bytes = job->request_bytes;
	if (outcome == EMU_FWIO_BAD_POINTER || outcome == EMU_FWIO_BAD_SIZE)
		emu_fault_tell(card, &access, "firmware, request");
	switch (outcome) {
	case EMU_FWIO_BAD_POINTER:
		EMU_TRACE(&card->trace, FWIO, fwio, .step = "bad-pointer", .at = job->request_addr);
		card->count.fwio_bad_pointer++;
		emu_log_once(&card->log, EMU_LOG_FWIO_POINTER,
			     "FWIO request at %#llx, answer to %#llx: not host memory",
			     (unsigned long long)job->request_addr,
			     (unsigned long long)job->response_addr);
		break;
	case EMU_FWIO_BAD_SIZE:
		EMU_TRACE(&card->trace, FWIO, fwio, .step = "bad-size", .at = job->request_addr);
		card->count.fwio_bad_size++;
		emu_log_once(&card->log, EMU_LOG_FWIO_SIZE, "FWIO request of %u bytes",
			     job->request_bytes);
		break;
	default:
		EMU_TRACE(&card->trace, FWIO, fwio, .step = "bad-crc", .at = job->request_addr);
		count_bad_crc(card);
		break;
	}
}

static void count_answer(struct emu_card *card)
{
	const struct emu_fwio_job *job = &card->fw.job;

	card->count.fwio_answered++;
	card->count.fwio_words += job->words_read;
	if (job->metric)
		card->count.fwio_metrics++;
	if (job->bad_crc) {
		count_bad_crc(card);
	} else if (job->error == ERROR_UNKNOWN_COMMAND) {
		card->count.fwio_bad_command++;
		emu_log_once(&card->log, EMU_LOG_FWIO_COMMAND, "FWIO command %u is unknown",
			     job->request[1]);
	} else if (job->error) {
		card->count.fwio_bad_read++;
		emu_log_once(&card->log, EMU_LOG_FWIO_READ,
			     "FWIO READ of %u bytes: an address does not answer",
			     job->request_bytes);
	}
}

static void answer(struct emu_card *card)
{
	const struct emu_fwio_job *job = &card->fw.job;
	struct emu_access access = { job->response_addr, job->response_bytes, true };

	if (deliver(card, &card->fw.job)) {
		count_answer(card);
		trace_answer(card, &card->fw.job);
		emu_card_irq(card, EMU_IRQ_FIRMWARE);
	} else {
		emu_fault_tell(card, &access, "firmware, answer");
		count_refusal(card, EMU_FWIO_BAD_POINTER);
	}
}

static void delay_over(void *arg)
{
	struct emu_card *card = arg;
	struct emu_firmware *fw = &card->fw;

	emu_card_enter(card);
	if (fw->busy && !fw->serving && emu_clock_now_ns() >= fw->delay.due_ns) {
		answer(card);
		fw->busy = false;
	}
	emu_card_leave(card);
}

/**
 * emu_firmware_init() - a firmware without a request
 * @card: zeroed card
 * Context: before any other thread knows the card.
 * Return: 0 or -ENOMEM.
 */
int emu_firmware_init(struct emu_card *card)
{
	struct emu_fwio_job *job = &card->fw.job;

	card->fw.delay.fire = delay_over;
	card->fw.delay.arg = card;
	job->request = calloc(2, EMU_FWIO_MAX_BYTES);
	if (!job->request)
		return -ENOMEM;
	job->response = job->request + EMU_FWIO_MAX_BYTES;
	return 0;
}

/**
 * emu_firmware_fini() - free what emu_firmware_init() made
 * @card: the card
 * Context: nobody else knows the card.
 */
void emu_firmware_fini(struct emu_card *card)
{
	free(card->fw.job.request);
}

static uint64_t pointer(const struct emu_card *card, uint32_t high_off, uint32_t low_off)
{
	return (uint64_t)card->misc.word[high_off / 4] << 32 | card->misc.word[low_off / 4];
}

static struct emu_fwio_latch pointers_now(const struct emu_card *card)
{
	return (struct emu_fwio_latch){
		.rung = true,
		.request_addr = pointer(card, EMU_MISC_REQUEST_HI, EMU_MISC_REQUEST_LO),
		.response_addr = pointer(card, EMU_MISC_RESPONSE_HI, EMU_MISC_RESPONSE_LO),
	};
}

/**
 * emu_firmware_ring() - the doorbell was written
 * @card: the card
 * Context: card lock held; emu_card_leave() serves it.
 */
void emu_firmware_ring(struct emu_card *card)
{
	if (card->reset.running && card->opts->latch_doorbell && !card->fw.latch.rung) {
		card->fw.latch = pointers_now(card);
		return;
	}
	if (card->reset.running) {
		card->count.fwio_lost_in_reset++;
		EMU_TRACE(&card->trace, FWIO, fwio, .step = "lost-in-reset");
		emu_log_once(&card->log, EMU_LOG_FWIO_LOST, "doorbell lost: reset is running");
		return;
	}
	if (card->fw.busy)
		card->count.fwio_coalesced++;
	card->fw.rung = true;
}

/**
 * emu_firmware_cancel() - a reset drops what is under way
 * @card: the card
 * Context: card lock held; does not wait, see emu_card_settle().
 */
void emu_firmware_cancel(struct emu_card *card)
{
	struct emu_firmware *fw = &card->fw;

	fw->generation++;
	fw->rung = false;
	fw->latch.rung = false;
	if (fw->busy && !fw->serving) {
		emu_clock_cancel(&card->box->clock, &fw->delay);
		fw->busy = false;
	}
}

static void take_inject(struct emu_firmware *fw)
{
	fw->job.inject = fw->inject;
	if (fw->inject.fault == EMU_FWIO_NO_FAULT)
		return;
	if (!--fw->inject.count)
		fw->inject.fault = EMU_FWIO_NO_FAULT;
}

static void begin_job(struct emu_card *card, const struct emu_fwio_latch *at)
{
	struct emu_firmware *fw = &card->fw;

	fw->busy = true;
	fw->job.generation = fw->generation;
	fw->job.request_addr = at->request_addr;
	fw->job.response_addr = at->response_addr;
	fw->job.words_read = 0;
	fw->job.metric = false;
	fw->job.bad_crc = false;
	fw->job.error = ERROR_NONE;
	take_inject(fw);
	card->count.fwio_requests++;
	if (fw->job.inject.fault != EMU_FWIO_NO_FAULT)
		card->count.fwio_injected++;
}

static uint64_t answer_delay_ms(const struct emu_card *card)
{
	const struct emu_fwio_inject *inject = &card->fw.job.inject;

	return inject->fault == EMU_FWIO_DELAY ? inject->value : card->opts->fwio_delay_ms;
}

static void end_job(struct emu_card *card, enum emu_fwio_outcome outcome)
{
	struct emu_firmware *fw = &card->fw;
	uint64_t delay_ms = answer_delay_ms(card);

	if (fw->job.generation == fw->generation && outcome == EMU_FWIO_ANSWER) {
		if (fw->job.inject.fault != EMU_FWIO_DROP && delay_ms) {
			emu_clock_arm(&card->box->clock, &fw->delay, delay_ms * NS_PER_MS);
			return; /* stays busy */
		}
		if (fw->job.inject.fault != EMU_FWIO_DROP)
			answer(card);
		else
			EMU_TRACE(&card->trace, FWIO, fwio, .step = "dropped",
				  .at = fw->job.request_addr);
	} else if (outcome != EMU_FWIO_ANSWER) {
		count_refusal(card, outcome);
	}
	fw->busy = false;
}

static void serve_request(struct emu_card *card, const struct emu_fwio_latch *at)
{
	enum emu_fwio_outcome outcome;

	if (!emu_card_dma_allowed(card)) {
		card->count.fwio_no_bus_master++;
		EMU_TRACE(&card->trace, FWIO, fwio, .step = "no-bus-master");
		emu_log_once(&card->log, EMU_LOG_BUS_MASTER,
			     "FWIO request while the card may not do DMA");
		return;
	}
	begin_job(card, at);
	card->fw.serving = true;
	pthread_mutex_unlock(&card->lock);
	outcome = handle(card, &card->fw.job);
	pthread_mutex_lock(&card->lock);
	card->fw.serving = false;
	end_job(card, outcome);
	pthread_cond_broadcast(&card->quiet);
}

static void serve_doorbell(struct emu_card *card)
{
	uint32_t *request = &card->misc.word[EMU_MISC_RESET / 4];
	struct emu_fwio_latch at = pointers_now(card);

	if (*request == EMU_RESET_DEVICE || *request == EMU_RESET_CORES) {
		emu_reset_begin(card, *request);
	} else {
		*request = 0;
		serve_request(card, &at);
	}
}

/**
 * emu_firmware_serve() - do what the doorbell asks for
 * @card: the card
 *
 * One request at a time; a doorbell that comes meanwhile is served once, afterwards, with
 * the pointers of then. A reset request makes the doorbell a reset request only.
 * Context: card lock held; given up while a request is worked on.
 */
void emu_firmware_serve(struct emu_card *card)
{
	struct emu_firmware *fw = &card->fw;
	struct emu_fwio_latch at;

	while (!fw->busy) {
		if (fw->latch.rung && !card->reset.running) {
			at = fw->latch;
			fw->latch.rung = false;
			serve_request(card, &at);
		} else if (fw->rung) {
			fw->rung = false;
			serve_doorbell(card);
		} else {
			break;
		}
	}
}
