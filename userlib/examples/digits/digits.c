// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tells handwritten digits with a small network that a core of the card computes. Program,
 * network and images lie in one piece of device memory:
 *
 *   host memory --ring--> device memory --ring--> instruction FIFO of the core
 *                         device memory --ring--> host memory, when the core has notified
 *
 * The core has to know the instructions of docs/isa.md. They are invented; the emulated card
 * executes them with --isa stand-in. All that the core computed is compared with the CPU.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neuron/libneuron.h>

#include "program.h"

#define SETUP_MS	30000
#define LOOK_MS		100	/* between two looks at the error records */
#define NQ_BYTES	4096
#define DESCRIPTORS	64
#define SHOWN		8

struct options {
	const char *device, *file;
	unsigned int core;
	int timeout_ms;
};

struct card {
	struct options opt;
	struct neuron_handle *handle;
	struct neuron_ctx *ctx;
	struct neuron_device_info info;
	struct layout at;
	struct neuron_mem *host, *device;
	struct neuron_ring *ring;
	struct neuron_nq *notes, *errors;
	unsigned char *piece;		/* mapping of host */
};

static const char usage_text[] =
"Usage: digits [OPTION]... FILE\n"
"Tell the handwritten digits of FILE (digits.txt) by a network that a core of a Neuron\n"
"card computes, and compare with the CPU. The card has to execute the stand-in\n"
"instruction set: neuron-emu --isa stand-in.\n"
"\n"
"  -d, --device CARD     index or PCI address of the card (default 0)\n"
"  -k, --core N          core (default 0)\n"
"  -t, --timeout SECONDS give up when no notification comes (default 60)\n"
"  -h, --help            this text\n"
"\n"
"Exit status: 0 if card and CPU agree in every bit, 1 if not or on an error, 2 on\n"
"wrong usage.\n";

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "digits: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	return -1;
}

/* For what libneuron refused. */
static int refused(struct card *card, const char *what)
{
	return complain("%s: %s", what, neuron_last_error(card->handle));
}

static int number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || *value > max)
		return complain("\"%s\" is out of range, see --help", text);
	return 0;
}

/* Return: 0 to go on, 1 if help was given, -1 on wrong usage. */
static int parse_options(struct options *opt, int argc, char **argv)
{
	static const struct option names[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "core", required_argument, NULL, 'k' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long core = 0, timeout_s = 60;
	int option, ret = 0;

	opt->device = "0";
	while (!ret && (option = getopt_long(argc, argv, "d:k:t:h", names, NULL)) != -1) {
		if (option == 'h')
			return fputs(usage_text, stdout) < 0 ? -1 : 1;
		if (option == 'd')
			opt->device = optarg;
		else if (option == 'k')
			ret = number(optarg, 255, &core);
		else if (option == 't')
			ret = number(optarg, 1000000, &timeout_s);
		else
			ret = -1;
	}
	if (!ret && argc - optind != 1)
		ret = complain("one FILE, see --help");
	opt->file = argv[optind];
	opt->core = (unsigned int)core;
	opt->timeout_ms = (int)timeout_s * 1000;
	return ret;
}

static int open_card(struct card *card)
{
	uint32_t core = card->opt.core;
	int err = neuron_open(&card->handle);

	if (err)
		return complain("netlink: %s", strerror(-err));
	if (neuron_device_find(card->handle, card->opt.device, &card->info, sizeof(card->info)) ||
	    neuron_ctx_open(card->handle, card->info.index, &card->ctx) ||
	    neuron_ctx_set_label(card->ctx, "digits"))
		return refused(card, card->opt.device);
	return neuron_core_claim(card->ctx, &core, 1) ? refused(card, "claiming the core") : 0;
}

static int make_objects(struct card *card)
{
	unsigned int core = card->opt.core;

	if (neuron_mem_alloc_host(card->ctx, card->at.bytes, "digits", SETUP_MS, &card->host) ||
	    neuron_mem_alloc_device(card->ctx, card->at.bytes, 0, 0, "digits", SETUP_MS,
				    &card->device) ||
	    neuron_mem_map(card->host, (void **)&card->piece))
		return refused(card, "memory");
	if (neuron_ring_create(card->ctx, DESCRIPTORS, "digits", &card->ring) ||
	    neuron_ring_attach_core(card->ring, core))
		return refused(card, "ring");
	if (neuron_nq_create(card->ctx, core, NEURON_NQ_TYPE_NOTIFY, 0, NQ_BYTES, &card->notes) ||
	    neuron_nq_create(card->ctx, core, NEURON_NQ_TYPE_ERROR, 0, NQ_BYTES, &card->errors) ||
	    neuron_nq_map(card->notes, NULL) || neuron_nq_map(card->errors, NULL))
		return refused(card, "notification queue");
	return 0;
}

/* A ring's transfers are done in order: the program comes after what it works on. */
static int start(struct card *card)
{
	struct neuron_entry entries[2];

	neuron_entry_copy(&entries[0], card->device, 0, card->host, 0, card->at.results);
	neuron_entry_program(&entries[1], card->opt.core, card->device, card->at.code,
			     card->at.code_bytes);
	if (neuron_ring_write(card->ring, entries, 2, NEURON_RING_START, NULL))
		return refused(card, "sending the program");
	return 0;
}

/* Return: 0 when the core is done, 1 to look again, -1 on an error. */
static int look(struct card *card)
{
	struct neuron_nq_record record;
	int n = neuron_nq_wait(card->notes, &record, 1, LOOK_MS);

	if (n == 1 && neuron_nq_record_id(&record) == DONE_ID)
		return 0;
	if (n < 0 && n != -ETIMEDOUT)
		return refused(card, "waiting for the core");
	n = neuron_nq_poll(card->errors, &record, 1);
	if (n < 0)
		return refused(card, "error records");
	if (n)
		return complain("the core reports error %" PRIu32 " in step %" PRIu32,
				neuron_nq_record_id(&record), neuron_nq_record_value(&record));
	return 1;
}

static int wait_done(struct card *card)
{
	int left_ms, ret = 1;

	for (left_ms = card->opt.timeout_ms; ret > 0 && left_ms > 0; left_ms -= LOOK_MS)
		ret = look(card);
	if (ret > 0)
		return complain("no answer; was neuron-emu started with --isa stand-in?");
	return ret;
}

static int fetch_results(struct card *card)
{
	struct neuron_entry entry;
	int acked, n;

	neuron_entry_copy(&entry, card->host, card->at.results, card->device, card->at.results,
			  card->at.bytes - card->at.results);
	if (neuron_ring_write(card->ring, &entry, 1, NEURON_RING_START, NULL))
		return refused(card, "fetching the results");
	/* Three entries in all; what was handed back has arrived. */
	for (acked = 0; acked < 3; acked += n) {
		n = neuron_ring_ack(card->ring, 1, card->opt.timeout_ms);
		if (n < 0)
			return refused(card, "fetching the results");
		if (!n)
			return complain("the results do not come");
	}
	return 0;
}

/* Return: 0 if all is equal, 1 if not, -1 without memory. */
static int compare(const struct card *card, unsigned int images)
{
	const struct layout *at = &card->at;
	unsigned char *piece = calloc(1, at->bytes);
	size_t i, wrong = 0;

	if (!piece)
		return complain("no memory");
	memcpy(piece, card->piece, at->results);
	program_compute(at, piece, images);
	for (i = at->results; i < at->bytes; i++)
		wrong += piece[i] != card->piece[i];
	free(piece);
	printf("results          %zu bytes, %zu of them differ from the CPU's\n",
	       at->bytes - at->results, wrong);
	return wrong ? 1 : 0;
}

static void report(const struct card *card, const struct images *images)
{
	const uint32_t *answers = (const void *)(card->piece + card->at.answers);
	unsigned int i, right = 0, wrong = images->count;

	for (i = 0; i < images->count; i++) {
		if (answers[i] == images->digit[i])
			right++;
		else if (wrong == images->count)
			wrong = i;
	}
	images_show(images, 0, SHOWN, answers);
	if (wrong < images->count) {
		printf("The first one that is told wrong:\n\n");
		images_show(images, wrong, 1, answers);
	}
	printf("card %" PRIu32 " (%s), core %u, engine %" PRIu32 " queue %" PRIu32 "\n",
	       card->info.index, card->info.bus_name, card->opt.core,
	       neuron_ring_engine(card->ring), neuron_ring_queue(card->ring));
	printf("right            %u of %u images, %.1f %% (%d when it was trained)\n", right,
	       images->count, 100.0 * right / images->count, HELD_OUT_RIGHT);
}

static int run(struct card *card, const struct images *images)
{
	if (open_card(card) || make_objects(card))
		return -1;
	/* What the card does not write must not look right by chance. */
	memset(card->piece, 0xa5, card->at.bytes);
	program_write(&card->at, card->piece, images);
	if (start(card) || wait_done(card) || fetch_results(card))
		return -1;
	report(card, images);
	return compare(card, images->count);
}

/* Tells what could not be given up; from a card that is gone nothing can. */
static void given_up(struct card *card, const char *what, int err)
{
	if (err && err != -ENODEV)
		complain("giving up %s: %s", what, neuron_last_error(card->handle));
}

static void tear_down(struct card *card)
{
	if (card->ring)
		given_up(card, "the ring", neuron_ring_destroy(card->ring, SETUP_MS));
	if (card->notes)
		given_up(card, "a queue", neuron_nq_destroy(card->notes, SETUP_MS));
	if (card->errors)
		given_up(card, "a queue", neuron_nq_destroy(card->errors, SETUP_MS));
	if (card->host)
		given_up(card, "memory", neuron_mem_free(card->host));
	if (card->device)
		given_up(card, "memory", neuron_mem_free(card->device));
	neuron_ctx_close(card->ctx);
	neuron_close(card->handle);
}

int main(int argc, char **argv)
{
	static struct images images;
	struct card card = { 0 };
	int ret;

	ret = parse_options(&card.opt, argc, argv);
	if (ret)
		return ret < 0 ? 2 : 0;
	ret = images_read(&images, card.opt.file);
	if (ret) {
		complain("%s: %s", card.opt.file, strerror(-ret));
		return 1;
	}
	card.at = program_layout(images.count);
	ret = run(&card, &images);
	tear_down(&card);
	return ret ? 1 : 0;
}
