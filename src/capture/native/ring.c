/*
 * spanwatch's only native code, over Node-API and libuv as Node exports them, libc and the kernel; no other library.
 *
 *   open(interface, blockBytes, blockCount, snapLen, promiscuous, timeoutMs, onWake) -> { ring, memory, hardwareType, index }
 *       An AF_PACKET socket with a TPACKET_V3 receive ring (Documentation/networking/packet_mmap.rst in Linux), its memory
 *       mapped into one ArrayBuffer. onWake(errno) is called on the event loop, 0: blocks are waiting, else the socket's error.
 *       The poll is level-triggered: while a block waits, onWake comes again in the next turn of the loop.
 *   close(ring)                      once; detaches the ArrayBuffer, unmaps it and closes the socket
 *   statistics(ring, Uint32Array(3)) packets, drops, queue freezes since the last call; gives errno
 *   sdNotify(path, text)             one datagram to a Unix socket, "@name" is abstract; gives errno
 *   monotonicUs()                    CLOCK_MONOTONIC in microseconds
 *
 * Failures are Errors with `code` ("EPERM"), `errno` and `syscall`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <node_api.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

struct ring {
  uv_poll_t poll;
  napi_env env;
  napi_ref on_wake;
  napi_ref memory;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  void *map;
  size_t map_bytes;
  int fd;
  int closing;
  /* Who may still look at the struct: the poll handle until libuv closed it, the external until it is collected. */
  int holders;
};

/* Which ring objects are ours: a tag keeps another module's external from being taken for a ring. */
static const napi_type_tag ring_tag = {0x73706e7761746368ULL, 0x72696e672d763301ULL};

static napi_value fail(napi_env env, int number, const char *syscall) {
  napi_value error, text, value;
  char message[160];
  const char *name = uv_err_name(-number);
  snprintf(message, sizeof message, "%s: %s", syscall, strerror(number));
  napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text);
  napi_create_error(env, NULL, text, &error);
  napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, error, "code", value);
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, error, "errno", value);
  napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, error, "syscall", value);
  napi_throw(env, error);
  return NULL;
}

static void wake(struct ring *ring, int number) {
  napi_handle_scope scope;
  napi_value on_wake, argument, receiver, result;
  if (napi_open_handle_scope(ring->env, &scope) != napi_ok) return;
  napi_get_reference_value(ring->env, ring->on_wake, &on_wake);
  napi_create_int32(ring->env, number, &argument);
  napi_get_global(ring->env, &receiver);
  /* An exception of the callback becomes the process's uncaughtException. */
  if (napi_make_callback(ring->env, ring->context, receiver, on_wake, 1, &argument, &result) == napi_pending_exception) {
    napi_value exception;
    napi_get_and_clear_last_exception(ring->env, &exception);
    napi_fatal_exception(ring->env, exception);
  }
  napi_close_handle_scope(ring->env, scope);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct ring *ring = poll->data;
  int number = 0;
  (void)events;
  if (status < 0) {
    /* The interface went down or away (POLLERR): libuv stopped the poll. Reading SO_ERROR clears the error. */
    socklen_t length = sizeof number;
    getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &number, &length);
    if (number == 0) number = EIO;
    uv_poll_start(&ring->poll, UV_READABLE, on_poll);
  }
  wake(ring, number);
}

static void let_go(struct ring *ring) {
  if (--ring->holders == 0) free(ring);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  let_go(data);
}

static void on_closed(uv_handle_t *handle) {
  struct ring *ring = handle->data;
  napi_handle_scope scope;
  if (napi_open_handle_scope(ring->env, &scope) == napi_ok) {
    napi_async_destroy(ring->env, ring->context);
    napi_close_handle_scope(ring->env, scope);
  }
  napi_remove_async_cleanup_hook(ring->hook);
  let_go(ring);
}

/* Ends delivery and gives the memory back. Once is enough: later calls do nothing. */
static void shut(struct ring *ring) {
  napi_handle_scope scope;
  napi_value memory;
  if (ring->closing) return;
  ring->closing = 1;
  uv_poll_stop(&ring->poll);
  if (napi_open_handle_scope(ring->env, &scope) == napi_ok) {
    if (napi_get_reference_value(ring->env, ring->memory, &memory) == napi_ok) napi_detach_arraybuffer(ring->env, memory);
    napi_close_handle_scope(ring->env, scope);
  }
  napi_delete_reference(ring->env, ring->memory);
  napi_delete_reference(ring->env, ring->on_wake);
  munmap(ring->map, ring->map_bytes);
  close(ring->fd);
  uv_close((uv_handle_t *)&ring->poll, on_closed);
}

static void on_exit_of_environment(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  shut(data);
}

/* Cuts frames at snap_len; without a filter the kernel delivers them whole. */
static int set_snap_len(int fd, uint32_t snap_len) {
  struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, snap_len);
  struct sock_fprog program = {.len = 1, .filter = &code};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

struct request {
  char name[IFNAMSIZ];
  uint32_t block_bytes, block_count, snap_len, timeout_ms;
  bool promiscuous;
};

/* Makes the socket and maps its ring; on failure gives the call's name with errno set, everything undone. */
static const char *make_ring(struct ring *ring, const struct request *want, int *hardware_type, int *index) {
  const char *step = "socket";
  int version = TPACKET_V3, fd, number;
  struct tpacket_req3 size = {
      .tp_block_size = want->block_bytes,
      .tp_block_nr = want->block_count,
      .tp_frame_size = 2048, /* without meaning in version 3, but checked */
      .tp_frame_nr = want->block_bytes / 2048 * want->block_count,
      .tp_retire_blk_tov = want->timeout_ms,
  };
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  struct ifreq request;
  ring->map = MAP_FAILED;
  /* Protocol 0 receives nothing: the ring must not fill with other interfaces' frames before bind. */
  if ((fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0) return step;
  ring->fd = fd;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, want->name, IFNAMSIZ);
  step = "SIOCGIFINDEX";
  if (ioctl(fd, SIOCGIFINDEX, &request) < 0) goto undo;
  *index = address.sll_ifindex = request.ifr_ifindex;
  step = "SIOCGIFHWADDR";
  if (ioctl(fd, SIOCGIFHWADDR, &request) < 0) goto undo;
  *hardware_type = request.ifr_hwaddr.sa_family;
  step = "PACKET_VERSION";
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) goto undo;
  step = "SO_ATTACH_FILTER";
  if (want->snap_len > 0 && set_snap_len(fd, want->snap_len) < 0) goto undo;
  step = "PACKET_RX_RING";
  if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &size, sizeof size) < 0) goto undo;
  ring->map_bytes = (size_t)want->block_bytes * want->block_count;
  step = "mmap";
  ring->map = mmap(NULL, ring->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (ring->map == MAP_FAILED) goto undo;
  step = "bind";
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) goto undo;
  if (want->promiscuous) {
    struct packet_mreq member = {.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    step = "PACKET_ADD_MEMBERSHIP";
    if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &member, sizeof member) < 0) goto undo;
  }
  return NULL;
undo:
  number = errno;
  if (ring->map != MAP_FAILED) munmap(ring->map, ring->map_bytes);
  close(fd);
  errno = number;
  return step;
}

static napi_value ring_open(napi_env env, napi_callback_info info) {
  napi_value argument[7], result, value, name;
  size_t count = 7, length = 0;
  struct request want;
  struct ring *ring;
  uv_loop_t *loop;
  const char *step;
  int hardware_type = 0, index = 0, status;

  memset(&want, 0, sizeof want);
  if (napi_get_cb_info(env, info, &count, argument, NULL, NULL) != napi_ok || count < 7 ||
      napi_get_value_string_utf8(env, argument[0], NULL, 0, &length) != napi_ok ||
      napi_get_value_uint32(env, argument[1], &want.block_bytes) != napi_ok ||
      napi_get_value_uint32(env, argument[2], &want.block_count) != napi_ok ||
      napi_get_value_uint32(env, argument[3], &want.snap_len) != napi_ok ||
      napi_get_value_bool(env, argument[4], &want.promiscuous) != napi_ok ||
      napi_get_value_uint32(env, argument[5], &want.timeout_ms) != napi_ok)
    return fail(env, EINVAL, "open");
  if (length == 0 || length >= IFNAMSIZ) return fail(env, ENODEV, "open");
  napi_get_value_string_utf8(env, argument[0], want.name, sizeof want.name, &length);
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return fail(env, ENOSYS, "napi_get_uv_event_loop");

  if ((ring = calloc(1, sizeof *ring)) == NULL) return fail(env, ENOMEM, "calloc");
  ring->env = env;
  ring->holders = 1;
  if ((step = make_ring(ring, &want, &hardware_type, &index)) != NULL) {
    free(ring);
    return fail(env, errno, step);
  }
  if ((status = uv_poll_init(loop, &ring->poll, ring->fd)) < 0) {
    munmap(ring->map, ring->map_bytes);
    close(ring->fd);
    free(ring);
    return fail(env, -status, "uv_poll_init");
  }
  ring->poll.data = ring;
  napi_add_async_cleanup_hook(env, on_exit_of_environment, ring, &ring->hook);
  napi_create_string_utf8(env, "spanwatch:ring", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &ring->context);
  napi_create_reference(env, argument[6], 1, &ring->on_wake);
  /* No finalizer: the memory is unmapped in shut(), which detaches the ArrayBuffer first and is called on exit at the latest. */
  if (napi_create_external_arraybuffer(env, ring->map, ring->map_bytes, NULL, NULL, &value) != napi_ok) {
    napi_create_arraybuffer(env, 0, NULL, &value);
    napi_create_reference(env, value, 1, &ring->memory);
    shut(ring);
    return fail(env, ENOTSUP, "napi_create_external_arraybuffer");
  }
  napi_create_reference(env, value, 1, &ring->memory);

  napi_create_object(env, &result);
  napi_set_named_property(env, result, "memory", value);
  napi_create_int32(env, hardware_type, &value);
  napi_set_named_property(env, result, "hardwareType", value);
  napi_create_int32(env, index, &value);
  napi_set_named_property(env, result, "index", value);
  if (napi_create_external(env, ring, on_collected, NULL, &value) == napi_ok) ring->holders++;
  napi_type_tag_object(env, value, &ring_tag);
  napi_set_named_property(env, result, "ring", value);
  uv_poll_start(&ring->poll, UV_READABLE, on_poll);
  return result;
}

/* The ring behind an external; NULL when it is none or closed. */
static struct ring *ring_of(napi_env env, napi_value value) {
  bool ours = false;
  void *ring = NULL;
  napi_valuetype type;
  /* The tag of anything but an object would be asked for with an exception of its own. */
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external) return NULL;
  if (napi_check_object_type_tag(env, value, &ring_tag, &ours) != napi_ok || !ours) return NULL;
  if (napi_get_value_external(env, value, &ring) != napi_ok || ((struct ring *)ring)->closing) return NULL;
  return ring;
}

static napi_value ring_close(napi_env env, napi_callback_info info) {
  napi_value argument[1];
  size_t count = 1;
  struct ring *ring;
  if (napi_get_cb_info(env, info, &count, argument, NULL, NULL) != napi_ok || count < 1 ||
      (ring = ring_of(env, argument[0])) == NULL)
    return fail(env, EINVAL, "close");
  shut(ring);
  return NULL;
}

static napi_value ring_statistics(napi_env env, napi_callback_info info) {
  napi_value argument[2], result;
  napi_typedarray_type type;
  size_t count = 2, elements = 0;
  void *data = NULL;
  struct ring *ring;
  struct tpacket_stats_v3 read = {0};
  socklen_t length = sizeof read;
  int number = 0;
  if (napi_get_cb_info(env, info, &count, argument, NULL, NULL) != napi_ok || count < 2 ||
      (ring = ring_of(env, argument[0])) == NULL ||
      napi_get_typedarray_info(env, argument[1], &type, &elements, &data, NULL, NULL) != napi_ok ||
      type != napi_uint32_array || elements < 3)
    return fail(env, EINVAL, "statistics");
  if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &read, &length) < 0) number = errno;
  ((uint32_t *)data)[0] = read.tp_packets;
  ((uint32_t *)data)[1] = read.tp_drops;
  ((uint32_t *)data)[2] = read.tp_freeze_q_cnt;
  napi_create_int32(env, number, &result);
  return result;
}

/* sd_notify(3): a datagram of "NAME=value" lines to $NOTIFY_SOCKET. */
static napi_value sd_notify_(napi_env env, napi_callback_info info) {
  napi_value argument[2], result;
  size_t count = 2, path_length = 0, text_length = 0;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char text[4096];
  int fd, number = 0;
  if (napi_get_cb_info(env, info, &count, argument, NULL, NULL) != napi_ok || count < 2 ||
      napi_get_value_string_utf8(env, argument[0], NULL, 0, &path_length) != napi_ok ||
      napi_get_value_string_utf8(env, argument[1], NULL, 0, &text_length) != napi_ok)
    return fail(env, EINVAL, "sdNotify");
  if (path_length < 2 || path_length >= sizeof address.sun_path || text_length >= sizeof text) {
    number = path_length < 2 ? EINVAL : ENAMETOOLONG;
  } else {
    napi_get_value_string_utf8(env, argument[0], address.sun_path, sizeof address.sun_path, &path_length);
    napi_get_value_string_utf8(env, argument[1], text, sizeof text, &text_length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0) number = errno;
    else {
      socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length);
      if (sendto(fd, text, text_length, MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0) number = errno;
      close(fd);
    }
  }
  napi_create_int32(env, number, &result);
  return result;
}

static napi_value monotonic_us(napi_env env, napi_callback_info info) {
  struct timespec now;
  napi_value result;
  (void)info;
  clock_gettime(CLOCK_MONOTONIC, &now);
  napi_create_double(env, (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3, &result);
  return result;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", NULL, ring_open, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, ring_close, NULL, NULL, NULL, napi_enumerable, NULL},
      {"statistics", NULL, ring_statistics, NULL, NULL, NULL, napi_enumerable, NULL},
      {"sdNotify", NULL, sd_notify_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"monotonicUs", NULL, monotonic_us, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
