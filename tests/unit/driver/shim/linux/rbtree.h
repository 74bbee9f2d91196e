/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A search tree with the calls of the kernel's, balanced by random priorities
 * (a treap): short, and as good for a test.
 */
#ifndef SHIM_RBTREE_H
#define SHIM_RBTREE_H

#include "../shim.h"

struct rb_node {
	struct rb_node *parent;
	struct rb_node *rb_left;
	struct rb_node *rb_right;
	u32 priority;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT			((struct rb_root){ NULL })
#define rb_entry(p, type, member) container_of(p, type, member)
#define RB_CLEAR_NODE(node)	((node)->parent = (node))
#define RB_EMPTY_NODE(node)	((node)->parent == (node))

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->parent = parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);

/* How often rb_next() was called: the only step that is not a walk down. */
extern u64 shim_rb_steps;

#endif
