// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The last error of a handle: the kernel's text, the attribute that it marked
 * and the value that was given for it make one sentence. libnl has no
 * extended acknowledgements, so they are taken apart here.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "error.h"
#include "names.h"

static void append(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *to, size_t size, const char *format, ...)
{
	size_t used = strlen(to);
	va_list args;

	va_start(args, format);
	vsnprintf(to + used, size - used, format, args);
	va_end(args);
}

static void begin(struct neuron_handle *handle, uint32_t cmd, int error)
{
	const char *op = neuron_cmd_name(cmd);

	memset(&handle->err, 0, sizeof(handle->err));
	handle->err.error = error;
	snprintf(handle->err.op, sizeof(handle->err.op), "%s", op ? op : "");
	handle->sentence[0] = '\0';
	if (op)
		append(handle->sentence, sizeof(handle->sentence), "%s: ", op);
}

static void append_errno(struct neuron_handle *handle, const char *before)
{
	char text[64];

	/* The GNU one: returns the text, in @text or elsewhere. */
	append(handle->sentence, sizeof(handle->sentence), "%s%s", before,
	       strerror_r(-handle->err.error, text, sizeof(text)));
}

/**
 * error_clear() - nothing has gone wrong yet
 * @handle: handle
 */
void error_clear(struct neuron_handle *handle)
{
	memset(&handle->err, 0, sizeof(handle->err));
	handle->sentence[0] = '\0';
}

/**
 * error_local() - note an error that the kernel had no part in
 * @handle: handle
 * @cmd: operation that was tried, 0 if none
 * @error: negative errno
 * @text: what is wrong; NULL for the errno's own text
 *
 * Return: @error.
 */
int error_local(struct neuron_handle *handle, uint32_t cmd, int error, const char *text)
{
	begin(handle, cmd, error);
	if (text)
		append(handle->sentence, sizeof(handle->sentence), "%s", text);
	else
		append_errno(handle, "");
	return error;
}

/**
 * error_partial() - note what stopped a list in the middle
 * @handle: handle
 * @cmd: operation
 * @error: negative errno of the answer
 * @index: position in the list
 * @text: text of the answer, may be empty
 *
 * Return: @error.
 */
int error_partial(struct neuron_handle *handle, uint32_t cmd, int error, uint32_t index,
		  const char *text)
{
	begin(handle, cmd, error);
	handle->err.from_kernel = true;
	snprintf(handle->err.text, sizeof(handle->err.text), "%s", text);
	snprintf(handle->err.attr, sizeof(handle->err.attr), "entry");
	snprintf(handle->err.value, sizeof(handle->err.value), "%" PRIu32, index);
	append(handle->sentence, sizeof(handle->sentence), "entry %" PRIu32 ": ", index);
	if (text[0])
		append(handle->sentence, sizeof(handle->sentence), "%s", text);
	else
		append_errno(handle, "kernel answers: ");
	return error;
}

/**
 * error_job() - note how a job ended
 * @handle: handle
 * @cmd: operation that became the job
 * @error: negative errno of the job
 * @text: text of the job, may be empty
 *
 * Return: @error.
 */
int error_job(struct neuron_handle *handle, uint32_t cmd, int error, const char *text)
{
	begin(handle, cmd, error);
	handle->err.from_kernel = true;
	snprintf(handle->err.text, sizeof(handle->err.text), "%s", text);
	if (text[0])
		append(handle->sentence, sizeof(handle->sentence), "%s", text);
	else
		append_errno(handle, "kernel answers: ");
	return error;
}

static void value_text(const struct nn_attr *name, const struct nlattr *attr, char *to,
		       size_t size)
{
	const char *word = NULL;
	uint32_t value;

	switch (name ? name->kind : NN_NONE) {
	case NN_U32:
		if (nla_len(attr) < 4)
			return;
		value = nla_get_u32(attr);
		word = name->value_name ? name->value_name(value) : NULL;
		if (word)
			snprintf(to, size, "%s", word);
		else
			snprintf(to, size, "%" PRIu32, value);
		break;
	case NN_S32:
		if (nla_len(attr) >= 4)
			snprintf(to, size, "%" PRId32, nla_get_s32(attr));
		break;
	case NN_U64:
		if (nla_len(attr) >= 8)
			snprintf(to, size, "%" PRIu64, nla_get_u64(attr));
		break;
	case NN_STRING:
		snprintf(to, size, "%.*s", nla_len(attr), (const char *)nla_data(attr));
		break;
	default:
		break;
	}
}

static void append_attr_name(struct neuron_error_info *err, const struct nn_attr *name,
			     uint32_t type)
{
	const char *dot = err->attr[0] ? "." : "";

	if (name)
		append(err->attr, sizeof(err->attr), "%s%s", dot, name->name);
	else
		append(err->attr, sizeof(err->attr), "%s%" PRIu32, dot, type);
}

/*
 * The attribute at @off bytes of the request, looked for from the top down.
 * Returns the names inside of it if it is a nest.
 */
static const struct nn_set *locate(struct neuron_error_info *err, const struct nlmsghdr *request,
				   uint32_t off, const struct nn_set *set, struct nlattr *attr,
				   int len)
{
	const struct nn_attr *name;
	uint32_t start = 0;

	while (nla_ok(attr, len)) {
		start = (uint32_t)((const char *)attr - (const char *)request);
		if (off >= start && off < start + (uint32_t)attr->nla_len)
			break;
		attr = nla_next(attr, &len);
	}
	if (!nla_ok(attr, len))
		return NULL;
	name = nn_attr(set, (uint32_t)nla_type(attr));
	append_attr_name(err, name, (uint32_t)nla_type(attr));
	if (off != start && name && name->nested)
		return locate(err, request, off, name->nested, nla_data(attr), nla_len(attr));
	value_text(name, attr, err->value, sizeof(err->value));
	return name ? name->nested : NULL;
}

static const struct nn_op *request_op(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = nlmsg_data(request);

	return nn_op(genl->cmd);
}

static const struct nn_set *locate_top(struct neuron_error_info *err,
				       const struct nlmsghdr *request, uint32_t off)
{
	const struct nn_op *op = request_op(request);
	struct nlattr *attrs = (struct nlattr *)((char *)nlmsg_data(request) + GENL_HDRLEN);

	return locate(err, request, off, op ? op->set : NULL, attrs,
		      nlmsg_datalen(request) - (int)GENL_HDRLEN);
}

/* NLMSGERR_ATTR_POLICY: which values would have been taken. */
static void append_range(char *to, size_t size, const struct nlattr *policy)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];
	int min = NL_POLICY_TYPE_ATTR_MIN_VALUE_U, max = NL_POLICY_TYPE_ATTR_MAX_VALUE_U;

	if (nla_parse(tb, NL_POLICY_TYPE_ATTR_MAX, nla_data(policy), nla_len(policy), NULL))
		return;
	if (tb[min] && tb[max] && nla_len(tb[min]) >= 8 && nla_len(tb[max]) >= 8)
		append(to, size, ", allowed %" PRIu64 " to %" PRIu64, nla_get_u64(tb[min]),
		       nla_get_u64(tb[max]));
	else if (tb[NL_POLICY_TYPE_ATTR_MAX_LENGTH] &&
		 nla_len(tb[NL_POLICY_TYPE_ATTR_MAX_LENGTH]) >= 4)
		append(to, size, ", at most %" PRIu32 " bytes",
		       nla_get_u32(tb[NL_POLICY_TYPE_ATTR_MAX_LENGTH]));
}

static void note_missing(struct neuron_handle *handle, const struct nlmsghdr *request,
			 const struct nlattr *type, const struct nlattr *nest)
{
	const struct nn_op *op = request_op(request);
	const struct nn_set *set = op ? op->set : NULL;

	if (nla_len(type) < 4)
		return;
	if (nest && nla_len(nest) >= 4)
		set = locate_top(&handle->err, request, nla_get_u32(nest));
	append_attr_name(&handle->err, nn_attr(set, nla_get_u32(type)), nla_get_u32(type));
	append(handle->sentence, sizeof(handle->sentence), "%sattribute %s is missing",
	       handle->err.text[0] ? ", " : "", handle->err.attr);
}

static void note_text(struct neuron_handle *handle, const struct nlattr *text)
{
	if (text)
		snprintf(handle->err.text, sizeof(handle->err.text), "%.*s", nla_len(text),
			 (const char *)nla_data(text));
	if (handle->err.text[0])
		append(handle->sentence, sizeof(handle->sentence), "%s", handle->err.text);
}

static void note_attr(struct neuron_handle *handle, const struct nlattr *policy)
{
	const struct neuron_error_info *err = &handle->err;
	size_t size = sizeof(handle->sentence);

	append(handle->sentence, size, " (%s%s%s", err->attr, err->value[0] ? " " : "", err->value);
	if (policy)
		append_range(handle->sentence, size, policy);
	append(handle->sentence, size, ")");
}

/* The driver says why; only generic netlink itself does not. */
static void note_silence(struct neuron_handle *handle, int error, bool controller)
{
	if (error == -EOPNOTSUPP && !controller)
		append(handle->sentence, sizeof(handle->sentence),
		       "the driver does not know this operation: it is older than this library");
	else
		append_errno(handle, "kernel answers: ");
}

/**
 * error_kernel() - note a refusal of the kernel
 * @handle: handle
 * @request: our request, to name the attribute that the kernel marked
 * @error: negative errno
 * @tlvs: attributes of the extended acknowledgement, may be NULL
 * @tlvs_len: their length, bytes
 *
 * Return: @error.
 */
int error_kernel(struct neuron_handle *handle, const struct nlmsghdr *request, int error,
		 const struct nlattr *tlvs, int tlvs_len)
{
	const struct genlmsghdr *genl = nlmsg_data(request);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { NULL };

	/* The controller's operations are not ours to name. */
	begin(handle, request->nlmsg_type == GENL_ID_CTRL ? 0 : genl->cmd, error);
	handle->err.from_kernel = true;
	if (tlvs && nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)tlvs, tlvs_len, NULL))
		memset(tb, 0, sizeof(tb));
	note_text(handle, tb[NLMSGERR_ATTR_MSG]);
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		note_missing(handle, request, tb[NLMSGERR_ATTR_MISS_TYPE],
			     tb[NLMSGERR_ATTR_MISS_NEST]);
	else if (!handle->err.text[0])
		note_silence(handle, error, request->nlmsg_type == GENL_ID_CTRL);
	if (!handle->err.attr[0] && tb[NLMSGERR_ATTR_OFFS] && nla_len(tb[NLMSGERR_ATTR_OFFS]) >= 4) {
		locate_top(&handle->err, request, nla_get_u32(tb[NLMSGERR_ATTR_OFFS]));
		if (handle->err.attr[0])
			note_attr(handle, tb[NLMSGERR_ATTR_POLICY]);
	}
	/* What we send is in the spec, so it is the driver that is behind. */
	if (!strcmp(handle->err.text, "Unknown attribute type"))
		append(handle->sentence, sizeof(handle->sentence),
		       ": the driver is older than this library");
	return error;
}

/**
 * neuron_last_error() - why the last call failed
 * @handle: handle
 *
 * Return: a sentence without full stop, empty if nothing failed; valid until
 * the next call with this handle.
 */
const char *neuron_last_error(const struct neuron_handle *handle)
{
	return handle->sentence;
}

/**
 * neuron_last_error_info() - the parts of the last error
 * @handle: handle
 * @info: filled
 * @size: sizeof(*info)
 *
 * Return: 0, -EINVAL if @size is 0.
 */
int neuron_last_error_info(const struct neuron_handle *handle, struct neuron_error_info *info,
			   size_t size)
{
	return copy_out(info, size, &handle->err, sizeof(handle->err));
}
