// SPDX-License-Identifier: GPL-2.0
/*
 * The character node.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pci.h>

#include "cdev.h"
#include "ctx.h"
#include "device.h"
#include "irq.h"
#include "mem.h"
#include "nq.h"

static int cdev_open(struct inode *inode, struct file *file)
{
	struct neuron_device *ndev = container_of(inode->i_cdev, struct neuron_device, cdev);
	struct neuron_ctx *ctx;
	int err;

	err = neuron_device_enter(ndev);
	if (err)
		return err;
	ctx = neuron_ctx_create(ndev, file->f_mapping);
	if (!IS_ERR(ctx))
		neuron_irq_prove(ndev);
	neuron_device_leave(ndev);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	file->private_data = ctx;
	return nonseekable_open(inode, file);
}

static int cdev_release(struct inode *inode, struct file *file)
{
	neuron_ctx_close(file->private_data);
	return 0;
}

static int map_mem(struct neuron_mem *mem, struct vm_area_struct *vma)
{
	int err = -EINVAL;

	if (vma->vm_end - vma->vm_start == mem->buf.bytes)
		err = neuron_mem_mmap(mem, vma);
	neuron_mem_put(mem);

	return err;
}

static int map_nq(struct neuron_nq *nq, struct vm_area_struct *vma)
{
	int err = -EINVAL;

	if (vma->vm_end - vma->vm_start == nq->buf.bytes)
		err = neuron_nq_mmap(nq, vma);
	neuron_nq_put(nq);

	return err;
}

/* The offset says which; it and the length must be exactly what was given out. */
static int map_any(struct neuron_ctx *ctx, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct neuron_mem *mem;
	struct neuron_nq *nq;

	mem = neuron_mem_find_offset(ctx, offset);
	if (mem)
		return map_mem(mem, vma);

	nq = neuron_nq_find_offset(ctx, offset);
	if (nq)
		return map_nq(nq, vma);

	return -EINVAL;
}

static int cdev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct neuron_ctx *ctx = file->private_data;
	int err;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;

	err = neuron_device_enter(ctx->ndev);
	if (err)
		return err;
	err = map_any(ctx, vma);
	neuron_device_leave(ctx->ndev);

	return err;
}

const struct file_operations neuron_cdev_fops = {
	.owner = THIS_MODULE,
	.open = cdev_open,
	.release = cdev_release,
	.mmap = cdev_mmap,
};

/**
 * neuron_ctx_from_file() - see whether a file is one of ours
 * @file: any file, counted by the caller
 *
 * Context: Any.
 * Return: its context, valid as long as @file, or NULL.
 */
struct neuron_ctx *neuron_ctx_from_file(struct file *file)
{
	return file->f_op == &neuron_cdev_fops ? file->private_data : NULL;
}

static bool is_foreign(const struct path *path, dev_t devt)
{
	const struct inode *inode = d_backing_inode(path->dentry);

	if (strcmp(path->mnt->mnt_sb->s_type->name, "devtmpfs"))
		return false;

	return !S_ISCHR(inode->i_mode) || inode->i_rdev != devt;
}

/**
 * neuron_cdev_check_name() - is the name of a card's node free?
 * @ndev: card that is not registered yet
 *
 * devtmpfs leaves a name to who has it, and the device core ignores that: whoever opens
 * /dev/neuronN would get somebody else's device. All mounts of devtmpfs show the same
 * nodes, so it does not matter whose process binds the card. What is in another /dev,
 * in a container or made by hand, is not judged.
 *
 * Context: Sleeps.
 * Return: 0, or -EBUSY if something else has the name.
 */
int neuron_cdev_check_name(struct neuron_device *ndev)
{
	struct path path;
	bool foreign;
	char name[32];

	snprintf(name, sizeof(name), "/dev/%s", dev_name(&ndev->dev));
	if (kern_path(name, 0, &path))
		return 0;

	foreign = is_foreign(&path, ndev->dev.devt);
	path_put(&path);
	if (!foreign)
		return 0;

	dev_err(&ndev->pdev->dev,
		"%s is something else's: unload its driver or remove it, then write %s to /sys/bus/pci/drivers/neuron/bind\n",
		name, ndev->bus_name);
	return -EBUSY;
}
