// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of the firmware mailbox.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "fwio_msg.h"

#define HEADER_SEQ		GENMASK(7, 0)
#define HEADER_CODE		GENMASK(15, 8)
#define HEADER_SIZE		GENMASK(31, 16)

#define CODE_DONE		0
#define CODE_UNKNOWN_COMMAND	2

static_assert(sizeof(struct neuron_fwio_request) == NEURON_FWIO_REQUEST_HEADER);

/*
 * CRC32C, four bits at a time. The kernel's own has changed its name, header
 * and module between the kernels that this driver is for, and is not there in
 * user space; a request has a few dozen bytes.
 */
static const u32 crc_nibble[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

/**
 * neuron_fwio_crc32c() - checksum of a request
 * @data: bytes
 * @len_bytes: number of bytes
 *
 * Context: Any.
 * Return: the usual CRC32C (Castagnoli, reflected, inverted at both ends).
 */
u32 neuron_fwio_crc32c(const void *data, size_t len_bytes)
{
	const u8 *byte = data;
	u32 crc = ~0u;

	while (len_bytes--) {
		crc ^= *byte++;
		crc = crc >> 4 ^ crc_nibble[crc & 0xf];
		crc = crc >> 4 ^ crc_nibble[crc & 0xf];
	}

	return ~crc;
}

/**
 * neuron_fwio_next_seq() - sequence number of the next request
 * @seq: of the latest one, 0 before the first
 *
 * Context: Any.
 * Return: 1..255, never 0, because an empty response buffer reads 0.
 */
u8 neuron_fwio_next_seq(u8 seq)
{
	return seq == 255 ? 1 : seq + 1;
}

/* Header of a request whose data is there; returns its size. */
static size_t finish(struct neuron_fwio_request *request, u8 seq, u8 command, size_t size)
{
	request->seq = seq;
	request->command = command;
	request->size = cpu_to_le16(size);
	request->crc = 0;
	request->crc = cpu_to_le32(neuron_fwio_crc32c(request, size));

	return size;
}

/**
 * neuron_fwio_build_read() - build a request for register values
 * @buf: where to
 * @buf_bytes: size of @buf
 * @seq: sequence number
 * @dev_addr: device addresses of the registers
 * @count: number of addresses
 *
 * Context: Any.
 * Return: size of the request in bytes, or 0 if it does not fit @buf or the
 * size field.
 */
size_t neuron_fwio_build_read(void *buf, size_t buf_bytes, u8 seq, const u64 *dev_addr,
			      unsigned int count)
{
	struct neuron_fwio_request *request = buf;
	size_t size = sizeof(*request) + (size_t)count * sizeof(__le64);
	unsigned int i;

	if (size > buf_bytes || size > U16_MAX)
		return 0;

	for (i = 0; i < count; i++) {
		__le64 addr = cpu_to_le64(dev_addr[i]);

		memcpy(request->data + i * sizeof(addr), &addr, sizeof(addr));
	}

	return finish(request, seq, NEURON_FWIO_CMD_READ, size);
}

/**
 * neuron_fwio_build_metric() - build a request that posts statistics
 * @buf: where to
 * @buf_bytes: size of @buf
 * @seq: sequence number
 * @data: the statistics
 * @data_bytes: their size
 *
 * Context: Any.
 * Return: as neuron_fwio_build_read().
 */
size_t neuron_fwio_build_metric(void *buf, size_t buf_bytes, u8 seq, const void *data,
				size_t data_bytes)
{
	struct neuron_fwio_request *request = buf;
	size_t size = sizeof(*request) + data_bytes;

	if (size > buf_bytes || size > U16_MAX)
		return 0;

	memcpy(request->data, data, data_bytes);

	return finish(request, seq, NEURON_FWIO_CMD_METRIC, size);
}

/**
 * neuron_fwio_judge() - what the header of the response buffer means
 * @header: first word of the buffer, in CPU order
 * @seq: sequence number of the request that waits
 * @data_bytes: what the answer must carry beside its header
 *
 * A short answer is malformed, never a partial success: the rest of the values
 * would be those of an earlier request.
 *
 * Context: Any.
 * Return: the verdict.
 */
enum neuron_fwio_verdict neuron_fwio_judge(u32 header, u8 seq, size_t data_bytes)
{
	u32 code = FIELD_GET(HEADER_CODE, header);

	if (!FIELD_GET(HEADER_SEQ, header))
		return NEURON_FWIO_NONE;
	if (FIELD_GET(HEADER_SEQ, header) != seq)
		return NEURON_FWIO_STALE;
	if (code == CODE_UNKNOWN_COMMAND)
		return NEURON_FWIO_REFUSED;
	if (code != CODE_DONE)
		return NEURON_FWIO_FAILED;
	if (FIELD_GET(HEADER_SIZE, header) != NEURON_FWIO_RESPONSE_HEADER + data_bytes)
		return NEURON_FWIO_MALFORMED;

	return NEURON_FWIO_GOOD;
}
