// SPDX-License-Identifier: GPL-2.0
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>

u64 shim_rb_steps;
u64 shim_rb_computes;

/* Repeatable, so that a failure can be looked at twice. */
static u32 next_priority(void)
{
	static u32 state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;

	return state;
}

static struct rb_node **link_of(struct rb_node *node, struct rb_root *root)
{
	if (!node->parent)
		return &root->rb_node;

	return node->parent->rb_left == node ? &node->parent->rb_left : &node->parent->rb_right;
}

static void adopt(struct rb_node *child, struct rb_node *parent)
{
	if (child)
		child->parent = parent;
}

/* Put @node in the place of its parent, which becomes its child. */
static void rotate_up(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent = node->parent;
	struct rb_node **link = link_of(parent, root);
	bool left = parent->rb_left == node;

	*link = node;
	node->parent = parent->parent;
	if (left) {
		parent->rb_left = node->rb_right;
		adopt(parent->rb_left, parent);
		node->rb_right = parent;
	} else {
		parent->rb_right = node->rb_left;
		adopt(parent->rb_right, parent);
		node->rb_left = parent;
	}
	parent->parent = node;
}

static void no_rotate(struct rb_node *old, struct rb_node *new)
{
	(void)old;
	(void)new;
}

static void no_propagate(struct rb_node *node, struct rb_node *stop)
{
	(void)node;
	(void)stop;
}

static const struct rb_augment_callbacks plain = {
	.rotate = no_rotate,
	.propagate = no_propagate,
};

/* The parent, which becomes the child, is what the kernel calls the old one. */
static void lift(struct rb_node *node, struct rb_root *root,
		 const struct rb_augment_callbacks *augment)
{
	struct rb_node *old = node->parent;

	rotate_up(node, root);
	augment->rotate(old, node);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	node->priority = next_priority();
	while (node->parent && node->parent->priority < node->priority)
		lift(node, root, augment);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	while (node->rb_left && node->rb_right) {
		if (node->rb_left->priority > node->rb_right->priority)
			lift(node->rb_left, root, augment);
		else
			lift(node->rb_right, root, augment);
	}

	*link_of(node, root) = node->rb_left ? node->rb_left : node->rb_right;
	adopt(node->rb_left, node->parent);
	adopt(node->rb_right, node->parent);
	augment->propagate(node->parent, NULL);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	rb_insert_augmented(node, root, &plain);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	rb_erase_augmented(node, root, &plain);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *node = root->rb_node;

	while (node && node->rb_right)
		node = node->rb_right;

	return node;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	shim_rb_steps++;
	if (node->rb_right) {
		node = node->rb_right;
		while (node->rb_left)
			node = node->rb_left;
		return (struct rb_node *)node;
	}
	while (node->parent && node->parent->rb_right == node)
		node = node->parent;

	return node->parent;
}
