// SPDX-License-Identifier: GPL-2.0
/* vfio-user regions: the BARs and configuration space. */
#include "vfu_priv.h"

#include <errno.h>
#include <string.h>

/* 0 for the regions that this function does not have. */
static uint64_t region_bytes(const struct emu_vfu *vfu, uint32_t region)
{
	switch (region) {
	case VFU_REGION_BAR0:
		return emu_opts_bar0_bytes(&vfu->opts);
	case VFU_REGION_BAR2:
		return emu_opts_bar2_bytes(&vfu->opts);
	case VFU_REGION_BAR4:
		return vfu->opts.bar4_bytes;
	case VFU_REGION_CONFIG:
		return EMU_PCICFG_BYTES;
	default:
		return 0;
	}
}

static bool inside_region(const struct emu_vfu *vfu, uint32_t region, uint64_t off,
			  uint64_t count)
{
	uint64_t bytes = region_bytes(vfu, region);

	return bytes && off <= bytes && count <= bytes - off;
}

/* A client that cannot take the descriptor gets at BAR4 by messages only. */
static bool can_map(const struct emu_vfu *vfu, uint32_t region)
{
	return region == VFU_REGION_BAR4 && vfu->client_max_fds > 0 &&
	       emu_card_dram_fd(vfu->card) >= 0;
}

/*
 * The client asks with room for the bare structure first, and takes the flag
 * for capabilities with an offset of zero for an error. So the offset is told
 * even when the capability itself did not fit, and @argsz says what would do.
 */
static void describe_mapping(struct emu_vfu *vfu, uint32_t room, struct vfu_region_info *info,
			     struct vfu_reply *reply)
{
	const struct vfu_sparse_mmap cap = {
		.id = VFU_CAP_SPARSE_MMAP,
		.version = 1,
		.nr_areas = 1,
		.area_size = info->size,
	};

	info->flags |= VFU_REGION_CAN_MMAP | VFU_REGION_HAS_CAPS;
	info->cap_offset = sizeof(*info);
	info->argsz = sizeof(*info) + sizeof(cap);
	if (room < info->argsz)
		return;
	memcpy(reply->body + sizeof(*info), &cap, sizeof(cap));
	reply->body_bytes = info->argsz;
	reply->fd = emu_card_dram_fd(vfu->card);
}

/**
 * vfu_do_region_info() - describe one region
 * @vfu: server
 * @msg: message, at least a struct vfu_region_info
 * @reply: answer, with the memory file for BAR4
 *
 * Return: 0; -EINVAL for an unknown index or too little room.
 */
int vfu_do_region_info(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_region_info info;
	uint32_t room;

	memcpy(&info, msg->body, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFU_NR_REGIONS)
		return -EINVAL;
	room = info.argsz;
	info = (struct vfu_region_info){
		.argsz = sizeof(info),
		.index = info.index,
		.size = region_bytes(vfu, info.index),
	};
	if (info.size)
		info.flags = VFU_REGION_CAN_READ | VFU_REGION_CAN_WRITE;
	reply->body_bytes = sizeof(info);
	if (can_map(vfu, info.index))
		describe_mapping(vfu, room, &info, reply);
	memcpy(reply->body, &info, sizeof(info));
	return 0;
}

/**
 * vfu_do_region_io_fds() - say that no region has descriptors for accesses
 * @vfu: server
 * @msg: message, a struct vfu_region_io_fds
 * @reply: answer, a list of length zero
 *
 * Return: 0; -EINVAL for an unknown index or too little room.
 */
int vfu_do_region_io_fds(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_region_io_fds fds;

	(void)vfu;
	memcpy(&fds, msg->body, sizeof(fds));
	if (fds.argsz < sizeof(fds) || fds.flags || fds.count || fds.index >= VFU_NR_REGIONS)
		return -EINVAL;
	fds.argsz = sizeof(fds);
	memcpy(reply->body, &fds, sizeof(fds));
	reply->body_bytes = sizeof(fds);
	return 0;
}

static bool inside(uint64_t off, size_t len, uint64_t from, uint64_t bytes)
{
	return off >= from && off - from <= bytes && len <= bytes - (off - from);
}

/* Table and pending bits belong to the PCI layer, docs/hardware, section 8.4. */
static bool in_msix(const struct emu_vfu *vfu, uint32_t region, uint64_t off, size_t len)
{
	return vfu->opts.irq_mode == EMU_IRQ_MSIX && region == VFU_REGION_BAR0 &&
	       (inside(off, len, EMU_MSIX_TABLE_OFF, EMU_MSIX_TABLE_BYTES) ||
		inside(off, len, EMU_MSIX_PBA_OFF, EMU_MSIX_PBA_BYTES));
}

static void msix_read(struct emu_vfu *vfu, uint64_t off, void *buf, size_t len)
{
	uint64_t pending;

	if (off < EMU_MSIX_PBA_OFF) {
		memcpy(buf, vfu->msix_table + (off - EMU_MSIX_TABLE_OFF), len);
		return;
	}
	pending = vfu_irqs_pending(&vfu->irqs);
	memcpy(buf, (uint8_t *)&pending + (off - EMU_MSIX_PBA_OFF), len);
}

/* Pending bits are read-only. */
static void msix_write(struct emu_vfu *vfu, uint64_t off, const void *buf, size_t len)
{
	if (off < EMU_MSIX_PBA_OFF)
		memcpy(vfu->msix_table + (off - EMU_MSIX_TABLE_OFF), buf, len);
}

/* Nobody answers: the function is gone, or it sleeps and this is not its config space. */
static bool is_silent(struct emu_vfu *vfu, uint32_t region)
{
	bool asleep;

	pthread_mutex_lock(&vfu->cfg_lock);
	asleep = emu_pcicfg_asleep(&vfu->cfg);
	pthread_mutex_unlock(&vfu->cfg_lock);
	return emu_card_is_dead(vfu->card) || (region != VFU_REGION_CONFIG && asleep);
}

static void config_read(struct emu_vfu *vfu, uint64_t off, void *buf, size_t len)
{
	pthread_mutex_lock(&vfu->cfg_lock);
	emu_pcicfg_read(&vfu->cfg, off, buf, len);
	pthread_mutex_unlock(&vfu->cfg_lock);
}

static void region_read(struct emu_vfu *vfu, uint32_t region, uint64_t off, void *buf, size_t len)
{
	if (is_silent(vfu, region))
		memset(buf, 0xff, len);
	else if (region == VFU_REGION_CONFIG)
		config_read(vfu, off, buf, len);
	else if (in_msix(vfu, region, off, len))
		msix_read(vfu, off, buf, len);
	else
		emu_card_bar_read(vfu->card, region, off, buf, len);
}

static void config_write(struct emu_vfu *vfu, uint64_t off, const void *buf, size_t len)
{
	unsigned int what;
	bool master;

	pthread_mutex_lock(&vfu->cfg_lock);
	what = emu_pcicfg_write(&vfu->cfg, off, buf, len);
	master = emu_pcicfg_bus_master(&vfu->cfg);
	pthread_mutex_unlock(&vfu->cfg_lock);
	if (what & EMU_PCICFG_RESET) {
		vfu_reset(vfu, EMU_RESET_FLR);
		return;
	}
	if (what & EMU_PCICFG_COMMAND)
		emu_card_set_bus_master(vfu->card, master);
	if (what & EMU_PCICFG_SLEEP)
		emu_card_set_asleep(vfu->card, true);
}

static void region_write(struct emu_vfu *vfu, uint32_t region, uint64_t off, const void *buf,
			 size_t len)
{
	if (is_silent(vfu, region))
		return;
	if (region == VFU_REGION_CONFIG)
		config_write(vfu, off, buf, len);
	else if (in_msix(vfu, region, off, len))
		msix_write(vfu, off, buf, len);
	else
		emu_card_bar_write(vfu->card, region, off, buf, len);
}

/**
 * vfu_do_region_read() - read from a region
 * @vfu: server
 * @msg: message, a struct vfu_region_rw
 * @reply: answer, the same with data
 *
 * Return: 0; -EINVAL for a range outside of the region or too much at once.
 */
int vfu_do_region_read(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_region_rw rw;

	memcpy(&rw, msg->body, sizeof(rw));
	if (rw.count > VFU_MAX_XFER_BYTES || !inside_region(vfu, rw.region, rw.offset, rw.count))
		return -EINVAL;
	region_read(vfu, rw.region, rw.offset, reply->body + sizeof(rw), rw.count);
	memcpy(reply->body, &rw, sizeof(rw));
	reply->body_bytes = sizeof(rw) + rw.count;
	return 0;
}

/**
 * vfu_do_region_write() - write to a region
 * @vfu: server
 * @msg: message, a struct vfu_region_rw and its data
 * @reply: answer, the structure
 *
 * Return: 0; -EINVAL for a range outside of the region, or when the message
 * does not hold as much data as it says.
 */
int vfu_do_region_write(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct vfu_region_rw rw;

	memcpy(&rw, msg->body, sizeof(rw));
	if (rw.count != msg->body_bytes - sizeof(rw) ||
	    !inside_region(vfu, rw.region, rw.offset, rw.count))
		return -EINVAL;
	region_write(vfu, rw.region, rw.offset, msg->body + sizeof(rw), rw.count);
	memcpy(reply->body, &rw, sizeof(rw));
	reply->body_bytes = sizeof(rw);
	return 0;
}

static bool write_is_sane(const struct emu_vfu *vfu, const struct vfu_write_one *one)
{
	return one->count <= sizeof(one->data) &&
	       inside_region(vfu, one->region, one->offset, one->count);
}

/**
 * vfu_do_write_multi() - several small writes, in order
 * @vfu: server
 * @msg: message, a struct vfu_write_multi and its writes
 * @reply: answer, the number of writes
 *
 * Return: 0; -EINVAL when the count does not match the message or one of the
 * writes is outside of its region; none of them is done then.
 */
int vfu_do_write_multi(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	const uint8_t *wrs = msg->body + sizeof(struct vfu_write_multi);
	size_t wrs_bytes = msg->body_bytes - sizeof(struct vfu_write_multi);
	struct vfu_write_multi multi;
	struct vfu_write_one one;
	uint64_t i;

	memcpy(&multi, msg->body, sizeof(multi));
	if (wrs_bytes % sizeof(one) || multi.wr_cnt != wrs_bytes / sizeof(one))
		return -EINVAL;
	for (i = 0; i < multi.wr_cnt; i++) {
		memcpy(&one, wrs + i * sizeof(one), sizeof(one));
		if (!write_is_sane(vfu, &one))
			return -EINVAL;
	}
	for (i = 0; i < multi.wr_cnt; i++) {
		memcpy(&one, wrs + i * sizeof(one), sizeof(one));
		region_write(vfu, one.region, one.offset, one.data, one.count);
	}
	memcpy(reply->body, &multi, sizeof(multi));
	reply->body_bytes = sizeof(multi);
	return 0;
}
