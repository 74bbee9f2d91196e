// SPDX-License-Identifier: GPL-2.0
/* vfio-user server, spoken to over a socket pair as a client would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "fake_card.h"
#include "pcicfg.h"
#include "unixsock.h"
#include "vfu.h"
#include "vfu_proto.h"

/* Only guards against a server that hangs. */
#define GUARD_S		60
#define MAX_BODY	((1u << 20) + 64)

#define CONFIG		VFU_REGION_CONFIG
#define CLOSED		(-1)

static struct emu_card card;
static struct emu_opts opts;
static struct emu_vfu *vfu;
static pthread_t server;
static int sock;
static int got_fd;
static int fds_before;
static uint8_t *got;
static size_t got_bytes;

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* --- the client ------------------------------------------------------- */

static void send_raw(const void *buf, size_t len, const int *fds, unsigned int nr_fds)
{
	char space[CMSG_SPACE(sizeof(int) * 64)] __attribute__((aligned(8))) = "";
	struct iovec iov = { .iov_base = (void *)buf, .iov_len = len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (nr_fds) {
		mh.msg_control = space;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * nr_fds);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nr_fds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nr_fds);
	}
	assert_int_equal(sendmsg(sock, &mh, MSG_NOSIGNAL), len);
}

static uint16_t next_id;

static void send_msg(uint16_t cmd, uint32_t flags, const void *body, size_t len,
		     const int *fds, unsigned int nr_fds)
{
	struct vfu_hdr hdr = {
		.id = ++next_id, .cmd = cmd, .size = sizeof(hdr) + len, .flags = flags,
	};
	uint8_t *buf = malloc(sizeof(hdr) + len);

	memcpy(buf, &hdr, sizeof(hdr));
	if (len)
		memcpy(buf + sizeof(hdr), body, len);
	send_raw(buf, sizeof(hdr) + len, fds, nr_fds);
	free(buf);
}

static bool recv_some(void *buf, size_t len)
{
	char space[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	ssize_t n = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	struct cmsghdr *c = CMSG_FIRSTHDR(&mh);

	if (n < 0)
		assert_int_equal(errno, ECONNRESET);
	if (n <= 0)
		return false;
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&got_fd, CMSG_DATA(c), sizeof(int));
	return (size_t)n == len || recv_some((char *)buf + n, len - n);
}

/* Errno of the reply, 0 for success, CLOSED when the server hung up. */
static int recv_reply(uint16_t cmd)
{
	struct vfu_hdr hdr;

	got_fd = -1;
	got_bytes = 0;
	if (!recv_some(&hdr, sizeof(hdr)))
		return CLOSED;
	assert_int_equal(hdr.id, next_id);
	assert_int_equal(hdr.cmd, cmd);
	assert_int_equal(hdr.flags & VFU_TYPE_MASK, VFU_TYPE_REPLY);
	assert_true(hdr.size >= sizeof(hdr) && hdr.size - sizeof(hdr) <= MAX_BODY);
	got_bytes = hdr.size - sizeof(hdr);
	if (got_bytes)
		assert_true(recv_some(got, got_bytes));
	if (!(hdr.flags & VFU_ERROR))
		return 0;
	assert_int_equal(got_bytes, 0);
	assert_true(hdr.error > 0);
	return hdr.error;
}

static int call_fds(uint16_t cmd, const void *body, size_t len, const int *fds,
		    unsigned int nr_fds)
{
	send_msg(cmd, 0, body, len, fds, nr_fds);
	return recv_reply(cmd);
}

static int call(uint16_t cmd, const void *body, size_t len)
{
	return call_fds(cmd, body, len, NULL, 0);
}

static int say_version(uint16_t major, const char *json, size_t json_bytes)
{
	uint8_t buf[1024] = { major, major >> 8, 0, 0 };

	memcpy(buf + 4, json, json_bytes);
	return call(VFU_VERSION, buf, 4 + json_bytes);
}

#define QEMU_CAPS "{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576," \
	"\"pgsizes\":4096,\"max_dma_maps\":65535,\"write_multiple\":true," \
	"\"migration\":{\"pgsize\":4096,\"max_bitmap_size\":268435456}}}"

static int say_hello(void)
{
	return say_version(0, QEMU_CAPS, sizeof(QEMU_CAPS));
}

static int rd(uint32_t region, uint64_t off, uint32_t count)
{
	struct vfu_region_rw rw = { .offset = off, .region = region, .count = count };

	return call(VFU_REGION_READ, &rw, sizeof(rw));
}

/* Value of a successful read of up to 8 bytes. */
static uint64_t value(uint32_t region, uint64_t off, uint32_t count)
{
	uint64_t v = 0;

	assert_int_equal(rd(region, off, count), 0);
	assert_int_equal(got_bytes, sizeof(struct vfu_region_rw) + count);
	memcpy(&v, got + sizeof(struct vfu_region_rw), count);
	return v;
}

static size_t fill_write(uint8_t *buf, uint32_t region, uint64_t off, uint64_t v, uint32_t count)
{
	struct vfu_region_rw rw = { .offset = off, .region = region, .count = count };

	memcpy(buf, &rw, sizeof(rw));
	memcpy(buf + sizeof(rw), &v, count);
	return sizeof(rw) + count;
}

static int wr(uint32_t region, uint64_t off, uint64_t v, uint32_t count)
{
	uint8_t buf[64];

	return call(VFU_REGION_WRITE, buf, fill_write(buf, region, off, v, count));
}

static int dma_map(uint64_t iova, uint64_t size, uint64_t off, const int *fd)
{
	struct vfu_dma_map m = {
		.argsz = sizeof(m), .flags = VFU_DMA_MAP_READ | VFU_DMA_MAP_WRITE,
		.offset = off, .iova = iova, .size = size,
	};

	return call_fds(VFU_DMA_MAP, &m, sizeof(m), fd, fd ? 1 : 0);
}

static int dma_unmap(uint64_t iova, uint64_t size, uint32_t flags)
{
	struct vfu_dma_unmap m = {
		.argsz = sizeof(m), .flags = flags, .iova = iova, .size = size,
	};
	int ret = call(VFU_DMA_UNMAP, &m, sizeof(m));

	if (!ret) {
		assert_int_equal(got_bytes, sizeof(m));
		assert_memory_equal(got, &m, sizeof(m));
	}
	return ret;
}

static int set_irqs(uint32_t index, uint32_t flags, uint32_t start, uint32_t count,
		    const int *fds, unsigned int nr_fds)
{
	struct vfu_irq_set s = {
		.argsz = sizeof(s), .flags = flags, .index = index, .start = start, .count = count,
	};

	return call_fds(VFU_SET_IRQS, &s, sizeof(s), fds, nr_fds);
}

#define GRANT	(VFU_IRQ_DATA_EVENTFD | VFU_IRQ_ACTION_TRIGGER)
#define FIRE	(VFU_IRQ_DATA_NONE | VFU_IRQ_ACTION_TRIGGER)

static int new_eventfd(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	assert_true(fd >= 0);
	return fd;
}

/* How often it was signalled since the last look. */
static uint64_t signals(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

/* --- set-up ----------------------------------------------------------- */

static void *serve(void *arg)
{
	emu_vfu_serve(vfu, *(int *)arg);
	return NULL;
}

static int server_fd;

static void connect_pair(void)
{
	const struct timeval guard = { .tv_sec = GUARD_S };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	sock = pair[0];
	server_fd = pair[1];
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof(guard));
	assert_int_equal(pthread_create(&server, NULL, serve, &server_fd), 0);
}

static void hang_up(void)
{
	close(sock);
	pthread_join(server, NULL);
	sock = -1;
}

static void setup_irq(enum emu_irq_mode mode)
{
	fds_before = open_fds();
	opts = (struct emu_opts){
		.irq_mode = mode, .device_id = 0x7064, .revision = 1,
		.bar4_bytes = EMU_DRAM_BYTES,
	};
	got = malloc(MAX_BODY);
	fake_card_init(&card);
	vfu = emu_vfu_create(&card, &opts, 0);
	assert_non_null(vfu);
	connect_pair();
}

static int setup_silent(void **state)
{
	(void)state;
	setup_irq(EMU_IRQ_MSI);
	return 0;
}

static int setup(void **state)
{
	setup_silent(state);
	assert_int_equal(say_hello(), 0);
	return 0;
}

static int setup_msix(void **state)
{
	(void)state;
	setup_irq(EMU_IRQ_MSIX);
	assert_int_equal(say_hello(), 0);
	return 0;
}

static int setup_none(void **state)
{
	(void)state;
	setup_irq(EMU_IRQ_NONE);
	assert_int_equal(say_hello(), 0);
	return 0;
}

/* Every test ends here: whatever it did, no descriptor may be left. */
static int teardown(void **state)
{
	(void)state;
	if (sock >= 0)
		hang_up();
	emu_vfu_destroy(vfu);
	fake_card_fini(&card);
	free(got);
	assert_int_equal(open_fds(), fds_before);
	return 0;
}

/* --- version ---------------------------------------------------------- */

static void version_is_agreed_and_plugs_the_card_in(void **state)
{
	(void)state;
	assert_int_equal(card.attached, 0);
	assert_int_equal(say_hello(), 0);
	assert_memory_equal(got, "\0\0\0\0", 4);
	assert_int_equal(got[got_bytes - 1], 0);
	assert_string_equal((char *)got + 4,
		"{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576,"
		"\"pgsizes\":4096,\"max_dma_maps\":65535,\"write_multiple\":true}}");
	assert_int_equal(card.attached, 1);
}

static void version_without_capabilities_is_enough(void **state)
{
	(void)state;
	assert_int_equal(say_version(0, "", 0), 0);
	assert_null(strstr((char *)got + 4, "write_multiple"));
	assert_int_equal(card.attached, 1);
}

static void version_of_another_protocol_is_refused(void **state)
{
	(void)state;
	assert_int_equal(say_version(1, QEMU_CAPS, sizeof(QEMU_CAPS)), ENOTSUP);
	assert_int_equal(recv_reply(0), CLOSED);
	assert_int_equal(card.attached, 0);
}

static void version_with_broken_json_is_refused(void **state)
{
	static const struct {
		const char *json;
		size_t bytes;
	} broken[] = {
		{ "{}", 2 },				/* no end of the string */
		{ "{}\0x", 5 },				/* end in the middle */
		{ "{", 2 }, { "[]", 3 }, { "1", 2 }, { "", 1 }, { "{} x", 5 },
		{ "{\"capabilities\":7}", 19 },
		{ "{\"capabilities\":{\"max_msg_fds\":\"many\"}}", 40 },
		{ "{\"capabilities\":{\"max_msg_fds\":-1}}", 36 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		assert_int_equal(say_version(0, broken[i].json, broken[i].bytes), EINVAL);
		assert_int_equal(recv_reply(0), CLOSED);
		hang_up();
		connect_pair();
	}
	assert_int_equal(card.attached, 0);
	assert_int_equal(say_version(0, "{} \n", 5), 0);
}

static void version_comes_first_and_once(void **state)
{
	(void)state;
	assert_int_equal(dma_unmap(0, 4096, 0), EINVAL);
	assert_int_equal(recv_reply(0), CLOSED);
	hang_up();
	connect_pair();
	assert_int_equal(say_hello(), 0);
	assert_int_equal(say_hello(), EINVAL);
	assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
	assert_int_equal(card.attached, 1);
}

/* --- info ------------------------------------------------------------- */

static void device_info_says_pci_and_resettable(void **state)
{
	struct vfu_device_info info = { .argsz = sizeof(info) };

	(void)state;
	assert_int_equal(call(VFU_GET_INFO, &info, sizeof(info)), 0);
	assert_int_equal(got_bytes, sizeof(info));
	memcpy(&info, got, sizeof(info));
	assert_int_equal(info.argsz, 16);
	assert_int_equal(info.flags, 3);
	assert_int_equal(info.num_regions, 9);
	assert_int_equal(info.num_irqs, 5);
	info.argsz = 15;
	assert_int_equal(call(VFU_GET_INFO, &info, sizeof(info)), EINVAL);
}

static int region_info(uint32_t index, uint32_t argsz, struct vfu_region_info *info)
{
	int ret;

	*info = (struct vfu_region_info){ .argsz = argsz, .index = index };
	ret = call(VFU_GET_REGION_INFO, info, sizeof(*info));
	if (!ret)
		memcpy(info, got, sizeof(*info));
	return ret;
}

static void regions_have_their_size_and_unused_ones_none(void **state)
{
	static const uint64_t bytes[VFU_NR_REGIONS] = {
		[0] = 16 << 20, [2] = 256 << 20, [4] = 8ULL << 30, [7] = 4096,
	};
	struct vfu_region_info info;
	uint32_t i;

	(void)state;
	for (i = 0; i < VFU_NR_REGIONS; i++) {
		assert_int_equal(region_info(i, 32, &info), 0);
		assert_int_equal(got_bytes, 32);
		assert_int_equal(info.index, i);
		assert_true(info.size == bytes[i]);
		assert_int_equal(info.offset, 0);
		if (i == 4)
			continue;
		assert_int_equal(info.argsz, 32);
		assert_int_equal(info.flags, bytes[i] ? 3 : 0);
		assert_int_equal(info.cap_offset, 0);
	}
	assert_int_equal(region_info(VFU_NR_REGIONS, 32, &info), EINVAL);
	assert_int_equal(region_info(UINT32_MAX, 32, &info), EINVAL);
	assert_int_equal(region_info(0, 31, &info), EINVAL);
}

static void bar4_tells_where_its_capability_would_be_before_there_is_room(void **state)
{
	struct vfu_region_info info;

	(void)state;
	assert_int_equal(region_info(4, 32, &info), 0);
	assert_int_equal(got_bytes, 32);
	assert_int_equal(got_fd, -1);
	assert_int_equal(info.argsz, 64);
	assert_int_equal(info.cap_offset, 32);
	assert_int_equal(info.flags, 0xf);
	assert_int_equal(region_info(4, 63, &info), 0);
	assert_int_equal(got_bytes, 32);
	assert_int_equal(got_fd, -1);
}

static void bar4_is_the_memory_file_of_the_card(void **state)
{
	struct vfu_region_info info;
	struct vfu_sparse_mmap cap;
	char seen[4] = "";

	(void)state;
	assert_int_equal(region_info(4, 64, &info), 0);
	assert_int_equal(got_bytes, 64);
	memcpy(&cap, got + info.cap_offset, sizeof(cap));
	assert_int_equal(cap.id, 1);
	assert_int_equal(cap.version, 1);
	assert_int_equal(cap.next, 0);
	assert_int_equal(cap.nr_areas, 1);
	assert_int_equal(cap.area_offset, 0);
	assert_true(cap.area_size == info.size);
	assert_true(got_fd >= 0);
	assert_int_equal(pwrite(got_fd, "dram", 4, 5LL << 30), 4);
	close(got_fd);
	assert_int_equal(pread(card.dram_fd, seen, 4, 5LL << 30), 4);
	assert_memory_equal(seen, "dram", 4);
}

static void bar4_is_not_mappable_for_who_takes_no_descriptors(void **state)
{
	static const char caps[] = "{\"capabilities\":{\"max_msg_fds\":0}}";
	struct vfu_region_info info;

	(void)state;
	assert_int_equal(say_version(0, caps, sizeof(caps)), 0);
	assert_int_equal(region_info(4, 64, &info), 0);
	assert_int_equal(info.flags, 3);
	assert_int_equal(info.argsz, 32);
	assert_int_equal(got_fd, -1);
}

static void no_region_has_io_descriptors(void **state)
{
	struct vfu_region_io_fds fds = { .argsz = 1024, .index = 0 };

	(void)state;
	assert_int_equal(call(VFU_GET_REGION_IO_FDS, &fds, sizeof(fds)), 0);
	assert_int_equal(got_bytes, 16);
	memcpy(&fds, got, sizeof(fds));
	assert_int_equal(fds.argsz, 16);
	assert_int_equal(fds.count, 0);
	assert_int_equal(got_fd, -1);
	fds.index = 9;
	assert_int_equal(call(VFU_GET_REGION_IO_FDS, &fds, sizeof(fds)), EINVAL);
}

/* --- regions ---------------------------------------------------------- */

static void accesses_keep_their_width_and_offset(void **state)
{
	static const uint32_t widths[] = { 1, 2, 4, 8 };
	struct fake_access *w;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(wr(2 * (i % 3), 0x78e800 + i, 0x8877665544332211, widths[i]), 0);
		assert_int_equal(got_bytes, 16);
		w = &card.written[i];
		assert_int_equal(w->bar, 2 * (i % 3));
		assert_int_equal(w->off, 0x78e800 + i);
		assert_int_equal(w->len, widths[i]);
		assert_memory_equal(w->data, "\x11\x22\x33\x44\x55\x66\x77\x88", widths[i]);
		assert_true(value(0, 0x100, widths[i]) ==
			    (0x0706050403020100ULL & UINT64_MAX >> (64 - 8 * widths[i])));
		assert_int_equal(card.last_read.len, widths[i]);
		assert_int_equal(card.last_read.off, 0x100);
	}
	assert_int_equal(card.writes, 4);
}

static void a_read_of_the_largest_size_is_answered_whole(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(rd(0, 0, 1 << 20), 0);
	assert_int_equal(got_bytes, 16 + (1 << 20));
	for (i = 0; i < 1 << 20; i++)
		assert_int_equal(got[16 + i], i & 0xff);
	assert_int_equal(rd(0, 0, (1 << 20) + 1), EINVAL);
	assert_int_equal(rd(CONFIG, 0, 4096), 0);
	assert_int_equal(rd(0, 16, 0), 0);
	assert_int_equal(got_bytes, 16);
}

static void accesses_outside_of_a_region_are_refused(void **state)
{
	static const struct {
		uint32_t region;
		uint64_t off;
		uint32_t count;
	} bad[] = {
		{ 0, 16 << 20, 1 }, { 0, (16 << 20) - 3, 4 }, { 0, UINT64_MAX, 4 },
		{ 0, UINT64_MAX - 3, 4 }, { 2, 256 << 20, 4 }, { 4, 8ULL << 30, 1 },
		{ 1, 0, 4 }, { 3, 0, 4 }, { 6, 0, 4 }, { 8, 0, 1 }, { 9, 0, 4 },
		{ UINT32_MAX, 0, 4 }, { CONFIG, 4096, 1 }, { CONFIG, 4093, 4 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(rd(bad[i].region, bad[i].off, bad[i].count), EINVAL);
		assert_int_equal(wr(bad[i].region, bad[i].off, 0, bad[i].count), EINVAL);
	}
	assert_int_equal(card.reads + card.writes, 0);
}

static void a_write_whose_count_is_not_its_data_is_refused(void **state)
{
	uint8_t buf[64];
	size_t len = fill_write(buf, 0, 0, 1, 8);

	(void)state;
	assert_int_equal(call(VFU_REGION_WRITE, buf, len - 1), EINVAL);
	assert_int_equal(call(VFU_REGION_WRITE, buf, len + 1), EINVAL);
	assert_int_equal(call(VFU_REGION_WRITE, buf, 16), EINVAL);
	assert_int_equal(card.writes, 0);
	assert_int_equal(call(VFU_REGION_WRITE, buf, len), 0);
	assert_int_equal(card.writes, 1);
}

static void a_write_that_wants_no_reply_gets_none(void **state)
{
	uint8_t buf[64];

	(void)state;
	send_msg(VFU_REGION_WRITE, VFU_NO_REPLY, buf, fill_write(buf, 0, 4, 7, 4), NULL, 0);
	send_msg(VFU_REGION_WRITE, VFU_NO_REPLY, buf, fill_write(buf, 9, 4, 7, 4), NULL, 0);
	assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
	assert_int_equal(card.writes, 1);
}

static size_t fill_multi(uint8_t *buf, uint64_t said, unsigned int real)
{
	struct vfu_write_one one = { .region = 0, .count = 4 };
	unsigned int i;

	memcpy(buf, &said, 8);
	for (i = 0; i < real; i++) {
		one.offset = 0x10 * i;
		memcpy(buf + 8 + 24 * i, &one, sizeof(one));
	}
	return 8 + 24 * real;
}

static void several_writes_are_done_in_order(void **state)
{
	uint8_t buf[512];
	uint64_t count;
	unsigned int i;

	(void)state;
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf, fill_multi(buf, 5, 5)), 0);
	assert_int_equal(got_bytes, 8);
	memcpy(&count, got, 8);
	assert_int_equal(count, 5);
	assert_int_equal(card.writes, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(card.written[i].off, 0x10 * i);
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf, fill_multi(buf, 0, 0)), 0);
}

static void several_writes_with_a_bad_one_do_nothing(void **state)
{
	uint8_t buf[512];
	uint32_t nine = 9;

	(void)state;
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf, fill_multi(buf, 4, 5)), EINVAL);
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf, fill_multi(buf, 6, 5)), EINVAL);
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf,
			      fill_multi(buf, 0xaaaaaaaaaaaaaaabULL, 1)), EINVAL);
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf, fill_multi(buf, 5, 5) - 1), EINVAL);
	fill_multi(buf, 5, 5);
	memcpy(buf + 8 + 24 * 4 + 12, &nine, 4);	/* count of the last */
	assert_int_equal(call(VFU_REGION_WRITE_MULTI, buf, 8 + 24 * 5), EINVAL);
	assert_int_equal(card.writes, 0);
}

/* --- configuration space, reset --------------------------------------- */

static void config_writes_reach_the_card_as_bus_mastering(void **state)
{
	(void)state;
	assert_int_equal(wr(CONFIG, 4, 0x0006, 2), 0);
	assert_true(card.master);
	assert_int_equal(wr(CONFIG, 4, 0x0002, 2), 0);
	assert_false(card.master);
	assert_int_equal(card.reads + card.writes, 0);
}

static void device_reset_resets_card_and_config_space(void **state)
{
	(void)state;
	assert_int_equal(wr(CONFIG, 4, 0x0006, 2), 0);
	assert_int_equal(call(VFU_DEVICE_RESET, NULL, 0), 0);
	assert_int_equal(got_bytes, 0);
	assert_int_equal(card.resets[EMU_RESET_BUS], 1);
	assert_int_equal(value(CONFIG, 4, 2), 0);
	assert_false(card.master);
}

static void function_level_reset_comes_as_a_config_write(void **state)
{
	(void)state;
	assert_int_equal(wr(CONFIG, 4, 0x0006, 2), 0);
	assert_int_equal(wr(CONFIG, 0x78, 0xa810, 2), 0);
	assert_int_equal(card.resets[EMU_RESET_FLR], 1);
	assert_false(card.master);
	assert_int_equal(value(CONFIG, 4, 2), 0);
	assert_int_equal(value(CONFIG, 0x78, 2), 0x2810);
}

static void a_sleeping_function_answers_config_space_only(void **state)
{
	(void)state;
	assert_int_equal(wr(CONFIG, 0x44, 3, 2), 0);
	assert_true(card.asleep);
	assert_int_equal(value(0, 0, 4), 0xffffffff);
	assert_int_equal(wr(0, 0, 1, 4), 0);
	assert_int_equal(card.reads + card.writes, 0);
	assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
	assert_int_equal(wr(CONFIG, 0x44, 0, 2), 0);
	assert_int_equal(card.resets[EMU_RESET_FLR], 1);
	assert_int_equal(value(0, 4, 4), 0x07060504);
}

static void a_recorded_error_is_seen_in_config_space(void **state)
{
	(void)state;
	assert_true(emu_vfu_error(vfu, EMU_PCICFG_UNCORRECTABLE, 14));
	assert_int_equal(value(CONFIG, 0x104, 4), 1 << 14);
	assert_int_equal(wr(CONFIG, 0x104, 1 << 14, 4), 0);
	assert_int_equal(value(CONFIG, 0x104, 4), 0);
	assert_false(emu_vfu_error(vfu, EMU_PCICFG_CORRECTABLE, 31));
}

static void a_dead_card_answers_all_ones_everywhere(void **state)
{
	(void)state;
	card.dead = true;
	assert_int_equal(value(0, 0, 4), 0xffffffff);
	assert_int_equal(value(2, 0, 8), UINT64_MAX);
	assert_int_equal(value(4, 0, 1), 0xff);
	assert_int_equal(value(CONFIG, 0, 4), 0xffffffff);
	assert_int_equal(wr(0, 0, 1, 4), 0);
	assert_int_equal(wr(CONFIG, 4, 6, 2), 0);
	assert_int_equal(card.reads + card.writes, 0);
	card.dead = false;
	assert_int_equal(value(CONFIG, 0, 8), 0x0010000070641d0fULL);
}

/* --- DMA -------------------------------------------------------------- */

static int new_ram(size_t bytes)
{
	int fd = memfd_create("ram", MFD_CLOEXEC);

	assert_int_equal(ftruncate(fd, bytes), 0);
	return fd;
}

static void mapped_memory_is_reached_through_its_descriptor(void **state)
{
	int ram = new_ram(1 << 20);
	char seen[6];

	(void)state;
	assert_int_equal(pwrite(ram, "hello", 6, 0x3008), 6);
	assert_int_equal(dma_map(0xffff0000, 0x2000, 0x3000, &ram), 0);
	assert_int_equal(got_bytes, 0);
	close(ram);
	assert_int_equal(emu_hostmem_read(card.hm, 0xffff0008, seen, 6), 0);
	assert_string_equal(seen, "hello");
	assert_int_equal(dma_unmap(0xffff0000, 0x2000, 0), 0);
	assert_int_equal(emu_hostmem_read(card.hm, 0xffff0008, seen, 6), -EFAULT);
}

static void bad_dma_maps_are_refused_with_the_reason(void **state)
{
	struct vfu_dma_map m = { .argsz = 31, .flags = 3, .size = 4096 };
	int ram = new_ram(1 << 20);
	int two[] = { ram, ram };

	(void)state;
	assert_int_equal(dma_map(0, 4096, 0, NULL), 0);
	assert_int_equal(dma_map(0, 4096, 0, &ram), EEXIST);
	assert_int_equal(dma_map(4096, 1 << 20, 4096, &ram), EINVAL);
	assert_int_equal(dma_map(4096, 0, 0, &ram), EINVAL);
	assert_int_equal(dma_map(UINT64_MAX - 4095, 8192, 0, &ram), EINVAL);
	assert_int_equal(call(VFU_DMA_MAP, &m, sizeof(m)), EINVAL);
	m.argsz = 32;
	m.iova = 8192;
	assert_int_equal(call_fds(VFU_DMA_MAP, &m, sizeof(m), two, 2), EINVAL);
	assert_int_equal(emu_hostmem_count(card.hm), 1);
	close(ram);
}

static void unmaps_may_cover_many_mappings_or_none(void **state)
{
	int ram = new_ram(1 << 20);
	uint64_t i;

	(void)state;
	assert_int_equal(dma_unmap(0x100000, 0x1000, 0), 0);
	for (i = 0; i < 16; i++)
		assert_int_equal(dma_map(i << 16, 4096, i << 12, &ram), 0);
	assert_int_equal(dma_unmap(0, 0x80000, 0), 0);
	assert_int_equal(emu_hostmem_count(card.hm), 8);
	assert_int_equal(dma_unmap(0x1000, UINT64_MAX - 0x1000, 0), 0);
	assert_int_equal(emu_hostmem_count(card.hm), 0);
	assert_int_equal(dma_map(0, 4096, 0, &ram), 0);
	assert_int_equal(dma_unmap(0, 0, VFU_DMA_UNMAP_ALL), 0);
	assert_int_equal(emu_hostmem_count(card.hm), 0);
	assert_int_equal(dma_unmap(0, 0, 0), EINVAL);
	assert_int_equal(dma_unmap(0, 4096, 1), EINVAL);
	close(ram);
}

/* --- interrupts ------------------------------------------------------- */

static uint32_t irq_count(uint32_t index)
{
	struct vfu_irq_info info = { .argsz = sizeof(info), .index = index };

	assert_int_equal(call(VFU_GET_IRQ_INFO, &info, sizeof(info)), 0);
	assert_int_equal(got_bytes, sizeof(info));
	memcpy(&info, got, sizeof(info));
	assert_int_equal(info.index, index);
	assert_int_equal(info.flags, info.count ? VFU_IRQ_EVENTFD : 0);
	return info.count;
}

static void check_irq_counts(uint32_t msi, uint32_t msix)
{
	struct vfu_irq_info info = { .argsz = sizeof(info), .index = 5 };

	assert_int_equal(irq_count(VFU_IRQ_INTX), 0);
	assert_int_equal(irq_count(VFU_IRQ_MSI), msi);
	assert_int_equal(irq_count(VFU_IRQ_MSIX), msix);
	assert_int_equal(irq_count(VFU_IRQ_ERR), 0);
	assert_int_equal(irq_count(VFU_IRQ_REQ), 0);
	assert_int_equal(call(VFU_GET_IRQ_INFO, &info, sizeof(info)), EINVAL);
}

static void mode_msi_offers_32_messages(void **state)
{
	(void)state;
	check_irq_counts(32, 0);
}

static void mode_msix_offers_32_table_entries(void **state)
{
	(void)state;
	check_irq_counts(0, 32);
}

static void mode_none_offers_no_interrupt(void **state)
{
	int fd = new_eventfd();

	(void)state;
	check_irq_counts(0, 0);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 1, &fd, 1), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE, 0, 0, NULL, 0), 0);
	card.raise(card.raise_arg, 0);
	close(fd);
}

static void sources_fold_onto_the_vectors_granted(void **state)
{
	unsigned int source;
	int fd[3];
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		fd[i] = new_eventfd();
	card.raise(card.raise_arg, 0);		/* nobody listens: lost */
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 1, fd, 1), 0);
	for (source = 0; source < EMU_NR_VECTORS; source++)
		card.raise(card.raise_arg, source);
	assert_int_equal(signals(fd[0]), 32);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 3, fd, 3), 0);
	for (source = 0; source < EMU_NR_VECTORS; source++)
		card.raise(card.raise_arg, source);
	assert_int_equal(signals(fd[0]), 11);
	assert_int_equal(signals(fd[1]), 11);
	assert_int_equal(signals(fd[2]), 10);
	for (i = 0; i < 3; i++)
		close(fd[i]);
}

static void vectors_are_granted_in_pieces_replaced_and_taken_away(void **state)
{
	int a[16];
	int b;
	int i;

	(void)state;
	for (i = 0; i < 16; i++)
		a[i] = new_eventfd();
	b = new_eventfd();
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 16, a, 16), 0);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 16, 16, a, 16), 0);
	card.raise(card.raise_arg, 5);
	card.raise(card.raise_arg, 21);
	assert_int_equal(signals(a[5]), 2);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 5, 1, &b, 1), 0);
	card.raise(card.raise_arg, 5);
	assert_int_equal(signals(a[5]), 0);
	assert_int_equal(signals(b), 1);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 1, 31, NULL, 0), 0);
	card.raise(card.raise_arg, 5);
	assert_int_equal(signals(a[0]), 1);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE, 0, 0, NULL, 0), 0);
	card.raise(card.raise_arg, 0);
	assert_int_equal(signals(a[0]), 0);
	for (i = 0; i < 16; i++)
		close(a[i]);
	close(b);
}

static void the_client_can_trigger_vectors_itself(void **state)
{
	uint8_t buf[20 + 3] = { 0 };
	struct vfu_irq_set s = {
		.argsz = sizeof(buf), .index = VFU_IRQ_MSI, .start = 0, .count = 3,
		.flags = VFU_IRQ_DATA_BOOL | VFU_IRQ_ACTION_TRIGGER,
	};
	int fd[3];
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		fd[i] = new_eventfd();
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 3, fd, 3), 0);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE, 1, 2, NULL, 0), 0);
	memcpy(buf, &s, sizeof(s));
	memcpy(buf + 20, "\1\0\1", 3);
	assert_int_equal(call(VFU_SET_IRQS, buf, sizeof(buf)), 0);
	assert_int_equal(signals(fd[0]), 1);
	assert_int_equal(signals(fd[1]), 1);
	assert_int_equal(signals(fd[2]), 2);
	s.argsz = 22;
	memcpy(buf, &s, sizeof(s));
	assert_int_equal(call(VFU_SET_IRQS, buf, sizeof(buf)), EINVAL);
	for (i = 0; i < 3; i++)
		close(fd[i]);
}

static void bad_interrupt_requests_are_refused(void **state)
{
	struct vfu_irq_set s = {
		.argsz = 21, .index = VFU_IRQ_MSI, .flags = FIRE, .start = 0, .count = 1,
	};
	int fd[2];

	(void)state;
	fd[0] = new_eventfd();
	fd[1] = new_eventfd();
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 1, fd, 2), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 3, fd, 2), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 0, NULL, 0), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 31, 2, fd, 2), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, UINT32_MAX, 2, fd, 2), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE, 0, 33, NULL, 0), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE, 33, 0, NULL, 0), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSIX, GRANT, 0, 1, fd, 1), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_ERR, GRANT, 0, 1, fd, 1), EINVAL);
	assert_int_equal(set_irqs(5, FIRE, 0, 0, NULL, 0), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE, 0, 1, fd, 1), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, VFU_IRQ_DATA_NONE | VFU_IRQ_ACTION_MASK, 0, 1,
				  NULL, 0), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT | VFU_IRQ_DATA_BOOL, 0, 1, fd, 1), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, VFU_IRQ_ACTION_TRIGGER, 0, 1, NULL, 0), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, FIRE | 0x40, 0, 1, NULL, 0), EINVAL);
	assert_int_equal(call(VFU_SET_IRQS, &s, 20), EINVAL);
	close(fd[0]);
	close(fd[1]);
}

static void a_full_counter_does_not_block_the_card(void **state)
{
	const uint64_t full = UINT64_MAX - 1;
	struct emu_vfu_stats stats;
	int fd = eventfd(0, EFD_CLOEXEC);	/* a blocking one */

	(void)state;
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 1, &fd, 1), 0);
	assert_int_equal(write(fd, &full, 8), 8);
	card.raise(card.raise_arg, 0);
	emu_vfu_get_stats(vfu, &stats);
	assert_int_equal(stats.irqs_lost, 1);
	assert_int_equal(stats.vectors, 1);
	close(fd);
}

static void an_msix_vector_without_descriptor_stays_pending(void **state)
{
	int fd[3];
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		fd[i] = new_eventfd();
	assert_int_equal(set_irqs(VFU_IRQ_MSIX, GRANT, 0, 1, &fd[0], 1), 0);
	assert_int_equal(set_irqs(VFU_IRQ_MSIX, GRANT, 2, 1, &fd[2], 1), 0);
	card.raise(card.raise_arg, 4);		/* vector 1 of three */
	assert_int_equal(value(0, EMU_MSIX_PBA_OFF, 8), 1 << 1);
	assert_int_equal(wr(0, EMU_MSIX_PBA_OFF, 0, 8), 0);
	assert_int_equal(set_irqs(VFU_IRQ_MSIX, GRANT, 1, 1, &fd[1], 1), 0);
	assert_int_equal(signals(fd[1]), 1);
	assert_int_equal(value(0, EMU_MSIX_PBA_OFF, 8), 0);
	assert_int_equal(wr(0, EMU_MSIX_TABLE_OFF + 0x1f0, 0x1234, 4), 0);
	assert_int_equal(value(0, EMU_MSIX_TABLE_OFF + 0x1f0, 4), 0x1234);
	assert_int_equal(card.reads + card.writes, 0);
	assert_int_equal(value(0, EMU_MSIX_TABLE_OFF + 0x200, 1), 0);
	assert_int_equal(card.reads, 1);
	for (i = 0; i < 3; i++)
		close(fd[i]);
}

/* --- life of a connection --------------------------------------------- */

static void a_client_that_goes_takes_everything_along(void **state)
{
	struct emu_vfu_stats stats;
	int ram = new_ram(4096);
	int fd = new_eventfd();

	(void)state;
	assert_int_equal(dma_map(0, 4096, 0, &ram), 0);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 1, &fd, 1), 0);
	assert_int_equal(wr(CONFIG, 4, 6, 2), 0);
	hang_up();
	assert_int_equal(emu_hostmem_count(card.hm), 0);
	card.raise(card.raise_arg, 0);
	assert_int_equal(signals(fd), 0);
	assert_int_equal(card.resets[EMU_RESET_CLIENT_GONE], 1);
	assert_int_equal(card.detached, 1);
	assert_false(card.master);
	emu_vfu_get_stats(vfu, &stats);
	assert_false(stats.connected);
	close(ram);
	close(fd);
	connect_pair();
	assert_int_equal(say_hello(), 0);
	assert_int_equal(value(CONFIG, 4, 2), 0);
	assert_int_equal(card.attached, 2);
}

static void clients_are_served_one_after_the_other(void **state)
{
	char dir[] = "/tmp/vfu-test-XXXXXX";
	char path[64];
	int i;

	(void)state;
	hang_up();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/card0.sock", dir);
	assert_int_equal(emu_vfu_listen(vfu, path), 0);
	assert_int_equal(emu_unix_listen(path, 1), -EADDRINUSE);
	for (i = 0; i < 3; i++) {
		sock = emu_unix_connect(path);
		assert_true(sock >= 0);
		assert_int_equal(say_hello(), 0);
		assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
		close(sock);
	}
	/* One is there when the server ends. */
	sock = emu_unix_connect(path);
	assert_int_equal(say_hello(), 0);
	emu_vfu_destroy(vfu);
	assert_int_equal(recv_reply(0), CLOSED);
	close(sock);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(card.attached, 5);
	assert_int_equal(card.detached, 5);
	rmdir(dir);
	vfu = emu_vfu_create(&card, &opts, 0);
	connect_pair();
}

static void a_stale_socket_is_replaced_other_files_are_not(void **state)
{
	char dir[] = "/tmp/vfu-test-XXXXXX";
	char path[64];
	char longer[256];
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sock", dir);
	fd = emu_unix_listen(path, 1);
	assert_true(fd >= 0);
	close(fd);
	fd = emu_unix_listen(path, 1);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	assert_int_equal(emu_unix_listen(path, 1), -EEXIST);
	unlink(path);
	rmdir(dir);
	memset(longer, 'x', sizeof(longer));
	longer[255] = 0;
	assert_int_equal(emu_unix_listen(longer, 1), -ENAMETOOLONG);
	assert_int_equal(emu_unix_connect(path), -ENOENT);
}

/* --- malformed input -------------------------------------------------- */

static void a_length_that_makes_no_sense_ends_the_connection(void **state)
{
	static const uint32_t sizes[] = { 0, 15, (1 << 20) + 33, UINT32_MAX };
	struct vfu_hdr hdr = { .cmd = VFU_GET_INFO };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		hdr.size = sizes[i];
		send_raw(&hdr, sizeof(hdr), NULL, 0);
		assert_int_equal(recv_reply(0), CLOSED);
		hang_up();
		connect_pair();
		assert_int_equal(say_hello(), 0);
	}
}

static void a_client_that_goes_in_the_middle_leaves_nothing_behind(void **state)
{
	struct vfu_hdr hdr = { .cmd = VFU_DMA_MAP, .size = 48 };
	int ram = new_ram(4096);
	size_t cut;

	(void)state;
	for (cut = 1; cut <= sizeof(hdr); cut++) {
		send_raw(&hdr, cut, &ram, 1);
		hang_up();
		connect_pair();
		assert_int_equal(say_hello(), 0);
	}
	close(ram);
}

static void a_message_may_come_byte_by_byte(void **state)
{
	struct {
		struct vfu_hdr hdr;
		struct vfu_dma_map map;
	} __attribute__((packed)) msg = {
		{ .id = ++next_id, .cmd = VFU_DMA_MAP, .size = sizeof(msg) },
		{ .argsz = 32, .flags = 3, .size = 4096 },
	};
	int ram = new_ram(4096);
	char byte;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(msg); i++)
		send_raw((char *)&msg + i, 1, &ram, i == 20);
	assert_int_equal(recv_reply(VFU_DMA_MAP), 0);
	assert_int_equal(emu_hostmem_read(card.hm, 0, &byte, 1), 0);
	close(ram);
}

static void bodies_of_the_wrong_length_are_refused(void **state)
{
	static const struct {
		uint16_t cmd;
		size_t bytes;
		bool fixed;
	} commands[] = {
		{ VFU_DMA_MAP, 32, true }, { VFU_DMA_UNMAP, 24, true },
		{ VFU_GET_INFO, 16, true }, { VFU_GET_REGION_INFO, 32, false },
		{ VFU_GET_REGION_IO_FDS, 16, true }, { VFU_GET_IRQ_INFO, 16, true },
		{ VFU_SET_IRQS, 20, false }, { VFU_REGION_READ, 16, true },
		{ VFU_REGION_WRITE, 16, false }, { VFU_REGION_WRITE_MULTI, 8, false },
		{ VFU_DEVICE_RESET, 0, true },
	};
	uint8_t body[128];
	size_t len;
	size_t i;

	(void)state;
	memset(body, 0x20, sizeof(body));
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		for (len = 0; len < commands[i].bytes; len++)
			assert_int_equal(call(commands[i].cmd, body, len), EINVAL);
		if (commands[i].fixed)
			assert_int_equal(call(commands[i].cmd, body, commands[i].bytes + 1), EINVAL);
	}
	assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
	assert_int_equal(card.resets[EMU_RESET_BUS], 0);
}

static void unknown_commands_and_types_are_refused(void **state)
{
	static const uint16_t unknown[] = { 0, 11, 12, 14, 16, 17, 18, 19, 255, 0xffff };
	struct vfu_device_info info = { .argsz = sizeof(info) };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(call(unknown[i], &info, sizeof(info)), ENOTSUP);
	for (i = 2; i < 16; i++) {
		send_msg(VFU_GET_INFO, i, &info, sizeof(info), NULL, 0);
		assert_int_equal(recv_reply(VFU_GET_INFO), EINVAL);
	}
}

static void replies_nobody_asked_for_are_dropped(void **state)
{
	int fd = new_eventfd();
	uint8_t body[24] = { 0 };

	(void)state;
	send_msg(VFU_DMA_READ, VFU_TYPE_REPLY, body, sizeof(body), NULL, 0);
	send_msg(VFU_DMA_WRITE, VFU_TYPE_REPLY | VFU_ERROR, NULL, 0, &fd, 1);
	assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
	close(fd);
}

static void descriptors_nobody_wants_are_refused_and_closed(void **state)
{
	struct vfu_device_info info = { .argsz = sizeof(info) };
	struct vfu_region_info region;
	int fd[40];
	int before;
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		fd[i] = new_eventfd();
	before = open_fds();
	assert_int_equal(call_fds(VFU_GET_INFO, &info, sizeof(info), fd, 1), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 17, fd, 17), EINVAL);
	assert_int_equal(set_irqs(VFU_IRQ_MSI, GRANT, 0, 16, fd, 40), EINVAL);
	assert_int_equal(region_info(0, 32, &region), 0);
	assert_int_equal(open_fds(), before);
	for (i = 0; i < 40; i++)
		close(fd[i]);
}

static uint32_t rnd_state;

static uint32_t rnd(void)
{
	rnd_state = rnd_state * 1664525 + 1013904223;
	return rnd_state >> 8;
}

/* Mostly small numbers, as in messages that make sense. */
static void fill_random(uint8_t *buf, size_t len)
{
	static const uint32_t words[] = {
		0, 0, 0, 1, 2, 4, 7, 16, 20, 24, 32, 33, 64, 4096, 0x7fffffff, UINT32_MAX
	};
	size_t i;

	for (i = 0; i + 4 <= len; i += 4) {
		uint32_t word = rnd() % 8 ? words[rnd() % 16] : rnd();

		memcpy(buf + i, &word, 4);
	}
}

static void no_random_message_upsets_the_server(void **state)
{
	uint8_t body[128] = { 0 };
	int ram = new_ram(1 << 16);
	unsigned int i;

	(void)state;
	rnd_state = 1;
	for (i = 0; i < 20000; i++) {
		uint16_t cmd = rnd() % 20;
		size_t len = rnd() % 4 ? (size_t[]){ 0, 8, 16, 20, 24, 32, 40 }[rnd() % 7] :
			     rnd() % sizeof(body);

		fill_random(body, sizeof(body));
		send_msg(cmd, 0, body, len, &ram, rnd() % 3 == 0);
		assert_int_not_equal(recv_reply(cmd), CLOSED);
		if (got_fd >= 0)
			close(got_fd);
	}
	close(ram);
	assert_int_equal(value(CONFIG, 0, 2), 0x1d0f);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TS(name, with) cmocka_unit_test_setup_teardown(name, with, teardown)
	const struct CMUnitTest tests[] = {
		TS(version_is_agreed_and_plugs_the_card_in, setup_silent),
		TS(version_without_capabilities_is_enough, setup_silent),
		TS(version_of_another_protocol_is_refused, setup_silent),
		TS(version_with_broken_json_is_refused, setup_silent),
		TS(version_comes_first_and_once, setup_silent),
		T(device_info_says_pci_and_resettable),
		T(regions_have_their_size_and_unused_ones_none),
		T(bar4_tells_where_its_capability_would_be_before_there_is_room),
		T(bar4_is_the_memory_file_of_the_card),
		TS(bar4_is_not_mappable_for_who_takes_no_descriptors, setup_silent),
		T(no_region_has_io_descriptors),
		T(accesses_keep_their_width_and_offset),
		T(a_read_of_the_largest_size_is_answered_whole),
		T(accesses_outside_of_a_region_are_refused),
		T(a_write_whose_count_is_not_its_data_is_refused),
		T(a_write_that_wants_no_reply_gets_none),
		T(several_writes_are_done_in_order),
		T(several_writes_with_a_bad_one_do_nothing),
		T(config_writes_reach_the_card_as_bus_mastering),
		T(device_reset_resets_card_and_config_space),
		T(function_level_reset_comes_as_a_config_write),
		T(a_sleeping_function_answers_config_space_only),
		T(a_recorded_error_is_seen_in_config_space),
		T(a_dead_card_answers_all_ones_everywhere),
		T(mapped_memory_is_reached_through_its_descriptor),
		T(bad_dma_maps_are_refused_with_the_reason),
		T(unmaps_may_cover_many_mappings_or_none),
		T(mode_msi_offers_32_messages),
		TS(mode_msix_offers_32_table_entries, setup_msix),
		TS(mode_none_offers_no_interrupt, setup_none),
		T(sources_fold_onto_the_vectors_granted),
		T(vectors_are_granted_in_pieces_replaced_and_taken_away),
		T(the_client_can_trigger_vectors_itself),
		T(bad_interrupt_requests_are_refused),
		T(a_full_counter_does_not_block_the_card),
		TS(an_msix_vector_without_descriptor_stays_pending, setup_msix),
		T(a_client_that_goes_takes_everything_along),
		T(clients_are_served_one_after_the_other),
		T(a_stale_socket_is_replaced_other_files_are_not),
		T(a_length_that_makes_no_sense_ends_the_connection),
		T(a_client_that_goes_in_the_middle_leaves_nothing_behind),
		T(a_message_may_come_byte_by_byte),
		T(bodies_of_the_wrong_length_are_refused),
		T(unknown_commands_and_types_are_refused),
		T(replies_nobody_asked_for_are_dropped),
		T(descriptors_nobody_wants_are_refused_and_closed),
		T(no_random_message_upsets_the_server),
	};

	return cmocka_run_group_tests_name("vfu", tests, NULL, NULL);
}
