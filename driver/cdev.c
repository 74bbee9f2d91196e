// SPDX-License-Identifier: GPL-2.0
/*
 * The character node.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>

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
