// SPDX-License-Identifier: GPL-2.0
/* First message of a connection: versions and capabilities, as JSON. */
#include "vfu_priv.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#define MAJOR	0
#define MINOR	0

/* What the document says a client means that does not say anything. */
#define DEFAULT_MAX_FDS	1

struct caps {
	uint32_t max_fds;
	bool write_multiple;
};

static struct json_object *parse_json(const char *text, size_t bytes)
{
	struct json_object *root;
	struct json_tokener *tok;
	const char *rest;

	if (strnlen(text, bytes) + 1 != bytes)
		return NULL;
	tok = json_tokener_new();
	if (!tok)
		return NULL;
	root = json_tokener_parse_ex(tok, text, bytes);
	rest = text + json_tokener_get_parse_end(tok);
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    rest[strspn(rest, " \t\r\n")] ||
	    !json_object_is_type(root, json_type_object)) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tok);
	return root;
}

static int read_caps(struct json_object *root, struct caps *caps)
{
	struct json_object *all;
	struct json_object *one;
	int64_t number;

	if (!json_object_object_get_ex(root, "capabilities", &all))
		return 0;
	if (!json_object_is_type(all, json_type_object))
		return -EINVAL;
	if (json_object_object_get_ex(all, "max_msg_fds", &one)) {
		number = json_object_get_int64(one);
		if (!json_object_is_type(one, json_type_int) || number < 0 ||
		    number > UINT32_MAX)
			return -EINVAL;
		caps->max_fds = number;
	}
	if (json_object_object_get_ex(all, "write_multiple", &one))
		caps->write_multiple = json_object_get_boolean(one);
	return 0;
}

static int parse_caps(const char *text, size_t bytes, struct caps *caps)
{
	struct json_object *root;
	int ret;

	if (!bytes)
		return 0;
	root = parse_json(text, bytes);
	if (!root)
		return -EINVAL;
	ret = read_caps(root, caps);
	json_object_put(root);
	return ret;
}

static size_t print_caps(const struct caps *caps, char *to, size_t room)
{
	struct json_object *root = json_object_new_object();
	struct json_object *all = json_object_new_object();
	const char *text;
	size_t bytes;

	json_object_object_add(all, "max_msg_fds", json_object_new_int(VFU_MAX_FDS));
	json_object_object_add(all, "max_data_xfer_size",
			       json_object_new_int(VFU_MAX_XFER_BYTES));
	json_object_object_add(all, "pgsizes", json_object_new_int(VFU_PAGE_SIZES));
	json_object_object_add(all, "max_dma_maps", json_object_new_int(VFU_MAX_DMA_MAPS));
	/* The answer is a subset of what was proposed. */
	if (caps->write_multiple)
		json_object_object_add(all, "write_multiple", json_object_new_boolean(true));
	json_object_object_add(root, "capabilities", all);

	text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);
	bytes = strlen(text) + 1;
	if (bytes > room)
		bytes = 0;
	memcpy(to, text, bytes);
	json_object_put(root);
	return bytes;
}

/**
 * vfu_do_version() - agree on version and capabilities, and plug the card in
 * @vfu: server
 * @msg: message, at least a struct vfu_version
 * @reply: answer
 *
 * Return: 0; -EINVAL for a second one or JSON that is none; -ENOTSUP for
 * another major version.
 */
int vfu_do_version(struct emu_vfu *vfu, struct vfu_msg *msg, struct vfu_reply *reply)
{
	struct caps caps = { .max_fds = DEFAULT_MAX_FDS };
	struct vfu_version version;
	int ret;

	if (vfu->ready)
		return -EINVAL;
	memcpy(&version, msg->body, sizeof(version));
	if (version.major != MAJOR)
		return -ENOTSUP;
	ret = parse_caps((const char *)msg->body + sizeof(version),
			 msg->body_bytes - sizeof(version), &caps);
	if (ret)
		return ret;

	version.minor = MINOR;
	memcpy(reply->body, &version, sizeof(version));
	reply->body_bytes = sizeof(version) +
		print_caps(&caps, (char *)reply->body + sizeof(version),
			   VFU_MAX_BODY_BYTES - sizeof(version));
	vfu->client_max_fds = caps.max_fds;
	vfu->ready = true;
	vfu->clients++;
	emu_card_attach(vfu->card);
	vfu->connected = true;
	return 0;
}
