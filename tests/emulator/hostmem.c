// SPDX-License-Identifier: GPL-2.0
/*
 * Host memory of one card: an ordered list of DMA mappings over memory files.
 *
 * A client names one memory file in many mappings (QEMU: all of guest RAM, cut
 * at the holes of the memory map; with a vIOMMU one mapping per page). Each
 * file is therefore mapped once into this process, whole, and a mapping is
 * only an offset into it.
 */
#include "hostmem.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "busfault.h"

/* As many as the transport tells its client that it can hold. */
#define MAX_MAPPINGS	65535

/**
 * struct memfile - a file mapped into this process, shared by its mappings
 * @next: list of the files of one hostmem
 * @dev: with @ino what makes two descriptors the same file
 * @ino: see @dev
 * @base: where the file's byte 0 is mapped
 * @len_bytes: how much of it is mapped; all that there was at that time
 * @writable: mapped for writing
 * @lost: its owner cut it short: what is mapped now is not the file any more
 * @refs: mappings that point here
 */
struct memfile {
	struct memfile *next;
	dev_t dev;
	ino_t ino;
	uint8_t *base;
	uint64_t len_bytes;
	bool writable;
	bool lost;
	unsigned int refs;
};

/**
 * struct mapping - one range of I/O virtual addresses
 * @first: first address
 * @last: last address, inclusive, so that a range may end at 2^64
 * @file: what is behind it, or NULL when the client sent no descriptor
 * @file_off: offset of @first in @file, bytes
 * @prot: EMU_HOSTMEM_READ, EMU_HOSTMEM_WRITE
 */
struct mapping {
	uint64_t first;
	uint64_t last;
	struct memfile *file;
	uint64_t file_off;
	unsigned int prot;
};

/**
 * struct emu_hostmem - the mappings of one card
 * @lock: guards everything below; shared by lookups, exclusive for changes
 * @map: mappings by address, never overlapping
 * @nr: entries used in @map
 * @cap: entries allocated in @map
 * @files: files in use
 */
struct emu_hostmem {
	pthread_rwlock_t lock;
	struct mapping *map;
	size_t nr;
	size_t cap;
	struct memfile *files;
};

/*
 * The lock prefers writers, else engines that copy without a pause could hold
 * up an unmap until the client gives up. Such a lock must not be taken twice by
 * one thread: what this thread holds is remembered, and nested use is counted.
 */
static _Thread_local struct emu_hostmem_held held;

/* This thread has touched a file that was cut short, since it last asked. */
static _Thread_local volatile sig_atomic_t touched_lost;

/**
 * emu_hostmem_create() - make an empty set of mappings
 *
 * Return: the set, to be freed with emu_hostmem_destroy(), or NULL without memory.
 */
struct emu_hostmem *emu_hostmem_create(void)
{
	struct emu_hostmem *hm = calloc(1, sizeof(*hm));
	pthread_rwlockattr_t attr;

	if (!hm)
		return NULL;
	emu_busfault_catch();
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&hm->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	return hm;
}

/**
 * emu_hostmem_destroy() - drop all mappings and free the set
 * @hm: the set, or NULL; nobody may use it any more
 */
void emu_hostmem_destroy(struct emu_hostmem *hm)
{
	if (!hm)
		return;
	emu_hostmem_unmap_all(hm);
	pthread_rwlock_destroy(&hm->lock);
	free(hm);
}

/* Index of the first mapping that ends at or behind addr. */
static size_t map_find(const struct emu_hostmem *hm, uint64_t addr)
{
	size_t lo = 0;
	size_t hi = hm->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (hm->map[mid].last < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool map_reserve(struct emu_hostmem *hm)
{
	size_t cap = hm->cap ? hm->cap * 2 : 16;
	struct mapping *map;

	if (hm->nr < hm->cap)
		return true;
	map = realloc(hm->map, cap * sizeof(*map));
	if (!map)
		return false;
	hm->map = map;
	hm->cap = cap;
	return true;
}

/* The caller has reserved room. */
static void map_insert(struct emu_hostmem *hm, size_t at, const struct mapping *m)
{
	memmove(&hm->map[at + 1], &hm->map[at], (hm->nr - at) * sizeof(*m));
	hm->map[at] = *m;
	hm->nr++;
}

static void file_put(struct emu_hostmem *hm, struct memfile *file)
{
	struct memfile **link;

	if (!file || --file->refs)
		return;
	for (link = &hm->files; *link != file; link = &(*link)->next)
		;
	*link = file->next;
	munmap(file->base, file->len_bytes);
	free(file);
}

static void map_remove(struct emu_hostmem *hm, size_t at, size_t count)
{
	size_t i;

	if (!count)
		return;
	for (i = at; i < at + count; i++)
		file_put(hm, hm->map[i].file);
	memmove(&hm->map[at], &hm->map[at + count],
		(hm->nr - at - count) * sizeof(*hm->map));
	hm->nr -= count;
}

static struct memfile *file_find(struct emu_hostmem *hm, const struct stat *st)
{
	struct memfile *file;

	for (file = hm->files; file; file = file->next)
		if (file->dev == st->st_dev && file->ino == st->st_ino)
			return file;
	return NULL;
}

/*
 * Map the whole file as it is now; a file that grew, or that was known for
 * reading only, moves to a new place. Addresses never outlive the lock. A file
 * that shrank stays mapped as long as it was: its mappings go on pointing there.
 */
static int file_remap(struct memfile *file, int fd, uint64_t len_bytes, bool write)
{
	bool writable = true;
	void *base;

	if (len_bytes < file->len_bytes)
		len_bytes = file->len_bytes;
	base = mmap(NULL, len_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED && !write && !file->writable) {
		writable = false;
		base = mmap(NULL, len_bytes, PROT_READ, MAP_SHARED, fd, 0);
	}
	if (base == MAP_FAILED)
		return -errno;
	if (file->base)
		munmap(file->base, file->len_bytes);
	file->base = base;
	file->len_bytes = len_bytes;
	file->writable = writable;
	file->lost = false;
	return 0;
}

static int file_new(struct emu_hostmem *hm, int fd, const struct stat *st, bool write,
		    struct memfile **out)
{
	struct memfile *file = calloc(1, sizeof(*file));
	int ret;

	if (!file)
		return -ENOMEM;
	file->dev = st->st_dev;
	file->ino = st->st_ino;
	ret = file_remap(file, fd, st->st_size, write);
	if (ret) {
		free(file);
		return ret;
	}
	file->next = hm->files;
	hm->files = file;
	*out = file;
	return 0;
}

/*
 * Take a reference on the file behind fd, with at least the bytes up to
 * end_bytes mapped. What lies behind the end of the file is refused here,
 * because touching it would be a SIGBUS later.
 */
static int file_get(struct emu_hostmem *hm, int fd, uint64_t end_bytes, bool write,
		    struct memfile **out)
{
	struct memfile *file;
	struct stat st;
	int ret = 0;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || end_bytes > (uint64_t)st.st_size)
		return -EINVAL;

	file = file_find(hm, &st);
	if (!file)
		ret = file_new(hm, fd, &st, write, &file);
	else if (file->len_bytes < end_bytes || (write && !file->writable) || file->lost)
		ret = file_remap(file, fd, st.st_size, write);
	if (ret)
		return ret;
	file->refs++;
	*out = file;
	return 0;
}

static int map_locked(struct emu_hostmem *hm, struct mapping *m, int fd)
{
	uint64_t len_bytes = m->last - m->first + 1;
	size_t at = map_find(hm, m->first);
	int ret;

	if (at < hm->nr && hm->map[at].first <= m->last)
		return -EEXIST;
	if (hm->nr >= MAX_MAPPINGS)
		return -ENOSPC;
	if (!map_reserve(hm))
		return -ENOMEM;
	if (fd >= 0) {
		/* len_bytes is 0 for all 2^64 bytes, which no file has. */
		if (!len_bytes || len_bytes > UINT64_MAX - m->file_off)
			return -EINVAL;
		ret = file_get(hm, fd, m->file_off + len_bytes,
			       m->prot & EMU_HOSTMEM_WRITE, &m->file);
		if (ret)
			return ret;
	}
	map_insert(hm, at, m);
	return 0;
}

/**
 * emu_hostmem_map() - make a range of addresses known, and reachable if it has a file
 * @hm: the set
 * @iova: first address of the range
 * @len_bytes: its length, not 0
 * @fd: memory file behind it, or negative; the caller keeps and may close it
 * @fd_off: offset of @iova in @fd, bytes
 * @prot: EMU_HOSTMEM_READ, EMU_HOSTMEM_WRITE
 *
 * Context: takes the lock exclusively; not between begin and end.
 * Return: 0; -EINVAL for an empty or wrapping range, or one behind the end of
 * the file; -EEXIST when a part is mapped already; -EACCES when the descriptor
 * does not allow what @prot says; -ENOSPC with too many mappings; -ENOMEM.
 */
int emu_hostmem_map(struct emu_hostmem *hm, uint64_t iova, uint64_t len_bytes,
		    int fd, uint64_t fd_off, unsigned int prot)
{
	struct mapping m = {
		.first = iova,
		.last = iova + (len_bytes - 1),
		.file_off = fd_off,
		.prot = prot,
	};
	int ret;

	if (!len_bytes || m.last < iova)
		return -EINVAL;
	pthread_rwlock_wrlock(&hm->lock);
	ret = map_locked(hm, &m, fd);
	pthread_rwlock_unlock(&hm->lock);
	return ret;
}

/*
 * Make a mapping that contains addr begin there. Without memory for the second
 * half the whole mapping goes: what a client took back must not stay reachable.
 */
static void split_at(struct emu_hostmem *hm, uint64_t addr)
{
	size_t at = map_find(hm, addr);
	struct mapping tail;

	if (at == hm->nr || hm->map[at].first >= addr)
		return;
	if (!map_reserve(hm)) {
		map_remove(hm, at, 1);
		return;
	}
	tail = hm->map[at];
	tail.file_off += addr - tail.first;
	tail.first = addr;
	if (tail.file)
		tail.file->refs++;
	hm->map[at].last = addr - 1;
	map_insert(hm, at + 1, &tail);
}

/**
 * emu_hostmem_unmap() - make a range of addresses unreachable
 * @hm: the set
 * @iova: first address
 * @len_bytes: length; a range that would wrap ends at the last address
 *
 * The range need not be one that was mapped: it may cover many mappings, none,
 * or a part of one, which is then cut.
 *
 * Context: takes the lock exclusively, so it returns when no copy that began
 * earlier touches the range any more; not between begin and end.
 */
void emu_hostmem_unmap(struct emu_hostmem *hm, uint64_t iova, uint64_t len_bytes)
{
	uint64_t last;
	size_t from;
	size_t to;

	if (!len_bytes)
		return;
	last = len_bytes - 1 > UINT64_MAX - iova ? UINT64_MAX : iova + (len_bytes - 1);

	pthread_rwlock_wrlock(&hm->lock);
	split_at(hm, iova);
	if (last != UINT64_MAX)
		split_at(hm, last + 1);
	from = map_find(hm, iova);
	for (to = from; to < hm->nr && hm->map[to].first <= last; to++)
		;
	map_remove(hm, from, to - from);
	pthread_rwlock_unlock(&hm->lock);
}

/**
 * emu_hostmem_unmap_all() - forget everything, files included
 * @hm: the set
 *
 * Context: as emu_hostmem_unmap().
 */
void emu_hostmem_unmap_all(struct emu_hostmem *hm)
{
	pthread_rwlock_wrlock(&hm->lock);
	map_remove(hm, 0, hm->nr);
	free(hm->map);
	hm->map = NULL;
	hm->cap = 0;
	pthread_rwlock_unlock(&hm->lock);
}

/**
 * emu_hostmem_count() - how many mappings there are
 * @hm: the set
 *
 * Return: the number, those without a file included.
 */
size_t emu_hostmem_count(struct emu_hostmem *hm)
{
	size_t nr;

	emu_hostmem_begin(hm);
	nr = hm->nr;
	emu_hostmem_end(hm);
	return nr;
}

/**
 * emu_hostmem_begin() - hold the mappings as they are
 * @hm: the set
 *
 * Context: takes the lock shared; one thread may nest it.
 */
void emu_hostmem_begin(struct emu_hostmem *hm)
{
	if (held.hm == hm) {
		held.depth++;
		return;
	}
	pthread_rwlock_rdlock(&hm->lock);
	if (!held.hm) {
		held.hm = hm;
		held.depth = 1;
		touched_lost = 0;
	}
}

/**
 * emu_hostmem_end() - undo one emu_hostmem_begin() of this thread
 * @hm: the set; pointers into it are dead after the last end
 */
void emu_hostmem_end(struct emu_hostmem *hm)
{
	if (held.hm == hm) {
		if (--held.depth)
			return;
		held.hm = NULL;
	}
	pthread_rwlock_unlock(&hm->lock);
}

/**
 * emu_hostmem_pause() - let mappings change although this thread is between begin and end
 *
 * For what may wait for other locks: whoever waits with mappings held could wait for a
 * thread that waits for the mappings. Pointers are dead afterwards.
 *
 * Return: what emu_hostmem_resume() needs.
 */
struct emu_hostmem_held emu_hostmem_pause(void)
{
	struct emu_hostmem_held paused = held;

	if (held.hm)
		pthread_rwlock_unlock(&held.hm->lock);
	held.hm = NULL;
	held.depth = 0;
	return paused;
}

/**
 * emu_hostmem_resume() - hold the mappings again, as they are now
 * @paused: what emu_hostmem_pause() answered
 */
void emu_hostmem_resume(struct emu_hostmem_held paused)
{
	if (paused.hm)
		pthread_rwlock_rdlock(&paused.hm->lock);
	held = paused;
}

/**
 * emu_hostmem_mend() - put memory where a file ended too early
 * @addr: what could not be accessed
 *
 * The owner of a file may cut it at any time, and touching what was behind the
 * cut is a SIGBUS. All of the file is replaced by zeros then, which the access
 * that goes on finds, and no later one reaches it until it is mapped anew.
 *
 * Context: a signal handler in the thread that touched it. Between begin and end
 * the list of files does not change.
 * Return: false if the address is not in a file that this thread holds.
 */
bool emu_hostmem_mend(const void *addr)
{
	const uint8_t *at = addr;
	struct memfile *file;

	for (file = held.hm ? held.hm->files : NULL; file; file = file->next) {
		if (at < file->base || at >= file->base + file->len_bytes)
			continue;
		if (mmap(file->base, file->len_bytes, PROT_READ | PROT_WRITE,
			 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ==
		    MAP_FAILED)
			return false;
		__atomic_store_n(&file->lost, true, __ATOMIC_RELAXED);
		touched_lost = 1;
		return true;
	}
	return false;
}

/**
 * emu_hostmem_lost() - has memory vanished under this thread's hands
 *
 * Return: true once, after an access that emu_hostmem_mend() had to help.
 */
bool emu_hostmem_lost(void)
{
	bool lost = touched_lost;

	touched_lost = 0;
	return lost;
}

static bool usable(const struct mapping *m, unsigned int prot)
{
	return m->file && (m->prot & prot) == prot &&
	       !__atomic_load_n(&m->file->lost, __ATOMIC_RELAXED);
}

static bool continues(const struct mapping *a, const struct mapping *b)
{
	return b->first == a->last + 1 && b->file == a->file &&
	       b->file_off == a->file_off + (b->first - a->first);
}

/**
 * emu_hostmem_ptr() - where a piece of host memory is in this process
 * @hm: the set
 * @iova: address of its first byte
 * @len: in: bytes wanted, out: bytes there are in one piece, up to that
 * @prot: what the caller is going to do
 *
 * Context: between emu_hostmem_begin() and emu_hostmem_end(); the answer is
 * valid until then.
 * Return: the place, or NULL when the first byte cannot be reached like that
 * (or nothing was wanted).
 */
void *emu_hostmem_ptr(struct emu_hostmem *hm, uint64_t iova, size_t *len, unsigned int prot)
{
	size_t at = map_find(hm, iova);
	const struct mapping *m;
	uint64_t have;
	size_t i;

	if (!*len || at == hm->nr)
		return NULL;
	m = &hm->map[at];
	if (m->first > iova || !usable(m, prot))
		return NULL;
	have = m->last - iova + 1;
	for (i = at + 1; i < hm->nr && have < *len; i++) {
		if (!continues(&hm->map[i - 1], &hm->map[i]) || !usable(&hm->map[i], prot))
			break;
		have += hm->map[i].last - hm->map[i].first + 1;
	}
	if (*len > have)
		*len = have;
	return m->file->base + m->file_off + (iova - m->first);
}

static enum emu_hostmem_reach obstacle(const struct mapping *m, uint64_t iova)
{
	if (!m || m->first > iova)
		return EMU_HOSTMEM_UNMAPPED;
	if (!m->file || __atomic_load_n(&m->file->lost, __ATOMIC_RELAXED))
		return EMU_HOSTMEM_NO_MEMORY;
	return m->prot & EMU_HOSTMEM_READ ? EMU_HOSTMEM_READ_ONLY :
	       m->prot & EMU_HOSTMEM_WRITE ? EMU_HOSTMEM_WRITE_ONLY : EMU_HOSTMEM_UNMAPPED;
}

/**
 * emu_hostmem_reach() - whether and why not a range can be accessed
 * @hm: the set
 * @iova: first address; answers the first one that is out of reach, if any
 * @len_bytes: of the range; what would wrap is cut
 * @prot: kind of access
 *
 * Return: why that address is out of reach, or EMU_HOSTMEM_REACHED.
 */
enum emu_hostmem_reach emu_hostmem_reach(struct emu_hostmem *hm, uint64_t *iova,
					 uint64_t len_bytes, unsigned int prot)
{
	enum emu_hostmem_reach reach = EMU_HOSTMEM_REACHED;
	uint64_t at = *iova;
	size_t piece, index;

	if (len_bytes > UINT64_MAX - at)
		len_bytes = UINT64_MAX - at;
	emu_hostmem_begin(hm);
	for (; len_bytes; at += piece, len_bytes -= piece) {
		piece = len_bytes;
		if (emu_hostmem_ptr(hm, at, &piece, prot))
			continue;
		index = map_find(hm, at);
		reach = obstacle(index < hm->nr ? &hm->map[index] : NULL, at);
		*iova = at;
		break;
	}
	emu_hostmem_end(hm);
	return reach;
}

static bool reachable(struct emu_hostmem *hm, uint64_t iova, size_t len, unsigned int prot)
{
	while (len) {
		size_t piece = len;

		if (!emu_hostmem_ptr(hm, iova, &piece, prot))
			return false;
		iova += piece;
		len -= piece;
	}
	return true;
}

/* An aligned word appears at once, as the bus would write it, never byte by byte. */
static void store(void *to, const void *from, size_t len)
{
	if (len == 4 && !((uintptr_t)to & 3)) {
		uint32_t word;

		memcpy(&word, from, sizeof(word));
		__atomic_store_n((uint32_t *)to, word, __ATOMIC_RELEASE);
	} else if (len == 8 && !((uintptr_t)to & 7)) {
		uint64_t word;

		memcpy(&word, from, sizeof(word));
		__atomic_store_n((uint64_t *)to, word, __ATOMIC_RELEASE);
	} else {
		memcpy(to, from, len);
	}
}

/**
 * emu_hostmem_read() - copy from host memory
 * @hm: the set
 * @iova: address of the first byte
 * @buf: where to; undefined after an error
 * @len: bytes, may span mappings
 *
 * Return: 0, or -EFAULT when a byte is not mapped readable.
 */
int emu_hostmem_read(struct emu_hostmem *hm, uint64_t iova, void *buf, size_t len)
{
	uint8_t *to = buf;
	int ret = 0;

	if (len && iova + (len - 1) < iova)
		return -EFAULT;
	emu_hostmem_begin(hm);
	while (len) {
		size_t piece = len;
		const void *from = emu_hostmem_ptr(hm, iova, &piece, EMU_HOSTMEM_READ);

		if (!from) {
			ret = -EFAULT;
			break;
		}
		memcpy(to, from, piece);
		to += piece;
		iova += piece;
		len -= piece;
	}
	if (emu_hostmem_lost())
		ret = -EFAULT;
	emu_hostmem_end(hm);
	return ret;
}

/**
 * emu_hostmem_write() - copy into host memory
 * @hm: the set
 * @iova: address of the first byte
 * @buf: what
 * @len: bytes, may span mappings; 4 or 8 aligned bytes are stored as one word
 *
 * Return: 0, or -EFAULT when a byte is not mapped writable; nothing is written then.
 * -EFAULT also for a file that is shorter than it was, perhaps after a part was written.
 */
int emu_hostmem_write(struct emu_hostmem *hm, uint64_t iova, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	int ret = 0;

	if (len && iova + (len - 1) < iova)
		return -EFAULT;
	emu_hostmem_begin(hm);
	if (!reachable(hm, iova, len, EMU_HOSTMEM_WRITE))
		ret = -EFAULT;
	while (!ret && len) {
		size_t piece = len;

		store(emu_hostmem_ptr(hm, iova, &piece, EMU_HOSTMEM_WRITE), from, piece);
		from += piece;
		iova += piece;
		len -= piece;
	}
	if (emu_hostmem_lost())
		ret = -EFAULT;
	emu_hostmem_end(hm);
	return ret;
}
