/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel interfaces that the driver's pure and hardware layers use, for
 * user space. Time is simulated: it advances only when somebody sleeps, and
 * whoever tests is told each time.
 */
#ifndef SHIM_H
#define SHIM_H

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef uint16_t __le16;
typedef uint32_t __le32;
typedef uint64_t __le64;
typedef u64 dma_addr_t;
typedef u64 resource_size_t;
typedef s64 ktime_t;

#define __iomem
#define U16_MAX			UINT16_MAX
#define U32_MAX			UINT32_MAX

#define BIT(n)			(1ul << (n))
#define BIT_ULL(n)		(1ull << (n))
#define GENMASK(h, l)		((~0ul >> (63 - (h))) & (~0ul << (l)))
#define FIELD_SHIFT(mask)	__builtin_ctzll(mask)
#define FIELD_PREP(mask, v)	(((u64)(v) << FIELD_SHIFT(mask)) & (mask))
#define FIELD_GET(mask, v)	(((u64)(v) & (mask)) >> FIELD_SHIFT(mask))

#define SZ_256			0x100
#define SZ_512			0x200
#define SZ_1K			0x400
#define SZ_4K			0x1000
#define SZ_16K			0x4000
#define SZ_16M			0x1000000
#define SZ_64M			0x4000000
#define SZ_4G			0x100000000ull

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define clamp(v, low, high)	min(max(v, low), high)
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define ALIGN(v, a)		(((v) + (u64)(a) - 1) & ~((u64)(a) - 1))
#define ALIGN_DOWN(v, a)	((v) & ~((u64)(a) - 1))
#define IS_ALIGNED(v, a)	(((v) & ((u64)(a) - 1)) == 0)
#define ilog2(n)		(63 - __builtin_clzll(n))
#define is_power_of_2(n)	((n) && !((n) & ((n) - 1)))
#define div_u64(a, b)		((a) / (b))
#define div_u64_rem(a, b, rem)	(*(rem) = (u64)(a) % (u32)(b), (u64)(a) / (u32)(b))
#define lower_32_bits(v)	((u32)(v))
#define upper_32_bits(v)	((u32)((u64)(v) >> 32))
#define check_add_overflow(a, b, sum) __builtin_add_overflow(a, b, sum)

#define cpu_to_le16		htole16
#define cpu_to_le32		htole32
#define cpu_to_le64		htole64
#define le16_to_cpu		le16toh
#define le32_to_cpu		le32toh
#define le64_to_cpu		le64toh

#define READ_ONCE(x)		(*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define mb()			__sync_synchronize()
#define dma_rmb()		__sync_synchronize()

typedef struct {
	s64 counter;
} atomic64_t;

static inline void atomic64_inc(atomic64_t *v)
{
	v->counter++;
}

static inline s64 atomic64_read(const atomic64_t *v)
{
	return v->counter;
}

typedef struct {
	int counter;
} atomic_t;

static inline void atomic_inc(atomic_t *v)
{
	v->counter++;
}

static inline int atomic_inc_return(atomic_t *v)
{
	return ++v->counter;
}

static inline int atomic_read(const atomic_t *v)
{
	return v->counter;
}

static inline void atomic_set(atomic_t *v, int value)
{
	v->counter = value;
}

static inline int atomic_xchg(atomic_t *v, int value)
{
	int old = v->counter;

	v->counter = value;

	return old;
}

/* Time, and who wants to know that it went on. */
extern u64 shim_now_us;
extern bool shim_killed;
extern void (*shim_tick)(void);
extern unsigned int shim_warnings;

void shim_sleep(u64 us);

#define jiffies			(shim_now_us / 1000)
#define msecs_to_jiffies(ms)	((unsigned long)(ms))
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define NSEC_PER_USEC		1000L
#define ns_to_ktime(ns)		((ktime_t)(ns))
#define ktime_get()		((ktime_t)shim_now_us * 1000)
#define ktime_add_ms(t, ms)	((t) + (s64)(ms) * 1000000)
#define ktime_add_us(t, us)	((t) + (s64)(us) * 1000)
#define ktime_after(a, b)	((a) > (b))
#define ktime_before(a, b)	((a) < (b))
#define ktime_us_delta(a, b)	(((a) - (b)) / 1000)
/* A look at the clock and at memory takes a while, too. */
#define cpu_relax()		shim_sleep(1)
#define usleep_range(lo, hi)	((void)(hi), shim_sleep(lo))

#define current			NULL
#define fatal_signal_pending(t)	((void)(t), shim_killed)
#define WARN_ON_ONCE(cond)	((cond) ? (shim_warnings++, true) : false)

/* One thread: a lock that is taken twice is a mistake of the code under test. */
struct mutex {
	bool held;
};

void mutex_init(struct mutex *lock);
void mutex_destroy(struct mutex *lock);
int mutex_lock_killable(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

typedef struct {
	unsigned int woken;
} wait_queue_head_t;

#define init_waitqueue_head(wq)	((wq)->woken = 0)
#define wake_up_all(wq)		((wq)->woken++)
#define wq_has_sleeper(wq)	((void)(wq), true)
#define wait_event_hrtimeout(wq, cond, ns) ({				\
	s64 left_ = (ns);						\
									\
	(void)&(wq);							\
	while (!(cond) && left_ > 0) {					\
		shim_sleep(10);						\
		left_ -= 10000;						\
	}								\
	(cond) ? 0 : -ETIME;						\
})
#define wait_event_killable_timeout(wq, cond, ticks) ({			\
	long left_ = (ticks);						\
									\
	while (!(cond) && !shim_killed && left_ > 0) {			\
		shim_sleep(1000);					\
		left_--;						\
	}								\
	(cond) ? max(left_, 1l) : shim_killed ? (long)-EINTR : 0l;	\
})

struct device {
	u64 dma_addr;
	void *memory;
};

#define GFP_KERNEL		0

void *dma_alloc_coherent(struct device *dev, size_t bytes, dma_addr_t *dma_addr, int gfp);
void dma_free_coherent(struct device *dev, size_t bytes, void *memory, dma_addr_t dma_addr);

/* Supplied by the model of the card. */
void writel(u32 value, void *addr);

#endif
