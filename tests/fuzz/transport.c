// SPDX-License-Identifier: GPL-2.0
/*
 * The vfio-user server of one card: an input is what a hostile client sends it, and what
 * that client does to the descriptors that it sent along.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

#define MAX_OPS		100u
#define NR_FILES	3u
#define FILE_BYTES	FUZZ_HOST_BYTES

/* Of the descriptors, docs/hardware, section 3.9. */
#define M2S_WHOLE	(3u << 26)
#define OP_COPY		0x01080003u

struct session {
	struct fuzz_in in;
	struct client client;
	struct emu_vfu *vfu;
	int files[NR_FILES];		/* memory that the client offers */
};

static const char qemu_caps[] =
	"{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576,"
	"\"pgsizes\":4096,\"max_dma_maps\":65535,\"write_multiple\":true,"
	"\"migration\":{\"pgsize\":4096,\"max_bitmap_size\":268435456}}}";

static unsigned int odd_fds(struct session *s, int fds[CLIENT_MAX_FDS], unsigned int count)
{
	unsigned int i, made = 0;
	int fd;

	for (i = 0; i < count && i < CLIENT_MAX_FDS; i++) {
		fd = fuzz_odd_fd(&s->in, s->files[i % NR_FILES], s->client.sock);
		if (fd >= 0)
			fds[made++] = fd;
	}
	return made;
}

static void close_fds(const int *fds, unsigned int count)
{
	while (count--)
		close(fds[count]);
}

static void do_version(struct session *s)
{
	uint8_t body[4 + 1024] = { 0 }, kind = fuzz_u8(&s->in);
	size_t len = 4;

	if (kind & 0x80) {
		len += fuzz_bytes(&s->in, body + 4, fuzz_u16(&s->in) % 1024);
	} else if (!(kind & 1)) {
		memcpy(body + 4, qemu_caps, sizeof(qemu_caps));
		len += sizeof(qemu_caps);
	}
	if (kind & 2)
		body[0] = fuzz_u8(&s->in);
	client_message(&s->client, VFU_VERSION, body, len, NULL, 0);
}

static void do_raw(struct session *s)
{
	uint8_t bytes[256];

	client_send(&s->client, bytes, fuzz_bytes(&s->in, bytes, fuzz_u8(&s->in)), NULL, 0);
}

/* A header with anything in it; the body has a length of its own. */
static void do_any_message(struct session *s)
{
	uint8_t flags = fuzz_u8(&s->in), body[512] = { 0 };
	size_t len = fuzz_u8(&s->in) & 0x7f;
	struct vfu_hdr hdr = { .id = fuzz_u8(&s->in), .cmd = fuzz_u8(&s->in) % 20 };
	int fds[CLIENT_MAX_FDS];
	unsigned int nr_fds = 0;

	hdr.size = (uint32_t)(sizeof(hdr) + len);
	if (flags & 1)
		hdr.size = fuzz_u32(&s->in);
	if (flags & 2)
		hdr.size += fuzz_u8(&s->in);
	if (flags & 4)
		hdr.flags = fuzz_u8(&s->in);
	if (flags & 8)
		hdr.cmd = fuzz_u16(&s->in);
	if (flags & 0x10)
		hdr.error = fuzz_u32(&s->in);
	if (flags & 0x20)
		nr_fds = odd_fds(s, fds, fuzz_u8(&s->in) % (CLIENT_MAX_FDS + 1));
	fuzz_bytes(&s->in, body, len);
	if (hdr.id == CLIENT_SYNC_ID)
		hdr.id = 0;
	/* Descriptors with the header, or with the body. */
	client_send(&s->client, &hdr, sizeof(hdr), fds, flags & 0x40 ? 0 : nr_fds);
	client_send(&s->client, body, len, fds, flags & 0x40 ? nr_fds : 0);
	close_fds(fds, nr_fds);
}

static uint64_t odd_size(struct fuzz_in *in)
{
	static const uint64_t sizes[] = {
		0x10000, 0x1000, 1, 0, 0x1001, 0x8000, 0x20000, 1u << 20, 1ull << 32, 1ull << 63,
		UINT64_MAX, UINT64_MAX - 0xfff, 0xfff,
	};
	uint8_t kind = fuzz_u8(in);

	if (kind >= 0xf0)
		return fuzz_u64(in);
	return sizes[kind % (sizeof(sizes) / sizeof(sizes[0]))];
}

static uint64_t odd_iova(struct fuzz_in *in)
{
	uint8_t kind = fuzz_u8(in);

	if (kind >= 0xf0)
		return fuzz_u64(in);
	if (kind >= 0xe0)
		return UINT64_MAX - 0xffff + (kind & 15) * 0x1000u;
	return FUZZ_IOVA + (kind & 0x3f) * 0x1000u;
}

static void do_map(struct session *s)
{
	uint8_t kind = fuzz_u8(&s->in);
	struct vfu_dma_map map = { .argsz = sizeof(map), .flags = kind & 3 };
	int fds[CLIENT_MAX_FDS];
	unsigned int nr_fds = 0;

	map.iova = odd_iova(&s->in);
	map.size = odd_size(&s->in);
	if (kind & 4)
		map.offset = odd_size(&s->in);
	if (kind & 8)
		map.argsz = fuzz_u8(&s->in);
	if (kind & 0x10)
		nr_fds = odd_fds(s, fds, 1 + (kind >> 7));
	else if (!(kind & 0x20))
		fds[nr_fds++] = fcntl(s->files[kind >> 6 & 1], F_DUPFD_CLOEXEC, 0);
	else if (kind & 0x40 && s->client.dram_fd >= 0)
		fds[nr_fds++] = fcntl(s->client.dram_fd, F_DUPFD_CLOEXEC, 0);
	client_message(&s->client, VFU_DMA_MAP, &map, sizeof(map), fds, nr_fds);
	close_fds(fds, nr_fds);
}

static void do_unmap(struct session *s)
{
	uint8_t kind = fuzz_u8(&s->in);
	struct vfu_dma_unmap unmap = { .argsz = sizeof(unmap), .flags = kind & 3 };

	unmap.iova = odd_iova(&s->in);
	unmap.size = odd_size(&s->in);
	client_message(&s->client, VFU_DMA_UNMAP, &unmap, sizeof(unmap), NULL, 0);
}

static uint64_t region_off(struct session *s, uint32_t region, uint8_t kind)
{
	static const uint64_t borders[] = {
		0, EMU_BAR0_BYTES, EMU_BAR2_BYTES, EMU_DRAM_BYTES, 1u << 20, 4096, UINT64_MAX,
		1ull << 32,
	};

	if (kind & 1)
		return borders[kind >> 1 & 7] - fuzz_u8(&s->in);
	if (region == VFU_REGION_CONFIG)
		return fuzz_u16(&s->in) & 0x1ff;
	if (region == VFU_REGION_BAR2)
		return fuzz_core_off(&s->in);
	if (region == VFU_REGION_BAR0)
		return fuzz_apb_off(&s->in);
	return fuzz_u32(&s->in);
}

static uint32_t region_of(uint8_t kind)
{
	static const uint8_t regions[] = { 0, 0, 0, 2, 4, 7, 7, 7, 1, 3, 5, 6, 8, 9, 0, 255 };

	return regions[kind & 15];
}

static void do_read(struct session *s)
{
	static const uint32_t counts[] = { 4, 1, 2, 8, 3, 16, 0, 64, 4096, 1u << 20, (1u << 20) + 1 };
	uint8_t kind = fuzz_u8(&s->in), how = fuzz_u8(&s->in);
	struct vfu_region_rw rw = { .region = region_of(kind), .count = counts[(kind >> 4) % 11] };

	rw.offset = region_off(s, rw.region, how);
	if (how & 0x80)
		rw.count = fuzz_u32(&s->in);
	client_message(&s->client, VFU_REGION_READ, &rw, sizeof(rw), NULL, 0);
}

static void write_region(struct session *s, uint32_t region, uint64_t off, const void *data,
			 uint32_t count)
{
	uint8_t body[sizeof(struct vfu_region_rw) + 256];
	struct vfu_region_rw rw = { .offset = off, .region = region, .count = count };

	memcpy(body, &rw, sizeof(rw));
	memcpy(body + sizeof(rw), data, count);
	client_message(&s->client, VFU_REGION_WRITE, body, sizeof(rw) + count, NULL, 0);
}

static void do_write(struct session *s)
{
	uint8_t kind = fuzz_u8(&s->in), how = fuzz_u8(&s->in), data[256] = { 0 };
	uint32_t region = region_of(kind), word;
	uint64_t off = region_off(s, region, how);
	size_t len;

	if (how & 0x80) {
		len = fuzz_u8(&s->in);
		fuzz_bytes(&s->in, data, len);
		write_region(s, region, off, data, (uint32_t)len);
		return;
	}
	word = fuzz_word(&s->in);
	write_region(s, region, off, &word, how & 0x40 ? 2 : how & 0x20 ? 1 : 4);
}

static void do_write_multi(struct session *s)
{
	struct {
		uint64_t wr_cnt;	/* all that struct vfu_write_multi has in front */
		struct vfu_write_one one[8];
	} body = { 0 };
	uint8_t kind = fuzz_u8(&s->in);
	unsigned int count = 1 + kind % 8, i;
	uint64_t value;

	body.wr_cnt = kind & 0x80 ? fuzz_u64(&s->in) : count;
	for (i = 0; i < count; i++) {
		uint8_t how = fuzz_u8(&s->in);

		body.one[i].region = region_of(how >> 4);
		body.one[i].offset = region_off(s, body.one[i].region, how);
		body.one[i].count = how & 8 ? fuzz_u8(&s->in) : 4;
		value = fuzz_word(&s->in);
		memcpy(body.one[i].data, &value, sizeof(value));
	}
	client_message(&s->client, VFU_REGION_WRITE_MULTI, &body,
		       sizeof(body.wr_cnt) + count * sizeof(body.one[0]) - (kind >> 5 & 1), NULL, 0);
}

static void do_irqs(struct session *s)
{
	static const uint32_t counts[] = { 0, 1, 2, 16, 17, 31, 32, 33, 255, UINT32_MAX };
	uint8_t kind = fuzz_u8(&s->in), body[sizeof(struct vfu_irq_set) + 64] = { 0 };
	struct vfu_irq_set set = {
		.argsz = sizeof(set), .index = kind >> 6 ? kind >> 6 : 1, .flags = 0x20 | (kind & 7),
		.start = counts[fuzz_u8(&s->in) % 10], .count = counts[(kind >> 3 & 7)],
	};
	uint8_t odd = fuzz_u8(&s->in);
	int fds[CLIENT_MAX_FDS];
	unsigned int nr_fds = 0;
	size_t len = odd & 0x3f;

	if (odd & 0x80)
		set.flags = fuzz_u32(&s->in);
	if (odd & 0x40)
		nr_fds = odd_fds(s, fds, set.count);
	set.argsz += (uint32_t)len;
	fuzz_bytes(&s->in, body + sizeof(set), len);
	memcpy(body, &set, sizeof(set));
	client_message(&s->client, VFU_SET_IRQS, body, sizeof(set) + len, fds, nr_fds);
	close_fds(fds, nr_fds);
}

static void do_query(struct session *s)
{
	static const uint8_t commands[] = {
		VFU_GET_INFO, VFU_GET_REGION_INFO, VFU_GET_REGION_IO_FDS, VFU_GET_IRQ_INFO,
		VFU_DEVICE_RESET, VFU_DEVICE_FEATURE, VFU_DMA_READ, VFU_MIG_DATA_READ,
	};
	uint8_t kind = fuzz_u8(&s->in), cmd = commands[kind & 7];
	uint32_t body[16] = { 0 };
	size_t len = cmd == VFU_GET_REGION_INFO ? 32 : cmd == VFU_DEVICE_RESET ? 0 : 16;

	body[0] = kind & 8 ? fuzz_u32(&s->in) : 64;
	body[2] = kind >> 4;
	if (kind & 0x80)
		len = fuzz_u8(&s->in) % sizeof(body);
	client_message(&s->client, cmd, body, len, NULL, 0);
}

static void store(struct session *s, uint32_t off, uint32_t value)
{
	write_region(s, VFU_REGION_BAR0, off, &value, sizeof(value));
}

static void program_half(struct session *s, bool s2m, uint64_t base)
{
	store(s, fuzz_queue_reg(0, s2m, 0, 0x28), (uint32_t)base);
	store(s, fuzz_queue_reg(0, s2m, 0, 0x2C), (uint32_t)(base >> 32));
	store(s, fuzz_queue_reg(0, s2m, 0, 0x30), 64);
	store(s, fuzz_queue_reg(0, s2m, 0, 0x20), 0x30000);
	store(s, fuzz_unit_reg(0, s2m ? 0x20204 : 0x204), 1);
}

/* A queue whose rings lie in the client's memory, with copies waiting in them. */
static void do_ring(struct session *s)
{
	unsigned int count = 1 + fuzz_u8(&s->in) % 8, i;
	uint8_t file = fuzz_u8(&s->in);
	uint32_t desc[2][4];
	uint64_t addr[2];

	for (i = 0; i < count; i++) {
		uint32_t len = fuzz_u16(&s->in), d;

		for (d = 0; d < 2; d++) {
			addr[d] = fuzz_dev_addr(&s->in);
			desc[d][0] = len | 1u << 24 | (d ? 0 : M2S_WHOLE);
			desc[d][1] = d ? 0 : OP_COPY;
			memcpy(&desc[d][2], &addr[d], sizeof(addr[d]));
			if (pwrite(s->files[file & 1], desc[d], 16, 0x4000 + d * 0x800 + i * 16) < 0)
				return;
		}
	}
	for (i = 0; i < 2; i++)
		program_half(s, i, FUZZ_HOST + FUZZ_IOVA + 0x4000 + i * 0x800);
	store(s, fuzz_queue_reg(0, true, 0, 0x38), count);
	store(s, fuzz_queue_reg(0, false, 0, 0x38), count);
}

static void do_disturb(struct session *s)
{
	uint8_t which = fuzz_u8(&s->in);

	if (which & 0x80)
		client_sync(&s->client);
	if (which & 4 && s->client.dram_fd >= 0)
		fuzz_disturb_file(&s->in, s->client.dram_fd);
	else
		fuzz_disturb_file(&s->in, s->files[which % NR_FILES]);
}

static void do_split(struct session *s)
{
	s->client.split = fuzz_u8(&s->in) & 0x1f;
}

static void do_sync(struct session *s)
{
	client_sync(&s->client);
}

static void do_reconnect(struct session *s)
{
	client_hang_up(&s->client);
	client_connect(&s->client, s->vfu);
}

/* All that a guest's first driver does before its first copy. */
static void do_boot(struct session *s)
{
	struct vfu_dma_map map = {
		.argsz = sizeof(map), .flags = 3, .iova = FUZZ_IOVA, .size = FILE_BYTES,
	};
	uint32_t info[8] = { 64, 0, VFU_REGION_BAR4 };
	const uint16_t command = 0x0006;
	uint8_t hello[4 + sizeof(qemu_caps)] = { 0 };

	memcpy(hello + 4, qemu_caps, sizeof(qemu_caps));
	client_message(&s->client, VFU_VERSION, hello, sizeof(hello), NULL, 0);
	client_message(&s->client, VFU_DMA_MAP, &map, sizeof(map), s->files, 1);
	client_message(&s->client, VFU_GET_REGION_INFO, info, sizeof(info), NULL, 0);
	write_region(s, VFU_REGION_CONFIG, 4, &command, sizeof(command));
}

/* Always 32, so that inputs keep their meaning: a new one takes the place of a repeated one. */
#define NR_OPERATIONS 32u

static void (*const operations[NR_OPERATIONS])(struct session *s) = {
	do_boot, do_version, do_raw, do_any_message, do_map, do_map, do_unmap, do_read,
	do_read, do_write, do_write, do_write_multi, do_irqs, do_irqs, do_query, do_ring,
	do_ring, do_disturb, do_split, do_sync, do_reconnect, do_any_message, do_map, do_read,
	do_write, do_write_multi, do_irqs, do_ring, do_disturb, do_unmap, do_query, do_version,
};

static void run_session(struct session *s)
{
	unsigned int i;

	client_connect(&s->client, s->vfu);
	for (i = 0; i < NR_FILES; i++)
		s->files[i] = fuzz_memory_file(FILE_BYTES, 0);
	for (i = 0; i < MAX_OPS && s->in.left; i++)
		operations[fuzz_u8(&s->in) % NR_OPERATIONS](s);
	client_hang_up(&s->client);
	for (i = 0; i < NR_FILES; i++) {
		fuzz_no_secret_in_file(s->files[i], "the client's memory");
		close(s->files[i]);
	}
}

/**
 * LLVMFuzzerTestOneInput() - serve one client, or several after each other
 * @data: options of the box, then operations, one byte each and what they need
 * @size: length
 * Return: 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session s = { .in = { data, size } };
	unsigned int open_fds = fuzz_open_fds();
	struct emu_opts opts;
	struct emu_box *box;
	struct emu_card *card;

	/* As the emulator's main() does: a descriptor may be a pipe that nobody reads. */
	signal(SIGPIPE, SIG_IGN);
	fuzz_options(&s.in, &opts);
	box = emu_box_create(&opts);
	fuzz_expect(box, "a box can be made");
	card = emu_box_card(box, 0);
	s.vfu = emu_vfu_create(card, &opts, 0);
	fuzz_expect(s.vfu, "a server can be made");
	run_session(&s);
	fuzz_no_secret_in_file(emu_card_dram_fd(card), "device memory");
	emu_vfu_destroy(s.vfu);
	emu_box_destroy(box);
	fuzz_expect(fuzz_open_fds() == open_fds, "no descriptor is left open");
	return 0;
}
