// SPDX-License-Identifier: GPL-2.0
/* Host memory of a card: what a client maps is reachable, all else is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "busfault.h"
#include "hostmem.h"

#define PAGE	4096ULL
#define RW	(EMU_HOSTMEM_READ | EMU_HOSTMEM_WRITE)

static struct emu_hostmem *hm;
static int ram;

static int make_file(size_t bytes)
{
	int fd = memfd_create("ram", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, bytes), 0);
	return fd;
}

static int setup(void **state)
{
	(void)state;
	hm = emu_hostmem_create();
	ram = make_file(64 * PAGE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	emu_hostmem_destroy(hm);
	close(ram);
	return 0;
}

static int map(uint64_t iova, uint64_t len, uint64_t off)
{
	return emu_hostmem_map(hm, iova, len, ram, off, RW);
}

static bool reachable(uint64_t iova)
{
	uint8_t byte;

	return !emu_hostmem_read(hm, iova, &byte, 1);
}

static void writes_reach_the_file_at_its_offset(void **state)
{
	uint32_t seen = 0;

	(void)state;
	assert_int_equal(map(0x10000, 2 * PAGE, 3 * PAGE), 0);
	assert_int_equal(emu_hostmem_write(hm, 0x10010, "abc", 4), 0);
	assert_int_equal(pread(ram, &seen, 4, 3 * PAGE + 0x10), 4);
	assert_memory_equal(&seen, "abc", 4);
	assert_int_equal(pwrite(ram, "xyz", 4, 3 * PAGE + 0x20), 4);
	assert_int_equal(emu_hostmem_read(hm, 0x10020, &seen, 4), 0);
	assert_memory_equal(&seen, "xyz", 4);
}

static void words_are_stored_whatever_their_alignment(void **state)
{
	const uint64_t value = 0x1122334455667788;
	uint64_t seen;
	size_t off;

	(void)state;
	assert_int_equal(map(0, PAGE, 0), 0);
	for (off = 0; off < 9; off++) {
		assert_int_equal(emu_hostmem_write(hm, off, &value, 8), 0);
		assert_int_equal(emu_hostmem_read(hm, off, &seen, 8), 0);
		assert_true(seen == value);
		assert_int_equal(emu_hostmem_write(hm, off, &value, 4), 0);
		assert_int_equal(emu_hostmem_read(hm, off, &seen, 4), 0);
		assert_int_equal((uint32_t)seen, (uint32_t)value);
	}
}

static void a_copy_spans_mappings_that_lie_apart_in_the_file(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(map(0, PAGE, 8 * PAGE), 0);
	assert_int_equal(map(PAGE, PAGE, 0), 0);
	assert_int_equal(emu_hostmem_write(hm, PAGE - 5, "0123456789", 10), 0);
	assert_int_equal(pread(ram, buf, 5, 9 * PAGE - 5), 5);
	assert_memory_equal(buf, "01234", 5);
	assert_int_equal(pread(ram, buf, 5, 0), 5);
	assert_memory_equal(buf, "56789", 5);
	assert_int_equal(emu_hostmem_read(hm, PAGE - 5, buf, 10), 0);
	assert_memory_equal(buf, "0123456789", 10);
}

static void a_piece_goes_on_over_mappings_that_continue_in_the_file(void **state)
{
	size_t len = 16 * PAGE;
	uint64_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(map(i * PAGE, PAGE, (10 + i) * PAGE), 0);
	assert_int_equal(map(4 * PAGE, PAGE, 20 * PAGE), 0);
	emu_hostmem_begin(hm);
	assert_non_null(emu_hostmem_ptr(hm, 0x10, &len, RW));
	assert_int_equal(len, 4 * PAGE - 0x10);
	len = 100;
	assert_non_null(emu_hostmem_ptr(hm, PAGE - 50, &len, RW));
	assert_int_equal(len, 100);
	len = 0;
	assert_null(emu_hostmem_ptr(hm, 0, &len, RW));
	emu_hostmem_end(hm);
}

static void a_file_is_mapped_once_for_all_its_mappings(void **state)
{
	size_t len = 1;
	char *a;
	char *b;

	(void)state;
	assert_int_equal(map(0, PAGE, 30 * PAGE), 0);
	assert_int_equal(map(1ULL << 40, PAGE, 2 * PAGE), 0);
	emu_hostmem_begin(hm);
	a = emu_hostmem_ptr(hm, 0, &len, RW);
	b = emu_hostmem_ptr(hm, 1ULL << 40, &len, RW);
	emu_hostmem_end(hm);
	assert_int_equal(a - b, 28 * PAGE);
}

static void a_write_that_meets_a_gap_writes_nothing(void **state)
{
	char seen[8] = "";

	(void)state;
	assert_int_equal(map(0, PAGE, 0), 0);
	assert_int_equal(map(2 * PAGE, PAGE, 2 * PAGE), 0);
	assert_int_equal(emu_hostmem_write(hm, PAGE - 4, "12345678", 8), -EFAULT);
	assert_int_equal(pread(ram, seen, 4, PAGE - 4), 4);
	assert_memory_equal(seen, "\0\0\0\0", 4);
	assert_int_equal(emu_hostmem_read(hm, PAGE - 4, seen, 8), -EFAULT);
	assert_int_equal(emu_hostmem_read(hm, PAGE - 4, seen, 4), 0);
}

static void protection_is_honoured_in_both_directions(void **state)
{
	char byte = 1;

	(void)state;
	assert_int_equal(emu_hostmem_map(hm, 0, PAGE, ram, 0, EMU_HOSTMEM_READ), 0);
	assert_int_equal(emu_hostmem_map(hm, PAGE, PAGE, ram, 0, EMU_HOSTMEM_WRITE), 0);
	assert_int_equal(emu_hostmem_write(hm, 0, &byte, 1), -EFAULT);
	assert_int_equal(emu_hostmem_write(hm, PAGE, &byte, 1), 0);
	assert_int_equal(emu_hostmem_read(hm, PAGE, &byte, 1), -EFAULT);
	assert_int_equal(emu_hostmem_read(hm, 0, &byte, 1), 0);
	assert_int_equal(byte, 1);
}

static void memory_without_a_descriptor_is_known_but_not_reachable(void **state)
{
	(void)state;
	assert_int_equal(emu_hostmem_map(hm, PAGE, PAGE, -1, 0, RW), 0);
	assert_int_equal(emu_hostmem_count(hm), 1);
	assert_false(reachable(PAGE));
	assert_int_equal(map(PAGE, PAGE, 0), -EEXIST);
	emu_hostmem_unmap(hm, PAGE, PAGE);
	assert_int_equal(map(PAGE, PAGE, 0), 0);
}

static void overlapping_ranges_are_refused(void **state)
{
	(void)state;
	assert_int_equal(map(4 * PAGE, 4 * PAGE, 0), 0);
	assert_int_equal(map(4 * PAGE, 4 * PAGE, 0), -EEXIST);
	assert_int_equal(map(7 * PAGE, PAGE, 0), -EEXIST);
	assert_int_equal(map(0, 5 * PAGE, 0), -EEXIST);
	assert_int_equal(map(0, 64 * PAGE, 0), -EEXIST);
	assert_int_equal(map(0, 4 * PAGE, 0), 0);
	assert_int_equal(map(8 * PAGE, PAGE, 0), 0);
	assert_int_equal(emu_hostmem_count(hm), 3);
}

static void ranges_that_wrap_are_refused(void **state)
{
	char buf[2 * PAGE];

	(void)state;
	assert_int_equal(map(0, 0, 0), -EINVAL);
	assert_int_equal(map(UINT64_MAX, 2, 0), -EINVAL);
	assert_int_equal(map(PAGE, UINT64_MAX, 0), -EINVAL);
	assert_int_equal(map(0, 2 * PAGE, UINT64_MAX - PAGE), -EINVAL);
	assert_int_equal(map(0 - PAGE, PAGE, 0), 0);
	assert_int_equal(map(0, PAGE, PAGE), 0);
	assert_true(reachable(UINT64_MAX));
	assert_int_equal(emu_hostmem_read(hm, 0 - PAGE, buf, PAGE), 0);
	assert_int_equal(emu_hostmem_read(hm, 0 - PAGE, buf, 2 * PAGE), -EFAULT);
	assert_int_equal(emu_hostmem_write(hm, 0 - PAGE, buf, 2 * PAGE), -EFAULT);
}

static void what_lies_behind_the_end_of_the_file_is_refused(void **state)
{
	int pipefd[2];

	(void)state;
	assert_int_equal(map(0, PAGE, 64 * PAGE), -EINVAL);
	assert_int_equal(map(0, 2 * PAGE, 63 * PAGE), -EINVAL);
	assert_int_equal(map(0, PAGE, 63 * PAGE), 0);
	assert_int_equal(pipe(pipefd), 0);
	assert_int_equal(emu_hostmem_map(hm, PAGE, PAGE, pipefd[0], 0, RW), -EINVAL);
	assert_int_equal(emu_hostmem_map(hm, PAGE, PAGE, 9999, 0, RW), -EBADF);
	assert_int_equal(emu_hostmem_count(hm), 1);
	close(pipefd[0]);
	close(pipefd[1]);
}

static void a_file_that_grew_keeps_its_older_mappings(void **state)
{
	char seen[4];

	(void)state;
	assert_int_equal(map(0, PAGE, 0), 0);
	assert_int_equal(emu_hostmem_write(hm, 8, "old", 4), 0);
	assert_int_equal(ftruncate(ram, 128 * PAGE), 0);
	assert_int_equal(map(PAGE, PAGE, 127 * PAGE), 0);
	assert_int_equal(emu_hostmem_write(hm, PAGE, "new", 4), 0);
	assert_int_equal(emu_hostmem_read(hm, 8, seen, 4), 0);
	assert_string_equal(seen, "old");
	assert_int_equal(pread(ram, seen, 4, 127 * PAGE), 4);
	assert_string_equal(seen, "new");
}

static int reopen_readonly(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", ram);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void a_read_only_descriptor_gives_no_write_access(void **state)
{
	int ro = reopen_readonly();

	(void)state;
	assert_true(ro >= 0);
	assert_int_equal(emu_hostmem_map(hm, 0, PAGE, ro, 0, RW), -EACCES);
	assert_int_equal(emu_hostmem_map(hm, 0, PAGE, ro, 0, EMU_HOSTMEM_READ), 0);
	assert_int_equal(map(PAGE, PAGE, PAGE), 0);
	assert_int_equal(emu_hostmem_write(hm, PAGE, "w", 1), 0);
	assert_true(reachable(0));
	close(ro);
}

static void unmap_drops_all_mappings_inside_of_its_range(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 16; i++)
		assert_int_equal(map(2 * i * PAGE, PAGE, i * PAGE), 0);
	emu_hostmem_unmap(hm, 8 * PAGE, 16 * PAGE);
	assert_int_equal(emu_hostmem_count(hm), 8);
	assert_true(reachable(6 * PAGE));
	assert_false(reachable(8 * PAGE));
	assert_false(reachable(22 * PAGE));
	assert_true(reachable(24 * PAGE));
}

static void unmap_of_a_range_without_mappings_does_nothing(void **state)
{
	(void)state;
	emu_hostmem_unmap(hm, 0, PAGE);
	assert_int_equal(map(PAGE, PAGE, 0), 0);
	emu_hostmem_unmap(hm, 0, PAGE);
	emu_hostmem_unmap(hm, 2 * PAGE, 1ULL << 50);
	emu_hostmem_unmap(hm, PAGE, 0);
	assert_true(reachable(PAGE));
	assert_true(reachable(2 * PAGE - 1));
}

static void unmap_of_nearly_all_addresses_stops_at_the_last(void **state)
{
	(void)state;
	assert_int_equal(map(PAGE, PAGE, 0), 0);
	assert_int_equal(map(0 - PAGE, PAGE, 0), 0);
	emu_hostmem_unmap(hm, 2 * PAGE, UINT64_MAX);
	assert_true(reachable(PAGE));
	assert_false(reachable(UINT64_MAX));
	emu_hostmem_unmap(hm, 0, UINT64_MAX);
	assert_int_equal(emu_hostmem_count(hm), 0);
}

static void unmap_cuts_a_part_out_of_a_mapping(void **state)
{
	char byte = 0;

	(void)state;
	assert_int_equal(pwrite(ram, "Z", 1, 12 * PAGE), 1);
	assert_int_equal(map(0, 8 * PAGE, 8 * PAGE), 0);
	emu_hostmem_unmap(hm, 2 * PAGE, 2 * PAGE);
	assert_int_equal(emu_hostmem_count(hm), 2);
	assert_true(reachable(2 * PAGE - 1));
	assert_false(reachable(2 * PAGE));
	assert_false(reachable(4 * PAGE - 1));
	assert_int_equal(emu_hostmem_read(hm, 4 * PAGE, &byte, 1), 0);
	assert_int_equal(byte, 'Z');
	emu_hostmem_unmap(hm, 0, 8 * PAGE);
	assert_int_equal(emu_hostmem_count(hm), 0);
}

static bool mapped_in_this_process(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;
	char line[512];

	while (fgets(line, sizeof(line), maps))
		found |= strstr(line, "/memfd:ram") != NULL;
	fclose(maps);
	return found;
}

static void the_last_unmap_lets_go_of_the_file(void **state)
{
	(void)state;
	assert_int_equal(map(0, PAGE, 0), 0);
	assert_int_equal(map(PAGE, PAGE, 0), 0);
	emu_hostmem_unmap(hm, 0, PAGE);
	assert_true(mapped_in_this_process());
	emu_hostmem_unmap(hm, PAGE, PAGE);
	assert_false(mapped_in_this_process());
	assert_int_equal(map(0, PAGE, 0), 0);
	emu_hostmem_unmap_all(hm);
	assert_false(mapped_in_this_process());
	assert_int_equal(fcntl(ram, F_GETFD), FD_CLOEXEC);
}

static void more_mappings_than_promised_are_refused(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 65535; i++)
		assert_int_equal(map(i * PAGE, PAGE, i % 64 * PAGE), 0);
	assert_int_equal(map(i * PAGE, PAGE, 0), -ENOSPC);
	assert_true(reachable(65534 * PAGE));
}

struct unmapper {
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
};

static void *unmap_first_page(void *arg)
{
	struct unmapper *u = arg;

	u->tid = syscall(SYS_gettid);
	emu_hostmem_unmap(hm, 0, PAGE);
	u->done = true;
	return NULL;
}

static bool sleeps(int tid)
{
	char path[64];
	char state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'S';
}

static void unmap_waits_for_who_holds_the_mappings(void **state)
{
	struct unmapper u = { 0 };
	size_t len = 4;
	char *p;

	(void)state;
	assert_int_equal(map(0, PAGE, 0), 0);
	emu_hostmem_begin(hm);
	p = emu_hostmem_ptr(hm, 0, &len, RW);
	assert_int_equal(pthread_create(&u.thread, NULL, unmap_first_page, &u), 0);
	while (!u.done && !(u.tid && sleeps(u.tid)))
		sched_yield();
	assert_false(u.done);
	memcpy(p, "ok!", 4);
	/* One thread may look twice, also while somebody waits to change. */
	assert_true(reachable(0));
	emu_hostmem_end(hm);
	pthread_join(u.thread, NULL);
	assert_true(u.done);
	assert_false(reachable(0));
}

/* The test library takes the signal for itself when a test begins. */
static void catch_bus_errors(void)
{
	emu_busfault_catch();
}

static void a_file_that_its_owner_cut_short_is_a_fault(void **state)
{
	uint8_t buf[3 * PAGE];

	(void)state;
	catch_bus_errors();
	assert_int_equal(map(0, 3 * PAGE, 0), 0);
	assert_int_equal(ftruncate(ram, PAGE), 0);
	memset(buf, 0x55, sizeof(buf));
	assert_int_equal(emu_hostmem_read(hm, 0, buf, sizeof(buf)), -EFAULT);
	/* Now that it is known, nothing of the file is reached any more. */
	assert_false(reachable(0));
	assert_int_equal(emu_hostmem_write(hm, 0, buf, 4), -EFAULT);
}

static void a_write_behind_the_cut_is_a_fault(void **state)
{
	uint32_t word = 1;

	(void)state;
	catch_bus_errors();
	assert_int_equal(map(0, 3 * PAGE, 0), 0);
	assert_int_equal(ftruncate(ram, PAGE), 0);
	assert_int_equal(emu_hostmem_write(hm, 0, &word, 4), 0);
	assert_int_equal(emu_hostmem_write(hm, 2 * PAGE, &word, 4), -EFAULT);
}

static void a_cut_file_works_again_when_it_is_mapped_again(void **state)
{
	uint32_t word = 0x1234, seen = 0;

	(void)state;
	catch_bus_errors();
	assert_int_equal(map(0, 3 * PAGE, 0), 0);
	assert_int_equal(ftruncate(ram, 0), 0);
	assert_false(reachable(0));
	assert_int_equal(ftruncate(ram, 64 * PAGE), 0);
	assert_int_equal(map(0x100000, PAGE, PAGE), 0);
	assert_int_equal(emu_hostmem_write(hm, 0x100000, &word, 4), 0);
	assert_int_equal(pread(ram, &seen, 4, PAGE), 4);
	assert_int_equal(seen, word);
	assert_true(reachable(2 * PAGE));
}

/* What lies behind a mapping that became smaller would be memory of the emulator's own. */
static void mapping_a_shorter_file_anew_moves_no_mapping_out_of_it(void **state)
{
	bool mapped, lost;
	size_t len = PAGE;
	uint8_t byte = 1;
	char path[40];
	volatile uint8_t *at;
	int ro;

	(void)state;
	catch_bus_errors();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ram);
	ro = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(emu_hostmem_map(hm, 0, 64 * PAGE, ro, 0, EMU_HOSTMEM_READ), 0);
	close(ro);
	assert_int_equal(ftruncate(ram, PAGE), 0);
	/* Known for reading only so far: the file is mapped anew. */
	assert_int_equal(map(0x100000, PAGE, 0), 0);
	emu_hostmem_begin(hm);
	at = emu_hostmem_ptr(hm, 63 * PAGE, &len, EMU_HOSTMEM_READ);
	/* It is still memory of a file, and that file has ended. */
	mapped = at && !msync((void *)at, PAGE, MS_ASYNC);
	if (mapped)
		byte = *at;
	lost = emu_hostmem_lost();
	emu_hostmem_end(hm);
	assert_true(mapped);
	assert_int_equal(byte, 0);
	assert_true(lost);
	assert_false(reachable(63 * PAGE));
}

static void nobody_elses_bus_error_is_mended(void **state)
{
	int own = make_file(PAGE);
	char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, own, 0);

	(void)state;
	assert_int_equal(map(0, PAGE, 0), 0);
	assert_false(emu_hostmem_mend(at));
	emu_hostmem_begin(hm);
	assert_false(emu_hostmem_mend(at));
	emu_hostmem_end(hm);
	assert_true(reachable(0));
	munmap(at, PAGE);
	close(own);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(writes_reach_the_file_at_its_offset),
		T(words_are_stored_whatever_their_alignment),
		T(a_copy_spans_mappings_that_lie_apart_in_the_file),
		T(a_piece_goes_on_over_mappings_that_continue_in_the_file),
		T(a_file_is_mapped_once_for_all_its_mappings),
		T(a_write_that_meets_a_gap_writes_nothing),
		T(protection_is_honoured_in_both_directions),
		T(memory_without_a_descriptor_is_known_but_not_reachable),
		T(overlapping_ranges_are_refused),
		T(ranges_that_wrap_are_refused),
		T(what_lies_behind_the_end_of_the_file_is_refused),
		T(a_file_that_grew_keeps_its_older_mappings),
		T(a_read_only_descriptor_gives_no_write_access),
		T(unmap_drops_all_mappings_inside_of_its_range),
		T(unmap_of_a_range_without_mappings_does_nothing),
		T(unmap_of_nearly_all_addresses_stops_at_the_last),
		T(unmap_cuts_a_part_out_of_a_mapping),
		T(the_last_unmap_lets_go_of_the_file),
		T(more_mappings_than_promised_are_refused),
		T(unmap_waits_for_who_holds_the_mappings),
		T(a_file_that_its_owner_cut_short_is_a_fault),
		T(a_write_behind_the_cut_is_a_fault),
		T(a_cut_file_works_again_when_it_is_mapped_again),
		T(mapping_a_shorter_file_anew_moves_no_mapping_out_of_it),
		T(nobody_elses_bus_error_is_mended),
	};

	return cmocka_run_group_tests_name("hostmem", tests, NULL, NULL);
}
