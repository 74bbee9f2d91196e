// SPDX-License-Identifier: GPL-2.0
/* Timers: what resets, late answers and slow engines wait for. */
#include "model.h"

#include "clock.h"

#define MS 1000000ull

struct note {
	struct emu_timer timer;
	struct emu_clock *clock;
	uint64_t at_ns;
	atomic_uint fired;
	atomic_uint *order;
	unsigned int place;
};

static void fired(void *arg)
{
	struct note *note = arg;

	note->at_ns = emu_clock_now_ns();
	if (note->order)
		note->place = atomic_fetch_add(note->order, 1);
	atomic_fetch_add(&note->fired, 1);
}

static void again(void *arg)
{
	struct note *note = arg;

	if (atomic_fetch_add(&note->fired, 1) < 9)
		emu_clock_arm(note->clock, &note->timer, 0);
}

static void init(struct note *note, struct emu_clock *clock, void (*fire)(void *))
{
	memset(note, 0, sizeof(*note));
	note->clock = clock;
	note->timer.fire = fire;
	note->timer.arg = note;
}

static int setup(void **state)
{
	struct emu_clock *clock = calloc(1, sizeof(*clock));

	*state = clock;
	return emu_clock_start(clock);
}

static int teardown(void **state)
{
	emu_clock_stop(*state);
	free(*state);
	return 0;
}

static void never_early(void **state)
{
	struct note note;
	uint64_t due;

	init(&note, *state, fired);
	due = emu_clock_arm(*state, &note.timer, 10 * MS);
	until(atomic_load(&note.fired) == 1);
	assert_true(note.at_ns >= due);
}

static void in_order(void **state)
{
	struct note notes[5];
	atomic_uint order = 0;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		init(&notes[i], *state, fired);
		notes[i].order = &order;
	}
	for (i = 0; i < 5; i++)
		emu_clock_arm(*state, &notes[i].timer, (50 - 10 * i) * MS);
	for (i = 0; i < 5; i++)
		until(atomic_load(&notes[i].fired) == 1);
	for (i = 0; i < 5; i++)
		assert_int_equal(notes[i].place, 4 - i);
}

static void cancelled_and_moved(void **state)
{
	struct note cancelled, moved;

	init(&cancelled, *state, fired);
	init(&moved, *state, fired);
	emu_clock_arm(*state, &cancelled.timer, 20 * MS);
	emu_clock_arm(*state, &moved.timer, 3600000 * MS);
	emu_clock_arm(*state, &moved.timer, 40 * MS);
	emu_clock_cancel(*state, &cancelled.timer);
	emu_clock_cancel(*state, &cancelled.timer);
	until(atomic_load(&moved.fired) == 1);
	assert_int_equal(atomic_load(&cancelled.fired), 0);
}

static void from_its_own_fire(void **state)
{
	struct note note;

	init(&note, *state, again);
	emu_clock_arm(*state, &note.timer, 0);
	until(atomic_load(&note.fired) == 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(never_early, setup, teardown),
		cmocka_unit_test_setup_teardown(in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(cancelled_and_moved, setup, teardown),
		cmocka_unit_test_setup_teardown(from_its_own_fire, setup, teardown),
	};
	struct CMUnitTest named[4];

	memcpy(named, tests, sizeof(named));
	named[0].name = "a timer never fires early";
	named[1].name = "timers fire in order of their times";
	named[2].name = "a cancelled timer is silent, a moved one fires once";
	named[3].name = "a timer can be armed by its own firing";
	return cmocka_run_group_tests(named, NULL, NULL);
}
