/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes of the firmware mailbox: building requests, judging answers.
 * Pure: no I/O; also built in user space. docs/hardware, sections 4.3 to 4.7.
 */
#ifndef NEURON_FWIO_MSG_H
#define NEURON_FWIO_MSG_H

#include <linux/types.h>

#define NEURON_FWIO_CMD_READ		1
#define NEURON_FWIO_CMD_METRIC		2

#define NEURON_FWIO_REQUEST_HEADER	8
#define NEURON_FWIO_RESPONSE_HEADER	4

/**
 * struct neuron_fwio_request - request as the firmware reads it
 * @seq: sequence number, 1..255
 * @command: NEURON_FWIO_CMD_*
 * @size: bytes of the whole request
 * @crc: CRC32C of the whole request, computed with this field 0
 * @data: by command
 */
struct neuron_fwio_request {
	u8 seq;
	u8 command;
	__le16 size;
	__le32 crc;
	u8 data[];
};

/* What an answer's header means to the one who waits for it. */
enum neuron_fwio_verdict {
	NEURON_FWIO_NONE,	/* nothing there yet */
	NEURON_FWIO_STALE,	/* answer to another request */
	NEURON_FWIO_GOOD,	/* answer with all values asked for */
	NEURON_FWIO_FAILED,	/* firmware says no; asking again may help */
	NEURON_FWIO_REFUSED,	/* firmware does not know the command */
	NEURON_FWIO_MALFORMED,	/* size does not fit the request */
};

u32 neuron_fwio_crc32c(const void *data, size_t len_bytes);
u8 neuron_fwio_next_seq(u8 seq);
size_t neuron_fwio_build_read(void *buf, size_t buf_bytes, u8 seq, const u64 *dev_addr,
			      unsigned int count);
size_t neuron_fwio_build_metric(void *buf, size_t buf_bytes, u8 seq, const void *data,
				size_t data_bytes);
enum neuron_fwio_verdict neuron_fwio_judge(u32 header, u8 seq, size_t data_bytes);

#endif
