// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sends a file through a card and back, in chunks, several in flight:
 *
 *   host memory --ring 0--> DRAM channel 0 --ring 1--> channel 1 --ring 2--> host
 *
 * Each stage of a chunk is two entries of a ring: the transfer, and an
 * immediate to an event register. The change of the register makes a record in
 * the core's notification queue, which is mapped; the record starts the next
 * stage. So the program is driven by records alone: while some are there, it
 * makes no system call except the requests that start and acknowledge
 * transfers (both files are mapped, too).
 *
 * The public header is all it needs:
 *   cc pipeline.c $(pkg-config --cflags --libs libneuron libcrypto)
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include <neuron/libneuron.h>

#define STAGES		3
#define MAX_IN_FLIGHT	64
#define PIECE_BYTES	65536	/* one descriptor at most */
#define NQ_BYTES	16384
#define NQ_RECORDS	(NQ_BYTES / sizeof(struct neuron_nq_record))
#define SETUP_MS	30000
#define BATCH		32
#define LAST_EVENT	255	/* of a core; not used by a stage */

enum place { HOST_IN, CHANNEL_0, CHANNEL_1, HOST_OUT, PLACES };

struct options {
	const char *device, *file, *outfile;
	uint64_t chunk_bytes;
	unsigned int in_flight, core, repeat;
	int timeout_ms, loop_s;
	bool wait_start;
};

/* A place for a chunk in each of the four memories. */
struct slot {
	uint64_t chunk;		/* counted over all passes */
	uint64_t length_bytes;
	unsigned int stage;	/* whose record is awaited */
	uint32_t event_value;	/* that the record will tell */
};

struct pipeline {
	struct options opt;
	struct neuron_handle *handle;
	struct neuron_ctx *ctx;
	struct neuron_device_info device;
	struct neuron_mem *mem[PLACES];
	unsigned char *host_in, *host_out;
	struct neuron_ring *ring[STAGES];
	struct neuron_nq *nq;
	struct slot slot[MAX_IN_FLIGHT];

	const unsigned char *in;
	unsigned char *out;	/* NULL without OUTFILE */
	uint64_t size_bytes;
	uint64_t chunks;	/* of the file */
	uint64_t passes;	/* that have begun */
	uint64_t next_in, next_out;	/* chunks, over all passes */
	uint64_t records, foreign;
	unsigned int unacked;
	uint64_t start_ns, end_ns;

	EVP_MD_CTX *sha;
	unsigned char digest_in[EVP_MAX_MD_SIZE], digest_out[EVP_MAX_MD_SIZE];
	unsigned int digest_len;
};

static const char usage_text[] =
"Usage: pipeline [OPTION]... FILE [OUTFILE]\n"
"Send FILE in chunks through a Neuron card and back: host memory, DRAM channel 0,\n"
"DRAM channel 1, host memory, by DMA rings that notifications drive; compare the\n"
"SHA-256 of what came back, and write it to OUTFILE.\n"
"\n"
"  -d, --device CARD     index or PCI address of the card (default 0)\n"
"  -k, --core N          core whose engines and events are used (default 0)\n"
"  -c, --chunk KIB       size of a chunk, 4 to 65536 KiB (default 1024)\n"
"  -n, --in-flight N     chunks in flight, 1 to 64 (default 2)\n"
"  -r, --repeat N        send the file N times (default 1)\n"
"  -l, --loop SECONDS    send it again and again for so long\n"
"  -t, --timeout SECONDS give up when no notification comes (default 60)\n"
"  -w, --wait-start      when all is set up, print \"ready\" and begin with a line on\n"
"                        standard input\n"
"  -h, --help            this text\n"
"\n"
"Exit status: 0 if input and output are equal, 1 if not or on an error, 2 on\n"
"wrong usage.\n";

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "pipeline: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	return -1;
}

/* For what libneuron refused. */
static int refused(struct pipeline *p, const char *what)
{
	return complain("%s: %s", what, neuron_last_error(p->handle));
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool number(const char *text, unsigned long min, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno && *value >= min &&
	       *value <= max;
}

static int set_option(struct options *opt, int option)
{
	unsigned long value;
	bool ok = true;

	switch (option) {
	case 'd':
		opt->device = optarg;
		break;
	case 'k':
		ok = number(optarg, 0, 255, &value);
		opt->core = (unsigned int)value;
		break;
	case 'c':
		ok = number(optarg, 4, 65536, &value);
		opt->chunk_bytes = value * 1024u;
		break;
	case 'n':
		ok = number(optarg, 1, MAX_IN_FLIGHT, &value);
		opt->in_flight = (unsigned int)value;
		break;
	case 'r':
		ok = number(optarg, 1, 1000000000, &value);
		opt->repeat = (unsigned int)value;
		break;
	case 'l':
		ok = number(optarg, 1, 1000000, &value);
		opt->loop_s = (int)value;
		break;
	case 't':
		ok = number(optarg, 1, 1000000, &value);
		opt->timeout_ms = (int)value * 1000;
		break;
	case 'w':
		opt->wait_start = true;
		break;
	default:
		return -1;
	}
	return ok ? 0 : complain("\"%s\" is out of range, see --help", optarg);
}

/* Return: 0 to go on, 1 if help was given, -1 on wrong usage. */
static int parse_options(struct options *opt, int argc, char **argv)
{
	static const struct option names[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "core", required_argument, NULL, 'k' },
		{ "chunk", required_argument, NULL, 'c' },
		{ "in-flight", required_argument, NULL, 'n' },
		{ "repeat", required_argument, NULL, 'r' },
		{ "loop", required_argument, NULL, 'l' },
		{ "timeout", required_argument, NULL, 't' },
		{ "wait-start", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*opt = (struct options){
		.device = "0", .chunk_bytes = 1048576, .in_flight = 2, .repeat = 1,
		.timeout_ms = 60000,
	};
	while ((option = getopt_long(argc, argv, "d:k:c:n:r:l:t:wh", names, NULL)) != -1) {
		if (option == 'h')
			return fputs(usage_text, stdout) < 0 ? -1 : 1;
		if (set_option(opt, option))
			return -1;
	}
	if (argc - optind < 1 || argc - optind > 2)
		return complain("a FILE, and at most an OUTFILE, see --help");
	opt->file = argv[optind];
	opt->outfile = argv[optind + 1];
	return 0;
}

static int map_input(struct pipeline *p)
{
	int fd = open(p->opt.file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st))
		return complain("%s: %m", p->opt.file);
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return complain("%s: is empty or no regular file", p->opt.file);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return complain("%s: %m", p->opt.file);
	close(fd);
	p->in = map;
	p->size_bytes = (uint64_t)st.st_size;
	p->chunks = (p->size_bytes + p->opt.chunk_bytes - 1) / p->opt.chunk_bytes;
	return 0;
}

static int map_output(struct pipeline *p)
{
	void *map;
	int fd;

	if (!p->opt.outfile)
		return 0;
	fd = open(p->opt.outfile, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || posix_fallocate(fd, 0, (off_t)p->size_bytes))
		return complain("%s: cannot be made %" PRIu64 " bytes long", p->opt.outfile,
				p->size_bytes);
	map = mmap(NULL, p->size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return complain("%s: %m", p->opt.outfile);
	close(fd);
	p->out = map;
	return 0;
}

/* Wait for the state of the card that is told, not for a time. */
static int wait_ready(struct pipeline *p)
{
	struct neuron_monitor *monitor;
	struct neuron_event event;
	struct pollfd fd = { .events = POLLIN };
	int err;

	err = neuron_monitor_open(NEURON_MONITOR_HOTPLUG | NEURON_MONITOR_INITIAL, &monitor);
	if (err)
		return complain("events: %s", strerror(-err));
	fd.fd = neuron_monitor_fd(monitor);
	while (!err && p->device.state != NEURON_DEVICE_STATE_READY) {
		err = neuron_monitor_next(monitor, &event, sizeof(event));
		if (err == -EAGAIN)
			err = poll(&fd, 1, p->opt.timeout_ms) > 0 ? 0 : -ETIMEDOUT;
		else if (!err && event.type <= NEURON_EVENT_DEVICE_CHANGE &&
			 event.device.index == p->device.index)
			p->device = event.device;
		if (!err && (p->device.state == NEURON_DEVICE_STATE_FAILED ||
			     p->device.state == NEURON_DEVICE_STATE_REMOVED))
			err = -ENODEV;
	}
	neuron_monitor_close(monitor);
	return err ? complain("card %s does not become ready: %s", p->device.bus_name,
			      strerror(-err)) : 0;
}

static int open_card(struct pipeline *p)
{
	int err = neuron_open(&p->handle);

	if (err)
		return complain("netlink: %s", strerror(-err));
	if (neuron_device_find(p->handle, p->opt.device, &p->device, sizeof(p->device)))
		return refused(p, p->opt.device);
	if (wait_ready(p))
		return -1;
	if (p->opt.core >= p->device.cores)
		return complain("the card has cores 0 to %" PRIu32, p->device.cores - 1);
	if (neuron_ctx_open(p->handle, p->device.index, &p->ctx) ||
	    neuron_ctx_set_label(p->ctx, "pipeline"))
		return refused(p, "context");
	return 0;
}

static int make_memory(struct pipeline *p)
{
	uint64_t size_bytes = p->opt.chunk_bytes * p->opt.in_flight;

	if (neuron_mem_alloc_host(p->ctx, size_bytes, "in", SETUP_MS, &p->mem[HOST_IN]) ||
	    neuron_mem_alloc_device(p->ctx, size_bytes, 0, 0, "channel 0", SETUP_MS,
				    &p->mem[CHANNEL_0]) ||
	    neuron_mem_alloc_device(p->ctx, size_bytes, 1, 0, "channel 1", SETUP_MS,
				    &p->mem[CHANNEL_1]) ||
	    neuron_mem_alloc_host(p->ctx, size_bytes, "out", SETUP_MS, &p->mem[HOST_OUT]) ||
	    neuron_mem_map(p->mem[HOST_IN], (void **)&p->host_in) ||
	    neuron_mem_map(p->mem[HOST_OUT], (void **)&p->host_out))
		return refused(p, "memory");
	return 0;
}

/*
 * Descriptors of a stage: pieces of the chunk (one more if it is not aligned),
 * the event, and what the kernel adds to a write.
 */
static uint32_t stage_descriptors(const struct pipeline *p)
{
	return (uint32_t)(p->opt.chunk_bytes / PIECE_BYTES) + 4;
}

/* The first free queue of an engine. */
static int attach(struct pipeline *p, struct neuron_ring *ring, uint32_t eng_id)
{
	uint32_t queue_id;
	int err = -EBUSY;

	for (queue_id = 0; err == -EBUSY && queue_id < p->device.queues_per_engine; queue_id++)
		err = neuron_ring_attach(ring, eng_id, queue_id);
	return err;
}

static int make_rings(struct pipeline *p)
{
	static const unsigned int engine_of_stage[STAGES] = { 0, 1, 0 };
	uint32_t first = p->opt.core * (p->device.engines / p->device.cores);
	uint32_t descriptors = (p->opt.in_flight + 1) * stage_descriptors(p) + 32;
	unsigned int stage;

	for (stage = 0; stage < STAGES; stage++)
		if (neuron_ring_create(p->ctx, descriptors, "pipeline", &p->ring[stage]) ||
		    attach(p, p->ring[stage], first + engine_of_stage[stage]))
			return refused(p, "ring");
	return 0;
}

static uint32_t event_of(unsigned int slot, unsigned int stage)
{
	return slot * STAGES + stage;
}

static int set_event(struct pipeline *p, uint32_t event, uint32_t value)
{
	return neuron_event_set(p->ctx, p->opt.core, event, value) ?
	       refused(p, "event register") : 0;
}

/*
 * Only a change of an event register makes a record: begin with all of them 0.
 * What changed by that is told in order, so it is over when the record of the
 * last change has come.
 */
static int clear_events(struct pipeline *p)
{
	struct neuron_nq_record record;
	uint32_t event;

	for (event = 0; event < event_of(p->opt.in_flight, 0); event++)
		if (set_event(p, event, 0))
			return -1;
	if (set_event(p, LAST_EVENT, 0) || set_event(p, LAST_EVENT, 1))
		return -1;
	do {
		if (neuron_nq_wait(p->nq, &record, 1, p->opt.timeout_ms) != 1)
			return refused(p, "waiting for notifications");
	} while (neuron_nq_record_id(&record) != LAST_EVENT || !neuron_nq_record_value(&record));
	return 0;
}

/* The queue exists once: who has it may use the registers. */
static int make_notifications(struct pipeline *p)
{
	if (neuron_nq_create(p->ctx, p->opt.core, NEURON_NQ_TYPE_EVENT, 0, NQ_BYTES, &p->nq) ||
	    neuron_nq_map(p->nq, NULL))
		return refused(p, "notification queue");
	if (clear_events(p))
		return -1;
	return neuron_nq_ack(p->nq) ? refused(p, "notification queue") : 0;
}

static int make_room(struct pipeline *p, struct neuron_ring *ring)
{
	uint32_t need = stage_descriptors(p);
	int acked = 1;

	if (neuron_ring_free_descriptors(ring) < need)
		acked = neuron_ring_ack(ring, 0, 0);
	/* The last ones may not be proven finished although their record came. */
	while (acked >= 0 && neuron_ring_free_descriptors(ring) < need) {
		acked = neuron_ring_ack(ring, 1, p->opt.timeout_ms);
		if (!acked)
			return complain("the ring stays full");
	}
	return acked < 0 ? refused(p, "acknowledging") : 0;
}

static int start_stage(struct pipeline *p, unsigned int number, unsigned int stage)
{
	struct slot *slot = &p->slot[number];
	uint64_t offset = number * p->opt.chunk_bytes;
	struct neuron_entry entries[2];

	slot->stage = stage;
	neuron_entry_copy(&entries[0], p->mem[stage + 1], offset, p->mem[stage], offset,
			  slot->length_bytes);
	neuron_entry_event(&entries[1], p->opt.core, event_of(number, stage), slot->event_value);
	if (make_room(p, p->ring[stage]))
		return -1;
	if (neuron_ring_write(p->ring[stage], entries, 2, NEURON_RING_START, NULL))
		return refused(p, "starting a transfer");
	return 0;
}

static bool another_pass(const struct pipeline *p)
{
	if (p->opt.loop_s)
		return now_ns() - p->start_ns < (uint64_t)p->opt.loop_s * 1000000000u;
	return p->passes < p->opt.repeat;
}

/* Put the next chunk of the file into a slot, if there is one. */
static int fill_slot(struct pipeline *p, unsigned int number)
{
	struct slot *slot = &p->slot[number];
	uint64_t offset;

	if (p->next_in == p->passes * p->chunks) {
		if (!another_pass(p))
			return 0;
		p->passes++;
	}
	offset = p->next_in % p->chunks * p->opt.chunk_bytes;
	slot->length_bytes = p->size_bytes - offset < p->opt.chunk_bytes ?
			     p->size_bytes - offset : p->opt.chunk_bytes;
	slot->chunk = p->next_in++;
	slot->event_value ^= 1;
	memcpy(p->host_in + number * p->opt.chunk_bytes, p->in + offset, slot->length_bytes);
	/* What the card does not write must not look right by chance. */
	memset(p->host_out + number * p->opt.chunk_bytes, 0xa5, slot->length_bytes);
	return start_stage(p, number, 0);
}

static int begin_digest(struct pipeline *p)
{
	return EVP_DigestInit_ex(p->sha, EVP_sha256(), NULL) == 1 ? 0 :
	       complain("SHA-256 is not to be had");
}

static int check_pass(struct pipeline *p)
{
	if (EVP_DigestFinal_ex(p->sha, p->digest_out, NULL) != 1)
		return complain("SHA-256 failed");
	if (memcmp(p->digest_in, p->digest_out, p->digest_len))
		return 1;
	return begin_digest(p);
}

/* Return: 0, -1 on an error, 1 if what came back is not what was sent. */
static int take_chunk(struct pipeline *p, unsigned int number)
{
	const unsigned char *data = p->host_out + number * p->opt.chunk_bytes;
	struct slot *slot = &p->slot[number];
	uint64_t at = slot->chunk % p->chunks;
	int ret = 0;

	if (slot->chunk != p->next_out)
		return complain("chunk %" PRIu64 " came before chunk %" PRIu64, slot->chunk,
				p->next_out);
	p->next_out++;
	if (EVP_DigestUpdate(p->sha, data, slot->length_bytes) != 1)
		return complain("SHA-256 failed");
	if (p->out && slot->chunk < p->chunks)
		memcpy(p->out + at * p->opt.chunk_bytes, data, slot->length_bytes);
	if (at == p->chunks - 1)
		ret = check_pass(p);
	return ret ? ret : fill_slot(p, number);
}

static int take_record(struct pipeline *p, const struct neuron_nq_record *record)
{
	uint32_t event = neuron_nq_record_id(record);
	unsigned int number = event / STAGES, stage = event % STAGES;

	p->records++;
	if (neuron_nq_record_type(record) != NEURON_NQ_TYPE_EVENT || number >= p->opt.in_flight) {
		p->foreign++;
		return 0;
	}
	if (stage != p->slot[number].stage ||
	    neuron_nq_record_value(record) != p->slot[number].event_value)
		return complain("event %" PRIu32 " became %" PRIu32 " out of turn", event,
				neuron_nq_record_value(record));
	if (stage + 1 < STAGES)
		return start_stage(p, number, stage + 1);
	return take_chunk(p, number);
}

static int acknowledge(struct pipeline *p, unsigned int count)
{
	p->unacked += count;
	if (p->unacked < NQ_RECORDS / 4)
		return 0;
	p->unacked = 0;
	return neuron_nq_ack(p->nq) ? refused(p, "notification queue") : 0;
}

static int run(struct pipeline *p)
{
	struct neuron_nq_record records[BATCH];
	unsigned int slot;
	int n, i, ret = 0;

	p->start_ns = now_ns();
	for (slot = 0; !ret && slot < p->opt.in_flight; slot++)
		ret = fill_slot(p, slot);
	while (!ret && p->next_out < p->next_in) {
		n = neuron_nq_wait(p->nq, records, BATCH, p->opt.timeout_ms);
		if (n < 0)
			return refused(p, "waiting for notifications");
		for (i = 0; !ret && i < n; i++)
			ret = take_record(p, &records[i]);
		if (!ret)
			ret = acknowledge(p, (unsigned int)n);
	}
	p->end_ns = now_ns();
	return ret;
}

static void print_digest(const struct pipeline *p, const char *name, const unsigned char *digest)
{
	unsigned int i;

	printf("SHA-256 %-3s      ", name);
	for (i = 0; i < p->digest_len; i++)
		printf("%02x", digest[i]);
	printf("\n");
}

static void report(const struct pipeline *p)
{
	uint64_t bytes = p->next_out / p->chunks * p->size_bytes;
	double seconds = (double)(p->end_ns - p->start_ns) / 1e9;
	unsigned int stage;

	printf("card %" PRIu32 " (%s) ", p->device.index, p->device.bus_name);
	for (stage = 0; stage < STAGES; stage++)
		printf("%s engine %" PRIu32 " queue %" PRIu32, stage ? "," : "",
		       neuron_ring_engine(p->ring[stage]), neuron_ring_queue(p->ring[stage]));
	printf("\nbytes            %" PRIu64 " in %" PRIu64 " chunks, %u in flight", bytes,
	       p->next_out, p->opt.in_flight);
	if (p->passes > 1)
		printf(", %" PRIu64 " times the file", p->passes);
	printf("\ntime             %.3f s, %.1f MiB/s (each byte moved by three transfers, digest included)\n",
	       seconds, (double)bytes / 1048576.0 / seconds);
	printf("notifications    %" PRIu64 ", lost %" PRIu32 ", not ours %" PRIu64 "\n",
	       p->records, neuron_nq_overruns(p->nq), p->foreign);
	print_digest(p, "in", p->digest_in);
	print_digest(p, "out", p->digest_out);
}

/* Tells what could not be given up; from a card that is gone nothing can. */
static void given_up(struct pipeline *p, const char *what, int err)
{
	if (err && err != -ENODEV)
		complain("giving up %s: %s", what, neuron_last_error(p->handle));
}

static void tear_down(struct pipeline *p)
{
	unsigned int i;

	for (i = 0; i < STAGES; i++)
		given_up(p, "a ring", neuron_ring_destroy(p->ring[i], SETUP_MS));
	given_up(p, "the notification queue", neuron_nq_destroy(p->nq, SETUP_MS));
	for (i = 0; i < PLACES; i++)
		given_up(p, "memory", neuron_mem_free(p->mem[i]));
	neuron_ctx_close(p->ctx);
	neuron_close(p->handle);
	EVP_MD_CTX_free(p->sha);
}

static int prepare(struct pipeline *p)
{
	int c;

	p->sha = EVP_MD_CTX_new();
	if (!p->sha || map_input(p) || map_output(p) || open_card(p) || make_memory(p) ||
	    make_rings(p) || make_notifications(p))
		return -1;
	if (EVP_Digest(p->in, p->size_bytes, p->digest_in, &p->digest_len, EVP_sha256(),
		       NULL) != 1 || begin_digest(p))
		return complain("SHA-256 failed");
	if (!p->opt.wait_start)
		return 0;
	printf("ready\n");
	fflush(stdout);
	do {
		c = getchar();
	} while (c != '\n' && c != EOF);
	return 0;
}

int main(int argc, char **argv)
{
	static struct pipeline p;
	int ret;

	ret = parse_options(&p.opt, argc, argv);
	if (ret)
		return ret < 0 ? 2 : 0;
	ret = prepare(&p);
	if (!ret)
		ret = run(&p);
	if (ret >= 0) {
		report(&p);
		printf("%s\n", ret ? "NOT EQUAL" : "equal");
	}
	tear_down(&p);
	return ret ? 1 : 0;
}
