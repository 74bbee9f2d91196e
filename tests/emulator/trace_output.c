// SPDX-License-Identifier: GPL-2.0
#include "trace_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trace_line.h"

#define BATCH_EVENTS	32u	/* taken out of the buffer at once, and written at once */

/**
 * struct emu_trace_output - see the head of the file
 * @lock: guards what follows it
 * @filled: @count or @stop changed
 * @stop: the thread shall end when the buffer is empty, or as soon as it would block
 * @waiting: the thread waits for @filled
 * @first: oldest event of the buffer
 * @count: events in the buffer
 * @missed: events lost since the last one that fitted
 * @state: what is told of the output
 * @fd: owned; written by the thread only
 * @stop_fd: eventfd that wakes a thread which waits for room in @fd
 * @thread: the writer
 * @batch: of the thread
 * @text: of the thread
 * @event: the buffer, EMU_TRACE_EVENTS
 */
struct emu_trace_output {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	bool stop;
	bool waiting;
	unsigned int first;
	unsigned int count;
	uint64_t missed;
	struct emu_trace_output_state state;
	int fd;
	int stop_fd;
	pthread_t thread;
	struct emu_trace_event batch[BATCH_EVENTS];
	char text[BATCH_EVENTS * EMU_TRACE_LINE_BYTES];
	struct emu_trace_event event[EMU_TRACE_EVENTS];
};

/* Events for the writer; none: it shall end. */
static unsigned int take_batch(struct emu_trace_output *output)
{
	unsigned int taken = 0;

	pthread_mutex_lock(&output->lock);
	while (!output->count && !output->stop) {
		output->waiting = true;
		pthread_cond_wait(&output->filled, &output->lock);
		output->waiting = false;
	}
	while (taken < BATCH_EVENTS && output->count) {
		output->batch[taken++] = output->event[output->first];
		output->first = (output->first + 1) % EMU_TRACE_EVENTS;
		output->count--;
	}
	pthread_mutex_unlock(&output->lock);
	return taken;
}

/* Waits for room; false: there is none, and the output shall end. */
static bool wait_for_room(struct emu_trace_output *output)
{
	struct pollfd pfd[2] = {
		{ .fd = output->fd, .events = POLLOUT },
		{ .fd = output->stop_fd, .events = POLLIN },
	};

	while (poll(pfd, 2, -1) < 0 && errno == EINTR)
		;
	return !pfd[1].revents || pfd[0].revents & POLLOUT;
}

static int put_text(struct emu_trace_output *output, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(output->fd, text, len);
		if (n < 0 && errno == EAGAIN) {
			if (!wait_for_room(output))
				return EAGAIN;
			continue;
		}
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* After an error nothing is taken any more. */
static void end_with(struct emu_trace_output *output, int error, unsigned int unwritten)
{
	pthread_mutex_lock(&output->lock);
	output->state.error = error;
	output->state.lost += output->count + unwritten;
	output->state.lines -= output->count + unwritten;
	output->count = 0;
	pthread_mutex_unlock(&output->lock);
}

static void *write_lines(void *arg)
{
	struct emu_trace_output *output = arg;
	sigset_t all;
	unsigned int taken, i;
	size_t len;
	int err;

	/* A reader that has gone is an error of write(), not the end of the process. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while ((taken = take_batch(output))) {
		len = 0;
		for (i = 0; i < taken; i++)
			len += emu_trace_line(&output->batch[i], output->text + len);
		err = put_text(output, output->text, len);
		if (err) {
			end_with(output, err, taken);
			break;
		}
	}
	return NULL;
}

/**
 * emu_trace_output_create() - begin to write
 * @fd: where lines go; set to non-blocking, and owned by the output if there is one
 * Context: any; starts a thread.
 * Return: the output, or NULL with errno set.
 */
struct emu_trace_output *emu_trace_output_create(int fd)
{
	struct emu_trace_output *output = calloc(1, sizeof(*output));
	int err;

	if (!output)
		return NULL;
	output->fd = fd;
	output->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (output->stop_fd < 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)) {
		err = errno;
		goto fail;
	}
	pthread_mutex_init(&output->lock, NULL);
	pthread_cond_init(&output->filled, NULL);
	err = pthread_create(&output->thread, NULL, write_lines, output);
	if (!err)
		return output;
fail:
	if (output->stop_fd >= 0)
		close(output->stop_fd);
	free(output);
	errno = err;
	return NULL;
}

/**
 * emu_trace_output_destroy() - write what the reader takes at once, then end
 * @output: nobody pushes any more
 * Context: waits for the thread.
 */
void emu_trace_output_destroy(struct emu_trace_output *output)
{
	const uint64_t one = 1;

	pthread_mutex_lock(&output->lock);
	output->stop = true;
	pthread_cond_signal(&output->filled);
	pthread_mutex_unlock(&output->lock);
	while (write(output->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_join(output->thread, NULL);
	close(output->fd);
	close(output->stop_fd);
	pthread_cond_destroy(&output->filled);
	pthread_mutex_destroy(&output->lock);
	free(output);
}

/**
 * emu_trace_output_push() - note one event, or count it as lost
 * @output: the output
 * @event: copied
 * Context: any; never waits for the output.
 */
void emu_trace_output_push(struct emu_trace_output *output, const struct emu_trace_event *event)
{
	struct emu_trace_event *at;

	pthread_mutex_lock(&output->lock);
	if (output->state.error || output->count == EMU_TRACE_EVENTS) {
		output->missed++;
		output->state.lost++;
	} else {
		at = &output->event[(output->first + output->count) % EMU_TRACE_EVENTS];
		*at = *event;
		at->lost = output->missed;
		output->missed = 0;
		output->count++;
		output->state.lines++;
		if (output->waiting)
			pthread_cond_signal(&output->filled);
	}
	pthread_mutex_unlock(&output->lock);
}

/**
 * emu_trace_output_state() - how an output does
 * @output: the output
 * @state: answers the numbers
 * Context: any.
 */
void emu_trace_output_state(struct emu_trace_output *output,
			    struct emu_trace_output_state *state)
{
	pthread_mutex_lock(&output->lock);
	*state = output->state;
	pthread_mutex_unlock(&output->lock);
}
